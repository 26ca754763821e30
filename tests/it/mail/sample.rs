//! A mail without a service around it.

use std::time::Duration;

use local::preview::{self, Variant};
use mail::{LinkTarget, Mail, MailSettings};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::greeting::Greeting;
use shared::domain::mail_content::MailContent;
use shared::domain::mail_kind::MailKind;
use shared::domain::proof::ProofLifetimes;
use shared::runtime::settings::Environment;
use shared::runtime::settings::proofs::code_in_subject;
use shared::text::locale::Locale;

pub const CODE: &str = "482913";
pub const LINK: &str = "https://app.acme.example/verify_email?user=\
     0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11#dGhlIHRva2VuIG9mIGEgcHJldmlldywgMzIgYnl0ZXM";
/// As HTML has it.
pub const STOP_LINK: &str = "https://app.acme.example/verify_email?user=\
     0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11&#38;stop#dGhlIHRva2VuIG9mIGEgcHJldmlldywgMzIgYnl0ZXM";
pub const SUPPORT: &str = "help@acme.example";
pub const POSTAL: &str = "Acme Inc., 1 Example Street";

/// The contents of a mail, unless a test changes them.
pub struct Sample {
    pub kind: MailKind,
    pub content: MailContent,
    pub locale: Locale,
    pub address: String,
    pub first_name: String,
    lifetimes: ProofLifetimes,
    settings: Vec<(&'static str, String)>,
}

impl Sample {
    pub fn of(kind: MailKind, locale: Locale) -> Self {
        Self {
            kind,
            content: MailContent::Both,
            locale,
            address: "ada@example.org".to_owned(),
            first_name: "Ada".to_owned(),
            lifetimes: ProofLifetimes::DEFAULT,
            settings: Vec::new(),
        }
    }

    /// Each kind with each content in each language.
    pub fn all() -> impl Iterator<Item = Self> {
        Variant::all().flat_map(|Variant { kind, content }| {
            Locale::ALL.map(|locale| Self {
                content,
                ..Self::of(kind, locale)
            })
        })
    }

    pub fn carrying(mut self, content: MailContent) -> Self {
        self.content = content;
        self
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.insert(0, (name, value.into()));
        self
    }

    pub fn living(mut self, hours: u64, minutes: u64) -> Self {
        self.lifetimes = ProofLifetimes {
            link: Duration::from_hours(hours),
            code: Duration::from_mins(minutes),
        };
        self
    }

    /// For messages of failed assertions.
    pub fn name(&self) -> String {
        let Self { kind, content, .. } = *self;
        let variant = Variant { kind, content };
        format!("{} {}", variant.name(), self.locale.tag())
    }

    /// The mail, sent at noon of 23 November 2026.
    pub fn render(&self) -> Mail {
        let mut settings = self.settings.clone();
        settings.extend(
            [
                ("PRODUCT_NAME", "Acme"),
                ("SENDER", "Acme Accounts <no-reply@acme.example>"),
                ("SUPPORT_ADDRESS", SUPPORT),
                ("POSTAL_LINE", POSTAL),
                ("PUBLIC_URL", "https://app.acme.example"),
            ]
            .map(|(name, value)| (name, value.to_owned())),
        );
        let environment = Environment::from_pairs(&settings);
        let settings = MailSettings::from_environment(&environment).unwrap();
        let link_target = LinkTarget::from_environment(&environment).unwrap();
        let noon = Timestamp::from_unix_seconds(1_795_435_200);
        let sample = preview::Sample {
            address: EmailAddress::parse(&self.address).unwrap(),
            greeting: Greeting::of(&self.first_name),
            locale: self.locale,
            content: self.content,
            code_in_subject: code_in_subject(&environment).unwrap(),
            lifetimes: self.lifetimes,
            ..preview::Sample::new(settings, link_target, noon).unwrap()
        };
        sample.mail(self.kind).unwrap()
    }
}
