//! The common parts of the functions, in layers. Each imports only those above it in this list:
//!
//! 1. [`domain`]: values and rules without AWS, such as an address, a proof, a limit;
//! 2. [`text`] and [`brand`]: languages, and the name and colours of the adopter's product;
//! 3. [`telemetry`]: log lines and metrics;
//! 4. [`store`] (DynamoDB) and [`api`] (events, bodies, parameters, errors);
//! 5. [`use_cases`], one verb each;
//! 6. [`runtime`]: settings, AWS's clients, randomness.
//!
//! `tests/it/ops/layers.rs` checks the imports.
//!
//! Rules get time and randomness as parameters, so each can be tested at any time and with any
//! proof. The parameters come from [`domain::clock::Clock`] and [`runtime::entropy::random_bytes`].
//! Only telemetry and the idle timeout of connections, which measure durations, read the system's
//! clocks themselves.

pub mod api;
pub mod brand;
pub mod domain;
pub mod runtime;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod use_cases;
