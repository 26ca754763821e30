//! Codes expire, and a move or a fourth mail invalidates them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use shared::domain::code_attempts::Channel;
use shared::domain::link_token::LinkToken;
use shared::domain::mail_id::MailId;
use shared::domain::user_id::UserId;
use shared::store::VerificationWrite;

use super::support::{HALF_AN_HOUR, ONE_SECOND, assert_expired, assert_invalid, on_the_page};
use crate::support::app::{TestApp, VERIFY};
use crate::support::mail::{code_of, code_proof_of, link_of, proof_of};

#[tokio::test]
async fn a_late_code_is_expired_for_a_day() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(HALF_AN_HOUR);
    // It costs no attempt, however often it is typed.
    for _ in 0..7 {
        assert_expired(&app.post(VERIFY, code_proof_of(&mail)).await);
    }
    let fresh = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(Duration::from_secs(24 * 3600 - 1801));
    if code_of(&fresh) != code_of(&mail) {
        assert_expired(&app.post(VERIFY, code_proof_of(&mail)).await);
        app.pass(ONE_SECOND);
        assert_invalid(&app.post(VERIFY, code_proof_of(&mail)).await);
    }
}

#[tokio::test]
async fn expired_codes_lock_nothing() {
    let app = TestApp::start().await;
    let late = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(HALF_AN_HOUR);
    let fresh = app.ask(json!({ "email": "ada@example.org" })).await;
    if code_of(&late) != code_of(&fresh) {
        for _ in 0..5 {
            assert_expired(&app.post(VERIFY, code_proof_of(&late)).await);
        }
    }
    assert_eq!(app.post(VERIFY, code_proof_of(&fresh)).await.status, 200);
}

#[tokio::test]
async fn a_code_expires_to_the_second() {
    let app = TestApp::start().await;
    let ada = app.ask(json!({ "email": "ada@example.org" })).await;
    let grace = app.ask(json!({ "email": "grace@example.org" })).await;
    app.pass(Duration::from_secs(30 * 60 - 1));
    assert_eq!(app.post(VERIFY, code_proof_of(&ada)).await.status, 200);
    app.pass(ONE_SECOND);
    assert_expired(&app.post(VERIFY, code_proof_of(&grace)).await);
}

#[tokio::test]
async fn a_fourth_code_displaces_the_oldest() {
    for survivor in 1..4 {
        let app = TestApp::start().await;
        let mut mails = Vec::new();
        for _ in 0..4 {
            mails.push(app.ask(json!({ "email": "ada@example.org" })).await);
            app.pass(ONE_SECOND);
        }
        let codes: Vec<_> = mails.iter().map(|mail| code_of(mail)).collect();
        // One run in some hundred thousand draws the same code twice.
        if !codes[1..].contains(&codes[0]) {
            assert_expired(&app.post(VERIFY, code_proof_of(&mails[0])).await);
        }
        assert_eq!(
            app.post(VERIFY, code_proof_of(&mails[survivor]))
                .await
                .status,
            200
        );
        assert_eq!(
            app.post(VERIFY, proof_of(&mails[0])).await.status,
            200,
            "links keep working"
        );
    }
}

#[tokio::test]
async fn a_code_invalidated_meanwhile_fails() {
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    // By a move to another address, and by a fourth mail.
    for (mails, newest, code) in [
        (1, "grace@example.org", "invalid_code"),
        (3, "ada@example.org", "expired_code"),
    ] {
        let app = TestApp::start().await;
        let ada = || json!({ "uuid": uuid, "email": "ada@example.org" });
        let mailed = app.ask(ada()).await;
        for _ in 1..mails {
            app.ask(ada()).await;
        }
        let event = include_str!("../../../../events/request_email_verification/http_api.json");
        let mut event: Value = serde_json::from_str(event).unwrap();
        event["body"] = json!(json!({ "uuid": uuid, "email": newest }).to_string());
        let function = app.functions["request_email_verification"].clone();
        app.edge.take_calls();
        // After the key lookup, the read and the reserved attempt, before the verification.
        app.edge.meanwhile(3, async move {
            let answer = function.invoke(&event.to_string()).await.unwrap();
            assert!(answer.contains("\"statusCode\":200"), "{answer}");
        });
        let answer = app.post(VERIFY, code_proof_of(&mailed)).await;
        assert_eq!(answer.json()["code"], code);
        let calls = app.edge.take_calls();
        assert_eq!(calls[..3], ["GetItem", "GetItem", "UpdateItem"]);
        assert_eq!(app.sent.len(), mails + 1, "the other request was mailed");
        let user = app.item(&format!("user#{uuid}")).await.unwrap();
        assert!(!user.contains_key("verified_address"), "{newest}");
    }
}

#[tokio::test]
async fn a_move_invalidates_earlier_codes() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    let old = app
        .ask(json!({ "uuid": uuid, "email": "old@example.org" }))
        .await;
    let new = app
        .ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    if code_of(&old) != code_of(&new) {
        assert_invalid(&app.post(VERIFY, code_proof_of(&old)).await);
    }
    assert_eq!(app.post(VERIFY, code_proof_of(&new)).await.status, 200);
}

#[tokio::test]
async fn a_write_refuses_an_expired_code() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let user = UserId::parse(&uuid).unwrap();
    let mail = MailId::of(&LinkToken::parse(&token).unwrap().digest());
    let before = app.table().await;
    let seen = app.store.find_user(&user).await.unwrap().unwrap().version;
    let late = app.now().plus(HALF_AN_HOUR);
    for (version, at) in [(seen, late), (seen.next(), app.now())] {
        let written = app
            .store
            .verify_by_code(&user, &mail, version, Channel::Api, at)
            .await;
        let refused = matches!(written.unwrap(), VerificationWrite::Refused(_));
        assert!(refused, "{version:?}");
    }
    assert_eq!(app.table().await, before);
    let written = app
        .store
        .verify_by_code(&user, &mail, seen, Channel::Api, app.now())
        .await;
    assert!(matches!(written.unwrap(), VerificationWrite::Written(_)));
}

#[tokio::test]
async fn a_reset_accepts_no_expired_code() {
    // The right code resets the attempts before the expired one is refunded.
    let app = Arc::new(TestApp::start().await);
    let late = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(HALF_AN_HOUR);
    let fresh = app.ask(json!({ "email": "ada@example.org" })).await;
    if code_of(&late) == code_of(&fresh) {
        return;
    }
    let right = code_proof_of(&fresh);
    for &channel in Channel::ALL {
        let (other, proof, uuid) = (Arc::clone(&app), right.clone(), link_of(&fresh).0);
        let code = code_of(&fresh);
        app.edge.meanwhile(2, async move {
            let answer = match channel {
                Channel::Api => other.post(VERIFY, proof).await,
                Channel::Page => on_the_page(&other, &uuid, &code).await,
            };
            assert_eq!(answer.status, 200);
        });
        assert_expired(&app.post(VERIFY, code_proof_of(&late)).await);
        assert_eq!(app.post(VERIFY, right.clone()).await.status, 200);
    }
}
