//! `POST /api/users/verify_email`: what it refuses, and what it answers.

use std::time::Duration;

use serde_json::{Value, json};
use shared::domain::link_token::LinkToken;

use crate::support::app::{TestApp, VERIFY, error};
use crate::support::mail::{code_of, code_proof_of, link_of, proof_of};

fn invalid() -> Value {
    let detail = "This verification token is invalid or has expired.";
    error("validation_error", "invalid_token", detail, Some("token"))
}

#[tokio::test]
async fn all_wrong_tokens_get_the_same_bytes() {
    let app = TestApp::start().await;
    let ada = app.ask(json!({ "email": "ada@example.org" })).await;
    let bob = app.ask(json!({ "email": "bob@example.org" })).await;
    let (uuid, token) = link_of(&ada);
    let wrong = LinkToken::from_random([9; 32]).encode();
    let before = app.table().await;
    let mut bodies = Vec::new();
    for body in [
        json!({ "uuid": uuid, "token": wrong }),
        json!({ "uuid": uuid, "token": link_of(&bob).1 }),
        json!({ "uuid": uuid, "token": "abc" }),
        json!({ "uuid": uuid, "token": format!("{token}A") }),
        json!({ "uuid": uuid, "token": 42 }),
        json!({ "uuid": "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99", "token": token }),
        json!({ "email": "nobody@example.org", "token": token }),
    ] {
        let answer = app.post(VERIFY, body).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (400, invalid()));
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_link_expires_to_the_second() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(Duration::from_hours(24) - Duration::from_secs(1));
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_late_link_is_expired() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let before = app.table().await;
    app.pass(Duration::from_hours(24));
    let answer = app.post(VERIFY, proof_of(&mail)).await;
    let detail = "This verification link has expired. Request a new one.";
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json(),
        error("validation_error", "expired_token", detail, Some("token"))
    );
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_repeated_link_changes_nothing() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let first = app
        .post_preferring_representation(VERIFY, proof_of(&mail))
        .await;
    let after_first = app.table().await;
    app.pass(Duration::from_hours(1));
    let second = app
        .post_preferring_representation(VERIFY, proof_of(&mail))
        .await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
    assert_eq!(first.body, second.body);
    assert_eq!(app.table().await, after_first);
}

#[tokio::test]
async fn a_late_link_after_verifying_is_200() {
    let app = TestApp::start().await;
    let first = app.ask(json!({ "email": "ada@example.org" })).await;
    let second = app.ask(json!({ "email": "ada@example.org" })).await;
    let verified = app
        .post_preferring_representation(VERIFY, proof_of(&first))
        .await;
    app.pass(Duration::from_hours(24));
    let before = app.table().await;
    for mail in [&first, &second] {
        let late = app
            .post_preferring_representation(VERIFY, proof_of(mail))
            .await;
        assert_eq!((late.status.as_u16(), &late.body), (200, &verified.body));
    }
    assert_eq!(app.table().await, before, "already done is not expired");
    // Not if its user has requested another address.
    let uuid = link_of(&first).0;
    app.ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    let late = app.post(VERIFY, proof_of(&first)).await;
    assert_eq!(late.json()["code"], "invalid_token");
}

#[tokio::test]
async fn an_answer_has_the_mailed_spelling() {
    let app = TestApp::start().await;
    let spellings = ["Ada@example.org", "ADA@example.org", "ada@Example.ORG"];
    let mut mails = Vec::new();
    for email in spellings {
        mails.push(app.ask(json!({ "email": email })).await);
    }
    let uuid = link_of(&mails[0]).0;
    // The second one verifies: its spelling is on record.
    for index in [1, 0, 2] {
        for proof in [proof_of(&mails[index]), code_proof_of(&mails[index])] {
            let answer = app.post_preferring_representation(VERIFY, proof).await;
            let mailed = &mails[index].to[0];
            assert_eq!(answer.json()["email"], mailed.as_str());
        }
    }
    let user = app.item(&format!("user#{uuid}")).await.unwrap();
    assert_eq!(user["verified_email"].as_s().unwrap(), "ADA@example.org");
    assert_eq!(mails[1].to, ["ADA@example.org"]);
}

#[tokio::test]
async fn a_proof_and_a_user_are_required() {
    let app = TestApp::start().await;
    let required = |attr| {
        error(
            "validation_error",
            "required",
            "This field is required.",
            Some(attr),
        )
    };
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    for (body, attr) in [
        (json!({}), "email"),
        (json!({ "token": "abc" }), "email"),
        (json!({ "uuid": uuid }), "token"),
        (json!({ "uuid": uuid, "token": null }), "token"),
        (json!({ "uuid": uuid, "token": "" }), "token"),
        (json!({ "uuid": uuid, "token": "  " }), "token"),
        (json!({ "email": "ada@example.org" }), "token"),
    ] {
        let answer = app.post(VERIFY, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, required(attr))
        );
    }
}

#[tokio::test]
async fn a_token_of_another_type_is_refused() {
    let app = TestApp::start().await;
    let answer = app
        .post(VERIFY, json!({ "email": "ada@example.org", "token": [] }))
        .await;
    let expected = error(
        "validation_error",
        "invalid_input",
        "Not a valid string.",
        Some("token"),
    );
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn a_proof_of_another_is_invalid() {
    let app = TestApp::start().await;
    let wrong_code = error(
        "validation_error",
        "invalid_code",
        "This code is invalid or has expired.",
        Some("code"),
    );
    // Somebody has asked, under the id of Victoria's address, for an address of their own.
    let victoria = app.ask(json!({ "email": "victoria@example.org" })).await;
    let (uuid, _) = link_of(&victoria);
    let mallory = app
        .ask(json!({ "uuid": uuid, "email": "mallory@example.org" }))
        .await;
    let (token, code) = (link_of(&mallory).1, code_of(&mallory));
    let before = app.item(&format!("user#{uuid}")).await.unwrap();
    for whom in [
        json!({ "email": "victoria@example.org" }),
        json!({ "uuid": uuid, "email": "victoria@example.org" }),
    ] {
        let with = |name: &str, proof: &str| {
            let mut body = whom.clone();
            body[name] = json!(proof);
            body
        };
        let by_link = app.post(VERIFY, with("token", &token)).await;
        assert_eq!((by_link.status.as_u16(), by_link.json()), (400, invalid()));
        let by_code = app.post(VERIFY, with("code", &code)).await;
        assert_eq!(
            (by_code.status.as_u16(), by_code.json()),
            (400, wrong_code.clone())
        );
    }
    let after = app.item(&format!("user#{uuid}")).await.unwrap();
    assert_eq!(before["version"], after["version"], "nobody is verified");
    let body = json!({ "uuid": uuid, "email": "Mallory@example.org", "token": token });
    assert_eq!(app.post(VERIFY, body).await.status, 200);
    let replay = json!({ "uuid": uuid, "email": "victoria@example.org", "token": token });
    assert_eq!(app.post(VERIFY, replay).await.json(), invalid());
}
