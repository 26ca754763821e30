//! Catalogues: the texts of a mail or of the page, one file for each language.

/// Declares a catalogue: `struct Texts` with a field for each text, and `of(locale)`, which finds
/// the `TEXTS` of a language in the module that is named after its tag.
///
/// Each text is declared with its placeholders. A language without a text does not compile, nor
/// does a text with a placeholder that is missing, mistyped or not its own. A `plural` is a count
/// of the rule of its language (see [`Plural`](crate::text::plural::Plural)).
#[macro_export]
macro_rules! catalogue {
    (@type [$($placeholder:literal),*]) => { &'static str };
    (@type plural) => { $crate::text::plural::Plural };
    (@is_right [$($placeholder:literal),*], $text:expr, $language:expr) => {
        $crate::text::template::has_placeholders($text, &[$($placeholder),*])
    };
    (@is_right plural, $plural:expr, $language:expr) => {
        $plural.is_of($language)
    };
    (
        $(#[$about:meta])*
        $visibility:vis struct Texts {
            $($(#[$doc:meta])* $text:ident: $kind:tt,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug)]
        $visibility struct Texts {
            $($(#[$doc])* $visibility $text: $crate::text::catalogue::catalogue!(@type $kind),)+
        }

        $visibility const fn of(locale: $crate::text::locale::Locale) -> &'static Texts {
            $crate::text::locale::by_language!(locale, TEXTS)
        }

        const _: () = {
            let locales = $crate::text::locale::Locale::ALL;
            let mut index = 0;
            while index < locales.len() {
                let (texts, _language) = (of(locales[index]), locales[index].language());
                $(assert!(
                    $crate::text::catalogue::catalogue!(@is_right $kind, texts.$text, _language),
                    concat!("`", stringify!($text), "` must have: ", stringify!($kind))
                );)+
                index += 1;
            }
        };
    };
}

pub use catalogue;
