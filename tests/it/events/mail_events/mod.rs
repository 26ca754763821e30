//! SES's events update the record of the address, even if they are late, duplicated or reordered.

mod complaints;
mod delivery;
mod failures;
mod log;
mod order;
mod requests;
mod support;
mod suppression;

pub use support::{
    ADA, assert_outcome, assert_outcomes, mail_to_ada, record_of, record_outcome, ses_event,
    taken_now,
};
