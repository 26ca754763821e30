//! A user's id: the caller's own, or one derived from the address.

use std::fmt;

use uuid::Uuid;

use crate::domain::email_address::EmailAddress;

/// The namespace of derived ids (RFC 9562, section 5.5). Stored records depend on it: a change
/// would orphan them.
const NAMESPACE: Uuid = Uuid::from_u128(0x8c2f_6b0e_51d4_4a7b_9d0a_3e75_c1f8_2b96);

/// A user's id, written in lower case with dashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Uuid);

impl UserId {
    /// Reads any spelling of RFC 9562: either case, with or without dashes, in braces, or as a
    /// `urn:uuid:`. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }

    /// The id of a user whom the caller knows by address alone. All spellings of an address have
    /// the same id.
    #[must_use]
    pub fn derived_from(address: &EmailAddress) -> Self {
        Self(Uuid::new_v5(&NAMESPACE, address.canonical().as_bytes()))
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANONICAL: &str = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

    #[test]
    fn all_rfc_9562_spellings_are_read() {
        for spelling in [
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
            "f81d4fae7dec11d0a76500a0c91e6bf6",
            "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
            "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "URN:UUID:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
            "Urn:uUID:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        ] {
            assert_eq!(
                UserId::parse(spelling).unwrap().to_string(),
                CANONICAL,
                "{spelling}"
            );
        }
    }

    #[test]
    fn anything_else_is_no_uuid() {
        for text in [
            "",
            "1",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf67",
            "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "f81d4fae_7dec_11d0_a765_00a0c91e6bf6",
            "urn:uuid:",
            "urn:uuid:f81d4fae7dec11d0a76500a0c91e6bf6",
            "urn:uuid:{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
            "urn:uuid:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "ｆ81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        ] {
            assert_eq!(UserId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_derived_id_is_stable() {
        let of = |text| UserId::derived_from(&EmailAddress::parse(text).unwrap());
        assert_eq!(of("ada@example.com"), of("Ada@EXAMPLE.com"));
        assert_ne!(of("ada@example.com"), of("ada+tag@example.com"));
        assert_eq!(
            of("ada@example.com").to_string(),
            "de2bc5a1-33d1-5a2d-b88a-e80f28669dfc"
        );
    }
}
