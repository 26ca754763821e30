//! The adopter's product, as the mail and the page show it.

pub mod color;
pub mod encoded_words;
pub mod public_url;
pub mod return_origins;
pub mod web_url;

use color::Color;

use crate::domain::email_address::EmailAddress;
use crate::text::locale::Locale;

/// Contrast of white text on the accent colour, and of the accent colour on white: WCAG 2.2,
/// success criterion 1.4.3 (AA).
pub(crate) const MIN_CONTRAST: f64 = 4.5;
/// The accent colour if `ACCENT_COLOR` is not set.
pub(crate) const DEFAULT_ACCENT: Color = Color::new(0x1f, 0x4f, 0xd8);
/// The background of the card in dark mode, with the accent colour lightened for it.
pub const DARK_CARD: Color = Color::new(0x1e, 0x21, 0x27);
pub(crate) const WHITE: Color = Color::new(0xff, 0xff, 0xff);

#[derive(Clone, Debug, PartialEq)]
pub struct Brand {
    /// `PRODUCT_NAME`: the product that people sign up for.
    pub product: String,
    /// `ACCENT_COLOR`, such as `#1f4fd8`: the button, and links on white. Darkened if its contrast
    /// with white is too low.
    pub accent: Color,
    /// `ACCENT_COLOR`, lightened if its contrast with [`DARK_CARD`] is too low.
    pub accent_on_dark: Color,
    /// `SUPPORT_ADDRESS`: the address for questions of readers.
    pub support: Option<EmailAddress>,
    /// `POSTAL_LINE`: the company's postal address, for the mail's footer.
    pub postal: Option<String>,
    /// `DEFAULT_LOCALE`: the language for people whose preferred languages have no texts.
    pub default_locale: Locale,
}

impl Brand {
    /// The support's address, in the form that mail programs accept.
    #[must_use]
    pub fn support_address(&self) -> Option<&str> {
        self.support.as_ref().map(EmailAddress::deliverable)
    }
}
