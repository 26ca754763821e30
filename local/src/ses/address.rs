//! Mail addresses as SES reads them: a display name and an address, split and checked.
//!
//! Only what SES is known to refuse is refused here. An address may pass although RFC 5322 forbids
//! it.

use shared::brand::encoded_words::decode;

/// SES counts the name and the angle brackets as well.
const MAX_CHARS: usize = 320;

/// One sender or recipient: `Name <address>`, or the address alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// The display name, unquoted or decoded. Empty if there is none.
    pub(crate) name: String,
    /// The address in the angle brackets.
    pub(crate) address: String,
}

impl Address {
    /// Never fails: a text without a complete `<…>` is an address as a whole.
    pub(crate) fn parse(written: &str) -> Self {
        let plain = without_comments(written);
        let plain = plain.trim();
        let bracket = last_unquoted_bracket(plain).zip(plain.strip_suffix('>'));
        let (name, address) = bracket.map_or(("", plain), |(open, inside)| {
            let name = plain.get(..open).unwrap_or_default();
            let address = inside.get(open + 1..).unwrap_or_default();
            (name.trim(), address.trim())
        });
        // No encoded word stands between quotes (RFC 2047, section 5).
        let name = unquote(name).unwrap_or_else(|| decode(name).unwrap_or_else(|| name.to_owned()));
        Self {
            name,
            address: address.to_owned(),
        }
    }

    pub(super) fn domain(&self) -> Option<&str> {
        let (_, domain) = self.address.rsplit_once('@')?;
        Some(domain)
    }
}

/// SES's error message for an address that it refuses.
pub(super) fn violation(written: &str) -> Option<String> {
    let address = Address::parse(written).address;
    if address.is_empty() {
        return Some("Illegal address".to_owned());
    }
    syntax_violation(&address)
        .map(str::to_owned)
        .or_else(|| too_long(written))
}

fn too_long(written: &str) -> Option<String> {
    (written.chars().count() > MAX_CHARS)
        .then(|| format!("Address length is more than {MAX_CHARS} characters long: '{written}'."))
}

fn syntax_violation(address: &str) -> Option<&'static str> {
    let mut quoted = false;
    let mut rest = address.chars();
    loop {
        match rest.next() {
            None => return Some("Missing final '@domain'"),
            Some('\\') => {
                rest.next();
            }
            Some('"') => quoted = !quoted,
            Some(_) if quoted => {}
            Some('@') => break,
            Some(char) if !char.is_ascii_graphic() => {
                return Some("Local address contains control or whitespace");
            }
            Some(_) => {}
        }
    }
    let domain = rest.as_str();
    if domain.is_empty() {
        Some("Missing domain")
    } else if !domain.chars().all(|char| char.is_ascii_graphic()) {
        Some("Domain contains control or whitespace")
    } else if !domain.chars().all(is_domain_char) {
        Some("Domain contains illegal character")
    } else {
        None
    }
}

/// Characters of a domain name, and of an address literal such as `[127.0.0.1]`.
fn is_domain_char(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | '[' | ']' | ':')
}

/// Removes comments, which stand in parentheses and may be nested (RFC 5322, section 3.2.2).
fn without_comments(written: &str) -> String {
    let mut kept = String::with_capacity(written.len());
    let (mut quoted, mut depth) = (false, 0_usize);
    let mut chars = written.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                let escaped = chars.next();
                if depth == 0 {
                    kept.push(char);
                    kept.extend(escaped);
                }
            }
            '(' if !quoted => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            _ => {
                quoted ^= char == '"';
                kept.push(char);
            }
        }
    }
    kept
}

fn last_unquoted_bracket(plain: &str) -> Option<usize> {
    let (mut quoted, mut escaped, mut found) = (false, false, None);
    for (index, char) in plain.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => found = Some(index),
            _ => {}
        }
    }
    found
}

fn unquote(name: &str) -> Option<String> {
    let inside = name.strip_prefix('"')?.strip_suffix('"')?;
    let mut plain = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => plain.extend(chars.next()),
            _ => plain.push(char),
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(written: &str) -> (String, String) {
        let Address { name, address } = Address::parse(written);
        (name, address)
    }

    #[test]
    fn name_and_address_are_split() {
        let cases = [
            ("ada@example.com", "", "ada@example.com"),
            (
                "Ada Byron <ada@example.com>",
                "Ada Byron",
                "ada@example.com",
            ),
            ("<ada@example.com>", "", "ada@example.com"),
            ("\"Acme, Inc.\" <a@b.c>", "Acme, Inc.", "a@b.c"),
            (
                "\"An \\\"odd\\\" <name>\" <a@b.c>",
                "An \"odd\" <name>",
                "a@b.c",
            ),
            ("a@b.c (the (old) box)", "", "a@b.c"),
            ("\"a b\"@c.d", "", "\"a b\"@c.d"),
            ("broken <a@b.c", "", "broken <a@b.c"),
        ];
        for (written, name, address) in cases {
            assert_eq!(parsed(written), (name.to_owned(), address.to_owned()));
        }
    }

    #[test]
    fn encoded_words_are_decoded() {
        let cases = [
            ("=?UTF-8?B?WsO8cmljaA==?= <a@b.c>", "Zürich"),
            ("=?utf-8?q?Caf=C3=A9_am_See?= <a@b.c>", "Café am See"),
            (
                "=?utf-8?Q?Z=C3=BC?= =?utf-8?Q?rich?= Bank <a@b.c>",
                "Zürich Bank",
            ),
            ("=?iso-8859-1?Q?Z=FC?= <a@b.c>", "Zü"),
            ("=?KOI8-R?Q?=FA?= <a@b.c>", "=?KOI8-R?Q?=FA?="),
            ("=?utf-8?Q?=ZZ?= <a@b.c>", "=?utf-8?Q?=ZZ?="),
            ("\"=?utf-8?Q?Z=C3=BC?=\" <a@b.c>", "=?utf-8?Q?Z=C3=BC?="),
        ];
        for (written, name) in cases {
            assert_eq!(parsed(written).0, name);
        }
    }

    #[test]
    fn valid_addresses_are_accepted() {
        for written in [
            "ada@example.com",
            "Größe <ada+tag@sub.example.com>",
            "\"with space\"@example.com",
            "ada@[127.0.0.1]",
        ] {
            assert_eq!(violation(written), None, "{written}");
        }
    }

    #[test]
    fn refusals_have_the_text_of_ses() {
        let cases = [
            ("", "Illegal address"),
            ("   ", "Illegal address"),
            ("Ada <>", "Illegal address"),
            ("ada", "Missing final '@domain'"),
            ("Ada <ada>", "Missing final '@domain'"),
            ("ada@", "Missing domain"),
            ("a da@b.c", "Local address contains control or whitespace"),
            (
                "zoë@example.com",
                "Local address contains control or whitespace",
            ),
            ("a@ex ample.com", "Domain contains control or whitespace"),
            ("a@zürich.example", "Domain contains control or whitespace"),
            ("a@b.c,d@e.f", "Domain contains illegal character"),
        ];
        for (written, message) in cases {
            assert_eq!(violation(written).as_deref(), Some(message), "{written}");
        }
    }

    #[test]
    fn long_addresses_are_refused() {
        let at_most = format!("{}@example.com", "a".repeat(MAX_CHARS - 12));
        assert_eq!(violation(&at_most), None);
        assert!(violation(&format!("a{at_most}")).is_some());
    }
}
