//! Six-digit codes: mailed, typed and stored.
//!
//! Six digits are few enough to try them all. So a code is stored as an HMAC under a key that is
//! not in the table, and an attempt ([`crate::domain::code_attempts`]) is counted before its code
//! is compared.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::invalid_setting::InvalidSetting;
use crate::domain::pasted;
use crate::domain::user_id::UserId;

const SPACE: u64 = 1_000_000;
const DIGITS: usize = 6;
/// In bytes: the length of the HMAC (RFC 2104, section 3).
const MIN_KEY_LENGTH: usize = 32;

/// A code of six decimal digits, leading zeros included. `Debug` does not show it.
#[derive(Clone)]
pub struct Code(String);

impl Code {
    /// The modulo bias is negligible: a million codes share 2^64 values.
    #[must_use]
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(format!("{:0DIGITS$}", u64::from_be_bytes(bytes) % SPACE))
    }

    /// Reads a code as people type and paste it: in digits of any script and width, with spaces,
    /// dashes and invisible characters. `None` if that leaves anything but six digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = pasted::clean(text).replace('-', "");
        (digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some(Self(digits))
    }

    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(secret)")
    }
}

/// HMAC-SHA-256 over the user's id and the code.
#[derive(Clone, Copy, Debug)]
pub struct CodeDigest([u8; 32]);

impl CodeDigest {
    /// Reads a digest as it is stored. `None` if it does not have 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// In constant time, against somebody who types codes and measures the answers.
impl PartialEq for CodeDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for CodeDigest {}

/// The keys of code digests. During a rotation there are two: new codes are stored under the
/// current key, and stored ones are found under both.
#[derive(Clone)]
pub struct CodeKeys {
    current: Key,
    previous: Option<Key>,
}

/// A whole block of the HMAC, as a key of that length cannot be refused.
type Key = hmac::digest::Key<Hmac<Sha256>>;

/// SHA-256 of the setting's text, for the right length.
fn key(text: &str) -> Key {
    let mut key = Key::default();
    for (byte, of_digest) in key.iter_mut().zip(Sha256::digest(text)) {
        *byte = of_digest;
    }
    key
}

impl CodeKeys {
    /// Reads the current key, and after a comma the previous one if there is one. Each is a random
    /// text of 32 characters or more.
    pub fn parse(text: &str) -> Result<Self, InvalidSetting> {
        let texts = text.split(',').map(str::trim);
        if texts.clone().any(|text| text.len() < MIN_KEY_LENGTH) {
            return Err("must be keys of 32 characters or more".into());
        }
        let mut keys = texts.map(key);
        match (keys.next(), keys.next(), keys.next()) {
            (Some(current), previous, None) => Ok(Self { current, previous }),
            _ => Err("must be one key, or two with a comma between".into()),
        }
    }

    /// The digest to store for a code of this user.
    #[must_use]
    pub fn digest(&self, user: &UserId, code: &Code) -> CodeDigest {
        digest(&self.current, user, code)
    }

    /// The digests under which a code of this user may be stored.
    pub fn digests(&self, user: &UserId, code: &Code) -> impl Iterator<Item = CodeDigest> {
        let keys = std::iter::once(&self.current).chain(&self.previous);
        keys.map(|key| digest(key, user, code))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

impl fmt::Debug for CodeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeKeys(secret)")
    }
}

/// The id binds the digest to its user: the same code of two users has two digests.
fn digest(key: &Key, user: &UserId, code: &Code) -> CodeDigest {
    let mut mac = Hmac::<Sha256>::new(key);
    mac.update(user.to_string().as_bytes());
    mac.update(code.0.as_bytes());
    CodeDigest(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> UserId {
        UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6").unwrap()
    }

    fn keys(text: &str) -> Result<CodeKeys, InvalidSetting> {
        CodeKeys::parse(text)
    }

    const OLD: &str = "old-old-old-old-old-old-old-old-";
    const NEW: &str = "new-new-new-new-new-new-new-new-";

    #[test]
    fn a_code_keeps_leading_zeros() {
        assert_eq!(Code::from_random([0; 8]).expose_secret(), "000000");
        assert_eq!(
            Code::from_random(1_000_042_u64.to_be_bytes()).expose_secret(),
            "000042"
        );
        assert_eq!(
            Code::from_random(999_999_u64.to_be_bytes()).expose_secret(),
            "999999"
        );
    }

    #[test]
    fn typed_and_pasted_codes_are_read() {
        for text in [
            "123456",
            " 123456\n",
            "123 456",
            "123-456",
            "1 2 3 4 5 6",
            "１２３４５６",
            "123\u{a0}456",
            "123\u{200b}456",
            "\u{feff}123456",
            "12\u{ad}34\u{2060}56",
            "123\u{2009}456",
            "123－456",
            // Default-ignorable: direction marks, embeddings, isolates, joiners, selectors.
            "\u{2068}123456\u{2069}",
            "\u{202a}123\u{200e}456\u{202c}",
            "\u{61c}123\u{200f}456",
            "1\u{200d}2\u{200c}3\u{34f}4\u{fe0f}5\u{3164}6",
            // Dashes of every kind, and the minus sign that keyboards write for one.
            "123\u{2010}456",
            "123\u{2011}456",
            "123–456",
            "123—456",
            "123\u{2212}456",
            "123\u{5be}456",
            "123\u{301c}456",
            // Digits of other scripts.
            "١٢٣٤٥٦",
            "۱۲۳۴۵۶",
            "१२३४५६",
            "১২৩৪৫৬",
            "๑๒๓๔๕๖",
            "𝟏𝟐𝟑𝟒𝟓𝟔",
            "𞥑𞥒𞥓𞥔𞥕𞥖",
            "1٢३４5𝟔",
        ] {
            assert_eq!(
                Code::parse(text).unwrap().expose_secret(),
                "123456",
                "{text:?}"
            );
        }
    }

    #[test]
    fn anything_but_six_digits_is_no_code() {
        for text in [
            "",
            "12345",
            "1234567",
            "12345a",
            "一二三四五六",
            "123_456",
            "123.456",
            "12345²",
            "-",
            "0x1234",
            "123½",
            "1234567\u{200b}",
            "123+456",
            "123・456",
        ] {
            let read = Code::parse(text).map(|code| code.expose_secret().to_owned());
            // NFKC makes a plain digit of a superscript one.
            let expected = (text == "12345²").then(|| "123452".to_owned());
            assert_eq!(read, expected, "{text:?}");
        }
    }

    #[test]
    fn both_keys_know_a_code() {
        let code = Code::parse("123456").unwrap();
        let before = keys(OLD).unwrap().digest(&user(), &code);
        let rotated =
            keys("new-new-new-new-new-new-new-new-, old-old-old-old-old-old-old-old-").unwrap();
        assert!(rotated.digest(&user(), &code) == keys(NEW).unwrap().digest(&user(), &code));
        assert!(
            rotated
                .digests(&user(), &code)
                .any(|digest| digest == before)
        );
        assert!(
            !keys(NEW)
                .unwrap()
                .digests(&user(), &code)
                .any(|digest| digest == before)
        );
    }

    #[test]
    fn the_digest_is_hmac_sha_256() {
        // hmac.new(sha256(b'old-…').digest(), b'f81d4fae-…123456', 'sha256'), computed in Python.
        let digest = keys(OLD)
            .unwrap()
            .digest(&user(), &Code::parse("123456").unwrap());
        assert_eq!(
            hex::encode(digest.as_bytes()),
            "714620881f8668f720107e73c63802a9b608be41693edcefefe72adca49a3e7c"
        );
    }

    #[test]
    fn the_digest_binds_the_user() {
        let other = UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf7").unwrap();
        let (keys, code) = (keys(OLD).unwrap(), Code::parse("123456").unwrap());
        assert!(keys.digest(&user(), &code) != keys.digest(&other, &code));
    }

    #[test]
    fn errors_show_no_key() {
        let error = |text| keys(text).unwrap_err().to_string();
        assert_eq!(error("short"), "must be keys of 32 characters or more");
        assert_eq!(
            error(
                "new-new-new-new-new-new-new-new-,new-new-new-new-new-new-new-new-,\
                 new-new-new-new-new-new-new-new-"
            ),
            "must be one key, or two with a comma between"
        );
        assert_eq!(format!("{:?}", keys(OLD).unwrap()), "CodeKeys(secret)");
    }
}
