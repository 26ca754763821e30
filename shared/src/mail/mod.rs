//! Mails: a mail is a value before it is sent, and SES takes it as Simple content.

mod link;
mod retry;
mod sender;
pub mod verification;

use std::fmt;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader};

pub use link::{LinkTarget, VerificationUrl};
pub use retry::RetryUnsent;
pub use sender::Sender;

use crate::address::mask_addresses;
use crate::settings::{Environment, SettingError};
use verification::VerificationMail;

/// A whole mail, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The subject, one line.
    pub subject: String,
    /// The text part, for readers that show no HTML.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// How mails look and where they come from.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// `SENDER`: an address that SES may send from, alone or as `Name <address>`.
    pub sender: Sender,
    /// `REPLY_TO`: where answers go, if not to the sender.
    pub reply_to: Option<Sender>,
    /// `PRODUCT_NAME`: what people sign up for. The sender's name, if it is not set.
    pub product: String,
    /// `VERIFICATION_URL` or `PUBLIC_URL`: where the mailed link leads.
    pub link_target: LinkTarget,
    /// `CONFIGURATION_SET`: the SES configuration set to send with.
    pub configuration_set: Option<String>,
}

impl MailSettings {
    /// Reads the settings.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        let sender = Sender::parse(&environment.required("SENDER")?).ok_or_else(|| {
            SettingError::new(
                "SENDER",
                "must be an address, alone or as \"Name <address>\"",
            )
        })?;
        let reply_to = match environment.optional("REPLY_TO") {
            None => None,
            Some(text) => Some(Sender::parse(&text).ok_or_else(|| {
                SettingError::new(
                    "REPLY_TO",
                    "must be an address, alone or as \"Name <address>\"",
                )
            })?),
        };
        let product = match environment.optional("PRODUCT_NAME") {
            Some(product) if product.chars().any(char::is_control) => {
                return Err(SettingError::new("PRODUCT_NAME", "must be one line"));
            }
            Some(product) => product,
            None => sender.name_or_domain().to_owned(),
        };
        let link_target = LinkTarget::from_environment(environment)?;
        let configuration_set = environment.optional("CONFIGURATION_SET");
        Ok(Self {
            sender,
            reply_to,
            product,
            link_target,
            configuration_set,
        })
    }
}

/// Sends mails through SES. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    settings: MailSettings,
}

impl Mailer {
    /// The mailer with these settings.
    #[must_use]
    pub fn new(client: Client, settings: MailSettings) -> Self {
        Self { client, settings }
    }

    /// Renders the mail and hands it to SES. Returns SES's id of it.
    ///
    /// # Errors
    ///
    /// SES did not take it, or nobody knows: see [`SendError`].
    pub async fn send_verification(
        &self,
        mail: &VerificationMail<'_>,
    ) -> Result<String, SendError> {
        let rendered = mail
            .render(&self.settings)
            .map_err(|error| SendError::Template(error.to_string()))?;
        self.send(mail.address.deliverable(), &rendered).await
    }

    async fn send(&self, to: &str, mail: &Mail) -> Result<String, SendError> {
        let content = |data: &str| {
            Content::builder()
                .charset("UTF-8")
                .data(data)
                .build()
                .map_err(|error| SendError::Template(error.to_string()))
        };
        let header = |name: &str, value: &str| {
            MessageHeader::builder()
                .name(name)
                .value(value)
                .build()
                .map_err(|error| SendError::Template(error.to_string()))
        };
        let message = Message::builder()
            .subject(content(&mail.subject)?)
            .body(
                Body::builder()
                    .text(content(&mail.text)?)
                    .html(content(&mail.html)?)
                    .build(),
            )
            // No answering machine should answer this (RFC 3834, section 5).
            .headers(header("Auto-Submitted", "auto-generated")?)
            .headers(header("X-Auto-Response-Suppress", "All")?)
            .build();
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
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().simple(message).build())
            .set_configuration_set_name(self.settings.configuration_set.clone())
            .send()
            .await
            .map_err(|error| SendError::of(&error))?;
        Ok(answer.message_id.unwrap_or_default())
    }
}

/// A mail is not known to be on its way. The texts are for the log alone.
#[derive(Debug)]
pub enum SendError {
    /// SES will refuse this mail again and again: an unverified sender, a paused account.
    Refused(String),
    /// SES refused for now, or was never reached.
    Unsent(String),
    /// SES was asked, and its answer was lost. The mail may be on its way.
    Unknown(String),
    /// The mail could not be written.
    Template(String),
}

impl SendError {
    /// Whether nobody can have received the mail.
    #[must_use]
    pub fn surely_unsent(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    fn of(error: &SdkError<SendEmailError>) -> Self {
        match error {
            SdkError::ConstructionFailure(_) => {
                Self::Unsent(DisplayErrorContext(error).to_string())
            }
            SdkError::DispatchFailure(failure) => {
                let text = DisplayErrorContext(error).to_string();
                if failure
                    .as_connector_error()
                    .is_some_and(retry::never_connected)
                {
                    Self::Unsent(text)
                } else {
                    Self::Unknown(text)
                }
            }
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                let refused = answer.err();
                let code = refused.code().unwrap_or("error");
                // SES names the mailbox that it does not want, for one.
                let message = mask_addresses(refused.message().unwrap_or("no message"));
                let text = format!("{code}: {message}");
                match status {
                    _ if retry::is_throttling(code) => Self::Unsent(text),
                    400..500 => Self::Refused(text),
                    _ => Self::Unknown(text),
                }
            }
            _ => Self::Unknown(DisplayErrorContext(error).to_string()),
        }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(text) => write!(f, "SES refuses the mail: {text}"),
            Self::Unsent(text) => write!(f, "SES did not take the mail: {text}"),
            Self::Unknown(text) => write!(f, "SES did not say whether it took the mail: {text}"),
            Self::Template(text) => write!(f, "the mail could not be written: {text}"),
        }
    }
}

impl std::error::Error for SendError {}
