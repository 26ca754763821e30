//! The mail that carries a proof.

use askama::Template;

use super::{Mail, MailSettings, VerificationUrl};
use crate::address::EmailAddress;
use crate::code::CODE_LIFETIME;
use crate::proof::{LINK_LIFETIME, Proof};
use crate::user_id::UserId;

/// What the mail is about. Nothing else that a caller sent ever appears in it.
#[derive(Clone, Copy, Debug)]
pub struct VerificationMail<'a> {
    /// The user, for the link.
    pub user: &'a UserId,
    /// The address that the mail goes to and proves.
    pub address: &'a EmailAddress,
    /// Greets the reader, unless it is blank.
    pub first_name: &'a str,
    /// The proof.
    pub proof: &'a Proof,
    /// Where the link leads.
    pub url: &'a VerificationUrl,
}

/// What the templates of all three parts may use.
struct Words<'a> {
    product: &'a str,
    address: &'a str,
    first_name: &'a str,
    code: &'a str,
    code_minutes: u64,
    link: &'a str,
    link_hours: u64,
}

#[derive(Template)]
#[template(path = "verification/subject.txt")]
struct Subject<'a> {
    words: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "verification/body.txt")]
struct Text<'a> {
    words: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "verification/body.html")]
struct Html<'a> {
    words: &'a Words<'a>,
}

impl VerificationMail<'_> {
    /// The whole mail.
    ///
    /// # Errors
    ///
    /// A template cannot be written, which no value of a field can cause.
    pub fn render(&self, settings: &MailSettings) -> askama::Result<Mail> {
        let link = self.url.fill(self.user, &self.proof.token);
        let words = &Words {
            product: &settings.product,
            address: self.address.deliverable(),
            first_name: self.first_name.trim(),
            code: self.proof.code.reveal(),
            code_minutes: CODE_LIFETIME.as_secs() / 60,
            link: &link,
            link_hours: LINK_LIFETIME.as_secs() / 3_600,
        };
        Ok(Mail {
            subject: Subject { words }.render()?,
            text: Text { words }.render()?,
            html: Html { words }.render()?,
        })
    }
}
