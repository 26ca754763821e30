//! Proofs that a person reads an address: one link token and one code, both in one mail.
//!
//! A proof is made of random bytes, mailed once and stored as digests, so that whoever reads the
//! table cannot verify an address. No type shows its secret through `Debug`.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::domain::link_token::LinkToken;
use crate::domain::mail_id::MailId;
use crate::domain::verification_code::Code;

/// How long a proof works. A code never outlives the link of its mail: the bounds do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofLifetimes {
    /// Whole hours, from 1 to 168.
    pub link: Duration,
    /// Whole minutes, from 5 to 60.
    pub code: Duration,
}

impl ProofLifetimes {
    /// A day for the link, half an hour for the code.
    pub const DEFAULT: Self = Self {
        link: Duration::from_hours(24),
        code: Duration::from_mins(30),
    };

    /// From an hour, since mails can be slow, to a week, since a mailbox is not always its reader's
    /// for ever.
    pub const LINK_HOURS: RangeInclusive<u64> = 1..=7 * 24;
    /// From five minutes, since mails can be slow, to an hour: the longer a code works, the more
    /// guesses it has to stand.
    pub const CODE_MINUTES: RangeInclusive<u64> = 5..=60;
}

/// What one mail carries: either part verifies the address that the mail went to.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The secret of the link.
    pub token: LinkToken,
    /// The code to type.
    pub code: Code,
}

impl Proof {
    /// The proof made of these random bytes.
    #[must_use]
    pub fn from_random(token: [u8; 32], code: [u8; 8]) -> Self {
        Self {
            token: LinkToken::from_random(token),
            code: Code::from_random(code),
        }
    }

    /// The id of the mail that carries this proof.
    #[must_use]
    pub fn mail_id(&self) -> MailId {
        MailId::of(&self.token.digest())
    }
}
