//! The mail that carries a proof.

mod texts;

use askama::Template;

use crate::frame::{Frame, Opening, Phrase, subject};
use crate::{Mail, MailSettings, Mailer, SendError, VerificationUrl};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::greeting::Greeting;
use shared::domain::mail_kind::MailKind;
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
        let (locale, texts) = (self.locale, texts::of(self.locale));
        let language = locale.language();
        let link = self.url.fill(self.user, &self.proof.token);
        let digits = self.proof.code.expose_secret();
        let minutes = language.minutes.of(self.lifetimes.code.as_secs() / 60);
        let lifetime = language.hours_or_days(self.lifetimes.link.as_secs() / 3_600);
        let until = language.date_time(self.now.plus(self.lifetimes.link));
        let shown = self.address.shown();
        let [address, code, product] =
            [&shown, digits, &settings.brand.product].map(Value::Untrusted);
        let [minutes, lifetime, until] = [minutes.as_str(), &lifetime, &until].map(Value::Trusted);
        let opening = Opening {
            subject: subject(texts.subject(code, product)),
            preheader: Phrase::of(locale, texts.preheader(code, minutes)).html,
            heading: Phrase::of(locale, texts.heading(address)),
        };
        let questions = settings
            .brand
            .support_address()
            .map(|support| Phrase::of(locale, texts.questions(Value::Untrusted(support))));
        let frame = &Frame::new(settings, locale, opening, questions);
        let mail = &Content {
            greeting: self
                .greeting
                .map(|name| Phrase::of(locale, texts.greeting(Value::Untrusted(name.as_str())))),
            intro: Phrase::of(locale, texts.intro(product)),
            code: digits,
            code_lifetime: Phrase::of(locale, texts.code_lifetime(minutes)),
            button_lifetime: Phrase::of(locale, texts.button_lifetime(lifetime, until)),
            link_lifetime: Phrase::of(locale, texts.link_lifetime(lifetime, until)),
            button: Phrase::of(locale, texts.button()),
            fallback: Phrase::of(locale, texts.fallback()),
            link: &link,
            not_asked: Phrase::of(locale, texts.not_asked()),
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
