//! What the functions have in common, in layers. Each imports only what stands above it here:
//!
//! 1. [`domain`]: what is true whatever AWS says, such as an address, a proof, a limit;
//! 2. [`text`] and [`brand`]: languages, and how the adopter's product shows itself;
//! 3. [`telemetry`]: log lines and metrics;
//! 4. [`store`] (DynamoDB) and [`api`] (events, bodies, parameters, errors);
//! 5. [`use_cases`], one verb each;
//! 6. [`runtime`]: settings, AWS's clients, randomness.
//!
//! `tests/it/ops/layers.rs` reads the imports and holds them to it.
//!
//! Time and randomness are parameters. They enter through [`domain::clock::Clock`] and
//! [`runtime::entropy::random_bytes`] alone, so every rule can be tested at any time, with any
//! proof.

pub mod api;
pub mod brand;
pub mod domain;
pub mod runtime;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod use_cases;
