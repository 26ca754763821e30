//! A link alone, a code alone, and a subject without the code.

use std::time::Duration;

use serde_json::json;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;

use super::codes::support::assert_invalid;
use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::mail::{code_of, code_proof_of, proof_of};

const LINK: (&str, &str) = ("MAIL_CONTENT", "link");
const CODE: (&str, &str) = ("MAIL_CONTENT", "code");

/// The key of the user whose id is derived from this address.
fn key_of(email: &str) -> String {
    let address = EmailAddress::parse(email).unwrap();
    format!("user#{}", UserId::derived_from(&address))
}

#[tokio::test]
async fn a_mail_with_a_link_has_no_code() {
    let app = TestApp::start_with(&[LINK]).await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(mail.subject, "Verify your email address for Acme");
    let text = mail.text.as_deref().unwrap();
    for part in [text, mail.html.as_deref().unwrap()] {
        assert!(!part.contains("code"), "{part}");
    }
    let user = app.item(&key_of("ada@example.org")).await.unwrap();
    assert!(user["codes"].as_m().unwrap().is_empty());
    let body = json!({ "email": "ada@example.org", "code": "123456" });
    assert_invalid(&app.post(VERIFY, body).await);
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_mail_with_a_code_has_no_link() {
    let app = TestApp::start_with(&[CODE]).await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let code = code_of(&mail);
    let subject = format!("{code} is your Acme verification code");
    assert_eq!(mail.subject, subject);
    let text = mail.text.as_deref().unwrap();
    for part in [text, mail.html.as_deref().unwrap()] {
        assert!(!part.contains("://") && !part.contains("href"), "{part}");
    }
    let body = json!({ "email": "ada@example.org", "code": code });
    assert_eq!(app.post(VERIFY, body).await.status, 200);
}

/// Nothing that is on record outlives what was mailed.
#[tokio::test]
async fn a_mail_with_a_code_expires_with_it() {
    let app = TestApp::start_with(&[CODE]).await;
    let body = json!({ "email": "ada@example.org" });
    let answer = app.post_preferring_representation(REQUEST, body).await;
    assert_eq!(answer.json()["expires_at"], "2026-11-23T12:30:00Z");
    let status = "/api/users/email_verification_status?email=ada@example.org";
    let status = app.get(status).await.json();
    assert_eq!(status["pending_until"], "2026-11-23T12:30:00Z");
    let code = code_of(&app.newest_mail());
    app.pass(Duration::from_mins(30));
    let body = json!({ "email": "ada@example.org", "code": code });
    assert_eq!(app.post(VERIFY, body).await.json()["code"], "expired_code");
}

#[tokio::test]
async fn a_subject_may_leave_the_code_out() {
    let app = TestApp::start_with(&[("CODE_IN_SUBJECT", "false")]).await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(mail.subject, "Verify your email address for Acme");
    let html = mail.html.as_deref().unwrap();
    assert!(html.contains(&format!("<title>{}</title>", mail.subject)));
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
}
