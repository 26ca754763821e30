//! A mail of each kind, for the preview and for tests.

use mail::address_change_requested::AddressChangeRequestedMail;
use mail::address_changed::AddressChangedMail;
use mail::verification::VerificationMail;
use mail::{LinkTarget, Mail, MailSettings, SendError};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::greeting::Greeting;
use shared::domain::mail_content::MailContent;
use shared::domain::mail_kind::MailKind;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::user_id::UserId;
use shared::text::locale::Locale;
use thiserror::Error;

#[derive(Debug, Error)]
#[error("the sample is malformed")]
pub struct MalformedSample;

/// The values of all placeholders of all mails.
#[derive(Clone, Debug)]
pub struct Sample {
    pub settings: MailSettings,
    pub link_target: LinkTarget,
    pub user: UserId,
    pub address: EmailAddress,
    pub greeting: Option<Greeting>,
    pub locale: Locale,
    pub content: MailContent,
    pub code_in_subject: bool,
    pub proof: Proof,
    pub lifetimes: ProofLifetimes,
    pub now: Timestamp,
}

impl Sample {
    /// A mail to Ada, as it would be sent at `now`.
    ///
    /// # Errors
    ///
    /// A value of the sample is malformed.
    pub fn new(
        settings: MailSettings,
        link_target: LinkTarget,
        now: Timestamp,
    ) -> Result<Self, MalformedSample> {
        Ok(Self {
            content: MailContent::default(),
            code_in_subject: true,
            settings,
            link_target,
            user: UserId::parse("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11").ok_or(MalformedSample)?,
            address: EmailAddress::parse("ada@example.org").ok_or(MalformedSample)?,
            greeting: Greeting::of("Ada"),
            locale: Locale::En,
            proof: Proof::from_random(
                *b"the token of a preview, 32 bytes",
                Some(482_913_u64.to_be_bytes()),
            ),
            lifetimes: ProofLifetimes::DEFAULT,
            now,
        })
    }

    /// # Errors
    ///
    /// The settings do not say where a link leads.
    pub fn mail(&self, kind: MailKind) -> Result<Mail, SendError> {
        match kind {
            MailKind::Verification => {
                let proof = Proof {
                    token: self.proof.token.clone(),
                    code: self.proof.code.clone().filter(|_| self.content.has_code()),
                };
                let url = if self.content.has_link() {
                    let url = self.link_target.of_request(None, None);
                    Some(url.ok_or_else(|| SendError::Template("no URL".into()))?)
                } else {
                    None
                };
                let mail = VerificationMail {
                    user: &self.user,
                    address: &self.address,
                    greeting: self.greeting.as_ref(),
                    locale: self.locale,
                    proof: &proof,
                    url: url.as_ref(),
                    lifetimes: self.lifetimes,
                    code_in_subject: self.code_in_subject,
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
            MailKind::AddressChangeRequested => {
                let mail = AddressChangeRequestedMail {
                    address: &self.address,
                    locale: self.locale,
                    at: self.now,
                };
                mail.render(&self.settings)
            }
        }
    }
}
