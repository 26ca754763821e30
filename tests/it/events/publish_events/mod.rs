//! Events for adopters' systems: real records of the table's stream pass the filters of
//! `template.yaml`, the function and the bus.

mod local_reader;
mod log;
mod records;
mod retries;
mod start;
mod support;
mod undeliverable;
mod verified;

pub use support::{ids, let_through, publish, published};
