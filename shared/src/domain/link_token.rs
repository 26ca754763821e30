//! The secret in a mailed link, and what is stored in its place.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The secret in a mailed link: 256 random bits, written as 43 characters of base64url without
/// padding (RFC 4648, section 5).
#[derive(Clone)]
pub struct LinkToken([u8; 32]);

impl LinkToken {
    #[must_use]
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads a token as it was mailed. `None` for any other text, a second spelling of the same
    /// bytes included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }

    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    #[must_use]
    pub fn digest(&self) -> LinkDigest {
        LinkDigest(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(secret)")
    }
}

/// SHA-256 of a link token. A token has 256 random bits, so nobody finds it from its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkDigest([u8; 32]);

impl LinkDigest {
    /// Reads a digest as it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }

    pub(super) fn bytes(self) -> [u8; 32] {
        self.0
    }
}

/// The text that is stored: 43 characters of base64url.
impl fmt::Display for LinkDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// 32 bytes from 43 characters of base64url. `None` for any other text.
pub(super) fn decode(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    // The decoder needs room for a whole last group of four characters.
    let mut buffer = [0; 33];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut buffer).ok()?;
    bytes.copy_from_slice(buffer.get(..32)?);
    (length == bytes.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back() {
        let text = LinkToken::from_random([0xfb; 32]).encode();
        assert_eq!(text.len(), 43);
        assert_eq!(LinkToken::parse(&text).unwrap().encode(), text);
    }

    #[test]
    fn a_token_has_one_spelling() {
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
    fn the_digest_is_sha_256() {
        // SHA-256 of 32 zero bytes: 66687aad…
        let digest = LinkToken::from_random([0; 32]).digest();
        assert_eq!(
            digest.to_string(),
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
