//! Attempts at the codes of one user, and their rate limit.
//!
//! An attempt is reserved before the code is compared, so concurrent attempts never exceed the
//! limit. The limit applies to the user's id, known or unknown, across resends. Links do not count.

use std::fmt;

use crate::domain::clock::Timestamp;
use crate::domain::rate_limit::{CodeLimit, SlidingWindow};
use crate::domain::version::Version;

/// Where a code is typed. Each channel has its own rate limit, so strangers on the page cannot use
/// up the owner's attempts in the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray)]
pub enum Channel {
    /// The endpoint, for callers with an API key.
    Api,
    /// The page, for everybody.
    Page,
}

impl Channel {
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;
}

/// A random id, so that a write that the SDK retries counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttemptId(u64);

impl AttemptId {
    #[must_use]
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        u64::from_str_radix(text, 16).ok().map(Self)
    }

    #[must_use]
    pub fn bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

/// 16 hexadecimal digits.
impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeAttempts {
    pub version: Version,
    /// Wrong codes since the last right one, through both channels together.
    pub wrong_in_a_row: u64,
    pub api: SlidingWindow<AttemptId>,
    pub page: SlidingWindow<AttemptId>,
}

/// Why a code is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptRefusal {
    /// The rate limit is reached.
    Wait {
        /// Seconds until the limit allows one more.
        retry_after: u64,
    },
    /// Too many wrong codes in a row, until a link verifies or an operator unlocks the user.
    Locked,
}

impl CodeAttempts {
    #[must_use]
    pub fn of(&self, channel: Channel) -> &SlidingWindow<AttemptId> {
        match channel {
            Channel::Api => &self.api,
            Channel::Page => &self.page,
        }
    }

    #[must_use]
    pub fn contains(&self, channel: Channel, attempt: AttemptId) -> bool {
        self.of(channel).timestamp(&attempt).is_some()
    }

    #[must_use]
    pub fn is_locked(&self, limit: CodeLimit) -> bool {
        self.wrong_in_a_row >= limit.wrong_in_a_row
    }

    /// Why no code may be compared at `now`. `None`: one may.
    #[must_use]
    pub fn refusal(
        &self,
        channel: Channel,
        limit: CodeLimit,
        now: Timestamp,
    ) -> Option<AttemptRefusal> {
        if self.is_locked(limit) {
            return Some(AttemptRefusal::Locked);
        }
        match self.of(channel).wait_seconds(limit.attempts, now) {
            0 => None,
            retry_after => Some(AttemptRefusal::Wait { retry_after }),
        }
    }

    /// The record after this attempt is reserved. It counts as wrong until the code proves right.
    #[must_use]
    pub fn with(
        &self,
        channel: Channel,
        attempt: AttemptId,
        limit: CodeLimit,
        now: Timestamp,
    ) -> Self {
        let attempts = self.of(channel).with(attempt, limit.attempts, now);
        let mut next = Self {
            version: self.version.next_or(Version::first_by_attempt(attempt)),
            wrong_in_a_row: self.wrong_in_a_row + 1,
            ..self.clone()
        };
        match channel {
            Channel::Api => next.api = attempts,
            Channel::Page => next.page = attempts,
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: CodeLimit = CodeLimit::DEFAULT;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    fn after(attempts: u64, channel: Channel) -> CodeAttempts {
        (0..attempts).fold(CodeAttempts::default(), |record, number| {
            record.with(channel, AttemptId(number), LIMIT, at(0))
        })
    }

    #[test]
    fn each_channel_has_five_attempts() {
        let record = after(5, Channel::Page);
        let wait = AttemptRefusal::Wait { retry_after: 1_800 };
        assert_eq!(record.refusal(Channel::Page, LIMIT, at(0)), Some(wait));
        assert_eq!(record.refusal(Channel::Api, LIMIT, at(0)), None);
        assert_eq!(record.refusal(Channel::Page, LIMIT, at(1_800)), None);
    }

    #[test]
    fn a_hundred_wrong_codes_lock_both() {
        let mut record = CodeAttempts {
            wrong_in_a_row: LIMIT.wrong_in_a_row - 1,
            ..CodeAttempts::default()
        };
        assert_eq!(record.refusal(Channel::Api, LIMIT, at(0)), None);
        record = record.with(Channel::Api, AttemptId(1), LIMIT, at(0));
        for &channel in Channel::ALL {
            assert_eq!(
                record.refusal(channel, LIMIT, at(9_999)),
                Some(AttemptRefusal::Locked)
            );
        }
    }

    #[test]
    fn an_id_reads_back() {
        for bytes in [[0; 8], [0xff; 8], [0, 1, 2, 3, 4, 5, 6, 7]] {
            let id = AttemptId::from_random(bytes);
            assert_eq!(AttemptId::parse(&id.to_string()), Some(id));
        }
    }
}
