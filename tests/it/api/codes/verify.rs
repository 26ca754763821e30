//! What a code proves, and at what cost.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{assert_expired, assert_invalid, on_the_page};
use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::mail::{code_of, code_proof_of, link_of, proof_of, wrong_code};

#[tokio::test]
async fn the_code_verifies_like_the_link() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "Ada@example.org" })).await;
    let (uuid, _) = link_of(&mail);
    let body = json!({ "email": "ada@EXAMPLE.org", "code": code_of(&mail) });
    let answer = app.post_preferring_representation(VERIFY, body).await;
    let expected = format!(
        r#"{{"uuid":"{uuid}","email":"Ada@example.org","verified_at":"2026-11-23T12:00:00Z"}}"#
    );
    assert_eq!((answer.status.as_u16(), answer.body), (200, expected));
    let user = app.item(&format!("user#{uuid}")).await.unwrap();
    assert_eq!(user["verified_address"].as_s().unwrap(), "ada@example.org");
    assert!(
        !user.contains_key("expires_at"),
        "verified records never expire"
    );
}

#[tokio::test]
async fn wrong_codes_get_the_same_bytes() {
    let app = TestApp::start().await;
    let ada = app.ask(json!({ "email": "ada@example.org" })).await;
    let bob = app.ask(json!({ "email": "bob@example.org" })).await;
    let foreign = json!({ "uuid": link_of(&ada).0, "code": wrong_code(&[&ada]) });
    let unknown = json!({ "email": "nobody@example.org", "code": code_of(&bob) });
    let answers = [
        app.post(VERIFY, foreign).await,
        app.post(VERIFY, unknown).await,
    ];
    for answer in &answers {
        assert_invalid(answer);
        assert_eq!(answer.body, answers[0].body);
    }
}

#[tokio::test]
async fn an_unknown_user_costs_the_same_calls() {
    let app = TestApp::start().await;
    let pending = app.ask(json!({ "email": "ada@example.org" })).await;
    let verified = app.ask(json!({ "email": "bob@example.org" })).await;
    app.post(VERIFY, proof_of(&verified)).await;
    let unknown = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97".to_owned();
    let wrong = wrong_code(&[&pending, &verified]);
    let mut seen = Vec::new();
    for uuid in [link_of(&pending).0, link_of(&verified).0, unknown] {
        app.edge.take_calls();
        let mut answers = Vec::new();
        for _ in 0..7 {
            let body = json!({ "uuid": uuid, "code": wrong });
            let answer = app.post(VERIFY, body).await;
            answers.push((answer.status, answer.body, app.edge.take_calls()));
        }
        for _ in 0..7 {
            let answer = on_the_page(&app, &uuid, &wrong).await;
            let calls = app.edge.take_calls();
            // Without the call that counts the client.
            let calls: Vec<_> = calls.into_iter().rev().take(2).collect();
            answers.push((answer.status, answer.body.replace(&uuid, ""), calls));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0][0].2, ["GetItem", "UpdateItem"]);
    assert_eq!(seen[0][6].2, ["GetItem"]);
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test]
async fn a_repeated_code_gets_the_same_answer() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let first = app
        .post_preferring_representation(VERIFY, code_proof_of(&mail))
        .await;
    app.pass(Duration::from_mins(1));
    let again = app
        .post_preferring_representation(VERIFY, code_proof_of(&mail))
        .await;
    assert_eq!((again.status.as_u16(), &again.body), (200, &first.body));
    // The link of the same mail proves the same.
    let by_link = app
        .post_preferring_representation(VERIFY, proof_of(&mail))
        .await;
    assert_eq!((by_link.status.as_u16(), &by_link.body), (200, &first.body));
    app.pass(Duration::from_mins(29));
    assert_expired(&app.post(VERIFY, code_proof_of(&mail)).await);
}

#[tokio::test]
async fn a_code_of_the_previous_key_works() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let event = |body: &Value| {
        let file = include_str!("../../../../events/verify_email/http_api.json");
        let mut event: Value = serde_json::from_str(file).unwrap();
        event["body"] = json!(body.to_string());
        event.to_string()
    };
    let rotated = "a-new-key-for-codes-0123456789-0123,local-only-key-of-codes-0123456789";
    let later = "another-key-for-codes-0123456789-01,a-new-key-for-codes-0123456789-0123";
    for (keys, status) in [(later, 400), (rotated, 200)] {
        let functions = app.restarted_with(&[("CODE_KEYS", keys)]);
        let event = event(&code_proof_of(&mail));
        let answer: Value =
            serde_json::from_str(&functions["verify_email"].invoke(&event).await.unwrap()).unwrap();
        assert_eq!(answer["statusCode"], status, "{keys}");
    }
}

#[tokio::test]
async fn a_code_is_one_read_and_two_writes() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.post(VERIFY, json!({ "email": "x@example.org", "token": "warm" }))
        .await;
    app.edge.take_calls();
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    assert_eq!(
        app.edge.take_calls(),
        ["GetItem", "UpdateItem", "UpdateItem"]
    );
}

#[tokio::test]
async fn each_mail_has_a_new_code() {
    let app = TestApp::start().await;
    let mut codes = Vec::new();
    for number in 0..10 {
        let mail = app
            .ask(json!({ "email": format!("ada{number}@example.org") }))
            .await;
        codes.push(code_of(&mail));
    }
    codes.sort();
    codes.dedup();
    assert!(codes.len() > 5, "{codes:?}");
    assert_eq!(
        app.post(REQUEST, json!({ "email": "ada@example.org" }))
            .await
            .status,
        200
    );
}
