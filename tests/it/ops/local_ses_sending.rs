//! What the local SES accepts in `SendEmail`, and what it refuses.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use insta::assert_json_snapshot;
use local::ses::{DnsStatus, Identity};
use serde_json::{Value, json};

use super::local_ses::{call, get};
use crate::support::app::TestApp;

/// Sends a mail. Returns SES's error, or the mail's id.
async fn send(app: &TestApp, from: &str, to: &[&str]) -> Value {
    let body = json!({
        "FromEmailAddress": from,
        "Destination": { "ToAddresses": to },
        "Content": { "Simple": {
            "Subject": { "Data": "Hi" }, "Body": { "Text": { "Data": "Hi" } },
        } },
    });
    call(app, Method::POST, "outbound-emails", Some(body)).await
}

#[tokio::test]
async fn a_sandbox_needs_verified_addresses() {
    const ACME: &str = "Acme <hello@acme.example>";
    let app = TestApp::start().await;
    app.ses
        .account
        .with(|account| account.production_access = false);
    app.ses.identities.with(|all| {
        all.insert("ada@example.com".to_owned(), Identity::of_address());
        let mut pending = Identity::of_domain("pending.example");
        pending.verification = DnsStatus::Pending;
        all.insert("pending.example".to_owned(), pending);
    });
    for (from, to, failed) in [
        (ACME, &["bo@example.com"][..], "bo@example.com"),
        (
            ACME,
            &[
                "Ada <ada@example.com>",
                "cy@pending.example",
                "Bo <bo@b.example>",
            ],
            "cy@pending.example, bo@b.example",
        ),
        (
            "hello@example.com",
            &["ada@example.com"],
            "hello@example.com",
        ),
    ] {
        let why = format!(
            "Email address is not verified. The following identities failed the check in region \
             US-EAST-1: {failed}"
        );
        assert_eq!(
            send(&app, from, to).await,
            json!([400, "MessageRejected", why])
        );
    }
    assert!(app.sent.is_empty());
    let verified = [
        "ada@Example.com",
        "bo@acme.example",
        "cy@mail.acme.example",
        "Bounce+1@simulator.amazonses.com",
    ];
    for to in verified {
        assert!(
            send(&app, ACME, &[to]).await["MessageId"].is_string(),
            "{to}"
        );
    }
    assert_eq!(
        get(&app, "account").await["SendQuota"]["SentLast24Hours"],
        4.0
    );
}

#[tokio::test]
async fn a_paused_account_sends_nothing() {
    let app = TestApp::start().await;
    let send = async || send(&app, "hello@acme.example", &["ada@example.com"]).await;
    app.ses
        .account
        .with(|account| account.sending_enabled = false);
    let paused = send().await;
    assert_json_snapshot!(paused);
    app.ses.account.with(|account| {
        account.sending_enabled = true;
        account.enforcement_status = "SHUTDOWN";
    });
    assert_eq!(send().await, paused);
    assert!(app.sent.is_empty());
    app.ses
        .account
        .with(|account| account.enforcement_status = "PROBATION");
    assert!(send().await["MessageId"].is_string());
}

#[tokio::test]
async fn a_raw_mail_is_in_the_inbox() {
    let app = TestApp::start().await;
    let mime = "From: Acme <hello@acme.example>\r\nTo: ada@example.org\r\n\
                Subject: =?UTF-8?Q?Z=C3=BCrich?=\r\nContent-Type: text/html; charset=utf-8\r\n\
                \r\n<p>Hello\r\n";
    let send = async |more: Value| {
        let mut request = json!({ "Content": { "Raw": { "Data": STANDARD.encode(mime) } } });
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        call(&app, Method::POST, "outbound-emails", Some(request)).await
    };
    let answer = send(json!({})).await;
    let mail = app.newest_mail();
    assert_eq!(answer["MessageId"], mail.message_id);
    assert_eq!(mail.from, "\"Acme\" <hello@acme.example>");
    assert_eq!(mail.to, ["ada@example.org"]);
    assert_eq!(mail.subject, "Zürich");
    assert_eq!(mail.html.as_deref(), Some("<p>Hello\r\n"));
    let events = app.take_events();
    let detail = &events[0]["detail"];
    assert_eq!(detail["mail"]["destination"], json!(["ada@example.org"]));
    // Not later: it would be in the future.
    let accepted_at = &detail["mail"]["timestamp"];
    assert_eq!(&detail["delivery"]["timestamp"], accepted_at);

    // The request's recipients replace those of the mail.
    send(json!({ "Destination": { "ToAddresses": ["grace@example.org"] } })).await;
    assert_eq!(app.newest_mail().to, ["grace@example.org"]);
}

#[tokio::test]
async fn incomplete_raw_mails_are_refused() {
    let app = TestApp::start().await;
    let send = async |mime: &str| {
        let raw = json!({ "Content": { "Raw": { "Data": STANDARD.encode(mime) } } });
        call(&app, Method::POST, "outbound-emails", Some(raw)).await
    };
    let refused = |message: &str| json!([400, "BadRequestException", message]);
    for (mime, message) in [
        (
            "To: ada@example.org\r\n\r\nHi",
            "Missing required header 'From'.",
        ),
        (
            "From: hello@acme.example\r\n\r\nHi",
            "Missing required header 'To'.",
        ),
        (
            "From: hello@acme.example\r\nTo: ada@\r\n\r\nHi",
            "Missing domain",
        ),
    ] {
        assert_eq!(send(mime).await, refused(message));
    }
    assert!(app.sent.is_empty());
}
