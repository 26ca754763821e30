//! The mail to a user's verified address after somebody asked to replace it by another one.

mod texts;

use crate::frame::Phrase;
use crate::notice::Notice;
use crate::{Mail, MailSettings, Mailer, SendError};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::mail_kind::MailKind;
use shared::domain::user_id::UserId;
use shared::text::locale::Locale;
use shared::text::template::Value;

/// Like the mail after the change, it does not name the new address, has no link, and nothing to
/// confirm.
#[derive(Clone, Copy, Debug)]
pub struct AddressChangeRequestedMail<'a> {
    /// The verified address. The mail goes there.
    pub address: &'a EmailAddress,
    pub locale: Locale,
    /// When somebody asked for the change.
    pub at: Timestamp,
}

impl AddressChangeRequestedMail<'_> {
    pub fn render(&self, settings: &MailSettings) -> Result<Mail, SendError> {
        let (locale, texts) = (self.locale, texts::of(self.locale));
        let at = locale.language().date_time(self.at);
        let shown = self.address.shown();
        let (address, at) = (Value::Untrusted(&shown), Value::Date(&at));
        let product = Value::Untrusted(&settings.brand.product);
        let not_you = match settings.address_for_questions() {
            Some(support) => Phrase::of(locale, texts.not_you(Value::Untrusted(support))),
            None => Phrase::of(locale, texts.not_you_without_address(product)),
        };
        let notice = Notice {
            kind: MailKind::AddressChangeRequested,
            locale,
            title: texts.subject(product),
            happened: Phrase::of(locale, texts.requested(address, at, product)),
            was_you: Phrase::of(locale, texts.was_you()),
            not_you,
        };
        notice.render(settings)
    }
}

impl Mailer {
    /// Renders the mail and hands it to SES. Returns SES's id of it.
    pub async fn send_address_change_requested(
        &self,
        mail: &AddressChangeRequestedMail<'_>,
        user: &UserId,
        id: &MailId,
    ) -> Result<String, SendError> {
        let rendered = mail.render(&self.settings)?;
        self.send(&rendered, mail.address, user, id).await
    }
}
