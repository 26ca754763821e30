//! Notices: mails of paragraphs alone, without a proof and without a link. Their readers cannot
//! change anything with them.

use askama::Template;
use shared::domain::mail_kind::MailKind;
use shared::text::locale::Locale;
use shared::text::template::Text;

use crate::frame::{Frame, Opening, Phrase, subject};
use crate::{Mail, MailSettings, SendError};

#[derive(Debug)]
pub(crate) struct Notice<'a> {
    pub(crate) kind: MailKind,
    pub(crate) locale: Locale,
    /// Subject and heading.
    pub(crate) title: Text<'a, 1>,
    /// The preheader has its text too.
    pub(crate) happened: Phrase,
    /// To a reader who caused it.
    pub(crate) was_you: Phrase,
    /// To any other reader.
    pub(crate) not_you: Phrase,
}

#[derive(Template)]
#[template(path = "notice.txt")]
struct TextPart<'a> {
    frame: &'a Frame<'a>,
    notice: &'a Notice<'a>,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct HtmlPart<'a> {
    frame: &'a Frame<'a>,
    notice: &'a Notice<'a>,
}

impl Notice<'_> {
    pub(crate) fn render(&self, settings: &MailSettings) -> Result<Mail, SendError> {
        let (locale, notice) = (self.locale, self);
        let opening = Opening {
            subject: subject(self.title),
            preheader: self.happened.html.clone(),
            heading: Phrase::heading(locale, self.title),
            address: None,
        };
        let frame = &Frame::new(settings, locale, opening, None);
        Ok(Mail {
            kind: self.kind,
            locale,
            subject: frame.subject.clone(),
            text: TextPart { frame, notice }.render()?,
            html: HtmlPart { frame, notice }.render()?,
        })
    }
}
