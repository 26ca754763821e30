//! Tests of the whole service, from outside.
//!
//! Every test starts its own stack: the real functions behind the real event conversion, the real
//! AWS SDK, an embedded DynamoDB and an SES that captures mails. Only the network edge is replaced,
//! and a proxy at that edge counts the calls and injects faults. The clock moves only if a test
//! moves it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]
#![expect(unreachable_pub, reason = "nothing is outside of a test binary")]

mod api;
mod chaos;
mod events;
mod mail;
mod modules;
mod ops;
mod page;
mod support;
