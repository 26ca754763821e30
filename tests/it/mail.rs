//! The mail, as SES gets it and as its reader sees it.

use local::mailbox::CapturedMail;
use serde_json::json;

use crate::support::app::{Otherwise, TestApp, code_of, link_of};

/// The mail without what differs from run to run.
fn redacted(mail: &CapturedMail, part: &str) -> String {
    let (uuid, token) = link_of(mail);
    part.replace(&token, "[token]")
        .replace(&uuid, "[uuid]")
        .replace(&code_of(mail), "[code]")
}

fn settings() -> Otherwise {
    let url = "https://app.acme.example/verify_email/{uuid}/{token}";
    Otherwise {
        settings: vec![("VERIFICATION_URL", url)],
        ..Otherwise::default()
    }
}

#[tokio::test]
async fn the_whole_mail_is_as_it_was_approved() {
    let app = TestApp::start_with(settings()).await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "first_name": " Ada " }))
        .await;
    insta::assert_snapshot!("verification_subject", redacted(&mail, &mail.subject));
    insta::assert_snapshot!(
        "verification_text",
        redacted(&mail, mail.text.as_deref().unwrap())
    );
    insta::assert_snapshot!(
        "verification_html",
        redacted(&mail, mail.html.as_deref().unwrap())
    );
}

#[tokio::test]
async fn both_parts_hold_the_same_link() {
    let app = TestApp::start_with(settings()).await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let link = format!("https://app.acme.example/verify_email/{uuid}/{token}");
    let html = mail.html.as_deref().unwrap();
    assert_eq!(
        html.matches(&format!("href=\"{link}\"")).count(),
        2,
        "the button and the bare link"
    );
    assert_eq!(
        html.matches(&format!(">{link}<")).count(),
        1,
        "the bare link shows its target"
    );
    assert!(
        mail.text
            .as_deref()
            .unwrap()
            .lines()
            .any(|line| line == link)
    );
}

#[tokio::test]
async fn the_code_stands_alone_on_its_line_in_the_text_and_in_one_piece_in_the_html() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let code = code_of(&mail);
    assert_eq!(
        mail.subject,
        format!("{code} is your Acme verification code")
    );
    let html = mail.html.as_deref().unwrap();
    assert_eq!(html.matches(&format!("<bdi>{code}</bdi>")).count(), 1);
}

#[tokio::test]
async fn what_a_caller_sends_is_text_in_the_html_part() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "o'hara&co@example.org", "first_name": "Eve & \"Co\"" }))
        .await;
    let html = mail.html.as_deref().unwrap();
    assert!(html.contains("Eve &#38; &#34;Co&#34;"), "{html}");
    assert!(html.contains("o&#39;hara&#38;co@example.org"), "{html}");
    assert!(
        mail.text
            .as_deref()
            .unwrap()
            .starts_with("Hello Eve & \"Co\",\n")
    );
}

#[tokio::test]
async fn without_a_first_name_the_mail_greets_nobody() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "first_name": "  " }))
        .await;
    assert!(
        mail.text
            .as_deref()
            .unwrap()
            .starts_with("Please verify your e-mail address for Acme:\n")
    );
    assert!(!mail.html.as_deref().unwrap().contains("Hello"));
}

#[tokio::test]
async fn the_envelope_says_who_sends_and_that_nobody_need_answer() {
    let app = TestApp::start_with(Otherwise {
        settings: vec![
            ("SENDER", "Käse & Co <no-reply@acme.example>"),
            ("REPLY_TO", "help@acme.example"),
            ("CONFIGURATION_SET", "mailproof"),
        ],
        ..Otherwise::default()
    })
    .await;
    let mail = app
        .ask(json!({ "email": "Ada+Sign-Up@Bücher.example" }))
        .await;
    assert_eq!(mail.to, ["Ada+Sign-Up@xn--bcher-kva.example"]);
    assert_eq!((mail.cc.len(), mail.bcc.len()), (0, 0));
    assert_eq!(
        mail.from,
        "=?UTF-8?B?S8Okc2UgJiBDbw==?= <no-reply@acme.example>"
    );
    assert_eq!(mail.reply_to, ["help@acme.example"]);
    assert_eq!(mail.configuration_set.as_deref(), Some("mailproof"));
    assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    assert_eq!(mail.header("X-Auto-Response-Suppress"), Some("All"));
}

#[tokio::test]
async fn every_line_of_the_text_part_but_the_link_fits_a_terminal() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "first_name": "Ada" }))
        .await;
    for line in mail
        .text
        .as_deref()
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with("http"))
    {
        assert!(line.chars().count() <= 78, "{line}");
    }
}
