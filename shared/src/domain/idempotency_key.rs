//! The key by which a caller's request is known when it arrives again.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::email_address::EmailAddress;
use crate::domain::link_token;

const MAX_LENGTH: usize = 255;

/// A caller's own text: 1 to 255 visible ASCII characters. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// `None`: it is empty, too long, or has another character.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_valid = (1..=MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_valid.then(|| Self(text.to_owned()))
    }

    /// What is on record of a request for this address. With another address, the same key is
    /// another request.
    #[must_use]
    pub fn digest(&self, address: &EmailAddress) -> RequestDigest {
        // The space ends the key, which has none.
        let request = format!("{} {}", self.0, address.canonical());
        RequestDigest(Sha256::digest(request).into())
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

/// SHA-256 of a request's key and address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestDigest([u8; 32]);

impl RequestDigest {
    /// Reads a digest as it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        link_token::decode(text).map(Self)
    }
}

/// The text that is stored: 43 characters of base64url.
impl fmt::Display for RequestDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(key: &str, address: &str) -> RequestDigest {
        let address = EmailAddress::parse(address).unwrap();
        IdempotencyKey::parse(key).unwrap().digest(&address)
    }

    #[test]
    fn a_key_is_255_visible_ascii_characters() {
        let longest = "k".repeat(255);
        for valid in ["k", "!", "~", "\"8e03978e\"", "a,b", &longest] {
            assert!(IdempotencyKey::parse(valid).is_some(), "{valid}");
        }
        let too_long = "k".repeat(256);
        for invalid in ["", " ", "a b", "a\t", "\u{7f}", "\0", "é", "k\n", &too_long] {
            assert_eq!(IdempotencyKey::parse(invalid), None, "{invalid:?}");
        }
    }

    #[test]
    fn a_digest_is_of_key_and_address() {
        let first = digest("k", "ada@example.org");
        assert_eq!(digest("k", "ADA@Example.org"), first);
        assert_ne!(digest("K", "ada@example.org"), first);
        assert_ne!(digest("k", "bob@example.org"), first);
        assert_eq!(RequestDigest::parse(&first.to_string()), Some(first));
        assert_eq!(RequestDigest::parse("short"), None);
    }

    #[test]
    fn debug_output_holds_no_key() {
        let key = IdempotencyKey::parse("secret").unwrap();
        assert_eq!(format!("{key:?}"), "IdempotencyKey(…)");
    }
}
