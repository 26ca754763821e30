//! How the adopter's product shows itself in the mail and on the page.

pub mod color;
pub mod encoded_words;
pub mod public_url;
pub mod web_url;

use color::Color;

use crate::domain::email_address::EmailAddress;
use crate::text::locale::Locale;

/// White text on the accent colour, and the accent colour on white, have to be readable: WCAG 2.2,
/// success criterion 1.4.3 (AA).
pub(crate) const MIN_CONTRAST: f64 = 4.5;
/// The button's blue when no other colour is wanted.
pub(crate) const DEFAULT_ACCENT: Color = Color::new(0x1f, 0x4f, 0xd8);
/// The card in dark mode, on which the accent colour is written lighter.
pub const DARK_CARD: Color = Color::new(0x1e, 0x21, 0x27);
pub(crate) const WHITE: Color = Color::new(0xff, 0xff, 0xff);

/// Name, colour and addresses of the product.
#[derive(Clone, Debug, PartialEq)]
pub struct Brand {
    /// `PRODUCT_NAME`: what people sign up for.
    pub product: String,
    /// `ACCENT_COLOR`, such as `#1f4fd8`: the button, and links on white. Darkened if white text on
    /// it could not be read.
    pub accent: Color,
    /// `ACCENT_COLOR`, lightened if it could not be read on a dark ground.
    pub accent_on_dark: Color,
    /// `SUPPORT_ADDRESS`: whom people may ask.
    pub support: Option<EmailAddress>,
    /// `POSTAL_LINE`: where the company is, for the mail's footer.
    pub postal: Option<String>,
    /// `DEFAULT_LOCALE`: the language for people who prefer none that there is.
    pub default_locale: Locale,
}
