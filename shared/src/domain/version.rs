//! The version of a record, which each write changes.

use crate::domain::code_attempts::AttemptId;
use crate::domain::mail_id::MailId;

/// The upper half is random for each record, the lower half counts its writes. So a write that was
/// decided on a deleted record fails on the record that replaced it, however often that was
/// written. A record of an earlier release has no random half, and keeps its count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u64);

impl Version {
    /// Of an item that has none, or that does not exist.
    pub const NONE: Self = Self(0);

    /// Of a new record.
    #[must_use]
    pub fn first(random: [u8; 4]) -> Self {
        Self((u64::from(u32::from_be_bytes(random)) << u32::BITS) + 1)
    }

    /// Of a new record that this mail makes. Its id must be that of a random link.
    #[must_use]
    pub fn first_by_mail(mail: &MailId) -> Self {
        let [a, b, c, d, ..] = *mail.as_bytes();
        Self::first([a, b, c, d])
    }

    /// Of a new record that this attempt makes.
    #[must_use]
    pub fn first_by_attempt(attempt: AttemptId) -> Self {
        let [a, b, c, d, ..] = attempt.bytes();
        Self::first([a, b, c, d])
    }

    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The version after this one. After [`NONE`](Self::NONE) it is `first`.
    #[must_use]
    pub fn next_or(self, first: Self) -> Self {
        if self == Self::NONE {
            first
        } else {
            self.next()
        }
    }

    /// The version that a write of this one must find.
    #[must_use]
    pub fn before(self) -> Self {
        match self.0 & u64::from(u32::MAX) {
            1 => Self::NONE,
            _ => Self(self.0.saturating_sub(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::link_token::LinkToken;

    const OTHER: Version = Version::from_number(7);

    #[test]
    fn each_version_has_one_before_it() {
        for random in [[0; 4], [0, 0, 0, 1], [0xff; 4]] {
            let first = Version::first(random);
            assert_eq!(Version::NONE.next_or(first), first);
            assert_eq!(first.before(), Version::NONE);
            assert_eq!(first.next_or(OTHER), first.next());
            assert_eq!(first.next().before(), first);
        }
    }

    #[test]
    fn each_record_has_its_own_versions() {
        let [first, second] = [1, 2].map(|last| Version::first([0, 0, 0, last]));
        assert_eq!(first.number(), (1 << 32) + 1);
        assert_eq!(second.number(), (2 << 32) + 1);
        let mut mails = [1, 2].map(|token| {
            let link = LinkToken::from_random([token; 32]).digest();
            Version::first_by_mail(&MailId::of(&link))
        });
        mails.sort();
        assert!(mails[0].number() + u64::from(u32::MAX) < mails[1].number());
        let attempt = Version::first_by_attempt(AttemptId::from_random([0, 0, 0, 2, 9, 9, 9, 9]));
        assert_eq!(attempt, second);
    }

    #[test]
    fn earlier_releases_counted_from_one() {
        let first = Version::from_number(1);
        assert_eq!(first.before(), Version::NONE);
        assert_eq!(first.next_or(OTHER), Version::from_number(2));
        assert_eq!(first.next().before(), first);
    }
}
