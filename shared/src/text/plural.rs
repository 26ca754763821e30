//! Counts in words: "1 minute", "30 minutes".
//!
//! The rules are CLDR's, for whole numbers from 1 to far below a million. These few rules need no
//! crate with the rules of all languages for all numbers.

use super::language::Language;
use super::template::has_placeholders;

/// The forms of a counted noun. Which of them there are is a matter of the language, so the kind of
/// a plural is its rule as well. A form says where its number goes with `{n}`; one that means a
/// single number may do without.
#[derive(Clone, Copy, Debug)]
pub enum Plural {
    /// The same for every number: Chinese, Japanese, Korean, and Turkish after a number.
    Same(&'static str),
    /// One, and all others: most languages of Europe.
    OneOther {
        one: &'static str,
        other: &'static str,
    },
    /// Polish: one, then what ends in 2 to 4 but not in 12 to 14, then the rest.
    OneFewMany {
        one: &'static str,
        few: &'static str,
        many: &'static str,
    },
    /// Hebrew: one, a pair, and all others.
    OneTwoOther {
        one: &'static str,
        two: &'static str,
        other: &'static str,
    },
    /// Arabic: one, a pair, what ends in 03 to 10, what ends in 11 to 99, and whole hundreds with
    /// what is left.
    Arabic {
        one: &'static str,
        two: &'static str,
        few: &'static str,
        many: &'static str,
        other: &'static str,
    },
}

impl Plural {
    /// The number with its noun.
    #[must_use]
    pub fn of(&self, n: u64) -> String {
        self.form(n).replace("{n}", &n.to_string())
    }

    const fn form(&self, n: u64) -> &'static str {
        match *self {
            Self::Same(form) => form,
            Self::OneOther { one, other } => match n {
                1 => one,
                _ => other,
            },
            Self::OneFewMany { one, few, many } => match (n, n % 10, n % 100) {
                (1, ..) => one,
                (_, _, 12..=14) => many,
                (_, 2..=4, _) => few,
                _ => many,
            },
            Self::OneTwoOther { one, two, other } => match n {
                1 => one,
                2 => two,
                _ => other,
            },
            Self::Arabic {
                one,
                two,
                few,
                many,
                other,
            } => match (n, n % 100) {
                (1, _) => one,
                (2, _) => two,
                (_, 3..=10) => few,
                (_, 11..=99) => many,
                _ => other,
            },
        }
    }

    /// Whether it follows the rule of the language, and every form that stands for more than one
    /// number says which.
    #[must_use]
    pub const fn is_of(&self, language: &Language) -> bool {
        self.says_its_number() && self.has_rule_of(language)
    }

    /// Whether the language's own plurals are of the same kind. Any language has nouns that do not
    /// change.
    const fn has_rule_of(&self, language: &Language) -> bool {
        matches!(
            (self, language.minutes),
            (Self::Same(_), _)
                | (Self::OneOther { .. }, Self::OneOther { .. })
                | (Self::OneFewMany { .. }, Self::OneFewMany { .. })
                | (Self::OneTwoOther { .. }, Self::OneTwoOther { .. })
                | (Self::Arabic { .. }, Self::Arabic { .. })
        )
    }

    const fn says_its_number(&self) -> bool {
        // One of each kind: 1 and 2 are the numbers that may have a form of their own.
        let numbers = [3, 5, 11, 22, 100];
        let mut index = 0;
        while index < numbers.len() {
            if !has_placeholders(self.form(numbers[index]), &["n"]) {
                return false;
            }
            index += 1;
        }
        may_say_its_number(self.form(1)) && may_say_its_number(self.form(2))
    }
}

const fn may_say_its_number(form: &str) -> bool {
    has_placeholders(form, &[]) || has_placeholders(form, &["n"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::locale::Locale;

    /// Each number must have the form of the samples that CLDR 48 gives for its rules.
    fn check(plural: Plural, samples: &[(&str, &[u64])]) {
        for (form, numbers) in samples {
            for n in *numbers {
                assert_eq!(plural.form(*n), *form, "{n}");
            }
        }
    }

    #[test]
    fn forms_follow_cldr() {
        check(Plural::Same("other"), &[("other", &[1, 2, 15, 100])]);
        let plural = Plural::OneOther {
            one: "one",
            other: "other",
        };
        check(
            plural,
            &[("one", &[1]), ("other", &[2, 11, 16, 21, 100, 101])],
        );
        let plural = Plural::OneFewMany {
            one: "one",
            few: "few",
            many: "many",
        };
        let few = [2, 3, 4, 22, 23, 24, 32, 42, 52, 62, 102, 104, 1002];
        let many = [
            5, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 25, 31, 100, 101, 112, 114, 1000,
        ];
        check(plural, &[("one", &[1]), ("few", &few), ("many", &many)]);
        let plural = Plural::OneTwoOther {
            one: "one",
            two: "two",
            other: "other",
        };
        check(
            plural,
            &[
                ("one", &[1]),
                ("two", &[2]),
                ("other", &[3, 10, 17, 20, 100, 101, 102]),
            ],
        );
        let plural = Plural::Arabic {
            one: "one",
            two: "two",
            few: "few",
            many: "many",
            other: "other",
        };
        let few = [3, 4, 10, 103, 110, 1003];
        let many = [11, 26, 99, 111, 199, 1011];
        let other = [100, 101, 102, 200, 201, 202, 300, 1000];
        check(
            plural,
            &[
                ("one", &[1]),
                ("two", &[2]),
                ("few", &few),
                ("many", &many),
                ("other", &other),
            ],
        );
    }

    #[test]
    fn a_form_may_replace_its_number() {
        assert_eq!(Plural::Same("{n}分").of(30), "30分");
        let dual = Plural::OneTwoOther {
            one: "single",
            two: "pair",
            other: "{n} of them",
        };
        assert_eq!(
            (dual.of(2), dual.of(3)),
            ("pair".to_owned(), "3 of them".to_owned())
        );
        assert!(dual.says_its_number());
        assert!(!Plural::Same("some").says_its_number());
        let mistyped = Plural::OneOther {
            one: "{x} of them",
            other: "{n} of them",
        };
        assert!(!mistyped.says_its_number());
    }

    #[test]
    fn a_plural_has_the_rule_of_its_language() {
        let one_other = Plural::OneOther {
            one: "{n} a",
            other: "{n} b",
        };
        assert!(one_other.is_of(Locale::En.language()));
        assert!(!one_other.is_of(Locale::Pl.language()));
        assert!(Plural::Same("{n}").is_of(Locale::Pl.language()));
    }
}
