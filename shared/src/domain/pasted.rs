//! What people type and paste: codes, ids and tokens.
//!
//! Word processors, mail readers and keyboards add invisible characters and write digits and dashes
//! in other ways. These texts are letters, digits and dashes, so none of that has a meaning in
//! them.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::domain::characters::{decimal_digit, is_dash, is_default_ignorable};

/// Longest text that is cleaned, in bytes. A valid text is a fraction of it in any spelling, and
/// normalising 64 KiB would cost more than the rest of a request.
const MAX_LENGTH: usize = 1_024;

/// The text in its compatibility form (NFKC), without white space and invisible characters. Decimal
/// digits of any script become ASCII, and all dashes become `-`. A text that is too long to be
/// valid is left as it is.
#[must_use]
pub fn clean(text: &str) -> String {
    if text.len() > MAX_LENGTH {
        return text.to_owned();
    }
    let normalized = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let shown = normalized
        .chars()
        .filter(|c| !c.is_whitespace() && !is_default_ignorable(*c));
    shown.map(as_ascii).collect()
}

fn as_ascii(c: char) -> char {
    if is_dash(c) {
        return '-';
    }
    let digit = decimal_digit(c).and_then(|value| char::from_digit(value, 10));
    digit.unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_dropped() {
        for text in [
            " a-1\n",
            "\u{feff}a\u{200b}-\u{ad}1",
            "\u{2068}a-1\u{2069}",
            "\u{202a}a-1\u{202c}\u{200e}",
            "ａ－１",
            "a-\u{661}",
            "a-1\u{fe0f}",
            "a\u{3000}\u{2212}\u{a0}1",
            "a\u{2010}1",
        ] {
            assert_eq!(clean(text), "a-1", "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_left_as_it_is() {
        assert_eq!(clean(&" 1".repeat(512)), "1".repeat(512));
        assert_eq!(clean(&" 1".repeat(513)), " 1".repeat(513));
    }
}
