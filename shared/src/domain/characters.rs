//! Kinds of characters, as Unicode defines them.
//!
//! The tables are those that `idna` links already.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

fn is_in(group: GeneralCategoryGroup, c: char) -> bool {
    group.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// A letter of any script.
pub(crate) fn is_letter(c: char) -> bool {
    is_in(GeneralCategoryGroup::Letter, c)
}

/// A mark of any script: an accent, a vowel sign, a variation selector.
pub(crate) fn is_mark(c: char) -> bool {
    is_in(GeneralCategoryGroup::Mark, c)
}

/// U+200C ZERO WIDTH NON-JOINER and U+200D ZERO WIDTH JOINER.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

pub(crate) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// A space of any width, but no tab and no line break.
pub(crate) fn is_space(c: char) -> bool {
    is_in(GeneralCategoryGroup::SpaceSeparator, c)
}

/// A hyphen or dash of any length. Also the minus sign, a symbol in Unicode, which Japanese
/// keyboards and word processors write for a dash.
pub(crate) fn is_dash(c: char) -> bool {
    c == '\u{2212}' || is_in(GeneralCategoryGroup::DashPunctuation, c)
}

/// A character that is not shown: zero-width spaces, soft hyphens, marks of direction, byte order
/// marks.
pub(crate) fn is_default_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// The value of a decimal digit of any script.
///
/// Unicode keeps the ten digits of a script in one row, zero first (Unicode Standard, section 4.6),
/// and rows that touch have ten digits each. So the value is the number of digits in front, modulo
/// ten.
pub(crate) fn decimal_digit(c: char) -> Option<u32> {
    let is_digit = |c: char| is_in(GeneralCategoryGroup::DecimalNumber, c);
    if !is_digit(c) {
        return None;
    }
    let in_front = ('\0'..c).rev().take_while(|c| is_digit(*c)).count();
    u32::try_from(in_front % 10).ok()
}

/// Control characters and line separators.
#[must_use]
pub fn is_control_or_line_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Characters that override the direction of the text after them.
#[must_use]
pub fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the digits of each script begin, as Python's `unicodedata` (Unicode 14) lists them.
    #[rustfmt::skip]
    const ZEROS: [u32; 66] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6,
        0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0,
        0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
        0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066,
        0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0,
        0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2,
        0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
    ];

    #[test]
    fn digits_of_any_script_have_values() {
        for zero in ZEROS {
            for value in 0..10 {
                let digit = char::from_u32(zero + value).unwrap();
                assert_eq!(decimal_digit(digit), Some(value), "{digit}");
            }
        }
        let digits = ('\0'..=char::MAX).filter(|c| decimal_digit(*c).is_some());
        assert!(digits.count() >= 10 * ZEROS.len());
    }

    #[test]
    fn other_numbers_are_no_digits() {
        for c in "²½Ⅷ①一〇௰a \u{200b}".chars() {
            assert_eq!(decimal_digit(c), None, "{c}");
        }
    }

    /// Every character of the category Pd, as Python's `unicodedata` (Unicode 14) lists them.
    #[rustfmt::skip]
    const DASHES: [u32; 26] = [
        0x2d, 0x58a, 0x5be, 0x1400, 0x1806, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014,
        0x2015, 0x2e17, 0x2e1a, 0x2e3a, 0x2e3b, 0x2e40, 0x2e5d, 0x301c, 0x3030, 0x30a0,
        0xfe31, 0xfe32, 0xfe58, 0xfe63, 0xff0d, 0x10ead,
    ];

    #[test]
    fn dashes_are_those_of_unicode_and_minus() {
        for dash in DASHES {
            assert!(is_dash(char::from_u32(dash).unwrap()), "{dash:x}");
        }
        for c in "_~=+·ー—".chars() {
            assert_eq!(is_dash(c), c == '—', "{c}");
        }
        assert!(is_dash('−'));
    }

    #[test]
    fn invisible_characters_are_ignorable() {
        // From DerivedCoreProperties.txt.
        let characters = "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\
            \u{180b}\u{180e}\u{180f}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
            \u{202a}\u{202e}\u{2060}\u{2064}\u{2065}\u{2066}\u{2069}\u{206f}\u{3164}\
            \u{fe00}\u{fe0f}\u{feff}\u{ffa0}\u{fff0}\u{fff8}\
            \u{1bca0}\u{1d173}\u{e0001}\u{e007f}\u{e0100}\u{e0fff}";
        for c in characters.chars() {
            assert!(is_default_ignorable(c), "{c:?}");
        }
        for c in "a1 \u{a0}\u{600}\u{2028}\u{202f}\u{fff9}\u{fffd}".chars() {
            assert!(!is_default_ignorable(c), "{c:?}");
        }
    }
}
