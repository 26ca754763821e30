//! Proofs that a person reads an address: one link token and one code, both in one mail.
//!
//! A proof is made of random bytes, mailed once and stored as digests, so that whoever reads the
//! table cannot verify an address. No type shows its secret through `Debug`.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

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
}

/// The secret in a mailed link: 256 random bits, written as 43 characters of base64url without
/// padding (RFC 4648, section 5).
#[derive(Clone)]
pub struct LinkToken([u8; 32]);

impl LinkToken {
    /// The token made of these random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads a token as it was mailed. `None` for any other text, a second spelling of the same
    /// bytes included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        // The decoder wants room for a whole last group of four characters.
        let mut buffer = [0; 33];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut buffer).ok()?;
        bytes.copy_from_slice(buffer.get(..32)?);
        (length == bytes.len()).then_some(Self(bytes))
    }

    /// The text that goes into the link.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored in place of the token.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(secret)")
    }
}

/// SHA-256 of a link token. It also names the request that made the token, and its mail: on record,
/// in the log and in SES's events. Nobody gets from it to the token.
#[derive(Clone, Copy, Debug, PartialOrd, Ord)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Reads a digest as it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        LinkToken::parse(text).map(|LinkToken(bytes)| Self(bytes))
    }

    /// The text that is stored: 43 characters of base64url.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// A number drawn from the digest: spreads retries without another source of randomness.
    #[must_use]
    pub fn jitter(&self) -> u8 {
        let [first, ..] = self.0;
        first
    }
}

/// The text that is stored.
impl fmt::Display for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.encode())
    }
}

/// Digests are compared in constant time, whoever compares them.
impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenDigest {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_43_characters_and_reads_back() {
        let text = LinkToken::from_random([0xfb; 32]).encode();
        assert_eq!(text.len(), 43);
        assert_eq!(LinkToken::parse(&text).unwrap().encode(), text);
    }

    #[test]
    fn a_second_spelling_of_a_token_is_no_token() {
        let text = LinkToken::from_random([0; 32]).encode();
        let other_last_character = format!("{}B", text.get(..42).unwrap());
        for spelling in [
            other_last_character,
            format!("{text}="),
            format!("{text}A"),
            format!(" {text}"),
            text.get(..42).unwrap().to_owned(),
            text.replacen('A', "+", 1),
            text.replacen('A', "é", 1),
            String::new(),
            "A".repeat(44),
            "A".repeat(10_000),
        ] {
            assert!(LinkToken::parse(&spelling).is_none(), "{spelling}");
        }
    }

    #[test]
    fn the_digest_is_sha_256_of_the_tokens_bytes() {
        // SHA-256 of 32 zero bytes: 66687aad…
        let digest = LinkToken::from_random([0; 32]).digest();
        assert_eq!(
            digest.encode(),
            "Zmh6rfhivXdsj8GLjp-OIAiXFIVu4jOzkCpZHQ1fKSU"
        );
    }

    #[test]
    fn debug_output_holds_no_secret() {
        assert_eq!(
            format!("{:?}", LinkToken::from_random([7; 32])),
            "LinkToken(secret)"
        );
    }
}
