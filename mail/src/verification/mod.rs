//! The mail that carries a proof.

mod texts;

use askama::Template;

use crate::frame::{Frame, Opening, Phrase, Writer, support};
use crate::{Mail, MailSettings, Mailer, SendError, VerificationUrl};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_kind::MailKind;
use shared::domain::person_name::Greeting;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::user_id::UserId;
use shared::text::locale::Locale;
use shared::text::template::Value;

/// What the mail is about. Nothing else that a caller sent ever appears in it.
#[derive(Clone, Copy, Debug)]
pub struct VerificationMail<'a> {
    /// For the link.
    pub user: &'a UserId,
    /// The mail goes to it and proves it.
    pub address: &'a EmailAddress,
    pub greeting: Option<&'a Greeting>,
    pub locale: Locale,
    pub proof: &'a Proof,
    /// Where the link leads.
    pub url: &'a VerificationUrl,
    pub lifetimes: ProofLifetimes,
    pub now: Timestamp,
}

struct Content<'a> {
    greeting: Option<Phrase>,
    intro: Phrase,
    code: &'a str,
    code_lifetime: Phrase,
    button_lifetime: Phrase,
    link_lifetime: Phrase,
    button: Phrase,
    fallback: Phrase,
    link: &'a str,
    not_asked: Phrase,
}

#[derive(Template)]
#[template(path = "verification/body.txt")]
struct TextPart<'a> {
    frame: &'a Frame<'a>,
    mail: &'a Content<'a>,
}

#[derive(Template)]
#[template(path = "verification/body.html")]
struct HtmlPart<'a> {
    frame: &'a Frame<'a>,
    mail: &'a Content<'a>,
}

impl VerificationMail<'_> {
    pub fn render(&self, settings: &MailSettings) -> Result<Mail, SendError> {
        let texts = texts::of(self.locale);
        let language = self.locale.language();
        let link = self.url.fill(self.user, &self.proof.token);
        let code = self.proof.code.expose_secret();
        let first_name = self.greeting.map(Greeting::as_str);
        let minutes = language.minutes.of(self.lifetimes.code.as_secs() / 60);
        let lifetime = language.hours_or_days(self.lifetimes.link.as_secs() / 3_600);
        let until = language.date_time(self.now.plus(self.lifetimes.link));
        let address = self.address.shown();
        let support = support(settings);
        let values = [
            ("address", Value::Untrusted(&address)),
            ("code", Value::Untrusted(code)),
            (
                "first_name",
                Value::Untrusted(first_name.unwrap_or_default()),
            ),
            ("lifetime", Value::Trusted(&lifetime)),
            ("minutes", Value::Trusted(&minutes)),
            ("product", Value::Untrusted(&settings.brand.product)),
            ("support", Value::Untrusted(support.unwrap_or_default())),
            ("until", Value::Trusted(&until)),
        ];
        let writer = Writer {
            locale: self.locale,
            values: &values,
        };
        let opening = Opening {
            subject: texts.subject,
            preheader: texts.preheader,
            heading: texts.heading,
        };
        let questions = support.map(|_| writer.write(texts.questions));
        let frame = &Frame::new(settings, writer, &opening, questions);
        let mail = &Content {
            greeting: first_name.map(|_| writer.write(texts.greeting)),
            intro: writer.write(texts.intro),
            code,
            code_lifetime: writer.write(texts.code_lifetime),
            button_lifetime: writer.write(texts.button_lifetime),
            link_lifetime: writer.write(texts.link_lifetime),
            button: writer.write(texts.button),
            fallback: writer.write(texts.fallback),
            link: &link,
            not_asked: writer.write(texts.not_asked),
        };
        Ok(Mail {
            kind: MailKind::Verification,
            locale: self.locale,
            subject: frame.subject.clone(),
            text: TextPart { frame, mail }.render()?,
            html: HtmlPart { frame, mail }.render()?,
        })
    }
}

impl Mailer {
    /// Renders the mail and hands it to SES. Returns SES's id of it.
    pub async fn send_verification(
        &self,
        mail: &VerificationMail<'_>,
    ) -> Result<String, SendError> {
        let rendered = mail.render(&self.settings)?;
        let id = mail.proof.mail_id();
        self.send(&rendered, mail.address, mail.user, &id).await
    }
}
