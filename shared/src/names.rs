//! Names of people, as they go into a mail that a stranger receives.
//!
//! Whoever calls the API chooses the name and the address, so a name that could carry a message
//! would turn the service into somebody's mailer. It must be plain text without anything that a mail
//! reader would make a link of.

use std::net::Ipv4Addr;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The rule that a name breaks: the contract's code and detail.
pub type BrokenRule = (&'static str, &'static str);

const CONTROL: BrokenRule = (
    "invalid_control_char",
    "Line breaks and control characters are not allowed in this field.",
);
const INVISIBLE: BrokenRule = (
    "invalid_invisible_char",
    "Invisible or direction-override characters are not allowed in this field.",
);
const BRACKET: BrokenRule = (
    "invalid_bracket",
    "Angle brackets are not allowed in this field.",
);
const URL: BrokenRule = ("invalid_url", "URLs are not allowed in this field.");

/// Schemes that mail readers make links of without `//`.
const OPAQUE_SCHEMES: [&str; 8] = [
    "mailto:",
    "tel:",
    "sms:",
    "javascript:",
    "data:",
    "skype:",
    "facetime:",
    "xmpp:",
];

/// Checks a name without outer white space (contract, section 4). All but the first rule look at its
/// compatibility form, in which a full-width dot is a dot.
///
/// # Errors
///
/// The first rule that the name breaks.
pub fn check(name: &str) -> Result<(), BrokenRule> {
    if name.chars().any(is_control_or_line_break) {
        return Err(CONTROL);
    }
    let name = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
    if name.chars().any(is_invisible) {
        return Err(INVISIBLE);
    }
    if name.contains(['<', '>']) {
        return Err(BRACKET);
    }
    let name = as_linked(&name);
    if has_scheme(&name)
        || begins_word(&name, "www.")
        || has_bare_domain(&name)
        || has_ip_address(&name)
    {
        return Err(URL);
    }
    Ok(())
}

/// The name as a mail reader looks for links in it: in lower case, without variation selectors, and
/// with a dot for the ideographic full stop, which domain names may be written with (UTS 46, section 4;
/// NFKC has made one of its half-width form).
fn as_linked(name: &str) -> String {
    let seen = |c: &char| !matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    let as_dot = |c| if c == '\u{3002}' { '.' } else { c };
    let name: String = name.chars().filter(seen).map(as_dot).collect();
    name.to_lowercase()
}

/// Control characters, and what else ends a line.
pub(crate) fn is_control_or_line_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Characters that turn the direction of what follows them.
pub(crate) fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters without a shape of their own that join, hide, reorder or pad what is around them.
/// Variation selectors are not among them: names with emoji have them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}'                  // soft hyphen
        | '\u{034f}'                // combining grapheme joiner
        | '\u{061c}'                // Arabic letter mark
        | '\u{115f}' | '\u{1160}'   // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'   // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}'   // Mongolian selectors and separator
        | '\u{200b}'..='\u{200f}'   // zero-width space and joiners, direction marks
        | '\u{202a}'..='\u{202e}'   // direction embeddings and overrides
        | '\u{2060}'..='\u{206f}'   // word joiner, invisible operators, isolates
        | '\u{3164}'                // Hangul filler
        | '\u{feff}'                // byte order mark
        | '\u{ffa0}'                // half-width Hangul filler
        | '\u{fff9}'..='\u{fffb}'   // interlinear annotations
        | '\u{1d173}'..='\u{1d17a}' // musical formatting
        | '\u{e0000}'..='\u{e007f}' // tags
    )
}

/// `scheme://` of whatever scheme, or one that needs no slashes.
fn has_scheme(name: &str) -> bool {
    name.match_indices("://")
        .any(|(at, _)| char_before(name, at).is_some_and(char::is_alphanumeric))
        || OPAQUE_SCHEMES
            .iter()
            .any(|scheme| begins_word(name, scheme))
}

/// Whether a word begins with `start` and goes on: `www.x`, but not `Awww. x`.
fn begins_word(name: &str, start: &str) -> bool {
    name.match_indices(start).any(|(at, _)| {
        let goes_on = name
            .get(at + start.len()..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| !c.is_whitespace());
        goes_on && !char_before(name, at).is_some_and(char::is_alphanumeric)
    })
}

fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// A dot with something in front and what could be a top level behind it: two letters or more, or a
/// top level in its A-label form. `J. R. R. Tolkien` and `Ph.D.` have none; `St.John` has to be
/// written with a space.
fn has_bare_domain(name: &str) -> bool {
    name.match_indices('.').any(|(at, dot)| {
        let behind = name.get(at + dot.len()..).unwrap_or_default();
        let end = behind
            .find(|c: char| !c.is_alphanumeric() && c != '-')
            .unwrap_or(behind.len());
        let label = behind.get(..end).unwrap_or_default();
        let is_top_level = label.starts_with("xn--")
            || (label.chars().all(char::is_alphabetic) && label.chars().count() >= 2);
        char_before(name, at).is_some_and(|c| !c.is_whitespace() && c != '.') && is_top_level
    })
}

/// Four numbers with dots between them, which are a host as well.
fn has_ip_address(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_digit() && c != '.')
        .any(|word| word.trim_matches('.').parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_names() {
        for name in [
            "",
            "Ada",
            "Ada Lovelace",
            "O'Hara",
            "Jean-Luc",
            "J. R. R. Tolkien",
            "J.R.R.",
            "Ph.D.",
            "Sammy Davis Jr.",
            "Dr. No",
            "Łukasz",
            "Ærøskøbing",
            "Nguyễn Thị Minh Khai",
            "李小龍",
            "山田 太郎",
            "محمد",
            "דוד",
            "Åsa Öberg",
            "José María",
            "Björk Guðmundsdóttir",
            "X Æ A-12",
            "Robert'); DROP TABLE users;--",
            "50% off",
            "Win €500",
            "Ada ❤️",
            "3.14",
            "v2.0",
            "1.2.3",
            "1.2.3.4.5",
            "300.1.2.3",
            "a/b",
            "Anna: née Berg",
            "Awww. Ada",
            "Hotel: Ada",
            "Big data: a life",
            "...",
            "Prof. Dr. h. c.",
            "x . y",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn line_breaks_and_control_characters_are_refused() {
        for name in [
            "Ada\nLovelace",
            "Ada\r\nBcc: x",
            "Ada\tLovelace",
            "a\u{7f}b",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{1b}[31m",
        ] {
            assert_eq!(check(name), Err(CONTROL), "{name:?}");
        }
    }

    #[test]
    fn characters_that_hide_or_reorder_are_refused() {
        for name in [
            "Ad\u{200b}a",
            "A\u{200d}da",
            "A\u{200c}da",
            "\u{202e}moc.live",
            "a\u{2066}b",
            "a\u{feff}b",
            "a\u{ad}b",
            "a\u{2060}b",
            "a\u{e0041}b",
            "a\u{3164}b",
            "a\u{ffa0}b",
            "a\u{61c}b",
        ] {
            assert_eq!(check(name), Err(INVISIBLE), "{name:?}");
        }
    }

    #[test]
    fn angle_brackets_are_refused_in_every_width() {
        for name in ["<b>Ada</b>", "a<b", "a>b", "＜script＞", "a﹤b"] {
            assert_eq!(check(name), Err(BRACKET), "{name:?}");
        }
    }

    #[test]
    fn what_a_mail_reader_would_link_is_refused() {
        for name in [
            "Win €500 at evil.example",
            "evil.com",
            "EVIL.COM",
            "visit evil.co.uk now",
            "www.evil",
            "WWW.evil",
            "https://evil",
            "hTTps://1.2.3.4",
            "ftp://x",
            "evil．com",
            "evil。com",
            "evil｡com",
            "evil․com",
            "ｅｖｉｌ.ｃｏｍ",
            "пример.рф",
            "例え.テスト",
            "click (evil.com)",
            "ada@evil.com",
            "mailto:ada",
            "javascript:alert(1)",
            "tel:+123",
            "evil.xn--p1ai",
            "evil.com/path",
            "evil.com.",
            "💌.ws",
            "a.b.evil.io:8080",
            "Dear customer,evil.com",
            "St.John",
            "evil.\u{fe0f}com",
            "evil.भारत",
            "data:text/html,x",
            "93.184.216.34",
            "see 93.184.216.34/login",
            "１.２.３.４",
        ] {
            assert_eq!(check(name), Err(URL), "{name:?}");
        }
    }
}
