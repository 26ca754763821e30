//! Email addresses: which texts are accepted, and which of them are the same mailbox.
//!
//! The grammar is the dot-atom form of RFC 5321 (section 4.1.2) with a domain name of at least
//! two labels. Quoted local parts, comments and address literals are refused: hardly any mailbox
//! needs them, and each was used in attacks on systems that parse it differently. Non-ASCII local
//! parts are refused because SES has no SMTPUTF8.
//!
//! [`clean`] removes what keyboards and clipboards add.

use std::borrow::Cow;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::domain::domain_name;

/// Longest address in characters, the path limit of RFC 5321, section 4.5.3.1.3, less its brackets.
pub const MAX_LENGTH: usize = 254;
/// Longest local part in bytes (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_LENGTH: usize = 64;
/// Domains that never receive mail: RFC 6761, 6762, 7686, 8375, 9476, and ICANN's `.internal`.
/// `.test` and `.example` are special-use as well, but tests need addresses.
const SPECIAL_USE: [&str; 7] = [
    "invalid",
    "localhost",
    "local",
    "internal",
    "onion",
    "alt",
    "home.arpa",
];

/// One mailbox. Mail goes to [`deliverable`](Self::deliverable), comparisons use
/// [`canonical`](Self::canonical), and `Debug` shows the mask alone.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    deliverable: String,
    canonical: String,
}

impl EmailAddress {
    /// Reads an address that mail may be sent to. `None` unless it is exactly one mailbox, and for
    /// local parts that a mail server may reroute, and for domains that never receive mail.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let address = Self::parse_known(text)?;
        let (local, domain) = parts(&address.canonical);
        let may_receive = !may_be_rerouted(local) && !is_special_use(domain);
        may_receive.then_some(address)
    }

    /// Reads an address that was accepted before, from a record or from somebody who looks one up.
    /// Checks the grammar alone: [`parse`](Self::parse) may become stricter, but records must stay
    /// readable.
    #[must_use]
    pub fn parse_known(text: &str) -> Option<Self> {
        let text = clean(text);
        let (local, domain) = text.rsplit_once('@')?;
        if !is_dot_atom(local) || local.len() > MAX_LOCAL_LENGTH {
            return None;
        }
        let canonical_domain = domain_name::canonical(domain)?;
        // An ASCII domain keeps its case; a Unicode domain becomes A-labels.
        let sent_to = if domain.is_ascii() {
            domain
        } else {
            &canonical_domain
        };
        let deliverable = format!("{local}@{sent_to}");
        if deliverable.len() > MAX_LENGTH {
            return None;
        }
        let canonical = format!("{}@{canonical_domain}", local.to_ascii_lowercase());
        Some(Self {
            deliverable,
            canonical,
        })
    }

    /// The spelling that mail goes to: as given, with a Unicode domain as A-labels.
    #[must_use]
    pub fn deliverable(&self) -> &str {
        &self.deliverable
    }

    /// The address as a mail shows it. A stranger can put a link after the `+`, as in
    /// `ada+www.evil.example/prize@example.com`, which is delivered to Ada. If the local part has
    /// what links have and mailboxes hardly ever have, U+2060 WORD JOINER follows each of its dots,
    /// so that no mail program makes a link of it.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        let (local, domain) = parts(&self.deliverable);
        if may_be_linked(local) {
            Cow::Owned(format!("{}@{domain}", local.replace('.', ".\u{2060}")))
        } else {
            Cow::Borrowed(&self.deliverable)
        }
    }

    /// The form that identifies the mailbox: all lower case, the domain as A-labels. Dots and
    /// `+tags` are kept, as mailboxes of different people may differ by them.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The domain in the form that identifies it: lower case, as A-labels.
    #[must_use]
    pub fn domain(&self) -> &str {
        let (_, domain) = parts(&self.canonical);
        domain
    }

    /// The domain in the spelling that mail goes to.
    #[must_use]
    pub fn deliverable_domain(&self) -> &str {
        let (_, domain) = parts(&self.deliverable);
        domain
    }

    #[must_use]
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }

    /// For logs: the first letters of mailbox and domain, and the top level: `a***@e***.com`.
    #[must_use]
    pub fn mask(&self) -> String {
        let (local, domain) = parts(&self.canonical);
        let top_level = domain.rsplit_once('.').map_or("", |(_, label)| label);
        let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
        format!("{}***@{}***.{top_level}", first(local), first(domain))
    }

    /// For logs: 16 hexadecimal digits of the SHA-256 of the domain, equal for the same domain.
    #[must_use]
    pub fn domain_hash(&self) -> String {
        let digest = Sha256::digest(self.domain().as_bytes());
        hex::encode(digest.get(..8).unwrap_or_default())
    }
}

/// Local part and domain. Every address has one `@`.
fn parts(address: &str) -> (&str, &str) {
    address.split_once('@').unwrap_or_default()
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.mask())
    }
}

/// For the log: masks all addresses in a text from elsewhere.
#[must_use]
pub fn mask_addresses(text: &str) -> String {
    let ends_word = |c: char| c.is_whitespace() || "<>()[]\",;:".contains(c);
    // Quotes and braces may be around an address, and in its local part too.
    let is_around = |c: char| ends_word(c) || "'`{}".contains(c);
    let masked = text.split_inclusive(ends_word).map(|word| {
        let begun = word.trim_start_matches(is_around);
        let bare = begun.trim_end_matches(|c| is_around(c) || c == '.');
        let before = word.strip_suffix(begun).unwrap_or_default();
        let rest = begun.strip_prefix(bare).unwrap_or_default();
        match EmailAddress::parse_known(bare) {
            Some(address) => format!("{before}{}{rest}", address.mask()),
            None if bare.contains('@') => format!("{before}***{rest}"),
            None => word.to_owned(),
        }
    });
    masked.collect()
}

/// The text of an address as people see it.
///
/// Full-width forms become ASCII. Zero-width spaces, word joiners, byte order marks and soft
/// hyphens are dropped everywhere, and zero-width joiners before the `@`: after it they may belong
/// to a domain name, so IDNA decides. White space is trimmed, with the direction marks that editors
/// and chats add around a text. Inside an address such marks hide something, so they stay and the
/// address is refused.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter(|c| !is_dropped(*c)).map(as_ascii);
    let shown: String = shown.collect();
    let cleaned = match shown.rsplit_once('@') {
        Some((local, domain)) => {
            format!("{}@{domain}", local.replace(['\u{200c}', '\u{200d}'], ""))
        }
        None => shown,
    };
    Cow::Owned(cleaned.trim_matches(is_around).to_owned())
}

fn is_dropped(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// The ASCII character of a full-width form, which keyboards for Chinese, Japanese and Korean
/// write.
fn as_ascii(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// White space, direction marks, embeddings, overrides and isolates.
fn is_around(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Whether a mail server may parse another address from this local part: a source route of the time
/// before domain names (`a%b`, `b!a`), or an encoded word (RFC 2047), which some decode first.
fn may_be_rerouted(local: &str) -> bool {
    local.contains(['%', '!']) || local.contains("=?") || local.contains("?=")
}

/// Whether a mail program may find a link in this local part: `www.`, or a character that follows
/// the host of a URL.
fn may_be_linked(local: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b".+-_'".contains(&byte);
    !local.bytes().all(is_usual) || local.to_ascii_lowercase().contains("www.")
}

/// Also for subdomains.
fn is_special_use(domain: &str) -> bool {
    SPECIAL_USE.iter().any(|name| {
        let above = domain.strip_suffix(name);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    })
}

/// Atoms of printable ASCII without specials, joined by single dots (RFC 5322, section 3.2.3).
fn is_dot_atom(local: &str) -> bool {
    let is_atext =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_to_the_given_spelling() {
        let address = EmailAddress::parse("Ada.Lovelace+Sign-Up@Example.COM").unwrap();
        assert_eq!(address.deliverable(), "Ada.Lovelace+Sign-Up@Example.COM");
        assert_eq!(address.canonical(), "ada.lovelace+sign-up@example.com");
    }

    #[test]
    fn unicode_domains_become_a_labels() {
        let address = EmailAddress::parse("info@Bücher.example").unwrap();
        assert_eq!(address.deliverable(), "info@xn--bcher-kva.example");
        assert_eq!(address.canonical(), "info@xn--bcher-kva.example");
    }

    #[test]
    fn a_domain_is_canonical_or_as_mailed() {
        for (text, canonical, as_mailed) in [
            ("Ada@Example.COM", "example.com", "Example.COM"),
            (
                "a@Bücher.example",
                "xn--bcher-kva.example",
                "xn--bcher-kva.example",
            ),
        ] {
            let address = EmailAddress::parse(text).unwrap();
            assert_eq!(address.domain(), canonical);
            assert_eq!(address.deliverable_domain(), as_mailed);
        }
    }

    #[test]
    fn spellings_of_a_domain_are_mapped() {
        for (domain, sent_to) in [
            // Full-width letters and dots, the Kelvin sign, a soft hyphen: one plain domain (UTS
            // 46).
            ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
            ("example。com", "example.com"),
            ("\u{212a}elvin.example", "kelvin.example"),
            ("exam\u{ad}ple.com", "example.com"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            // Letters that look alike, in either case, are other domains.
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
    fn local_parts_are_ascii() {
        // Each is lower-cased, upper-cased or normalised to an ASCII letter somewhere.
        for letter in [
            "ı", "İ", "ſ", "\u{212a}", "ﬁ", "ß", "ⅰ", "а", "e\u{301}", "𝐚",
        ] {
            let text = format!("a{letter}da@example.com");
            assert_eq!(EmailAddress::parse(&text), None, "{text}");
        }
    }

    fn assert_refused(texts: &[&str]) {
        for text in texts {
            assert_eq!(EmailAddress::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn anything_but_one_mailbox_is_refused() {
        assert_refused(&[
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
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
            "ada\r\nBcc: bob@example.com@example.com",
            "ada\u{0}@example.com",
            "ädä@example.com",
            "mıke@example.com",
            "mailto:ada@example.com",
            "ada@example.com?subject=hi",
            "ada@example.com/path",
            "ada%40example.com",
            "ada@example\u{2024}com,bob@example.com",
            "ada\\@example.com",
            "group:ada@example.com;",
            "ada@example.com>",
        ]);
    }

    #[test]
    fn domains_without_mail_are_refused() {
        assert_refused(&[
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
            "ada@exam\u{7f}ple.com",
            "ada@xn--a.example",
            "ada@xn--.example",
            "ada@xn--bcher-kva.\u{202e}example",
            "ada@a\u{5d0}b.example",
            "ada@\u{200d}example.com",
            "ada@example.com\u{200d}",
            "ada@exam:ple.com",
            "ada@[example.com]",
            "ada@1.2",
            "ada@0x7f.1",
            "ada@exam ple.com",
        ]);
    }

    #[test]
    fn full_width_is_ascii() {
        for text in [
            "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "ada＠example.com",
            "ada@example。com",
            "ada@example｡com",
            "\u{3000}ａｄａ@example.com\u{3000}",
        ] {
            let address = EmailAddress::parse(text);
            let address = address.unwrap_or_else(|| panic!("{text}"));
            assert_eq!(address.deliverable(), "ada@example.com", "{text}");
        }
        let address = EmailAddress::parse("Ａｄａ＋Ｔａｇ_１＠Ｅｘａｍｐｌｅ.com").unwrap();
        assert_eq!(address.deliverable(), "Ada+Tag_1@Example.com");
        assert_eq!(address.canonical(), "ada+tag_1@example.com");
        // Full-width forms of refused characters are refused as well.
        for text in [
            "ada＠bob＠example.com",
            "ada％evil@example.com",
            "ada，bob@example.com",
            "＂ada＂@example.com",
            "＜ada@example.com＞",
            "ada。lovelace@example.com",
        ] {
            assert_eq!(EmailAddress::parse(text), None, "{text}");
        }
    }

    #[test]
    fn invisible_characters_are_dropped() {
        for c in ['\u{200b}', '\u{2060}', '\u{feff}', '\u{ad}'] {
            for (at, _) in "ada@example.com".char_indices().chain([(15, ' ')]) {
                let mut text = "ada@example.com".to_owned();
                text.insert(at, c);
                let address = EmailAddress::parse(&text);
                let address = address.unwrap_or_else(|| panic!("{text:?}"));
                assert_eq!(address.deliverable(), "ada@example.com", "{text:?}");
            }
        }
        for joiner in ['\u{200c}', '\u{200d}'] {
            for at in 0..=3 {
                let mut text = "ada@example.com".to_owned();
                text.insert(at, joiner);
                let address = EmailAddress::parse(&text).unwrap();
                assert_eq!(address.deliverable(), "ada@example.com", "{text:?}");
            }
            // After the `@` IDNA decides: a joiner may be in some names, and in no Latin one.
            let text = format!("ada@exam{joiner}ple.com");
            assert_eq!(EmailAddress::parse(&text), None, "{text:?}");
        }
        let persian = EmailAddress::parse("ada@نامه\u{200c}ای.com").unwrap();
        assert_eq!(persian.deliverable(), "ada@xn--mgba3gch31f060k.com");
    }

    #[test]
    fn direction_marks_are_trimmed() {
        let marks = [
            '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
            '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
        ];
        for mark in marks {
            for text in [
                format!("{mark}ada@example.com"),
                format!("ada@example.com{mark}"),
                format!(" {mark}\t{mark}ada@example.com\n{mark}\u{a0}"),
                format!("\u{200b}{mark} \u{200d}ada@example.com{mark}\u{feff} "),
            ] {
                let address = EmailAddress::parse(&text);
                let address = address.unwrap_or_else(|| panic!("{text:?}"));
                assert_eq!(address.deliverable(), "ada@example.com", "{text:?}");
            }
            for text in [
                format!("a{mark}da@example.com"),
                format!("ada{mark}@example.com"),
                format!("ada@{mark}example.com"),
                format!("ada@exam{mark}ple.com"),
                format!("ada@example{mark}.com"),
            ] {
                assert_eq!(EmailAddress::parse(&text), None, "{text:?}");
            }
        }
    }

    #[test]
    fn rerouting_local_parts_are_refused() {
        for text in [
            "=?utf-8?q?mallory=40evil.example=3e=00?=@corp.example",
            "=?x@corp.example",
            "x?=@corp.example",
            "mallory%evil.example@corp.example",
            "%@corp.example",
            "evil.example!mallory@corp.example",
            "mallory％evil.example@corp.example",
            "evil.example！mallory@corp.example",
            "＝？utf-8@corp.example",
            "=\u{200b}?utf-8@corp.example",
            "=\u{200d}?utf-8@corp.example",
        ] {
            assert_eq!(EmailAddress::parse(text), None, "{text}");
        }
        for text in ["a=b@corp.example", "a?b@corp.example", "a=b?c@corp.example"] {
            assert!(EmailAddress::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn special_use_names_get_no_mail() {
        for name in SPECIAL_USE {
            for text in [
                format!("ada@corp.{name}"),
                format!("ada@a.b.{name}"),
                format!("ada@{name}"),
                format!("ada@corp.{}", name.to_uppercase()),
                format!("ada@bücher.{name}"),
                format!("ada@corp\u{3002}{name}"),
            ] {
                assert_eq!(EmailAddress::parse(&text), None, "{text}");
            }
        }
        for text in [
            "ada@corp.ｌｏｃａｌ",
            "ada@corp．Ｌｏｃａｌ",
            "ada@corp.lo\u{ad}cal",
            "ada@corp.xn--local-",
            "ada@home．arpa",
        ] {
            assert_eq!(EmailAddress::parse(text), None, "{text}");
        }
        for text in [
            "ada@corp.test",
            "ada@corp.example",
            "ada@local.example",
            "ada@mylocal.com",
            "ada@notlocal.alternative",
            "ada@away.arpa",
            "ada@xhome.arpa",
            "ada@internal.co",
        ] {
            assert!(EmailAddress::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn known_addresses_stay_readable() {
        for text in [
            "Ada@corp.local",
            "ada@router.home.arpa",
            "mallory%evil.example@corp.example",
            "evil.example!mallory@corp.example",
            "=?utf-8?q?x?=@corp.example",
        ] {
            assert_eq!(EmailAddress::parse(text), None, "{text}");
            let known = EmailAddress::parse_known(text).unwrap();
            assert_eq!(known.deliverable(), text);
            assert_eq!(known.canonical(), text.to_lowercase());
        }
        for text in ["", "ada", "ada@localhost", "a b@example.com"] {
            assert_eq!(EmailAddress::parse_known(text), None, "{text}");
        }
    }

    #[test]
    fn each_length_limit_is_exact() {
        let local = |length| format!("{}@example.com", "a".repeat(length));
        assert!(EmailAddress::parse(&local(64)).is_some());
        assert!(EmailAddress::parse(&local(65)).is_none());

        // Dropped characters do not count.
        let padded = format!("\u{2068} {}\u{200b} \u{2069}", local(64));
        assert!(EmailAddress::parse(&padded).is_some());

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
    fn a_mask_shows_first_letters() {
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
    fn a_domain_has_one_digest() {
        let ada = EmailAddress::parse("ada@example.com").unwrap();
        assert_eq!(ada.domain_hash(), "a379a6f6eeafb9a5");
        let bob = EmailAddress::parse("bob@Example.com").unwrap();
        assert_eq!(bob.domain_hash(), ada.domain_hash());
    }

    #[test]
    fn addresses_in_texts_are_masked() {
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
            ("'o'brien@example.com'.", "'o***@e***.com'."),
            ("{a{b`c@example.com}", "{a***@e***.com}"),
            ("'ada@example.com'bob@example.com'", "'***'"),
            ("odd: ada@localhost", "odd: ***"),
            ("no address at all.", "no address at all."),
        ] {
            assert_eq!(mask_addresses(text), masked);
        }
    }

    #[test]
    fn shown_local_parts_make_no_link() {
        for (text, shown) in [
            (
                "ada+www.evil.example/prize@example.com",
                "ada+www.\u{2060}evil.\u{2060}example/prize@example.com",
            ),
            ("WWW.evil@example.com", "WWW.\u{2060}evil@example.com"),
            ("a+evil.tld?x@b.example", "a+evil.\u{2060}tld?x@b.example"),
            ("a+evil.tld#x@b.example", "a+evil.\u{2060}tld#x@b.example"),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().shown(), shown);
        }
        for text in [
            "Ada@example.com",
            "ada.lovelace+Sign-up_1@mail.example.co.uk",
            "j.o'hara@example.com",
            "ada@www.example.com",
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().shown(), text);
        }
    }

    #[test]
    fn debug_output_is_masked() {
        let address = EmailAddress::parse("ada@example.com").unwrap();
        assert_eq!(format!("{address:?}"), "EmailAddress(a***@e***.com)");
    }
}
