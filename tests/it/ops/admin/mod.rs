//! The operator's command, on the table of the functions.

mod errors;
mod forget;
mod keys;
mod search;
mod status;
mod support;
mod unlock;

pub use support::run;
