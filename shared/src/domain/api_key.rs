//! Personal API keys: the secret, and what is stored.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hex::FromHex;
use sha2::{Digest, Sha256};

use crate::domain::clock::Timestamp;

pub const USER_READ: &str = "user:read";
pub const USER_WRITE: &str = "user:write";
/// The scope that includes every other.
pub const ANY_SCOPE: &str = "*";
/// All scopes that a key may have.
pub const SCOPES: [&str; 3] = [USER_READ, USER_WRITE, ANY_SCOPE];

/// `Debug` does not show it.
#[derive(Clone)]
pub struct ApiKeySecret(String);

impl ApiKeySecret {
    /// A new key of 256 random bits: `evk_` and 43 characters of base64url.
    #[must_use]
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(format!("evk_{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// A key as a caller presents it. Any text may be one.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn digest(&self) -> ApiKeyDigest {
        ApiKeyDigest(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret(secret)")
    }
}

/// SHA-256 of a key. A key has 256 random bits, so a slow hash would add nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKeyDigest([u8; 32]);

impl ApiKeyDigest {
    /// Reads a digest as it is stored, in lower case alone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digest = Self(FromHex::from_hex(text).ok()?);
        (digest.encode() == text).then_some(digest)
    }

    /// The text that is stored: 64 hexadecimal digits.
    #[must_use]
    pub fn encode(&self) -> String {
        hex::encode(self.0)
    }
}

/// The id of a key, for logs: the first 12 hexadecimal digits of its digest.
impl fmt::Display for ApiKeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.encode().get(..12).unwrap_or_default())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The operator's name for it.
    pub label: String,
    pub scopes: Vec<String>,
    pub created_at: Timestamp,
    /// `None`: it works until it is revoked.
    pub expires_at: Option<Timestamp>,
}

impl ApiKey {
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    #[must_use]
    pub fn allows(&self, scope: &str) -> bool {
        self.scopes
            .iter()
            .any(|granted| granted == scope || granted == ANY_SCOPE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(scopes: &[&str], expires_at: Option<i64>) -> ApiKey {
        ApiKey {
            label: "backend".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            created_at: Timestamp::from_unix_seconds(0),
            expires_at: expires_at.map(Timestamp::from_unix_seconds),
        }
    }

    #[test]
    fn a_new_key_is_evk_and_43_characters() {
        let key = ApiKeySecret::from_random([0xff; 32]);
        assert_eq!(
            key.expose_secret(),
            "evk___________________________________________8"
        );
        assert_eq!(key.expose_secret().len(), 4 + 43);
        assert_eq!(format!("{key:?}"), "ApiKeySecret(secret)");
    }

    #[test]
    fn a_digest_has_one_spelling() {
        let text = ApiKeySecret::presented("x").digest().encode();
        assert_eq!(ApiKeyDigest::parse(&text).unwrap().encode(), text);
        for wrong in [&text.to_uppercase(), &text[1..], &format!("{text}00"), ""] {
            assert_eq!(ApiKeyDigest::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_key_works_until_it_expires() {
        assert!(!key(&[], Some(10)).has_expired(Timestamp::from_unix_seconds(9)));
        assert!(key(&[], Some(10)).has_expired(Timestamp::from_unix_seconds(10)));
        assert!(!key(&[], None).has_expired(Timestamp::from_unix_seconds(i64::MAX)));
    }

    #[test]
    fn scopes_match_by_name_or_star() {
        assert!(key(&["user:write"], None).allows(USER_WRITE));
        assert!(key(&["user:read", "*"], None).allows(USER_WRITE));
        assert!(!key(&["user:read", "user:write:all"], None).allows(USER_WRITE));
        assert!(!key(&[], None).allows(USER_WRITE));
    }
}
