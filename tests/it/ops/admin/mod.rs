//! The operator's command, on the table of the functions.

mod conflicts;
mod doctor;
mod errors;
mod forget;
mod help;
mod import;
mod keys;
mod list;
mod proof;
mod search;
mod send_test;
mod stats;
mod status;
mod support;
mod unlock;
mod verify;

pub use support::{Outcome, run, run_in, verify};
