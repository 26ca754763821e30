//! Links: valid, expired and invalid ones.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use std::time::Duration;

use super::support::{NO_LINK, assert_page, fetch, submit, verified_at};
use crate::support::app::{TestApp, VERIFY};
use crate::support::mail::{link_of, proof_of};

#[tokio::test]
async fn a_link_verifies_once() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "Ada@example.org" })).await;
    app.edge.take_calls();
    for state in ["verified", "already_verified", "already_verified"] {
        let expected = json!({ "state": state, "email": "Ada@example.org" });
        let answer = fetch(&app, &proof_of(&mail)).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, expected));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(
            app.edge.take_calls(),
            ["UpdateItem"],
            "links are not counted"
        );
        app.pass(Duration::from_mins(1));
    }
    let noon = app.now().minus(Duration::from_mins(3));
    let at = verified_at(&app, &mail).await.unwrap();
    assert_eq!(at.as_s().unwrap(), &noon.to_string());
    // The API agrees.
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn an_expired_link_replays_if_verified() {
    let app = TestApp::start().await;
    let first = app.ask(json!({ "email": "ada@example.org" })).await;
    let second = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(fetch(&app, &proof_of(&first)).await.status, 200);
    app.pass(Duration::from_hours(25));
    let expected = json!({ "state": "already_verified", "email": "ada@example.org" });
    for mail in [&first, &second] {
        let answer = fetch(&app, &proof_of(mail)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, expected.clone())
        );
        let answer = app.post(VERIFY, proof_of(mail)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    }
    // After a move to another address the earlier one is not named.
    let uuid = link_of(&first).0;
    app.ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    let answer = fetch(&app, &proof_of(&first)).await;
    assert_eq!(answer.json(), json!({ "state": "invalid" }));
}

#[tokio::test]
async fn an_expired_link_says_what_to_do() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(Duration::from_hours(24));
    let answer = fetch(&app, &proof_of(&mail)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (400, json!({ "state": "expired" }))
    );
    let (uuid, token) = link_of(&mail);
    let answer = submit(&app, &[("uuid", &uuid), ("token", &token)]).await;
    assert_page(&answer, 400, "This link has expired");
    assert!(
        answer
            .body
            .contains("Go back to <bdi>Acme</bdi> and request a new one.")
    );
    // The code may still help.
    let form = format!("action=\"?user={uuid}\">\n<h2>Enter the code instead</h2>");
    assert!(answer.body.contains(&form), "{}", answer.body);
}

#[tokio::test]
async fn all_invalid_links_get_one_answer() {
    let app = TestApp::start().await;
    let (uuid, token) = link_of(&*app.ask(json!({ "email": "ada@example.org" })).await);
    let (_, foreign) = link_of(&*app.ask(json!({ "email": "bob@example.org" })).await);
    for (uuid, token) in [
        (uuid.as_str(), foreign.as_str()),
        (&uuid, "malformed"),
        ("malformed", &token),
        ("", &token),
        ("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99", &token),
    ] {
        let answer = fetch(&app, &json!({ "uuid": uuid, "token": token })).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, json!({ "state": "invalid" }))
        );
    }
    let answer = submit(&app, &[("uuid", "x"), ("token", "y")]).await;
    assert_page(&answer, 400, NO_LINK);
    assert!(!answer.body.contains("<form"));
    let answer = submit(&app, &[("uuid", &uuid), ("token", "y")]).await;
    assert_page(&answer, 400, NO_LINK);
    assert!(answer.body.contains(&format!("action=\"?user={uuid}\"")));
}

#[tokio::test]
async fn an_unreadable_item_is_not_retried() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let user = format!("user#{}", link_of(&mail).0);
    app.set(&user, "email", AttributeValue::S("broken".to_owned()))
        .await;
    let answer = fetch(&app, &proof_of(&mail)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (500, json!({ "state": "unavailable" }))
    );
    assert_eq!(answer.header("retry-after"), None);
}
