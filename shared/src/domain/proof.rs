//! Proofs that a person reads an address: a link token and a code, mailed both or one alone.
//!
//! A proof is random, mailed once and stored as digests, so a reader of the table cannot verify an
//! address. No type shows its secret through `Debug`.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::domain::link_token::LinkToken;
use crate::domain::mail_content::MailContent;
use crate::domain::mail_id::MailId;
use crate::domain::verification_code::Code;

/// How long a proof works. The bounds do not overlap, so a code never outlives the link of its
/// mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofLifetimes {
    /// Whole hours, within [`Self::LINK_HOURS`].
    pub link: Duration,
    /// Whole minutes, within [`Self::CODE_MINUTES`].
    pub code: Duration,
}

impl ProofLifetimes {
    pub const DEFAULT: Self = Self {
        link: Duration::from_hours(24),
        code: Duration::from_mins(30),
    };

    /// At least an hour, as mails can be slow. At most a week, as a mailbox may change its owner.
    pub const LINK_HOURS: RangeInclusive<u64> = 1..=7 * 24;
    /// At least five minutes, as mails can be slow. At most an hour, as a longer lifetime allows
    /// more attempts at one code.
    pub const CODE_MINUTES: RangeInclusive<u64> = 5..=60;

    /// For mails of this content. A link that is not mailed expires on record with its code, so
    /// that nobody is told of a proof that is not there.
    #[must_use]
    pub fn of_mails(self, content: MailContent) -> Self {
        let link = if content.has_link() {
            self.link
        } else {
            self.code
        };
        Self { link, ..self }
    }
}

/// What one mail carries. Either part verifies the address of the mail.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Its digest is the mail's id, so there is one even if no link is mailed.
    pub token: LinkToken,
    /// `None`: the mail has a link alone.
    pub code: Option<Code>,
}

impl Proof {
    #[must_use]
    pub fn from_random(token: [u8; 32], code: Option<[u8; 8]>) -> Self {
        Self {
            token: LinkToken::from_random(token),
            code: code.map(Code::from_random),
        }
    }

    #[must_use]
    pub fn mail_id(&self) -> MailId {
        MailId::of(&self.token.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unmailed_link_expires_with_its_code() {
        let lifetimes = ProofLifetimes::DEFAULT;
        for content in [MailContent::Both, MailContent::Link] {
            assert_eq!(lifetimes.of_mails(content), lifetimes);
        }
        let of_code = lifetimes.of_mails(MailContent::Code);
        assert_eq!(
            (of_code.link, of_code.code),
            (lifetimes.code, lifetimes.code)
        );
    }
}
