//! The mail that carries a proof.

mod texts;

use std::time::Duration;

use askama::Template;

use crate::frame::{Frame, Opening, Phrase, subject};
use crate::{Mail, MailSettings, Mailer, SendError, VerificationUrl};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::greeting::Greeting;
use shared::domain::mail_kind::MailKind;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::user_id::UserId;
use shared::domain::verification_code::Code;
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
    /// Where the link leads. `None`: the mail has a code alone.
    pub url: Option<&'a VerificationUrl>,
    pub lifetimes: ProofLifetimes,
    /// SES copies subjects into its events.
    pub code_in_subject: bool,
    pub now: Timestamp,
}

struct Content<'a> {
    greeting: Option<Phrase>,
    code: Option<CodePart<'a>>,
    link: Option<LinkPart>,
    not_asked: Phrase,
    refusal: Option<RefusalPart>,
}

struct CodePart<'a> {
    intro: Phrase,
    code: &'a str,
    lifetime: Phrase,
    keep_secret: Phrase,
}

struct LinkPart {
    /// What to do, before the button.
    of_button: Phrase,
    button: Phrase,
    /// Below the button, so that it is on a phone's first screen.
    lifetime: Phrase,
    /// What to do, and how long it works, before the bare link of the text part.
    of_link: Phrase,
    fallback: Phrase,
    link: String,
}

/// The quiet link to the page that stops such mails.
struct RefusalPart {
    text: Phrase,
    link: String,
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
        let questions = settings
            .brand
            .support_address()
            .map(|support| Phrase::of(locale, texts.questions(Value::Untrusted(support))));
        let frame = &Frame::new(settings, locale, self.opening(settings), questions);
        let product = Value::Untrusted(&settings.brand.product);
        let mail = &Content {
            greeting: self
                .greeting
                .map(|name| Phrase::of(locale, texts.greeting(Value::Untrusted(name.as_str())))),
            code: self.code_part(product),
            link: self.link_part(product),
            not_asked: Phrase::of(locale, texts.not_asked()),
            refusal: self.refusal_part(),
        };
        Ok(Mail {
            kind: MailKind::Verification,
            locale: self.locale,
            subject: frame.subject.clone(),
            text: TextPart { frame, mail }.render()?,
            html: HtmlPart { frame, mail }.render()?,
        })
    }

    fn opening(&self, settings: &MailSettings) -> Opening<'_> {
        let (locale, texts) = (self.locale, texts::of(self.locale));
        let product = Value::Untrusted(&settings.brand.product);
        // Digits need no isolation among words.
        let code = self.code().map(Value::Trusted);
        Opening {
            subject: match code.filter(|_| self.code_in_subject) {
                Some(code) => subject(texts.subject(code, product)),
                None => subject(texts.subject_without_code(product)),
            },
            preheader: if let Some(code) = code {
                let minutes = self.minutes();
                Phrase::of(locale, texts.preheader(code, Value::Trusted(&minutes))).html
            } else {
                let lifetime = self.lifetime();
                Phrase::of(locale, texts.link_preheader(Value::Trusted(&lifetime))).html
            },
            heading: Phrase::heading(locale, texts.heading()),
            address: Some(self.address.shown()),
        }
    }

    fn code_part(&self, product: Value<'_>) -> Option<CodePart<'_>> {
        let (locale, texts) = (self.locale, texts::of(self.locale));
        let (minutes, until) = (self.minutes(), self.until(self.lifetimes.code));
        let (minutes, until) = (Value::Trusted(&minutes), Value::Date(&until));
        Some(CodePart {
            intro: Phrase::of(locale, texts.intro(product)),
            code: self.code()?,
            lifetime: match self.url {
                Some(_) => Phrase::of(locale, texts.code_lifetime(minutes)),
                None => Phrase::of(locale, texts.code_lifetime_until(minutes, until)),
            },
            keep_secret: Phrase::of(locale, texts.keep_secret()),
        })
    }

    fn link_part(&self, product: Value<'_>) -> Option<LinkPart> {
        let (locale, texts) = (self.locale, texts::of(self.locale));
        let (lifetime, until) = (self.lifetime(), self.until(self.lifetimes.link));
        let (lifetime, until) = (Value::Trusted(&lifetime), Value::Date(&until));
        let (of_button, of_link) = match self.code() {
            Some(_) => (
                Phrase::of(locale, texts.or_button()),
                Phrase::of(locale, texts.link_lifetime(lifetime, until)),
            ),
            None => (
                Phrase::of(locale, texts.only_button(product)),
                Phrase::of(locale, texts.only_link(product, lifetime, until)),
            ),
        };
        Some(LinkPart {
            of_button,
            button: Phrase::of(locale, texts.button()),
            lifetime: Phrase::of(locale, texts.button_lifetime(lifetime, until)),
            of_link,
            fallback: Phrase::of(locale, texts.fallback()),
            link: self.url?.fill(self.user, &self.proof.token),
        })
    }

    fn refusal_part(&self) -> Option<RefusalPart> {
        Some(RefusalPart {
            text: Phrase::of(self.locale, texts::of(self.locale).refuse()),
            link: self.url?.fill_refusal(self.user, &self.proof.token)?,
        })
    }

    fn code(&self) -> Option<&str> {
        self.proof.code.as_ref().map(Code::expose_secret)
    }

    /// The lifetime of the code in words.
    fn minutes(&self) -> String {
        let minutes = self.lifetimes.code.as_secs() / 60;
        self.locale.language().minutes.of(minutes)
    }

    /// The lifetime of the link in words.
    fn lifetime(&self) -> String {
        let hours = self.lifetimes.link.as_secs() / 3_600;
        self.locale.language().hours_or_days(hours)
    }

    fn until(&self, lifetime: Duration) -> String {
        self.locale.language().date_time(self.now.plus(lifetime))
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
