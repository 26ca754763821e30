//! Every order in which the calls of a few runs can reach AWS, with every fault on the way.
//!
//! The runs are those of the real use cases on AWS's SDK and an emulated DynamoDB. Only the network
//! is the model's own: it holds each call, and decides when it is made and what is answered. A run
//! is deterministic, so it is known by its task and its answers, and a state by its items and its
//! runs. The explorer visits each state once, and the rules are checked at each step.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]
#![expect(clippy::print_stdout, reason = "how much was explored is of interest")]
#![expect(unreachable_pub, reason = "nothing is outside of a test binary")]

mod backoff;
mod defects;
mod explorer;
mod interner;
mod network;
mod past;
mod record;
mod replay;
mod rules;
mod runs;
mod scenarios;
mod states;
mod table;
mod tasks;
