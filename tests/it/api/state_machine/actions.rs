//! Random actions of callers and readers.

use proptest::prelude::*;
use shared::domain::code_attempts::Channel;

pub const USERS: [&str; 2] = [
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99",
];
pub const ADDRESSES: [&str; 2] = ["ada@example.org", "bob@example.org"];
/// Values of `Idempotency-Key`.
pub const KEYS: [&str; 2] = ["one", "other"];

pub const DAY: i64 = 24 * 60 * 60;
pub const HALF_AN_HOUR: i64 = 30 * 60;
/// The code of an attempt without a mail.
pub const NO_CODE: &str = "000000";

/// An action of a caller or a reader. `proof` is the number of a mail so far, to any user, and
/// `key` that of an `Idempotency-Key`.
#[derive(Clone, Debug)]
pub enum Action {
    Ask {
        user: usize,
        address: usize,
        key: Option<usize>,
    },
    AskAgain {
        user: usize,
        key: Option<usize>,
    },
    Follow {
        user: usize,
        proof: usize,
    },
    TryCode {
        user: usize,
        proof: usize,
        channel: Channel,
    },
    /// Stops mail to the address of a link.
    Stop {
        user: usize,
        proof: usize,
    },
    /// Allows it again.
    Allow {
        user: usize,
        proof: usize,
    },
}

#[derive(Clone, Debug)]
pub enum Step {
    One(Action),
    Both(Action, Action),
    /// Requests a mail while SES refuses all mails.
    InVain {
        user: usize,
        address: usize,
        key: Option<usize>,
    },
    Pass(i64),
}

fn key() -> impl Strategy<Value = Option<usize>> {
    proptest::option::of(0..KEYS.len())
}

pub fn action() -> impl Strategy<Value = Action> {
    let (user, address, proof) = (0..USERS.len(), 0..ADDRESSES.len(), 0..8_usize);
    prop_oneof![
        4 => (user.clone(), address, key())
            .prop_map(|(user, address, key)| Action::Ask { user, address, key }),
        2 => (user.clone(), key()).prop_map(|(user, key)| Action::AskAgain { user, key }),
        3 => (user.clone(), proof.clone()).prop_map(|(user, proof)| Action::Follow { user, proof }),
        1 => (user.clone(), proof.clone()).prop_map(|(user, proof)| Action::Stop { user, proof }),
        1 => (user.clone(), proof.clone()).prop_map(|(user, proof)| Action::Allow { user, proof }),
        6 => (user, proof, proptest::sample::select(Channel::ALL.to_vec()))
            .prop_map(|(user, proof, channel)| Action::TryCode { user, proof, channel }),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    let times = [
        1,
        600,
        HALF_AN_HOUR - 1,
        HALF_AN_HOUR,
        DAY - 1,
        DAY,
        8 * DAY,
        30 * DAY,
    ];
    prop_oneof![
        6 => action().prop_map(Step::One),
        4 => (action(), action()).prop_map(|(one, other)| Step::Both(one, other)),
        1 => (0..USERS.len(), 0..ADDRESSES.len(), key())
            .prop_map(|(user, address, key)| Step::InVain { user, address, key }),
        1 => proptest::sample::select(times.to_vec()).prop_map(Step::Pass),
    ]
}
