//! Catalogues: the texts of a mail or of the page, one file for each language.

/// Declares a catalogue: `struct Texts` with a field for each text, and `of(locale)`, which finds
/// the `TEXTS` of a language in the module that is named after its tag.
///
/// Each text is declared with its placeholders. A language without a text does not compile, nor
/// does a text with a placeholder that is missing, mistyped or not its own. The fields are private:
/// a text is read by its method, which takes a value for each placeholder, so a forgotten value
/// does not compile either. A `plural` is a count of the rule of its language (see
/// [`Plural`](crate::text::plural::Plural)).
#[macro_export]
macro_rules! catalogue {
    (@type [$($placeholder:ident),*]) => { &'static str };
    (@type plural) => { $crate::text::plural::Plural };
    (@is_right [$($placeholder:ident),*], $text:expr, $language:expr) => {
        $crate::text::template::has_placeholders($text, &[$(stringify!($placeholder)),*])
    };
    (@is_right plural, $plural:expr, $language:expr) => {
        $plural.is_of($language)
    };
    (@method $visibility:vis $text:ident [$($placeholder:ident),*]) => {
        $visibility const fn $text<'a>(
            &self,
            $($placeholder: $crate::text::template::Value<'a>),*
        ) -> $crate::text::template::Text<
            'a,
            { <[&str]>::len(&[$(stringify!($placeholder)),*]) },
        > {
            $crate::text::template::Text::new(
                self.$text,
                [$(stringify!($placeholder)),*],
                [$($placeholder),*],
            )
        }
    };
    (@method $visibility:vis $text:ident plural) => {};
    (
        $(#[$about:meta])*
        $visibility:vis struct Texts {
            $($(#[$doc:meta])* $text:ident: $kind:tt,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug)]
        $visibility struct Texts {
            $($(#[$doc])* $text: $crate::text::catalogue::catalogue!(@type $kind),)+
        }

        impl Texts {
            $($crate::text::catalogue::catalogue!(@method $visibility $text $kind);)+
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
