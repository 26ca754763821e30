//! The mail to a user's earlier address after another one was verified.

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

/// The mail does not name the new address, not even masked: somebody else may read the earlier
/// mailbox by now. The person who made the change knows the new address. Anybody else can only
/// write to the support, which looks it up.
///
/// The mail has no link and nothing to confirm, so its reader cannot change anything with it.
#[derive(Clone, Copy, Debug)]
pub struct AddressChangedMail<'a> {
    /// The earlier address. The mail goes there.
    pub address: &'a EmailAddress,
    pub locale: Locale,
    /// When the other address was verified.
    pub at: Timestamp,
}

impl AddressChangedMail<'_> {
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
            kind: MailKind::AddressChanged,
            locale,
            title: texts.subject(product),
            happened: Phrase::of(locale, texts.changed(address, at, product)),
            was_you: Phrase::of(locale, texts.was_you()),
            not_you,
        };
        notice.render(settings)
    }
}

impl Mailer {
    /// Renders the mail and hands it to SES. Returns SES's id of it.
    pub async fn send_address_changed(
        &self,
        mail: &AddressChangedMail<'_>,
        user: &UserId,
        id: &MailId,
    ) -> Result<String, SendError> {
        let rendered = mail.render(&self.settings)?;
        self.send(&rendered, mail.address, user, id).await
    }
}
