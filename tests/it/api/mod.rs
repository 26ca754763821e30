//! The API: requests, verification, limits, errors, and what attackers and faults do to them.

mod attacks;
mod authentication;
mod codes;
mod domains;
mod faults;
mod hostile;
mod idempotency;
mod journey;
mod limits;
mod mail_content;
mod openapi;
mod origin;
pub mod parameters;
mod peers;
mod properties;
mod record_properties;
mod request;
mod return_to;
mod round_trips;
mod stale_connections;
mod state_machine;
mod status;
mod verify;
