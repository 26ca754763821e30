//! The common parts of the functions, in layers. Each imports only those above it in this list:
//!
//! 1. [`domain`]: values and rules without AWS, such as an address, a proof, a limit;
//! 2. [`text`]: languages, templates, HTML;
//! 3. [`brand`]: name and colours of the adopter's product;
//! 4. [`telemetry`]: log lines and metrics;
//! 5. [`store`]: the table, in DynamoDB;
//! 6. [`api`]: events, bodies, parameters, errors;
//! 7. [`use_cases`], one verb each;
//! 8. [`runtime`]: settings, AWS's clients, randomness.
//!
//! `tests/it/ops/layers.rs` says which layers each may import, and checks it.
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
