//! Catalogues: the texts of a mail or of the page, one file for each language.

/// The message of an error of the compiler. A panic of a constant formats nothing but one string.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    bytes: [u8; 512],
    length: usize,
}

impl Message {
    /// Joins the parts, as far as they fit.
    #[must_use]
    pub const fn of(parts: &[&str]) -> Self {
        let (mut bytes, mut length) = ([0; 512], 0);
        let mut index = 0;
        while index < parts.len() {
            let part = parts[index].as_bytes();
            let mut at = 0;
            while at < part.len() && length < bytes.len() {
                bytes[length] = part[at];
                length += 1;
                at += 1;
            }
            index += 1;
        }
        Self { bytes, length }
    }

    #[must_use]
    pub const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(message) => message,
            Err(_) => "",
        }
    }
}

/// Declares a catalogue: `struct Texts` with a field for each text, and `of(locale)`, which finds
/// the `TEXTS` of a language in the module that is named after its tag.
///
/// Each text is declared with its placeholders. A language without a text does not compile, nor
/// does a text with a placeholder that is missing, mistyped or not its own. The fields are private:
/// a text is read by its method, which takes a value for each placeholder, so a forgotten value
/// does not compile either. A `plural` is a count of the rule of its language (see
/// [`Plural`](crate::text::plural::Plural)).
///
/// The test is for a text that was copied from another language and then left as it was.
#[macro_export]
macro_rules! catalogue {
    (@type [$($placeholder:ident),*]) => { &'static str };
    (@type plural) => { $crate::text::plural::Plural };
    (@is_right [$($placeholder:ident),*], $text:expr, $locale:expr) => {
        $crate::text::template::has_placeholders($text, &[$(stringify!($placeholder)),*])
    };
    (@is_right plural, $plural:expr, $locale:expr) => {
        $plural.is_of($locale.language())
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
                let (locale, texts) = (locales[index], of(locales[index]));
                $(assert!(
                    $crate::text::catalogue::catalogue!(@is_right $kind, texts.$text, locale),
                    "{}",
                    $crate::text::catalogue::Message::of(&[
                        concat!("`", stringify!($text), "` in `"),
                        locale.tag(),
                        concat!("` must have: ", stringify!($kind)),
                    ])
                    .as_str()
                );)+
                index += 1;
            }
        };

        #[cfg(test)]
        #[test]
        fn no_language_repeats_another() {
            let locales = $crate::text::locale::Locale::ALL;
            let mut repeated = String::new();
            for (index, locale) in locales.into_iter().enumerate() {
                for other in locales.into_iter().skip(index + 1) {
                    $(
                        let text = format!("{:?}", of(locale).$text);
                        // A short word, such as "Code", may be that of several languages.
                        if text.chars().count() > 10 && text == format!("{:?}", of(other).$text) {
                            repeated += &format!(
                                "\n`{}` in `{}` and in `{}`: {text}",
                                stringify!($text),
                                locale.tag(),
                                other.tag()
                            );
                        }
                    )+
                }
            }
            assert!(repeated.is_empty(), "translate these texts:{repeated}");
        }
    };
}

pub use catalogue;

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn a_message_joins_its_parts() {
        let message = Message::of(&["`subject` in `", "ja", "` must have: [product]"]);
        assert_eq!(message.as_str(), "`subject` in `ja` must have: [product]");
        let long = "a".repeat(600);
        assert_eq!(Message::of(&[&long]).as_str(), &long[..512]);
    }
}
