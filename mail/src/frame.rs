//! The frame of each mail around its own content, for the text part and the HTML part.

use std::borrow::Cow;

use shared::brand::DARK_CARD;
use shared::brand::color::Color;
use shared::text::html::Html;
use shared::text::locale::{Direction, Locale};
use shared::text::template::Text;

use crate::MailSettings;

/// A text for both parts of a mail.
///
/// The text part has no line breaks within a paragraph: mail programs wrap it at the width of their
/// window, and keep line breaks, which looks ragged on a phone. SES encodes a Simple body, as it
/// must: each part holds U+00A0. No encoded line has more than 76 characters (RFC 2045, sections
/// 6.7 and 6.8).
#[derive(Debug)]
pub(crate) struct Phrase {
    pub(crate) html: Html,
    pub(crate) plain: String,
}

impl Phrase {
    pub(crate) fn of<const N: usize>(locale: Locale, text: Text<'_, N>) -> Self {
        let language = locale.language();
        Self {
            html: text.html(language),
            plain: text.plain(language.direction),
        }
    }

    pub(crate) fn heading<const N: usize>(locale: Locale, text: Text<'_, N>) -> Self {
        Self {
            html: text.heading_html(locale.language()),
            ..Self::of(locale, text)
        }
    }
}

/// Without invisible marks: lists of mails, and programs that read codes out of subjects, may not
/// handle them.
pub(crate) fn subject<const N: usize>(text: Text<'_, N>) -> String {
    text.plain(Direction::LeftToRight)
}

/// The values of the base templates.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) locale: Locale,
    pub(crate) direction: Direction,
    /// Where a line begins. A word of its own, as Outlook does not know `text-align: start`.
    pub(crate) start: &'static str,
    pub(crate) accent: Color,
    pub(crate) accent_on_dark: Color,
    pub(crate) dark_card: Color,
    /// The wordmark at the top of the HTML part. The text part names the product in its texts.
    pub(crate) product: &'a str,
    pub(crate) subject: String,
    /// The preview beside the subject in a list of mails.
    pub(crate) preheader: Html,
    pub(crate) heading: Phrase,
    /// Below the heading, so that a long one does not push the rest off a phone's first screen.
    pub(crate) address: Option<Cow<'a, str>>,
    pub(crate) sender: &'a str,
    /// The support's address, in the footer.
    pub(crate) questions: Option<Phrase>,
    pub(crate) postal: Option<&'a str>,
}

/// The first texts of each mail.
#[derive(Debug)]
pub(crate) struct Opening<'a> {
    pub(crate) subject: String,
    pub(crate) preheader: Html,
    pub(crate) heading: Phrase,
    /// The address that is to be verified.
    pub(crate) address: Option<Cow<'a, str>>,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(
        settings: &'a MailSettings,
        locale: Locale,
        opening: Opening<'a>,
        questions: Option<Phrase>,
    ) -> Self {
        let direction = locale.direction();
        Self {
            locale,
            direction,
            start: match direction {
                Direction::LeftToRight => "left",
                Direction::RightToLeft => "right",
            },
            accent: settings.brand.accent,
            accent_on_dark: settings.brand.accent_on_dark,
            dark_card: DARK_CARD,
            product: &settings.brand.product,
            subject: opening.subject,
            preheader: opening.preheader,
            heading: opening.heading,
            address: opening.address,
            sender: settings.sender.name_or_domain(),
            questions,
            postal: settings.brand.postal.as_deref(),
        }
    }
}
