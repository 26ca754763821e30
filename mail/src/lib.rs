//! Mails: a mail is a value before it is sent to SES as Simple content.
//!
//! Each kind is a module with a catalogue of texts, one file a language, and a folder of templates
//! of the same name. `frame` and the base templates are what they share.

pub mod address_changed;
mod frame;
mod idle_connections;
mod link;
mod retry;
mod sender;
mod ses;
pub mod verification;

use std::error::Error as StdError;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag,
};
use thiserror::Error;

pub use link::{LinkTarget, VerificationUrl};
pub use retry::RetryUnsent;
pub use sender::Sender;
pub use ses::{SES_OPERATION, Ses};

use shared::brand::Brand;
use shared::domain::delivery::{TAG_KIND, TAG_MAIL, TAG_STAGE, TAG_USER};
use shared::domain::email_address::{EmailAddress, mask_addresses};
use shared::domain::mail_id::MailId;
use shared::domain::mail_kind::MailKind;
use shared::domain::user_id::UserId;
use shared::runtime::settings::{self, Environment, SettingError, ses_name, stage};
use shared::store::MailRefund;
use shared::text::locale::Locale;

/// A rendered mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub kind: MailKind,
    pub locale: Locale,
    pub subject: String,
    /// For readers that show no HTML.
    pub text: String,
    pub html: String,
}

#[derive(Clone, Debug)]
pub struct MailSettings {
    /// `SENDER`: an address that SES may send from, alone or as `Name <address>`.
    pub sender: Sender,
    /// `REPLY_TO`: where answers go, if not to the sender.
    pub reply_to: Option<Sender>,
    pub brand: Brand,
    /// `VERIFICATION_URL` or `PUBLIC_URL`: where the mailed link leads.
    pub link_target: LinkTarget,
    /// `CONFIGURATION_SET`: the SES configuration set to send with.
    pub configuration_set: Option<String>,
    /// `STAGE`: which of several deployments sends, in SES's events. `prod`, if it is not set.
    pub stage: String,
}

impl MailSettings {
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        let sender = |name, text: String| {
            Sender::parse(&text).map_err(|problem| SettingError::new(name, problem))
        };
        let reply_to = environment.optional("REPLY_TO");
        let reply_to = reply_to.map(|text| sender("REPLY_TO", text)).transpose()?;
        let sender = sender("SENDER", environment.required("SENDER")?)?;
        let link_target = LinkTarget::from_environment(environment)?;
        Ok(Self {
            sender,
            reply_to,
            brand: settings::brand::brand(environment)?,
            link_target,
            configuration_set: ses_name(environment, "CONFIGURATION_SET")?,
            stage: stage(environment)?,
        })
    }
}

/// Sends mails through SES. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    ses: Ses,
    settings: MailSettings,
}

impl Mailer {
    #[must_use]
    pub fn new(ses: Ses, settings: MailSettings) -> Self {
        Self {
            client: ses.client(),
            ses,
            settings,
        }
    }

    /// Replaces connections that idled too long: see [`Ses::refresh_connection`]. A failure only
    /// means that sending opens its own.
    pub async fn refresh_connection(&self) {
        self.ses.refresh_connection().await;
    }

    /// Sends a mail to a user. SES's events about the mail contain `user` and `id`. The record has
    /// `id` before the call, and SES's own id is known only after it.
    ///
    /// Returns SES's id of the mail.
    ///
    /// # Errors
    ///
    /// SES did not accept the mail, or its answer was lost: see [`SendError`].
    pub async fn send(
        &self,
        mail: &Mail,
        to: &EmailAddress,
        user: &UserId,
        id: &MailId,
    ) -> Result<String, SendError> {
        let content = |data: &str| Content::builder().charset("UTF-8").data(data).build();
        let header =
            |name: &str, value: &str| MessageHeader::builder().name(name).value(value).build();
        let message = Message::builder()
            .subject(content(&mail.subject)?)
            .body(
                Body::builder()
                    .text(content(&mail.text)?)
                    .html(content(&mail.html)?)
                    .build(),
            )
            // No automatic answers (RFC 3834, section 5).
            .headers(header("Auto-Submitted", "auto-generated")?)
            .headers(header("X-Auto-Response-Suppress", "All")?)
            // Gmail groups mails of one subject into a conversation unless this differs.
            .headers(header("X-Entity-Ref-ID", &id.to_string())?)
            .headers(header("Content-Language", mail.locale.tag())?)
            .build();
        let tag = |name: &str, value: &str| MessageTag::builder().name(name).value(value).build();
        let answer = self
            .client
            .send_email()
            .from_email_address(self.settings.sender.header())
            .set_reply_to_addresses(
                self.settings
                    .reply_to
                    .as_ref()
                    .map(|reply_to| vec![reply_to.header()]),
            )
            .destination(
                Destination::builder()
                    .to_addresses(to.deliverable())
                    .build(),
            )
            .content(EmailContent::builder().simple(message).build())
            .set_configuration_set_name(self.settings.configuration_set.clone())
            .email_tags(tag(TAG_KIND, mail.kind.as_str())?)
            .email_tags(tag(TAG_STAGE, &self.settings.stage)?)
            .email_tags(tag(TAG_MAIL, &id.to_string())?)
            .email_tags(tag(TAG_USER, &user.to_string())?)
            .send()
            .await
            .map_err(SendError::of)?;
        Ok(answer.message_id.unwrap_or_default())
    }
}

/// The mail may not be on its way. For the log alone, with its sources.
#[derive(Debug, Error)]
pub enum SendError {
    /// SES will refuse this mail again and again: an unverified sender, a paused account.
    #[error("SES refuses the mail")]
    Refused(#[source] Source),
    /// SES throttled, or was not reached.
    #[error("SES did not take the mail")]
    Unsent(#[source] Source),
    /// SES answered with a 5xx. It may have accepted the mail.
    #[error("SES failed")]
    Failed(#[source] Source),
    /// SES's answer was lost. The mail may be on its way.
    #[error("SES did not say whether it took the mail")]
    Unknown(#[source] Source),
    /// The mail could not be rendered.
    #[error("the mail could not be written")]
    Template(#[source] Source),
}

type Source = Box<dyn StdError + Send + Sync>;

/// Code and message of an error of SES.
#[derive(Debug, Error)]
#[error("{code}: {message}")]
struct Fault {
    code: String,
    message: String,
}

impl From<askama::Error> for SendError {
    fn from(error: askama::Error) -> Self {
        Self::Template(error.into())
    }
}

/// A part of the message lacks a member.
impl From<BuildError> for SendError {
    fn from(error: BuildError) -> Self {
        Self::Template(error.into())
    }
}

impl SendError {
    /// What to refund: the mail was counted before it was sent.
    #[must_use]
    pub fn refund(&self) -> Option<MailRefund> {
        match self {
            Self::Refused(_) | Self::Unsent(_) | Self::Template(_) => {
                Some(MailRefund::CountAndProof)
            }
            Self::Failed(_) => Some(MailRefund::Count),
            Self::Unknown(_) => None,
        }
    }

    fn of(error: SdkError<SendEmailError>) -> Self {
        match error {
            SdkError::ConstructionFailure(_) => Self::Unsent(error.into()),
            SdkError::DispatchFailure(ref failure) => {
                let connector_error = failure.as_connector_error();
                if connector_error.is_some_and(retry::never_connected) {
                    Self::Unsent(error.into())
                } else {
                    Self::Unknown(error.into())
                }
            }
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                let code = answer.err().code().unwrap_or("error").to_owned();
                // SES may name the mailbox that it refuses.
                let message = mask_addresses(answer.err().message().unwrap_or("no message"));
                let is_throttling = retry::is_throttling(&code);
                let fault = Fault { code, message }.into();
                match status {
                    _ if is_throttling => Self::Unsent(fault),
                    400..500 => Self::Refused(fault),
                    _ => Self::Failed(fault),
                }
            }
            error => Self::Unknown(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: [(&str, &str); 3] = [
        ("PRODUCT_NAME", "Acme"),
        ("SENDER", "Acme <no-reply@acme.example>"),
        (
            "VERIFICATION_URL",
            "https://acme.example/verify_email#{uuid}/{token}",
        ),
    ];

    fn settings(changed: (&str, &str)) -> Result<MailSettings, String> {
        let environment = Environment::from_pairs(&[&[changed], &COMPLETE[..]].concat());
        MailSettings::from_environment(&environment).map_err(|error| error.to_string())
    }

    #[test]
    fn only_three_settings_are_required() {
        let settings = settings(("", "")).unwrap();
        assert_eq!(settings.stage, "prod");
        assert_eq!(
            (settings.reply_to, settings.configuration_set),
            (None, None)
        );
    }

    #[test]
    fn an_error_names_its_setting() {
        for (changed, problem) in [
            (("PRODUCT_NAME", " "), "must be set"),
            (("SENDER", ""), "must be set"),
            (
                ("SENDER", "Acme"),
                "must be an address, alone or as \"Name <address>\"",
            ),
            (
                ("SENDER", "=?UTF-8?B?S8Okc2U= <a@acme.example>"),
                "must hold encoded words (=?…?=) only as RFC 2047 writes them",
            ),
            (
                ("REPLY_TO", "help"),
                "must be an address, alone or as \"Name <address>\"",
            ),
            (
                ("VERIFICATION_URL", "https://acme.example/"),
                "must hold {uuid} and {token} once each",
            ),
            (
                ("CONFIGURATION_SET", "my mails"),
                "must be no more than 64 letters, digits, _ and -",
            ),
            (
                ("STAGE", "büro"),
                "must be no more than 64 letters, digits, _ and -",
            ),
            (
                ("ACCENT_COLOR", "yellow"),
                "must be a colour such as #1f4fd8",
            ),
            (
                ("SUPPORT_ADDRESS", "Help <help@acme.example>"),
                "must be one address, without a name",
            ),
        ] {
            let error = settings(changed).unwrap_err();
            assert!(
                error.starts_with(&format!("setting {}: {problem}", changed.0)),
                "{error}"
            );
        }
    }
}
