//! The service, proven from outside.
//!
//! Every test starts a world of its own: the real functions behind the real event conversion, the
//! real AWS SDK, an embedded DynamoDB and an SES that captures mails. Only the network edge is
//! replaced, and a proxy at that edge counts the calls and breaks them on purpose. Time stands
//! still until a test moves it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]
#![expect(unreachable_pub, reason = "nothing is outside of a test binary")]

mod support;

mod admin;
mod authentication;
mod codes;
mod events;
mod examples;
mod faults;
mod hostile;
mod journey;
mod layers;
mod limits;
mod local_stack;
mod mail;
mod mail_colors;
mod mail_events;
mod mail_in_every_language;
mod metrics;
mod openapi;
mod origin;
mod page;
mod parameters;
mod permissions;
mod properties;
mod publish_events;
mod reconcile;
mod request;
mod round_trips;
mod secrets;
mod stale_connections;
mod state_machine;
mod template;
mod unsuppress;
mod upgrade;
mod verify;
