//! How callers repeat a call that was refused.

use std::time::Duration;

use super::queue::Random;
use super::stack::Answer;

/// Calls for one user before a caller gives up.
pub const MAX_CALLS: u32 = 10;
/// The wait after an answer without `Retry-After`.
const WITHOUT_RETRY_AFTER: Duration = Duration::from_secs(1);
/// A caller who has to wait longer gives up.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Repeat after a second, whatever the answer says.
    EachSecond,
    /// Wait for `Retry-After`, and not longer.
    RetryAfter,
    /// Wait for `Retry-After`, and a random time more. Its longest doubles with each call.
    Jitter,
    /// The same, with an `Idempotency-Key`.
    JitterAndKey,
}

impl Callers {
    pub const ALL: [Self; 4] = [
        Self::EachSecond,
        Self::RetryAfter,
        Self::Jitter,
        Self::JitterAndKey,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::EachSecond => "each second",
            Self::RetryAfter => "`Retry-After`",
            Self::Jitter => "… and jitter",
            Self::JitterAndKey => "… and a key",
        }
    }

    pub fn has_key(self) -> bool {
        self == Self::JitterAndKey
    }

    /// How long to wait before the next call. `None`: there is none.
    pub fn wait(self, calls: u32, answer: Answer, random: &mut Random) -> Option<Duration> {
        let least = answer.retry_after().unwrap_or(WITHOUT_RETRY_AFTER);
        if calls == MAX_CALLS || least > LONGEST_WAIT {
            return None;
        }
        Some(match self {
            Self::EachSecond => WITHOUT_RETRY_AFTER,
            Self::RetryAfter => least,
            Self::Jitter | Self::JitterAndKey => {
                let longest = least * 2_u32.pow(calls - 1);
                least + random.up_to(longest.min(LONGEST_WAIT))
            }
        })
    }
}
