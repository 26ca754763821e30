//! The content of the mail, as SES gets it and as its reader sees it.

use std::time::Duration;

use local::captured_mails::CapturedMail;
use serde_json::json;

use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::logs;
use crate::support::mail::{code_proof_of, link_of, proof_of};

fn tag<'a>(mail: &'a CapturedMail, name: &str) -> Option<&'a str> {
    let tag = mail.tags.iter().find(|tag| tag.name == name);
    tag.map(|tag| tag.value.as_str())
}

const URL: (&str, &str) = (
    "VERIFICATION_URL",
    "https://app.acme.example/verify_email/{uuid}/{token}",
);

const HEADING: &str = "Verify your email address";

#[tokio::test]
async fn the_mail_is_in_the_wanted_language() {
    let app = TestApp::start_with(&[("DEFAULT_LOCALE", "pl")]).await;
    for (wish, language) in [
        ("de-AT, en;q=0.5", "de"),
        ("la, fr;q=0.4, es;q=0.5", "es"),
        ("zh-CN", "zh-Hans"),
        ("la", "pl"),
        ("", "pl"),
    ] {
        app.pass(Duration::from_hours(24));
        let mail = app
            .ask_in(wish, json!({ "email": "ada@example.org" }))
            .await;
        let html = mail.html.as_deref().unwrap();
        assert!(
            html.contains(&format!("<html lang=\"{language}\"")),
            "{wish}"
        );
        assert_eq!(mail.header("Content-Language"), Some(language));
    }
    app.pass(Duration::from_hours(24));
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(mail.header("Content-Language"), Some("pl"));
}

#[tokio::test]
async fn both_parts_hold_the_same_link() {
    let app = TestApp::start_with(&[URL]).await;
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
    let text = mail.text.as_deref().unwrap();
    assert!(text.lines().any(|line| line == link));
}

#[tokio::test]
async fn names_are_escaped_in_html() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "o'hara&co@example.org", "first_name": "Eve O'Hara" }))
        .await;
    let html = mail.html.as_deref().unwrap();
    assert!(html.contains("<bdi>Eve O&#39;Hara</bdi>"), "{html}");
    assert!(
        html.contains("<bdi>o&#39;hara&#38;co@example.org</bdi>"),
        "{html}"
    );
    let text = mail.text.as_deref().unwrap();
    assert!(text.contains("\nHello Eve O'Hara,\n"), "{text}");
    assert!(
        text.starts_with(&format!("{HEADING}\n\no'hara&co@example.org\n")),
        "{text}"
    );
}

#[tokio::test]
async fn no_other_field_gets_into_the_mail() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({
            "email": "ada@example.org",
            "first_name": "Ada",
            "last_name": "Unwanted",
            "company": "Unwanted",
            "product": "Unwanted",
        }))
        .await;
    for part in [
        &mail.subject,
        mail.text.as_ref().unwrap(),
        mail.html.as_ref().unwrap(),
    ] {
        assert!(!part.contains("Unwanted"), "{part}");
    }
}

/// Such names are accepted, but the mail does not use them.
#[tokio::test]
async fn unlikely_names_are_left_out() {
    let app = TestApp::start().await;
    for (number, name) in [
        "  ",
        "your account is locked. Call +1 800 555 0199 or visit evil .com",
        "Win €500",
        "Call 18005550199",
        "one two three four five",
        &"x".repeat(41),
    ]
    .into_iter()
    .enumerate()
    {
        let address = format!("ada{number}@example.org");
        let mail = app
            .ask(json!({ "email": address, "first_name": name }))
            .await;
        let text = mail.text.as_deref().unwrap();
        assert!(
            text.starts_with(&format!("{HEADING}\n\n{address}\n\nEnter this code")),
            "{text}"
        );
        let html = mail.html.as_deref().unwrap();
        assert!(!html.contains("Hello"));
        if !name.trim().is_empty() {
            for part in [text, html, &mail.subject] {
                assert!(!part.contains(name), "{part}");
            }
        }
    }
}

/// U+2060 behind a dot keeps mail programs from making a link.
#[tokio::test]
async fn no_dot_of_a_name_makes_a_link() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "first_name": "J.R.Evil.Com" }))
        .await;
    let name = "J.\u{2060}R.\u{2060}Evil.\u{2060}Com";
    let text = mail.text.as_deref().unwrap();
    assert!(text.contains(&format!("\nHello {name},\n")), "{text}");
    let html = mail.html.as_deref().unwrap();
    assert!(html.contains(&format!("<bdi>{name}</bdi>")), "{html}");
}

#[tokio::test]
async fn no_address_shows_a_link() {
    let app = TestApp::start().await;
    let email = "ada+www.evil.example/prize@example.org";
    let mail = app.ask(json!({ "email": email })).await;
    assert_eq!(mail.to, [email]);
    let shown = "ada+www.\u{2060}evil.\u{2060}example/prize@example.org";
    let text = mail.text.as_deref().unwrap();
    assert!(
        text.starts_with(&format!("{HEADING}\n\n{shown}\n")),
        "{text}"
    );
    let html = mail.html.as_deref().unwrap();
    assert!(html.contains(&format!("<bdi>{shown}</bdi>")), "{html}");
    for part in [text, html, &mail.subject] {
        assert!(!part.contains("www.evil"), "{part}");
    }
}

#[tokio::test]
async fn the_footer_has_only_what_is_set() {
    let app = TestApp::start_with(&[("SUPPORT_ADDRESS", ""), ("POSTAL_LINE", "")]).await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (_, footer) = mail.text.as_deref().unwrap().split_once("&stop#").unwrap();
    assert_eq!(footer.split_once('\n').unwrap().1, "\nAcme\n");
    assert!(!mail.html.as_deref().unwrap().contains("Questions"));
    let app = TestApp::start_with(&[
        ("SENDER", "Team <a@acme.example>"),
        ("POSTAL_LINE", "A & B"),
    ])
    .await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let footer = "\n\nTeam\nQuestions? Contact us at help@acme.example.\nA & B\n";
    assert!(mail.text.as_deref().unwrap().ends_with(footer));
    assert!(
        mail.html
            .as_deref()
            .unwrap()
            .contains("<bdi>A &#38; B</bdi>")
    );
}

#[tokio::test]
async fn the_headers_name_sender_and_tags() {
    let app = TestApp::start_with(&[
        ("SENDER", "Käse & Co <no-reply@acme.example>"),
        ("REPLY_TO", "help@acme.example"),
        ("CONFIGURATION_SET", "mailproof"),
        ("STAGE", "test_1"),
    ])
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
    let names: Vec<_> = mail.tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["kind", "stage", "mail", "user"]);
    assert_eq!(tag(&mail, "kind"), Some("verification"));
    assert_eq!(tag(&mail, "stage"), Some("test_1"));
    assert_eq!(tag(&mail, "user"), Some(link_of(&mail).0.as_str()));
}

#[tokio::test]
async fn an_encoded_sender_is_decoded_once() {
    let app = TestApp::start_with(&[
        ("SENDER", "=?UTF-8?B?S8Okc2U=?= <a@acme.example>"),
        ("REPLY_TO", "=?ISO-8859-1?Q?K=E4se?= <help@acme.example>"),
    ])
    .await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(mail.from, "=?UTF-8?B?S8Okc2U=?= <a@acme.example>");
    assert_eq!(mail.reply_to, ["=?UTF-8?B?S8Okc2U=?= <help@acme.example>"]);
    assert!(mail.text.as_deref().unwrap().contains("\n\nKäse\n"));
    assert!(mail.html.as_deref().unwrap().contains("<bdi>Käse</bdi>"));
}

#[tokio::test]
async fn a_mail_has_one_id_everywhere() {
    let app = TestApp::start().await;
    let answer = app
        .post(REQUEST, json!({ "email": "ada@example.org" }))
        .await;
    let first = app.newest_mail();
    let name = tag(&first, "mail").unwrap();
    assert_eq!(first.header("X-Entity-Ref-ID"), Some(name));
    let user = app.item(&format!("user#{}", link_of(&first).0)).await;
    assert!(user.unwrap()["links"].as_m().unwrap().contains_key(name));
    let mailbox = app.item("address#ada@example.org").await.unwrap();
    assert!(mailbox["mails"].as_m().unwrap().contains_key(name));

    let lines = logs::of_request(answer.header("x-request-id").unwrap());
    assert_eq!(lines[0]["span"]["mail"], name);
    assert_eq!(lines[0]["span"]["message_id"], first.message_id.as_str());

    let second = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_ne!(tag(&second, "mail"), Some(name));
    // The id proves nothing.
    let body = json!({ "email": "ada@example.org", "token": name });
    assert_eq!(app.post(VERIFY, body).await.status, 400);
}

#[tokio::test]
async fn the_mail_states_the_set_lifetimes() {
    let settings = [("LINK_LIFETIME_HOURS", "2"), ("CODE_LIFETIME_MINUTES", "5")];
    let app = TestApp::start_with(&settings).await;
    let body = json!({ "email": "ada@example.org" });
    let answer = app.post_preferring_representation(REQUEST, body).await;
    assert_eq!(answer.json()["expires_at"], "2026-11-23T14:00:00Z");
    let mail = app.newest_mail();
    let text = mail.text.as_deref().unwrap();
    let text = text.replace('\u{a0}', " ");
    assert!(text.contains("expires in 5 minutes."), "{text}");
    assert!(
        text.contains("expires in 2 hours, on 23 November 2026 at 14:00 UTC:"),
        "{text}"
    );

    app.pass(Duration::from_mins(5));
    let answer = app.post(VERIFY, code_proof_of(&mail)).await;
    assert_eq!(answer.json()["code"], "expired_code");
    app.pass(Duration::from_mins(2 * 60 - 5));
    let answer = app.post(VERIFY, proof_of(&mail)).await;
    assert_eq!(answer.json()["code"], "expired_token");
}

#[tokio::test]
async fn each_proof_works_until_it_expires() {
    let settings = [
        ("LINK_LIFETIME_HOURS", "168"),
        ("CODE_LIFETIME_MINUTES", "60"),
    ];
    let app = TestApp::start_with(&settings).await;
    let ada = app.ask(json!({ "email": "ada@example.org" })).await;
    let bob = app.ask(json!({ "email": "bob@example.org" })).await;
    app.pass(Duration::from_hours(1) - Duration::from_secs(1));
    assert_eq!(app.post(VERIFY, code_proof_of(&ada)).await.status, 200);
    app.pass(Duration::from_hours(167));
    assert_eq!(app.post(VERIFY, proof_of(&bob)).await.status, 200);
}
