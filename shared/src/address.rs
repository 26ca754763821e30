//! E-mail addresses: what is taken as one, and which two are the same mailbox.
//!
//! The grammar is the dot-atom form of RFC 5321 (section 4.1.2) with a domain name of at least
//! two labels. Quoted local parts, comments and address literals are refused: hardly a mailbox in
//! use needs them, and each has carried attacks on systems that read it differently. Non-ASCII
//! local parts are refused because SES has no SMTPUTF8.

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use sha2::{Digest, Sha256};

use crate::hex::hex;

/// Longest address in characters, the path limit of RFC 5321, section 4.5.3.1.3, less its brackets.
pub const MAX_LENGTH: usize = 254;
/// Longest local part in bytes (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_LENGTH: usize = 64;
/// Longest label of a domain name in bytes (RFC 1035, section 2.3.4).
const MAX_LABEL_LENGTH: usize = 63;
/// Longest domain name in bytes, in its text form (RFC 1035, section 2.3.4).
const MAX_DOMAIN_LENGTH: usize = 253;

/// One mailbox. Mail goes to [`deliverable`](Self::deliverable), everything that compares
/// addresses uses [`canonical`](Self::canonical), and `Debug` shows the mask alone.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    deliverable: String,
    canonical: String,
}

impl EmailAddress {
    /// Reads one address. `None` for anything that is not exactly one mailbox.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.rsplit_once('@')?;
        if !is_dot_atom(local) || local.len() > MAX_LOCAL_LENGTH {
            return None;
        }
        let a_labels = Uts46::new()
            .to_ascii(
                domain.as_bytes(),
                AsciiDenyList::STD3,
                Hyphens::CheckFirstLast,
                DnsLength::Verify,
            )
            .ok()?;
        if !is_domain_name(&a_labels) {
            return None;
        }
        // An ASCII domain keeps the case it was given in; a Unicode one travels as A-labels.
        let sent_to = if domain.is_ascii() { domain } else { &a_labels };
        let deliverable = format!("{local}@{sent_to}");
        if deliverable.len() > MAX_LENGTH {
            return None;
        }
        let canonical = format!(
            "{}@{}",
            local.to_ascii_lowercase(),
            a_labels.to_ascii_lowercase()
        );
        Some(Self {
            deliverable,
            canonical,
        })
    }

    /// The spelling that mail goes to: as it was given, a Unicode domain as A-labels.
    #[must_use]
    pub fn deliverable(&self) -> &str {
        &self.deliverable
    }

    /// The form that identifies the mailbox: all lower case, the domain as A-labels. Dots and
    /// `+tags` are kept, as other people's mailboxes may differ by them.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Whether both are the same mailbox.
    #[must_use]
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }

    /// For logs: the first letters of mailbox and domain, and the top level: `a***@e***.com`.
    #[must_use]
    pub fn mask(&self) -> String {
        let (local, domain) = self
            .canonical
            .split_once('@')
            .unwrap_or(("", &self.canonical));
        let top_level = domain.rsplit_once('.').map_or("", |(_, label)| label);
        let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
        format!("{}***@{}***.{top_level}", first(local), first(domain))
    }

    /// For logs: tells whether two addresses share a domain, 16 hexadecimal digits of its SHA-256.
    #[must_use]
    pub fn domain_hash(&self) -> String {
        let domain = self
            .canonical
            .split_once('@')
            .map_or("", |(_, domain)| domain);
        let digest = Sha256::digest(domain.as_bytes());
        hex(digest.get(..8).unwrap_or_default())
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.mask())
    }
}

/// Text for the log with every address in it masked, for words that are not our own.
#[must_use]
pub fn mask_addresses(text: &str) -> String {
    let is_around = |c: char| c.is_whitespace() || "<>()[]{}\"'`,;:".contains(c);
    let masked = text.split_inclusive(is_around).map(|word| {
        let bare = word.trim_end_matches(|c| is_around(c) || c == '.');
        let rest = word.get(bare.len()..).unwrap_or_default();
        match EmailAddress::parse(bare) {
            Some(address) => format!("{}{rest}", address.mask()),
            None if bare.contains('@') => format!("***{rest}"),
            None => word.to_owned(),
        }
    });
    masked.collect()
}

/// Atoms of printable ASCII without specials, joined by single dots (RFC 5322, section 3.2.3).
fn is_dot_atom(local: &str) -> bool {
    let is_atext =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

/// At least two labels, each of letters, digits and inner hyphens; the last one no number, as
/// `127.0.0.1` is not a name (RFC 1123, section 2.1; RFC 3696, section 2).
fn is_domain_name(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL_LENGTH).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.len() <= MAX_DOMAIN_LENGTH
        && domain.split('.').all(is_label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, top_level)| !top_level.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_to_the_spelling_that_was_given() {
        let address = EmailAddress::parse("Ada.Lovelace+Sign-Up@Example.COM").unwrap();
        assert_eq!(address.deliverable(), "Ada.Lovelace+Sign-Up@Example.COM");
        assert_eq!(address.canonical(), "ada.lovelace+sign-up@example.com");
    }

    #[test]
    fn a_unicode_domain_is_sent_to_as_a_labels() {
        let address = EmailAddress::parse("info@Bücher.example").unwrap();
        assert_eq!(address.deliverable(), "info@xn--bcher-kva.example");
        assert_eq!(address.canonical(), "info@xn--bcher-kva.example");
    }

    #[test]
    fn every_spelling_of_a_domain_is_mapped_to_one_that_mail_goes_to() {
        for (domain, sent_to) in [
            // Full-width letters and dots, the Kelvin sign, a soft hyphen: one plain domain (UTS 46).
            ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
            ("example。com", "example.com"),
            ("\u{212a}elvin.example", "kelvin.example"),
            ("exam\u{ad}ple.com", "example.com"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            // Letters that only look alike, or whose other case does, are other domains.
            ("faß.example", "xn--fa-hia.example"),
            ("ıstanbul.example", "xn--stanbul-qfb.example"),
            ("аpple.example", "xn--pple-43d.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ] {
            let address = EmailAddress::parse(&format!("Ada@{domain}"));
            let address = address.unwrap_or_else(|| panic!("{domain}"));
            assert_eq!(address.deliverable(), format!("Ada@{sent_to}"));
            assert_eq!(address.canonical(), format!("ada@{sent_to}"));
        }
    }

    #[test]
    fn the_local_part_is_ascii_so_no_case_mapping_makes_two_mailboxes_one() {
        // Each is lower-cased, upper-cased or normalised to an ASCII letter somewhere.
        for letter in [
            "ı", "İ", "ſ", "\u{212a}", "ａ", "ﬁ", "ß", "ⅰ", "а", "e\u{301}", "\u{200b}",
        ] {
            let text = format!("a{letter}da@example.com");
            assert_eq!(EmailAddress::parse(&text), None, "{text}");
        }
    }

    #[test]
    fn anything_but_one_mailbox_is_refused() {
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@example",
            "ada@example.",
            "ada@example.com.",
            "ada@.example.com",
            "ada@example..com",
            "ada@-example.com",
            "ada@example-.com",
            "ada@exa_mple.com",
            "ada@127.0.0.1",
            "ada@[127.0.0.1]",
            "ada@[IPv6:::1]",
            ".ada@example.com",
            "ada.@example.com",
            "a..da@example.com",
            "\"ada\"@example.com",
            "\"a b\"@example.com",
            "ada(comment)@example.com",
            "ada@example.com(comment)",
            "Ada <ada@example.com>",
            "<ada@example.com>",
            "ada@example.com,bob@example.com",
            "ada@example.com;bob@example.com",
            "ada@example.com bob@example.com",
            "ada@bob@example.com",
            "ada b@example.com",
            " ada@example.com",
            "ada@example.com ",
            "ada@example.com\n",
            "ada\r\nBcc: bob@example.com@example.com",
            "ada\u{0}@example.com",
            "ada@exam\u{7f}ple.com",
            "ädä@example.com",
            "mıke@example.com",
            "ada@exam ple.com",
            "mailto:ada@example.com",
            "ada@example.com?subject=hi",
            "ada@example.com/path",
            "ada%40example.com",
            "ada＠example.com",
            "ada@xn--a.example",
            "ada@xn--.example",
            "ada@xn--bcher-kva.\u{202e}example",
            "ada@a\u{5d0}b.example",
            "ada@\u{200d}example.com",
            "ada@example\u{2024}com,bob@example.com",
            "ada\\@example.com",
            "ada@exam:ple.com",
            "ada@[example.com]",
            "group:ada@example.com;",
            "ada@example.com>",
            "ada@1.2",
            "ada@0x7f.1",
        ] {
            assert_eq!(EmailAddress::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn each_length_limit_is_exact() {
        let local = |length| format!("{}@example.com", "a".repeat(length));
        assert!(EmailAddress::parse(&local(64)).is_some());
        assert!(EmailAddress::parse(&local(65)).is_none());

        let label = |length| format!("a@{}.com", "b".repeat(length));
        assert!(EmailAddress::parse(&label(63)).is_some());
        assert!(EmailAddress::parse(&label(64)).is_none());

        let whole = |local| {
            format!(
                "{}@{}.{}.{}",
                "a".repeat(local),
                "b".repeat(63),
                "c".repeat(63),
                "d".repeat(61)
            )
        };
        assert_eq!(whole(64).len(), 254);
        assert!(EmailAddress::parse(&whole(64)).is_some());
        let longer = format!(
            "{}@{}.{}.{}",
            "a".repeat(64),
            "b".repeat(63),
            "c".repeat(63),
            "d".repeat(62)
        );
        assert!(EmailAddress::parse(&longer).is_none());
    }

    #[test]
    fn a_mask_shows_first_letters_and_the_top_level_alone() {
        for (text, mask) in [
            ("ada@example.com", "a***@e***.com"),
            ("Ada@Mail.Example.co.uk", "a***@m***.uk"),
            ("a@b.de", "a***@b***.de"),
            ("info@bücher.example", "i***@x***.example"),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().mask(), mask);
        }
    }

    #[test]
    fn addresses_in_the_words_of_others_are_masked() {
        for (text, masked) in [
            (
                "identity failed: Ada@Example.com",
                "identity failed: a***@e***.com",
            ),
            (
                "failed: ada@example.com, bob@example.org.",
                "failed: a***@e***.com, b***@e***.org.",
            ),
            ("\"Ada\" <ada@example.com>", "\"Ada\" <a***@e***.com>"),
            ("odd: a\"b@example.com", "odd: a\"b***@e***.com"),
            ("odd: ada@localhost", "odd: ***"),
            ("no address at all.", "no address at all."),
        ] {
            assert_eq!(mask_addresses(text), masked);
        }
    }

    #[test]
    fn debug_output_is_masked_too() {
        let address = EmailAddress::parse("ada@example.com").unwrap();
        assert_eq!(format!("{address:?}"), "EmailAddress(a***@e***.com)");
    }
}
