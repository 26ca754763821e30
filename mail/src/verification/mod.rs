//! The mail that carries a proof.

mod texts;

use askama::Template;

use super::fill::{Markup, Value, html, plain};
use super::wrap::{fold, wrap};
use super::{Mail, MailSettings, VerificationUrl};
use shared::brand::color::Color;
use shared::brand::{Brand, DARK_CARD};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::person_name::Greeting;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::user_id::UserId;
use shared::text::locale::{Direction, Locale};

/// What the mail is about. Nothing else that a caller sent ever appears in it.
#[derive(Clone, Copy, Debug)]
pub struct VerificationMail<'a> {
    /// The user, for the link.
    pub user: &'a UserId,
    /// The address that the mail goes to and proves.
    pub address: &'a EmailAddress,
    /// Greets the reader.
    pub greeting: Option<&'a Greeting>,
    /// The language.
    pub locale: Locale,
    /// The proof.
    pub proof: &'a Proof,
    /// Where the link leads.
    pub url: &'a VerificationUrl,
    /// How long the proof works.
    pub lifetimes: ProofLifetimes,
    /// From when on.
    pub now: Timestamp,
}

#[derive(Template)]
#[template(path = "verification/body.txt")]
struct Text<'a> {
    heading: String,
    greeting: Option<String>,
    intro: String,
    code: &'a str,
    code_life: String,
    link_life: String,
    link: &'a str,
    not_asked: String,
    sender: String,
    questions: Option<String>,
    postal: Option<String>,
}

#[derive(Template)]
#[template(path = "verification/body.html")]
struct Html<'a> {
    language: &'static str,
    direction: Direction,
    /// Where a line begins. A word of its own, as Outlook does not know `text-align: start`.
    start: &'static str,
    accent: Color,
    accent_on_dark: Color,
    dark_card: Color,
    title: &'a str,
    preheader: Markup,
    heading: Markup,
    greeting: Option<Markup>,
    intro: Markup,
    code: &'a str,
    code_life: Markup,
    button_life: Markup,
    button: Markup,
    fallback: Markup,
    link: &'a str,
    not_asked: Markup,
    sender: &'a str,
    questions: Option<Markup>,
    postal: Option<&'a str>,
}

impl VerificationMail<'_> {
    /// What the mail is called in SES's events.
    pub(super) const KIND: &'static str = shared::domain::delivery::VERIFICATION;

    /// The whole mail.
    ///
    /// # Errors
    ///
    /// A template cannot be written, which no value of a field can cause.
    pub fn render(&self, settings: &MailSettings) -> askama::Result<Mail> {
        let Brand { product, .. } = &settings.brand;
        let texts = texts::of(self.locale);
        let direction = self.locale.direction();
        let link = self.url.fill(self.user, &self.proof.token);
        let code = self.proof.code.expose_secret();
        let first_name = self.greeting.map(Greeting::as_str);
        let support = settings.brand.support.as_ref();
        let support = support.map(EmailAddress::deliverable);
        let formats = &texts.formats;
        let minutes = formats.minutes.of(self.lifetimes.code.as_secs() / 60);
        let life = formats.hours_or_days(self.lifetimes.link.as_secs() / 3_600);
        let until = formats.moment(self.now.plus(self.lifetimes.link));
        let address = self.address.shown();

        let given = [
            ("address", Value::Given(&address)),
            ("code", Value::Given(code)),
            ("first_name", Value::Given(first_name.unwrap_or_default())),
            ("minutes", Value::Own(&minutes)),
            ("product", Value::Given(product)),
            ("support", Value::Given(support.unwrap_or_default())),
        ];
        let of_link = [("life", Value::Own(&life)), ("until", Value::Own(&until))];
        // No marks in a subject: what lists mails and what reads codes out of them wants plain
        // words.
        let subject = plain(texts.subject, &given, Direction::LeftToRight);

        let wrapped = |text, values: &[_]| wrap(&plain(text, values, direction));
        let plain_part = Text {
            heading: wrapped(texts.heading, &given),
            greeting: first_name.map(|_| wrapped(texts.greeting, &given)),
            intro: wrapped(texts.intro, &given),
            code,
            code_life: wrapped(texts.code_life, &given),
            link_life: wrapped(texts.link_life, &of_link),
            link: &link,
            not_asked: wrapped(texts.not_asked, &[]),
            sender: wrap(settings.sender.name_or_domain()),
            questions: support.map(|_| wrapped(texts.questions, &given)),
            postal: settings.brand.postal.as_deref().map(wrap),
        };
        let html_part = Html {
            language: self.locale.tag(),
            direction,
            start: match direction {
                Direction::LeftToRight => "left",
                Direction::RightToLeft => "right",
            },
            accent: settings.brand.accent,
            accent_on_dark: settings.brand.accent_on_dark,
            dark_card: DARK_CARD,
            title: &subject,
            preheader: html(texts.preheader, &given),
            heading: html(texts.heading, &given),
            greeting: first_name.map(|_| html(texts.greeting, &given)),
            intro: html(texts.intro, &given),
            code,
            code_life: html(texts.code_life, &given),
            button_life: html(texts.button_life, &of_link),
            button: html(texts.button, &[]),
            fallback: html(texts.fallback, &[]),
            link: &link,
            not_asked: html(texts.not_asked, &[]),
            sender: settings.sender.name_or_domain(),
            questions: support.map(|_| html(texts.questions, &given)),
            postal: settings.brand.postal.as_deref(),
        };
        let (text, html) = (plain_part.render()?, html_part.render()?);
        Ok(Mail {
            kind: Self::KIND,
            locale: self.locale,
            subject,
            text,
            html: fold(&html),
        })
    }
}
