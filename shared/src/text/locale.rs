//! The languages of the mail and of the page, and the choice of one for a reader.

use std::fmt;
use std::str::FromStr;

/// The only list of languages: the variant of [`Locale`], the module in each catalogue, and the
/// BCP 47 tag, sorted by tag. `list` hands it to one of the other rules.
#[macro_export]
macro_rules! languages {
    (list $($rule:tt)+) => {
        $crate::languages! { $($rule)+;
            Ar ar "ar",
            De de "de",
            En en "en",
            Es es "es",
            Fr fr "fr",
            He he "he",
            Hi hi "hi",
            It it "it",
            Ja ja "ja",
            Ko ko "ko",
            Nl nl "nl",
            Pl pl "pl",
            PtBr pt_br "pt-BR",
            Tr tr "tr",
            ZhHans zh_hans "zh-Hans",
            ZhHant zh_hant "zh-Hant",
        }
    };
    (enum; $($language:ident $module:ident $tag:literal,)+) => {
        /// A language that all texts are written in, named by its BCP 47 tag.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Locale {
            $($language,)+
        }

        impl Locale {
            /// In the order of their tags.
            pub const ALL: [Self; [$($tag),+].len()] = [$(Self::$language),+];

            /// The BCP 47 tag, for HTML's `lang`.
            #[must_use]
            pub const fn tag(self) -> &'static str {
                match self {
                    $(Self::$language => $tag,)+
                }
            }
        }
    };
    (match $locale:expr, $constant:ident; $($language:ident $module:ident $tag:literal,)+) => {
        match $locale {
            $($crate::text::locale::Locale::$language => &$module::$constant,)+
        }
    };
}

languages!(list enum);

/// A constant of the language's module, so a language without its module does not compile. Each
/// folder declares its modules itself: rustfmt does not find those that a macro declares.
#[macro_export]
macro_rules! by_language {
    ($locale:expr, $constant:ident) => {
        $crate::languages!(list match $locale, $constant)
    };
}

pub use by_language;

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
    /// The language that an `Accept-Language` header prefers (RFC 9110, section 12.5.4), or
    /// `default` if it names no language that has texts.
    ///
    /// Of two with the same weight the first one wins. A range matches the language that it begins
    /// with, so `de-AT` is German. `*` is no preference. A Chinese range without script and region
    /// takes the script of the best one that has them: `zh` beside `zh-TW` is traditional.
    #[must_use]
    pub fn preferred(accept_language: &str, default: Self) -> Self {
        let ranges = accept_language
            .split(',')
            .take(MAX_RANGES)
            .filter_map(|range| {
                let (range, parameters) = range.split_once(';').unwrap_or((range, ""));
                Some((Wanted::of_range(range.trim())?, thousandths(parameters)?))
            });
        match best(ranges.clone()) {
            Some(Wanted::Language(locale)) => locale,
            Some(Wanted::AnyChinese) => {
                let scripts = ranges.filter_map(|(wanted, weight)| match wanted {
                    Wanted::Language(locale @ (Self::ZhHans | Self::ZhHant)) => {
                        Some((locale, weight))
                    }
                    _ => None,
                });
                best(scripts).unwrap_or(Self::ZhHans)
            }
            None => default,
        }
    }
}

/// The language of a range.
#[derive(Clone, Copy)]
enum Wanted {
    Language(Locale),
    /// Chinese, in whatever characters.
    AnyChinese,
}

impl Wanted {
    /// `None`: a language without texts. Any Portuguese is Brazilian, the only one that has texts.
    fn of_range(range: &str) -> Option<Self> {
        let mut subtags = range.split(['-', '_']);
        let language = subtags.next()?.to_ascii_lowercase();
        Some(match language.as_str() {
            // Mandarin and Cantonese have tags of their own.
            "zh" | "cmn" | "yue" => {
                // A single character begins an extension, which says nothing of the script.
                let mut subtags = subtags.take_while(|subtag| subtag.len() > 1);
                let script = subtags.find_map(chinese_script).map(Self::Language);
                script.unwrap_or(Self::AnyChinese)
            }
            // The tag of Hebrew before 1989, which some clients still send.
            "iw" => Self::Language(Locale::He),
            "pt" => Self::Language(Locale::PtBr),
            language => Self::Language(
                Locale::ALL
                    .into_iter()
                    .find(|locale| locale.tag() == language)?,
            ),
        })
    }
}

/// The characters of a script or a region. The script comes first in a tag, so it decides.
fn chinese_script(subtag: &str) -> Option<Locale> {
    match subtag.to_ascii_lowercase().as_str() {
        "hans" | "cn" | "sg" | "my" => Some(Locale::ZhHans),
        "hant" | "tw" | "hk" | "mo" => Some(Locale::ZhHant),
        _ => None,
    }
}

/// The first range of the greatest weight. A weight of 0 excludes a range.
fn best<T>(ranges: impl Iterator<Item = (T, u32)>) -> Option<T> {
    let best = ranges
        .filter(|(_, weight)| *weight > 0)
        .reduce(|best, range| if range.1 > best.1 { range } else { best });
    best.map(|(wanted, _)| wanted)
}

/// Language ranges that are read of one header. Browsers send a few.
const MAX_RANGES: usize = 32;

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

/// The text is not a tag of [`Locale::ALL`].
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

    // Latin and Esperanto are examples of languages without texts.

    #[test]
    fn the_most_wanted_known_language_wins() {
        for (header, locale) in [
            ("de", Locale::De),
            ("DE-at", Locale::De),
            ("de-CH, fr;q=0.9, en;q=0.8", Locale::De),
            ("la, eo;q=0.9, nl;q=0.5", Locale::Nl),
            ("en;q=0.2, pl;q=0.3", Locale::Pl),
            ("fr;q=0.5, it;q=0.5", Locale::Fr),
            ("fr;q=0, it;q=0.001", Locale::It),
            ("pt-PT", Locale::PtBr),
            ("pt-BR", Locale::PtBr),
            ("pt-PT,pt;q=0.9,en;q=0.8", Locale::PtBr),
            ("es-419,es;q=0.9,en;q=0.8", Locale::Es),
            ("fr-CA,en-CA;q=0.9", Locale::Fr),
            ("la-Latn-VA,la;q=0.9,de;q=0.5", Locale::De),
            ("la-VA,la;q=0.9,en;q=0.5", Locale::En),
            ("*, it;q=0.5", Locale::It),
            ("iw", Locale::He),
            (" ar ; q = 0.9 ", Locale::Ar),
            ("ko;q=1.000", Locale::Ko),
        ] {
            assert_eq!(Locale::preferred(header, Locale::En), locale, "{header}");
        }
    }

    #[test]
    fn script_then_region_choose_the_chinese() {
        for (range, locale) in [
            ("zh", Locale::ZhHans),
            ("zh-CN", Locale::ZhHans),
            ("zh_CN", Locale::ZhHans),
            ("zh-SG", Locale::ZhHans),
            ("zh-MY", Locale::ZhHans),
            ("zh-US", Locale::ZhHans),
            ("zh-*", Locale::ZhHans),
            ("zh-Hans", Locale::ZhHans),
            ("zh-Hans-HK", Locale::ZhHans),
            ("zh-cmn-Hans-TW", Locale::ZhHans),
            ("cmn-Hans-CN", Locale::ZhHans),
            ("yue-Hans", Locale::ZhHans),
            ("zh-x-tw", Locale::ZhHans),
            ("zh-TW", Locale::ZhHant),
            ("zh-tw", Locale::ZhHant),
            ("zh_HK", Locale::ZhHant),
            ("zh-MO", Locale::ZhHant),
            ("zh-Hant", Locale::ZhHant),
            ("ZH-HANT", Locale::ZhHant),
            ("zh-Hant-HK", Locale::ZhHant),
            ("zh-Hant-CN", Locale::ZhHant),
            ("zh-yue-HK", Locale::ZhHant),
            ("zh-TW-u-co-stroke", Locale::ZhHant),
            ("cmn-TW", Locale::ZhHant),
            ("yue-HK", Locale::ZhHant),
        ] {
            assert_eq!(Locale::preferred(range, Locale::En), locale, "{range}");
        }
    }

    #[test]
    fn bare_zh_follows_the_best_chinese_range() {
        for (header, locale) in [
            ("zh-TW,zh;q=0.9,en;q=0.8", Locale::ZhHant),
            ("zh-HK,zh-TW;q=0.9,zh;q=0.8,en;q=0.7", Locale::ZhHant),
            ("zh-MO,zh;q=0.9", Locale::ZhHant),
            ("zh-Hant-TW,zh-Hant;q=0.9,zh;q=0.8", Locale::ZhHant),
            ("zh-TW;q=0.8,zh", Locale::ZhHant),
            ("zh,zh-TW;q=0.8", Locale::ZhHant),
            ("zh,zh-TW;q=0.9,zh-CN;q=0.8", Locale::ZhHant),
            ("zh,zh-CN;q=0.8,zh-TW;q=0.9", Locale::ZhHant),
            ("zh-TW,zh-CN", Locale::ZhHant),
            ("zh-CN;q=0,zh-TW;q=0.5,zh", Locale::ZhHant),
            ("zh-CN,zh;q=0.9,zh-TW;q=0.8", Locale::ZhHans),
            ("zh-TW;q=0.5,zh-CN", Locale::ZhHans),
            ("zh-TW;q=0.5,zh-CN;q=0.8,zh", Locale::ZhHans),
            ("zh-CN,zh-TW", Locale::ZhHans),
            ("zh-TW;q=0,zh", Locale::ZhHans),
            ("zh-TW;q=2,zh", Locale::ZhHans),
            // A range that is preferred to any Chinese, and one without texts.
            ("en,zh-TW;q=0.9,zh;q=0.8", Locale::En),
            ("nan-TW,zh;q=0.5,zh-TW;q=0.4", Locale::ZhHant),
            ("*,zh-TW;q=0.5", Locale::ZhHant),
        ] {
            assert_eq!(Locale::preferred(header, Locale::De), locale, "{header}");
        }
    }

    #[test]
    fn an_unknown_language_is_the_default() {
        for header in [
            "",
            "*",
            "la",
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
    fn a_tag_parses_in_any_case() {
        for locale in Locale::ALL {
            assert_eq!(locale.tag().parse(), Ok(locale));
            assert_eq!(locale.tag().to_ascii_uppercase().parse(), Ok(locale));
        }
        assert_eq!("pt".parse::<Locale>(), Err(UnknownLocale));
    }

    #[test]
    fn the_list_is_sorted_by_tag() {
        let mut sorted = Locale::ALL.map(Locale::tag);
        sorted.sort_unstable();
        assert_eq!(Locale::ALL.map(Locale::tag), sorted, "languages!");
    }

    #[test]
    fn direction_is_that_of_the_letters() {
        for locale in Locale::ALL {
            let letter = locale.language().months[0]
                .chars()
                .find(|c| c.is_alphabetic())
                .unwrap();
            // Hebrew, Arabic, and the scripts between them in Unicode.
            let direction = match letter {
                '\u{590}'..='\u{8ff}' => Direction::RightToLeft,
                _ => Direction::LeftToRight,
            };
            assert_eq!(locale.direction(), direction, "{}", locale.tag());
        }
    }

    #[test]
    fn a_direction_is_written_as_in_html() {
        let written = [Direction::LeftToRight, Direction::RightToLeft].map(|way| way.to_string());
        assert_eq!(written, ["ltr", "rtl"]);
    }
}
