//! Sends mails through SES.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag,
};
use shared::domain::delivery::{TAG_KIND, TAG_MAIL, TAG_STAGE, TAG_USER};
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::user_id::UserId;

use crate::{Mail, MailSettings, SendError, Ses};

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    ses: Ses,
    pub(crate) settings: MailSettings,
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
        let settings = &self.settings;
        let reply_to = settings.reply_to.as_ref();
        let to = Destination::builder().to_addresses(to.deliverable());
        let answer = self
            .client
            .send_email()
            .from_email_address(settings.sender.header())
            .set_reply_to_addresses(reply_to.map(|reply_to| vec![reply_to.header()]))
            .destination(to.build())
            .content(EmailContent::builder().simple(message(mail, id)?).build())
            .set_configuration_set_name(settings.configuration_set.clone())
            .email_tags(tag(TAG_KIND, mail.kind.as_str())?)
            .email_tags(tag(TAG_STAGE, &settings.stage)?)
            .email_tags(tag(TAG_MAIL, &id.to_string())?)
            .email_tags(tag(TAG_USER, &user.to_string())?)
            .send()
            .await
            .map_err(SendError::of)?;
        Ok(answer.message_id.unwrap_or_default())
    }
}

fn message(mail: &Mail, id: &MailId) -> Result<Message, BuildError> {
    let body = Body::builder()
        .text(content(&mail.text)?)
        .html(content(&mail.html)?);
    let message = Message::builder()
        .subject(content(&mail.subject)?)
        .body(body.build())
        // No automatic answers (RFC 3834, section 5).
        .headers(header("Auto-Submitted", "auto-generated")?)
        .headers(header("X-Auto-Response-Suppress", "All")?)
        // Gmail groups mails of one subject into a conversation unless this differs.
        .headers(header("X-Entity-Ref-ID", &id.to_string())?)
        .headers(header("Content-Language", mail.locale.tag())?);
    Ok(message.build())
}

fn content(data: &str) -> Result<Content, BuildError> {
    Content::builder().charset("UTF-8").data(data).build()
}

fn header(name: &str, value: &str) -> Result<MessageHeader, BuildError> {
    MessageHeader::builder().name(name).value(value).build()
}

fn tag(name: &str, value: &str) -> Result<MessageTag, BuildError> {
    MessageTag::builder().name(name).value(value).build()
}
