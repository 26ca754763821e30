//! A mail of each kind, for the preview and for tests.

use mail::address_changed::AddressChangedMail;
use mail::verification::VerificationMail;
use mail::{Mail, MailSettings, SendError};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_kind::MailKind;
use shared::domain::person_name::Greeting;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::user_id::UserId;
use shared::text::locale::Locale;

/// The values of all placeholders of all mails.
#[derive(Clone, Debug)]
pub struct Sample {
    pub settings: MailSettings,
    pub user: UserId,
    pub address: EmailAddress,
    pub greeting: Option<Greeting>,
    pub locale: Locale,
    pub proof: Proof,
    pub lifetimes: ProofLifetimes,
    pub now: Timestamp,
}

impl Sample {
    /// # Errors
    ///
    /// The settings do not say where a link leads.
    pub fn mail(&self, kind: MailKind) -> Result<Mail, SendError> {
        match kind {
            MailKind::Verification => {
                let url = self.settings.link_target.of_request(None);
                let mail = VerificationMail {
                    user: &self.user,
                    address: &self.address,
                    greeting: self.greeting.as_ref(),
                    locale: self.locale,
                    proof: &self.proof,
                    url: &url.ok_or_else(|| SendError::Template("no URL".into()))?,
                    lifetimes: self.lifetimes,
                    now: self.now,
                };
                mail.render(&self.settings)
            }
            MailKind::AddressChanged => {
                let mail = AddressChangedMail {
                    address: &self.address,
                    locale: self.locale,
                    at: self.now,
                };
                mail.render(&self.settings)
            }
        }
    }
}
