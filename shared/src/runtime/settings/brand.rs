//! The settings of the product's brand.

use super::{Environment, SettingError};
use crate::brand::color::Color;
use crate::brand::encoded_words::{WHOLE_WORDS, decode};
use crate::brand::{Brand, DARK_CARD, DEFAULT_ACCENT, MIN_CONTRAST, WHITE};
use crate::domain::characters::{is_control_or_line_break, is_direction_override};
use crate::domain::email_address::EmailAddress;
use crate::text::locale::Locale;

/// Longest product name and postal line, in characters.
const MAX_LINE_LENGTH: usize = 100;
const MAX_POSTAL_LENGTH: usize = 200;

/// `PRODUCT_NAME`, `ACCENT_COLOR`, `SUPPORT_ADDRESS`, `POSTAL_LINE` and `DEFAULT_LOCALE`.
pub fn brand(environment: &Environment) -> Result<Brand, SettingError> {
    let product = one_line(environment, "PRODUCT_NAME", MAX_LINE_LENGTH)?
        .ok_or_else(|| SettingError::new("PRODUCT_NAME", "must be set"))?;
    let given = accent(environment)?;
    let support = environment
        .optional("SUPPORT_ADDRESS")
        .map(|text| {
            // No mail is sent to it, so an intranet's `.internal` is valid.
            EmailAddress::parse_known(&text).ok_or_else(|| {
                SettingError::new("SUPPORT_ADDRESS", "must be one address, without a name")
            })
        })
        .transpose()?;
    Ok(Brand {
        product,
        accent: readable_on_white(given),
        accent_on_dark: given.lighter_until(|color| color.contrast_with(DARK_CARD) >= MIN_CONTRAST),
        support,
        postal: one_line(environment, "POSTAL_LINE", MAX_POSTAL_LENGTH)?,
        default_locale: default_locale(environment)?,
    })
}

fn accent(environment: &Environment) -> Result<Color, SettingError> {
    const NAME: &str = "ACCENT_COLOR";
    let Some(text) = environment.optional(NAME) else {
        return Ok(DEFAULT_ACCENT);
    };
    Color::parse(&text).ok_or_else(|| SettingError::new(NAME, "must be a colour such as #1f4fd8"))
}

/// A light colour is darkened for white text. The template cannot compute a contrast, so the
/// function must not stop because of it.
fn readable_on_white(given: Color) -> Color {
    let used = given.darker_until(|color| color.contrast_with(WHITE) >= MIN_CONTRAST);
    if used != given {
        tracing::warn!(
            %given,
            %used,
            "ACCENT_COLOR is too light for white text, so a darker one is used"
        );
    }
    used
}

fn default_locale(environment: &Environment) -> Result<Locale, SettingError> {
    let Some(tag) = environment.optional("DEFAULT_LOCALE") else {
        return Ok(Locale::En);
    };
    tag.parse().ok().ok_or_else(|| {
        let tags = Locale::ALL.map(Locale::tag).join(", ");
        SettingError::new("DEFAULT_LOCALE", format!("must be one of {tags}"))
    })
}

/// One line of text: no line breaks, control characters or direction overrides, and not too long.
fn one_line(
    environment: &Environment,
    name: &'static str,
    max_length: usize,
) -> Result<Option<String>, SettingError> {
    let Some(written) = environment.optional(name) else {
        return Ok(None);
    };
    let decoded = decode(&written).ok_or_else(|| SettingError::new(name, WHOLE_WORDS))?;
    let text = decoded.trim();
    let problem = if text.chars().any(is_control_or_line_break) {
        "must be one line".to_owned()
    } else if text.chars().any(is_direction_override) {
        "must not contain characters that override directions".to_owned()
    } else if text.chars().count() > max_length {
        format!("must have no more than {max_length} characters")
    } else {
        return Ok((!text.is_empty()).then(|| text.to_owned()));
    };
    Err(SettingError::new(name, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Brand, String> {
        brand(&Environment::from_pairs(values)).map_err(|error| error.to_string())
    }

    #[test]
    fn only_a_name_is_required() {
        let brand = read(&[("PRODUCT_NAME", "Acme")]).unwrap();
        assert_eq!(brand.accent.to_string(), "#1f4fd8");
        assert_eq!(brand.default_locale, Locale::En);
        assert!(brand.accent_on_dark.contrast_with(DARK_CARD) >= MIN_CONTRAST);
        assert_eq!((brand.support, brand.postal), (None, None));
    }

    #[test]
    fn encoded_words_are_decoded() {
        let brand = read(&[
            ("PRODUCT_NAME", "=?UTF-8?B?S8Okc2U=?="),
            (
                "POSTAL_LINE",
                "=?ISO-8859-1?Q?K=E4se?= Ltd., 1 Example Street",
            ),
        ])
        .unwrap();
        assert_eq!(brand.product, "Käse");
        assert_eq!(brand.postal.as_deref(), Some("Käse Ltd., 1 Example Street"));
    }

    #[test]
    fn lengths_count_characters() {
        for (product, postal, problem) in [
            (100, 200, None),
            (101, 200, Some("PRODUCT_NAME: must have no more than 100")),
            (100, 201, Some("POSTAL_LINE: must have no more than 200")),
        ] {
            let read = read(&[
                ("PRODUCT_NAME", &"ä".repeat(product)),
                ("POSTAL_LINE", &"ä".repeat(postal)),
            ]);
            let found = read.err();
            let expected = problem.map(|problem| format!("setting {problem} characters"));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_light_color_is_darkened_on_white() {
        for (given, on_white, on_dark) in [
            ("#767676", "#767676", "#898989"),
            ("#777777", "#767676", "#888888"),
            ("#ffcc00", "#907300", "#ffcc00"),
            ("#fff", "#767676", "#ffffff"),
            ("#000", "#000000", "#898989"),
        ] {
            let brand = read(&[("PRODUCT_NAME", "Acme"), ("ACCENT_COLOR", given)]).unwrap();
            let used = (brand.accent.to_string(), brand.accent_on_dark.to_string());
            assert_eq!(used, (on_white.to_owned(), on_dark.to_owned()), "{given}");
        }
    }

    #[test]
    fn a_wrong_setting_is_named_in_one_line() {
        let tags = Locale::ALL.map(Locale::tag).join(", ");
        for (values, problem) in [
            (&[][..], "setting PRODUCT_NAME: must be set"),
            (
                &[("PRODUCT_NAME", "Ac\nme")],
                "setting PRODUCT_NAME: must be one line",
            ),
            (
                &[("PRODUCT_NAME", "Ac\u{2028}me")],
                "setting PRODUCT_NAME: must be one line",
            ),
            (
                &[("PRODUCT_NAME", "Ac\u{202e}me")],
                "setting PRODUCT_NAME: must not contain characters that override directions",
            ),
            (
                &[("PRODUCT_NAME", "=?UTF-8?Q?Ac=0Ame?=")],
                "setting PRODUCT_NAME: must be one line",
            ),
            (
                &[("PRODUCT_NAME", "=?UTF-8?Q?_?=")],
                "setting PRODUCT_NAME: must be set",
            ),
            (
                &[("PRODUCT_NAME", "Acme"), ("POSTAL_LINE", "=?UTF-8?B?S8Ok")],
                "setting POSTAL_LINE: must contain encoded words (=?…?=) only as RFC 2047 writes \
                 them, with spaces around, in UTF-8, ISO-8859-1 or US-ASCII; plain text \
                 needs no encoding",
            ),
            (
                &[("PRODUCT_NAME", "Acme"), ("ACCENT_COLOR", "blue")],
                "setting ACCENT_COLOR: must be a colour such as #1f4fd8",
            ),
            (
                &[("PRODUCT_NAME", "Acme"), ("SUPPORT_ADDRESS", "help")],
                "setting SUPPORT_ADDRESS: must be one address, without a name",
            ),
            (
                &[("PRODUCT_NAME", "Acme"), ("DEFAULT_LOCALE", "la")],
                &format!("setting DEFAULT_LOCALE: must be one of {tags}"),
            ),
        ] {
            assert_eq!(read(values).unwrap_err(), problem);
        }
    }
}
