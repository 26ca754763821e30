//! The frame of each mail around its own content, for the text part and the HTML part.

use shared::brand::DARK_CARD;
use shared::brand::color::Color;
use shared::domain::email_address::EmailAddress;
use shared::text::html::Html;
use shared::text::locale::{Direction, Locale};
use shared::text::template::{self, Value};

use crate::MailSettings;

/// A text for both parts of a mail.
#[derive(Debug)]
pub(crate) struct Phrase {
    pub(crate) html: Html,
    pub(crate) plain: String,
}

/// Fills the texts of one language with these values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) locale: Locale,
    pub(crate) values: &'a [(&'static str, Value<'a>)],
}

impl Writer<'_> {
    /// The text part has no line breaks within a paragraph: mail programs wrap it at the width of
    /// their window, and keep line breaks, which looks ragged on a phone. SES encodes a Simple
    /// body, as it must: each part holds U+00A0. No encoded line has more than 76 characters (RFC
    /// 2045, sections 6.7 and 6.8).
    pub(crate) fn write(self, text: &str) -> Phrase {
        let language = self.locale.language();
        Phrase {
            html: template::html(text, self.values, language),
            plain: template::plain(text, self.values, language.direction),
        }
    }

    /// Without invisible marks: lists of mails, and programs that read codes out of subjects, may
    /// not handle them.
    pub(crate) fn subject(self, text: &str) -> String {
        template::plain(text, self.values, Direction::LeftToRight)
    }
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
    pub(crate) subject: String,
    /// The preview beside the subject in a list of mails.
    pub(crate) preheader: Html,
    pub(crate) heading: Phrase,
    pub(crate) sender: &'a str,
    /// The support's address, in the footer.
    pub(crate) questions: Option<Phrase>,
    pub(crate) postal: Option<&'a str>,
}

/// The first texts of each mail.
#[derive(Debug)]
pub(crate) struct Opening<'a> {
    pub(crate) subject: &'a str,
    pub(crate) preheader: &'a str,
    pub(crate) heading: &'a str,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(
        settings: &'a MailSettings,
        writer: Writer<'_>,
        opening: &Opening<'_>,
        questions: Option<Phrase>,
    ) -> Self {
        let direction = writer.locale.direction();
        Self {
            locale: writer.locale,
            direction,
            start: match direction {
                Direction::LeftToRight => "left",
                Direction::RightToLeft => "right",
            },
            accent: settings.brand.accent,
            accent_on_dark: settings.brand.accent_on_dark,
            dark_card: DARK_CARD,
            subject: writer.subject(opening.subject),
            preheader: writer.write(opening.preheader).html,
            heading: writer.write(opening.heading),
            sender: settings.sender.name_or_domain(),
            questions,
            postal: settings.brand.postal.as_deref(),
        }
    }
}

/// `SUPPORT_ADDRESS`, as it is written to.
pub(crate) fn support(settings: &MailSettings) -> Option<&str> {
    let support = settings.brand.support.as_ref();
    support.map(EmailAddress::deliverable)
}
