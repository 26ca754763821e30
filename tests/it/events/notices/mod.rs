//! Mails to earlier addresses: real records of the table's stream pass the filters of
//! `template.yaml` and the function.

mod asked;
mod failures;
mod limits;
mod mails;
mod support;

pub use support::{change, invoke, moved, notify};
