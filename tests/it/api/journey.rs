//! The main job, end to end.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::http;
use crate::support::mail::{link_of, proof_of};

#[tokio::test]
async fn a_link_verifies_its_user() {
    let app = TestApp::start().await;
    let asked = app
        .post(
            REQUEST,
            json!({ "email": "Ada@Example.com", "first_name": "Ada" }),
        )
        .await;
    assert_eq!((asked.status.as_u16(), asked.body.as_str()), (200, ""));

    // The mail, as a test helper written for Mailpit reads it.
    let url = format!("{}/api/v1/message/latest", app.inbox_url);
    let mail = http::send(&app.http, Request::get(url).body(Body::empty()).unwrap())
        .await
        .json();
    assert_eq!(mail["To"][0]["Address"], "Ada@Example.com");
    let text = mail["Text"].as_str().unwrap();
    let link = text.lines().find(|line| line.starts_with("http")).unwrap();
    let (page, token) = link.split_once('#').unwrap();
    let (page, uuid) = page.split_once("?user=").unwrap();
    assert_eq!(page, format!("{}/verify_email", app.api_url));

    let verified = app
        .post(VERIFY, json!({ "uuid": uuid, "token": token }))
        .await;
    assert_eq!(
        (verified.status.as_u16(), verified.body.as_str()),
        (200, "")
    );
    let user = app.item(&format!("user#{uuid}")).await.unwrap();
    assert_eq!(user["verified_email"].as_s().unwrap(), "Ada@Example.com");
    assert_eq!(user["verified_address"].as_s().unwrap(), "ada@example.com");
    assert_eq!(user["verified_at"].as_s().unwrap(), &app.now().to_string());
    assert!(!user.contains_key("expires_at"), "what is verified stays");
}

#[tokio::test]
async fn a_caller_may_give_its_own_id() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    let mail = app
        .ask(json!({ "uuid": uuid.to_uppercase(), "email": "ada@example.org" }))
        .await;
    assert_eq!(link_of(&mail).0, uuid);
    let verified = app
        .post_preferring_representation(VERIFY, proof_of(&mail))
        .await;
    assert_eq!(
        verified.json(),
        json!({ "uuid": uuid, "email": "ada@example.org", "verified_at": "2026-11-23T12:00:00Z" })
    );
}

#[tokio::test]
async fn the_uuid_ignores_the_case() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (_, token) = link_of(&mail);
    let verified = app
        .post(
            VERIFY,
            json!({ "email": "ADA@example.ORG", "token": token }),
        )
        .await;
    assert_eq!(verified.status, 200);
}

#[tokio::test]
async fn an_earlier_mail_keeps_working() {
    let app = TestApp::start().await;
    let first = app.ask(json!({ "email": "ada@example.org" })).await;
    let second = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_ne!(link_of(&first), link_of(&second));
    assert_eq!(app.post(VERIFY, proof_of(&first)).await.status, 200);
    assert_eq!(app.post(VERIFY, proof_of(&second)).await.status, 200);
}

#[tokio::test]
async fn a_uuid_alone_sends_again() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "Ada@example.org" })).await;
    let (uuid, _) = link_of(&mail);
    let again = app.ask(json!({ "uuid": uuid })).await;
    assert_eq!(again.to, ["Ada@example.org"]);
    assert_eq!(app.post(VERIFY, proof_of(&again)).await.status, 200);
}

#[tokio::test]
async fn a_move_invalidates_earlier_proofs() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    let old = app
        .ask(json!({ "uuid": uuid, "email": "old@example.org" }))
        .await;
    let new = app
        .ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    assert_eq!(
        app.post(VERIFY, proof_of(&old)).await.json()["code"],
        "invalid_token"
    );
    let verified = app
        .post_preferring_representation(VERIFY, proof_of(&new))
        .await;
    assert_eq!(verified.json()["email"], "new@example.org");
}

#[tokio::test]
async fn a_move_keeps_the_verification() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    let old = app
        .ask(json!({ "uuid": uuid, "email": "old@example.org" }))
        .await;
    app.post(VERIFY, proof_of(&old)).await;
    app.pass(Duration::from_mins(5));
    let new = app
        .ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    let user = app.item(&format!("user#{uuid}")).await.unwrap();
    assert_eq!(user["verified_email"].as_s().unwrap(), "old@example.org");
    assert!(!user.contains_key("expires_at"), "what is verified stays");

    app.post(VERIFY, proof_of(&new)).await;
    let user = app.item(&format!("user#{uuid}")).await.unwrap();
    assert_eq!(user["verified_email"].as_s().unwrap(), "new@example.org");
    let five_past = app.now().to_string();
    assert_eq!(user["verified_at"].as_s().unwrap(), &five_past);
    assert_eq!(user["verified_by"].as_s().unwrap(), "link");
}

#[tokio::test]
async fn a_request_back_ends_a_move() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    let body = |email: &str| json!({ "uuid": uuid, "email": email });
    let right = app.ask(body("ada@example.org")).await;
    app.post(VERIFY, proof_of(&right)).await;
    let mistyped = app.ask(body("abda@example.org")).await;
    let answer = app.post(REQUEST, body("ada@example.org")).await;
    assert_eq!(answer.json()["code"], "already_verified");
    let answer = app.post(VERIFY, proof_of(&mistyped)).await;
    assert_eq!(answer.json()["code"], "invalid_token");
    let user = app.item(&format!("user#{uuid}")).await.unwrap();
    for held in ["address", "email", "verified_address"] {
        assert_eq!(user[held].as_s().unwrap(), "ada@example.org");
    }
    // Asking once more changes nothing.
    let before = app.table().await;
    app.post(REQUEST, body("ada@example.org")).await;
    assert_eq!(app.table().await, before);
}
