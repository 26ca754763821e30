//! Whole mails, as SES gets them.

use local::captured_mails::CapturedMail;
use local::preview::Sample;
use mail::{LinkTarget, MailSettings, Mailer, Ses};
use serde_json::json;
use shared::domain::mail_content::MailContent;
use shared::domain::mail_kind::MailKind;
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;
use shared::text::locale::Locale;

use super::sample;
use crate::support::app::TestApp;
use crate::support::mail::{code_of, link_of};
use crate::support::markup::{Scheme, seen};

const URL: (&str, &str) = ("PUBLIC_URL", "https://app.acme.example");

fn whole(mail: &CapturedMail) -> String {
    format!(
        "{}\n\n--- text\n{}\n--- html\n{}",
        mail.subject,
        mail.text.as_deref().unwrap(),
        mail.html.as_deref().unwrap()
    )
}

#[tokio::test]
async fn each_mail_is_as_approved() {
    let app = TestApp::start_with(&[URL]).await;
    let environment = Environment::from_pairs(&app.environment);
    let aws = Aws::of_emulators(&environment).unwrap();
    let settings = MailSettings::from_environment(&environment).unwrap();
    let mailer = Mailer::new(Ses::new(&aws, &environment), settings.clone());
    let link_target = LinkTarget::from_environment(&environment).unwrap();
    let mut sample = Sample::new(settings, link_target, app.now()).unwrap();
    let id = sample.proof.mail_id();
    let token = sample.proof.token.encode();
    for &kind in MailKind::ALL {
        for locale in Locale::ALL {
            sample.locale = locale;
            let mail = sample.mail(kind).unwrap();
            let (to, user) = (&sample.address, &sample.user);
            mailer.send(&mail, to, user, &id).await.unwrap();
            let mail = app.newest_mail();
            assert_eq!(mail.to, ["ada@example.org"]);
            assert_eq!(mail.header("Content-Language"), Some(locale.tag()));
            assert_eq!(mail.tags[0].name, "kind");
            assert_eq!(mail.tags[0].value, kind.as_str());
            let whole = whole(&mail)
                .replace(&token, "[token]")
                .replace(&sample.user.to_string(), "[uuid]")
                .replace(
                    sample.proof.code.as_ref().unwrap().expose_secret(),
                    "[code]",
                );
            insta::assert_snapshot!(format!("{}_{}", kind.as_str(), locale.tag()), whole);
        }
    }
}

#[tokio::test]
async fn the_endpoint_sends_the_approved_mail() {
    let app = TestApp::start_with(&[URL]).await;
    for locale in Locale::ALL {
        // An address each, or else the limit is reached.
        let local_part = locale.tag().to_ascii_lowercase();
        let email = format!("{local_part}@example.org");
        let body = json!({ "email": email, "first_name": " Ada " });
        let mail = app.ask_in(locale.tag(), body).await;
        assert_eq!(mail.header("Content-Language"), Some(locale.tag()));
        let (uuid, token) = link_of(&mail);
        let whole = whole(&mail)
            .replace(&token, "[token]")
            .replace(&uuid, "[uuid]")
            .replace(&code_of(&mail), "[code]")
            .replace(&email, "ada@example.org");
        insta::assert_snapshot!(format!("verification_{}", locale.tag()), whole);
    }
}

/// One language has the layout of each content. The texts of all languages are below.
#[tokio::test]
async fn each_content_is_as_approved() {
    for (content, settings) in [
        ("link", &[("MAIL_CONTENT", "link"), URL][..]),
        ("code", &[("MAIL_CONTENT", "code")]),
    ] {
        let app = TestApp::start_with(settings).await;
        let mail = app.ask(json!({ "email": "ada@example.org", "first_name": "Ada" }));
        let mail = mail.await;
        let mut whole = whole(&mail);
        if content == "link" {
            let (uuid, token) = link_of(&mail);
            whole = whole.replace(&token, "[token]").replace(&uuid, "[uuid]");
        } else {
            whole = whole.replace(&code_of(&mail), "[code]");
        }
        insta::assert_snapshot!(format!("verification_{content}_en"), whole);
    }
}

#[test]
fn each_text_of_a_content_is_as_approved() {
    for content in [MailContent::Link, MailContent::Code] {
        let texts = Locale::ALL.map(|locale| {
            let sample = sample::Sample::of(MailKind::Verification, locale).carrying(content);
            let mail = sample.render();
            let (_, hidden) = mail.html.split_once("mso-hide:all\">").unwrap();
            let preheader = hidden.lines().next().unwrap();
            let texts = seen(&mail.html, Scheme::Light).into_iter();
            let html: Vec<_> = texts.map(|seen| seen.text).collect();
            let (tag, subject, text) = (locale.tag(), &mail.subject, &mail.text);
            format!(
                "=== {tag}: {subject}\n{preheader}\n--- text\n{text}\n--- html\n{}\n",
                html.join("\n")
            )
        });
        insta::assert_snapshot!(format!("texts_{}", content.as_str()), texts.join("\n"));
    }
}
