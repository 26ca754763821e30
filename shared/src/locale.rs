//! The languages of the mail and of the page, and which of them a reader wants.

use std::fmt;
use std::str::FromStr;

/// A language that all texts are written in, named by its BCP 47 tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the tag says it all")]
pub enum Locale {
    Ar,
    De,
    En,
    Es,
    Fr,
    He,
    Hi,
    It,
    Ja,
    Ko,
    Nl,
    Pl,
    PtBr,
    Tr,
    ZhHans,
    ZhHant,
}

/// Which way a language is written: the value of HTML's `dir`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `ltr`
    LeftToRight,
    /// `rtl`
    RightToLeft,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        })
    }
}

impl Locale {
    /// All of them, in the order of their tags.
    pub const ALL: [Self; 16] = [
        Self::Ar,
        Self::De,
        Self::En,
        Self::Es,
        Self::Fr,
        Self::He,
        Self::Hi,
        Self::It,
        Self::Ja,
        Self::Ko,
        Self::Nl,
        Self::Pl,
        Self::PtBr,
        Self::Tr,
        Self::ZhHans,
        Self::ZhHant,
    ];

    /// The BCP 47 tag, for HTML's `lang`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::De => "de",
            Self::En => "en",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::He => "he",
            Self::Hi => "hi",
            Self::It => "it",
            Self::Ja => "ja",
            Self::Ko => "ko",
            Self::Nl => "nl",
            Self::Pl => "pl",
            Self::PtBr => "pt-BR",
            Self::Tr => "tr",
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
        }
    }

    /// Which way it is written.
    #[must_use]
    pub const fn direction(self) -> Direction {
        match self {
            Self::Ar | Self::He => Direction::RightToLeft,
            _ => Direction::LeftToRight,
        }
    }

    /// The language that an `Accept-Language` header likes best (RFC 9110, section 12.5.4), or
    /// `default` if it names none that there is.
    ///
    /// Of two that are liked alike the first one wins. A range finds the language it begins with, so
    /// `de-AT` finds German; `*` is no wish.
    #[must_use]
    pub fn preferred(accept_language: &str, default: Self) -> Self {
        let wishes = accept_language
            .split(',')
            .take(MAX_WISHES)
            .filter_map(|wish| {
                let (range, parameters) = wish.split_once(';').unwrap_or((wish, ""));
                Some((Self::of_range(range.trim())?, thousandths(parameters)?))
            });
        let best = wishes
            .filter(|(_, weight)| *weight > 0)
            .reduce(|best, wish| if wish.1 > best.1 { wish } else { best });
        best.map_or(default, |(locale, _)| locale)
    }

    /// The language that a range means. Chinese is simplified unless a script or a region says otherwise, and
    /// every Portuguese is the Brazilian one, as there is no other.
    fn of_range(range: &str) -> Option<Self> {
        let mut subtags = range.split(['-', '_']);
        let language = subtags.next()?.to_ascii_lowercase();
        let is_traditional =
            |subtag: &str| ["hant", "tw", "hk", "mo"].contains(&&*subtag.to_ascii_lowercase());
        match language.as_str() {
            // Its name before 1989, which some clients still send.
            "iw" => Some(Self::He),
            "pt" => Some(Self::PtBr),
            "zh" => {
                let mut subtags = subtags.peekable();
                let is_simplified = subtags
                    .peek()
                    .is_some_and(|subtag| subtag.eq_ignore_ascii_case("hans"));
                Some(if !is_simplified && subtags.any(is_traditional) {
                    Self::ZhHant
                } else {
                    Self::ZhHans
                })
            }
            language => Self::ALL
                .into_iter()
                .find(|locale| locale.tag() == language),
        }
    }
}

/// Wishes that are read of one header; people have a few.
const MAX_WISHES: usize = 32;

/// The weight `q=0.8` as 800; 1000 without one. `None` for a malformed one.
fn thousandths(parameters: &str) -> Option<u32> {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return Some(1_000);
    }
    let (name, weight) = parameters.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1_000),
        _ => None,
    }
}

/// The text is no tag of a language that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLocale;

/// Reads a tag as [`Locale::tag`] writes it, in any case.
impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(tag: &str) -> Result<Self, UnknownLocale> {
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(tag))
            .ok_or(UnknownLocale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_language_that_there_is_wins() {
        for (header, locale) in [
            ("de", Locale::De),
            ("DE-at", Locale::De),
            ("de-CH, fr;q=0.9, en;q=0.8", Locale::De),
            ("sv, da;q=0.9, nl;q=0.5", Locale::Nl),
            ("en;q=0.2, pl;q=0.3", Locale::Pl),
            ("fr;q=0.5, it;q=0.5", Locale::Fr),
            ("fr;q=0, it;q=0.001", Locale::It),
            ("pt-PT", Locale::PtBr),
            ("pt-BR", Locale::PtBr),
            ("zh", Locale::ZhHans),
            ("zh-CN", Locale::ZhHans),
            ("zh-Hans-HK", Locale::ZhHans),
            ("zh_CN", Locale::ZhHans),
            ("zh-TW, ja;q=0.5", Locale::ZhHant),
            ("zh-Hant", Locale::ZhHant),
            ("zh-Hant-HK", Locale::ZhHant),
            ("zh_HK", Locale::ZhHant),
            ("iw", Locale::He),
            (" ar ; q = 0.9 ", Locale::Ar),
            ("ko;q=1.000", Locale::Ko),
        ] {
            assert_eq!(Locale::preferred(header, Locale::En), locale, "{header}");
        }
    }

    #[test]
    fn without_a_wish_that_can_be_met_the_default_is_taken() {
        for header in [
            "",
            "*",
            "sv",
            "de;q=0",
            "de;q=2",
            "de;q=0.1234",
            "de;q=x",
            "de;level=1",
            "-",
            ";;;",
            "\u{fc}",
            "d e",
        ] {
            assert_eq!(
                Locale::preferred(header, Locale::Tr),
                Locale::Tr,
                "{header}"
            );
        }
    }

    #[test]
    fn a_tag_reads_back_in_any_case() {
        for locale in Locale::ALL {
            assert_eq!(locale.tag().parse(), Ok(locale));
            assert_eq!(locale.tag().to_ascii_uppercase().parse(), Ok(locale));
        }
        assert_eq!("pt".parse::<Locale>(), Err(UnknownLocale));
    }

    #[test]
    fn arabic_and_hebrew_are_written_from_right_to_left() {
        let right_to_left: Vec<_> = Locale::ALL
            .into_iter()
            .filter(|locale| locale.direction() == Direction::RightToLeft)
            .collect();
        assert_eq!(right_to_left, [Locale::Ar, Locale::He]);
        assert_eq!(Direction::RightToLeft.to_string(), "rtl");
    }
}
