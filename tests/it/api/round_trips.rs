//! How many calls to AWS a request makes, counted at the network edge, with the API key cached.

use serde_json::json;

use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::mail::{link_of, proof_of};

#[tokio::test]
async fn a_request_is_one_write_and_a_mail() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    assert_eq!(
        app.edge.take_calls(),
        ["GetItem", "TransactWriteItems"],
        "the key is looked up once"
    );
    app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(app.edge.take_calls(), ["TransactWriteItems"]);
    assert_eq!(app.ses_faults.attempts(), 2);
}

#[tokio::test]
async fn a_repeat_is_one_more_round_trip() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.take_calls();
    app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(
        app.edge.take_calls(),
        ["TransactWriteItems", "TransactWriteItems"]
    );
}

#[tokio::test]
async fn a_uuid_alone_costs_two_reads() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.take_calls();
    app.ask(json!({ "uuid": link_of(&mail).0 })).await;
    assert_eq!(
        app.edge.take_calls(),
        ["GetItem", "GetItem", "TransactWriteItems"]
    );
}

#[tokio::test]
async fn a_link_is_one_write_and_no_read() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.post(
        VERIFY,
        json!({ "email": "warm@example.org", "token": "warm" }),
    )
    .await;
    app.edge.take_calls();
    for outcome in ["verified", "replayed"] {
        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
        assert_eq!(app.edge.take_calls(), ["UpdateItem"], "{outcome}");
    }
}

#[tokio::test]
async fn bad_input_costs_no_round_trip() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    app.post(VERIFY, json!({})).await;
    app.edge.take_calls();
    app.post(REQUEST, json!({ "email": "ada" })).await;
    app.post_text(REQUEST, "{").await;
    app.post(
        VERIFY,
        json!({ "email": "ada@example.org", "token": "malformed" }),
    )
    .await;
    assert!(app.edge.take_calls().is_empty());
}
