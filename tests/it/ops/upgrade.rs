//! Records of the previous release keep working: an upgrade makes no new mail necessary.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::http::Method;
use local::captured_mails::CapturedMail;
use serde_json::{Value, json};

use crate::ops::admin;
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY};
use crate::support::http::Answer;
use crate::support::mail::{code_of, code_proof_of, link_of, proof_of, wrong_code};

const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

/// The attributes that the previous release wrote.
const USER: [&str; 15] = [
    "address",
    "codes",
    "email",
    "expires_at",
    "guess_count",
    "guess_window_ends",
    "links",
    "mails",
    "pending",
    "pk",
    "user_id",
    "verified_address",
    "verified_at",
    "verified_email",
    "version",
];
const ADDRESS: [&str; 4] = ["expires_at", "mails", "pk", "version"];

fn ada() -> Value {
    json!({ "uuid": UUID, "email": "Ada@example.org" })
}

fn in_seconds(app: &TestApp, seconds: i64) -> AttributeValue {
    AttributeValue::N((app.now().unix_seconds() + seconds).to_string())
}

/// Removes the attributes that the previous release did not write, and adds those that it did.
async fn age(app: &TestApp, mail: &CapturedMail) {
    let user = format!("user#{}", link_of(mail).0);
    let address = format!("address#{}", mail.to[0].to_lowercase());
    for (pk, known) in [(&user, &USER[..]), (&address, &ADDRESS)] {
        let item: HashMap<_, _> = app.item(pk).await.expect("it is on record");
        for name in item.keys().filter(|name| !known.contains(&name.as_str())) {
            app.remove(pk, name).await;
        }
    }
    let five = AttributeValue::N("5".to_owned());
    app.set(&user, "guess_count", five).await;
    app.set(&user, "guess_window_ends", in_seconds(app, 1_800))
        .await;
    app.set(&address, "expires_at", in_seconds(app, 86_400))
        .await;
}

/// A request to the previous release.
async fn asked_before(app: &TestApp, body: Value) -> Arc<CapturedMail> {
    let mail = app.ask(body).await;
    age(app, &mail).await;
    mail
}

async fn on_the_page(app: &TestApp, code: &str) -> Answer {
    let request = app
        .request(Method::POST, &format!("{PAGE}?user={UUID}"))
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = Body::from(format!("code={code}"));
    app.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn old_records_verify_by_link_and_code() {
    for proof in [proof_of, code_proof_of] {
        let app = TestApp::start().await;
        let mail = asked_before(&app, ada()).await;
        for _ in 0..2 {
            let answer = app
                .post_preferring_representation(VERIFY, proof(&mail))
                .await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!(answer.json()["email"], "Ada@example.org");
        }
        assert!(
            app.item(&format!("user#{UUID}"))
                .await
                .unwrap()
                .contains_key("verified_at")
        );
        let answer = app.post(REQUEST, ada()).await;
        assert_eq!(answer.json()["code"], "already_verified");
        assert_eq!(app.post(REQUEST, json!({ "uuid": UUID })).await.status, 400);
    }
}

#[tokio::test]
async fn old_records_verify_on_the_page() {
    let app = TestApp::start().await;
    let mail = asked_before(&app, ada()).await;
    // The previous release counted clients in another way.
    let client = "client#127.0.0.1";
    let thirty = AttributeValue::N("30".to_owned());
    app.set(client, "request_count", thirty).await;
    app.set(client, "expires_at", in_seconds(&app, 300)).await;
    let wrong = on_the_page(&app, &wrong_code(&[&mail])).await;
    assert_eq!(wrong.status, 400, "{}", wrong.body);
    let right = on_the_page(&app, &code_of(&mail)).await;
    assert_eq!(right.status, 200, "{}", right.body);
    assert!(app.item(client).await.unwrap().contains_key("tried"));
}

#[tokio::test]
async fn an_old_record_accepts_a_new_mail() {
    for again in [ada(), json!({ "uuid": UUID })] {
        for proof in [proof_of, code_proof_of] {
            for is_first in [true, false] {
                let app = TestApp::start().await;
                let first = asked_before(&app, ada()).await;
                let second = app.ask(again.clone()).await;
                let mail = if is_first { &first } else { &second };
                assert_eq!(app.post(VERIFY, proof(mail)).await.status, 200);
            }
        }
    }
}

#[tokio::test]
async fn old_mails_still_count() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        asked_before(&app, ada()).await;
    }
    app.ask(ada()).await;
    let other_user = json!({ "email": "ada@example.org" });
    for body in [ada(), other_user] {
        let answer = app.post(REQUEST, body).await;
        assert_eq!(answer.header("retry-after"), Some("86400"));
    }
    app.pass(Duration::from_hours(24));
    app.ask(ada()).await;
}

#[tokio::test]
async fn an_old_verified_user_can_change_address() {
    let app = TestApp::start().await;
    let mail = asked_before(&app, ada()).await;
    app.post(VERIFY, proof_of(&mail)).await;
    age(&app, &mail).await;
    let moved = app
        .ask(json!({ "uuid": UUID, "email": "ada@example.net" }))
        .await;
    let old_link = app.post(VERIFY, proof_of(&mail)).await;
    assert_eq!(old_link.json()["code"], "invalid_token");
    let answer = app
        .post_preferring_representation(VERIFY, code_proof_of(&moved))
        .await;
    assert_eq!(answer.json()["email"], "ada@example.net");
}

#[tokio::test]
async fn an_old_expired_link_says_so() {
    let app = TestApp::start().await;
    let mail = asked_before(&app, ada()).await;
    app.pass(Duration::from_hours(24));
    let late = app.post(VERIFY, proof_of(&mail)).await;
    assert_eq!(late.json()["code"], "expired_token");
}

#[tokio::test]
async fn old_records_are_shown_and_forgotten() {
    let app = TestApp::start().await;
    let before = app.table().await;
    let mail = asked_before(&app, ada()).await;
    let guesses = "guesses#0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
    app.set(guesses, "guess_count", AttributeValue::N("3".to_owned()))
        .await;
    let status = admin::run(&app, &["status", UUID, "--json"]).await.json();
    assert_eq!(status["user"]["email"], "Ada@example.org", "{status}");
    let by_address = admin::run(&app, &["status", &mail.to[0], "--scan", "--json"]).await;
    let by_address = by_address.json();
    assert_eq!(by_address["users"][0]["uuid"], UUID, "{by_address}");
    let arguments = ["forget", "ada@example.org", "--scan", "--yes", "--json"];
    let forgotten = admin::run(&app, &arguments).await.json();
    assert_eq!(forgotten["deleted"]["users"], json!([UUID]), "{forgotten}");
    // The TTL deletes it half an hour after the first attempt.
    app.delete(guesses).await;
    assert_eq!(app.table().await, before);
}
