//! The name in the greeting of a mail.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::domain::characters::{char_before, is_joiner, is_letter, is_mark, is_space};
use crate::domain::person_name::check;

/// Longest name that greets, in characters.
const MAX_GREETING_LENGTH: usize = 40;
/// Most words of a name that greets.
const MAX_GREETING_WORDS: usize = 4;
/// Most marks on one letter. Tibetan, Burmese and pointed Hebrew names have up to four.
const MAX_MARKS_IN_A_ROW: usize = 6;
/// Most parts of all its words: `Marie-Anne de la Tour` has five.
const MAX_GREETING_PARTS: usize = 5;

/// A name for the greeting of a mail: it reads as a name, so it carries no message.
///
/// Any other name is left out of the mail, so a person with an unusual name can verify as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting(String);

impl Greeting {
    /// At most `MAX_GREETING_LENGTH` characters in at most `MAX_GREETING_WORDS` words, of
    /// letters, marks, spaces, apostrophes, hyphens and dots alone. `None` for any other name.
    ///
    /// Words that are joined without a space count as well, or else
    /// `Your-account-is-locked-call-us-now` would be one word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim();
        // NFKC expands some letters to a phrase, so the limits apply to the expanded form.
        let seen = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
        let words = seen.split(is_space).filter(|word| !word.is_empty());
        let greets = check(name).is_ok()
            && name.chars().any(is_letter)
            && name.chars().all(is_of_greeting)
            && dots_end_words(&seen)
            && !has_tower_of_marks(&seen)
            && seen.chars().count() <= MAX_GREETING_LENGTH
            && words.count() <= MAX_GREETING_WORDS
            && parts(&seen) <= MAX_GREETING_PARTS;
        greets.then(|| Self(name.chars().fold(String::new(), push_unlinked)))
    }

    /// The name for the mail, with U+2060 WORD JOINER after each dot, so that no mail program makes
    /// a link of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn push_unlinked(mut name: String, c: char) -> String {
    name.push(c);
    if matches!(c, '.' | '\u{ff0e}') {
        name.push('\u{2060}');
    }
    name
}

/// Whether each dot follows a letter. No name has a dot before a word, but `Visit evil .com` has.
fn dots_end_words(name: &str) -> bool {
    name.match_indices('.').all(|(at, _)| {
        char_before(name, at).is_some_and(|c| is_letter(c) || is_mark(c) || is_apostrophe(c))
    })
}

/// Whether one letter has so many marks that they cover the lines above and below.
fn has_tower_of_marks(name: &str) -> bool {
    let mut runs = name.split(|c| !is_mark(c));
    runs.any(|marks| marks.chars().nth(MAX_MARKS_IN_A_ROW).is_some())
}

/// The characters of a greeting. Joiners have passed [`check`].
fn is_of_greeting(c: char) -> bool {
    is_letter(c)
        || is_mark(c)
        || is_space(c)
        || is_joiner(c)
        || is_apostrophe(c)
        || is_hyphen(c)
        || is_dot(c)
}

/// Apostrophes, also those of Uzbek, Hawaiian, Hebrew and Armenian.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{2bb}' | '\u{2bc}' | '\u{55a}' | '\u{5f3}' | '\u{ff07}'
    )
}

/// Hyphens, also those of Armenian, Hebrew, Mongolian and Japanese, and the dash that editors
/// replace one by.
fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{58a}'
            | '\u{5be}'
            | '\u{1806}'
            | '\u{2010}'
            | '\u{2011}'
            | '\u{2013}'
            | '\u{30a0}'
            | '\u{fe63}'
            | '\u{ff0d}'
    )
}

/// Dots: after initials, between the two letters of `Marcel·la`, between the parts of a foreign
/// name in Chinese and Japanese, and between the syllables of Tibetan.
fn is_dot(c: char) -> bool {
    matches!(
        c,
        '.' | '\u{ff0e}' | '\u{b7}' | '\u{30fb}' | '\u{ff65}' | '\u{f0b}'
    )
}

/// The number of runs of two letters or more. A run ends at a separator of words, other than the
/// syllable dot of Tibetan, and before a capital after a small letter. Initials do not count.
fn parts(name: &str) -> usize {
    let mut parts = 0;
    let mut letters = 0;
    let mut before = None;
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_some_and(char::is_lowercase);
        let ends = is_space(c) || is_apostrophe(c) || is_hyphen(c) || (is_dot(c) && c != '\u{f0b}');
        if begins || ends {
            letters = 0;
        }
        if is_letter(c) && !ends {
            letters += 1;
            if letters == 2 {
                parts += 1;
            }
        }
        before = Some(c);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joiners_belong_to_scripts_that_join() {
        for name in [
            "علی\u{200c}رضا",
            "می\u{200c}نا",
            "ශ්\u{200d}රී",
            "ප්\u{200d}රියන්ත",
            "क्\u{200d}षमा",
            "শ্\u{200d}রী",
            "നിഖില്\u{200d}കുമാര്",
            "ߞߊ\u{200d}ߟߌ",
            "ܐܒ\u{200c}ܐ",
            "ᠪᠠ\u{200d}ᠲᠤ",
            "𞤀𞤣\u{200d}𞤤𞤢",
            "ஸ்ரீ\u{200c}தர்",
        ] {
            assert_eq!(check(name), Ok(()), "{name:?}");
            assert!(Greeting::of(name).is_some(), "{name:?}");
        }
    }

    fn lines(list: &str) -> Vec<&str> {
        let lines = list.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect()
    }

    #[test]
    fn real_names_pass_and_greet() {
        let names = lines(include_str!("greeting/that_greet.txt"));
        assert!(names.len() >= 60);
        for name in names {
            assert_eq!(check(name), Ok(()), "{name}");
            let greeting = Greeting::of(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(greeting.as_str().replace('\u{2060}', ""), name);
        }
    }

    #[test]
    fn messages_do_not_greet() {
        let messages = lines(include_str!("greeting/that_do_not_greet.txt"));
        assert!(messages.len() >= 60);
        for message in messages {
            assert_eq!(Greeting::of(message), None, "{message}");
        }
    }

    #[test]
    fn unusual_names_pass_but_do_not_greet() {
        for name in [
            "X Æ A-12",
            "Ada ❤️",
            "Jean (Hans)",
            "Ada & Bob",
            "3rd",
            "Pablo Diego José Francisco de Paula",
            "Visit evil .Com",
            "Ada . Lovelace",
            "Ada ..",
            ".Ada",
            "Ada-．Com",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
            assert_eq!(Greeting::of(name), None, "{name}");
        }
    }

    #[test]
    fn a_greeting_has_limits() {
        for (name, greets) in [
            ("x".repeat(40), true),
            ("x".repeat(41), false),
            ("é".repeat(40), true),
            ("e\u{301}".repeat(40), true),
            ("李".repeat(41), false),
            ("a b c d".to_owned(), true),
            ("a b c d e".to_owned(), false),
            ("a\u{a0}b\u{3000}c d e".to_owned(), false),
            ("Marie-Anne de la Tour".to_owned(), true),
            ("Marie-Anne-Lise de la Tour".to_owned(), false),
            ("YourAccountIsLockedCallUs".to_owned(), false),
            ("A.B.C.D.E.Fox".to_owned(), true),
            ("के.के.के.के.के.के.राव".to_owned(), true),
            (format!("q{}", "\u{335}".repeat(6)), true),
            (format!("q{}", "\u{335}".repeat(7)), false),
            // One character that NFKC expands to four words, three times.
            ("ﷺ".repeat(3), false),
            (String::new(), false),
            ("...".to_owned(), false),
            ("- '".to_owned(), false),
            ("\u{301}".to_owned(), false),
        ] {
            assert_eq!(Greeting::of(&name).is_some(), greets, "{name}");
        }
    }

    #[test]
    fn dots_in_a_greeting_make_no_link() {
        for (name, greeting) in [
            ("K.Ramesh", "K.\u{2060}Ramesh"),
            ("J.R.R. Tolkien", "J.\u{2060}R.\u{2060}R.\u{2060} Tolkien"),
            ("Jr.", "Jr.\u{2060}"),
            ("Evil.Com", "Evil.\u{2060}Com"),
            ("Evil．Com", "Evil．\u{2060}Com"),
            (" Ada ", "Ada"),
            ("Marcel·la", "Marcel·la"),
        ] {
            assert_eq!(Greeting::of(name).unwrap().as_str(), greeting);
        }
    }
}
