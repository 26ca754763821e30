//! The six-digit code: beside the link in the same mail, with a limit on attempts.

mod attempts;
mod expiry;
mod input;
pub mod support;
mod verify;
