//! Rate limits of users and clients.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

use super::support::{TOO_MANY, assert_page, fetch, submit_code};
use crate::support::app::TestApp;
use crate::support::mail::{code_of, link_of, proof_of, wrong_code};

#[tokio::test]
async fn too_many_codes_leave_the_link() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let wrong = wrong_code(&[&mail]);
    for _ in 0..5 {
        assert_eq!(submit_code(&app, &mail, &wrong).await.status, 400);
    }
    app.pass(Duration::from_secs(61));
    let answer = submit_code(&app, &mail, &code_of(&mail)).await;
    assert_page(&answer, 429, TOO_MANY);
    assert_eq!(answer.header("retry-after"), Some("1739"));
    assert!(
        answer.body.contains("Try again in 29 minutes."),
        "{}",
        answer.body
    );
    assert!(
        answer
            .body
            .contains("You can still use the link in the email.")
    );
    let body = json!({ "uuid": link_of(&mail).0, "code": code_of(&mail) });
    let answer = fetch(&app, &body).await;
    let expected = json!({ "state": "too_many_attempts", "retry_after": 1739 });
    assert_eq!((answer.status.as_u16(), answer.json()), (429, expected));
    assert_eq!(fetch(&app, &proof_of(&mail)).await.status, 200);
}

/// A code from this address, with forged headers about the client.
fn attempt(source_ip: &str, number: u32) -> String {
    let event = include_str!("../../../events/verification_page/form_wrong_code.json");
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["requestContext"]["http"]["sourceIp"] = json!(source_ip);
    event["headers"]["x-forwarded-for"] = json!(format!("198.51.100.{number}"));
    event["headers"]["forwarded"] = json!(format!("for=198.51.100.{number}"));
    let user = format!("0198c5a4-7d1e-7c3b-9a52-{number:012x}");
    event["rawQueryString"] = json!(format!("user={user}"));
    event["body"] = json!(STANDARD.encode("code=000000"));
    event.to_string()
}

/// The status of the page's answer to an event, and its `Retry-After`.
async fn answer_to(app: &TestApp, event: &str) -> (u64, Value) {
    let answer = app.functions["verification_page"].invoke(event).await;
    let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
    let status = answer["statusCode"].as_u64().unwrap();
    (status, answer["headers"]["retry-after"].clone())
}

#[tokio::test]
async fn a_client_has_30_codes_in_5_minutes() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let attempt =
        async |source_ip: &str, number| answer_to(&app, &attempt(source_ip, number)).await;
    for number in 0..30 {
        assert_eq!(attempt("203.0.113.7", number).await.0, 400, "{number}");
    }
    app.pass(Duration::from_mins(1));
    let before = app.table().await;
    assert_eq!(attempt("203.0.113.7", 30).await, (429, json!("240")));
    assert_eq!(
        app.table().await,
        before,
        "a refusal costs no user an attempt"
    );
    assert_eq!(
        attempt("203.0.113.8", 31).await.0,
        400,
        "another client may"
    );
    // Links are not counted.
    for _ in 0..31 {
        assert_eq!(fetch(&app, &proof_of(&mail)).await.status, 200);
    }
    app.pass(Duration::from_mins(4));
    assert_eq!(attempt("203.0.113.7", 32).await.0, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_has_30_of_32_parallel_codes() {
    let app = TestApp::start().await;
    let status = async |number| answer_to(&app, &attempt("203.0.113.7", number)).await.0;
    let statuses = join_all((0..32).map(status)).await;
    let count = |status| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(400), count(429)), (30, 2), "{statuses:?}");
}

#[tokio::test]
async fn the_window_of_a_client_slides() {
    let app = TestApp::start().await;
    let status = async |number| answer_to(&app, &attempt("203.0.113.7", number)).await.0;
    assert_eq!(status(0).await, 400);
    app.pass(Duration::from_secs(299));
    for number in 1..30 {
        assert_eq!(status(number).await, 400, "{number}");
    }
    app.pass(Duration::from_secs(1));
    assert_eq!(status(30).await, 400, "the first one has left the window");
    assert_eq!(status(31).await, 429);
}

/// Clients are counted by IPv4 address or IPv6 /64, in either format of an event.
#[tokio::test]
async fn an_ipv6_network_is_one_client() {
    let app = TestApp::start().await;
    let status = async |rest_api: bool, source_ip: &str, number: u32| {
        let event = if rest_api {
            let event = include_str!("../../../events/verification_page/form_code_rest_api.json");
            let mut event: Value = serde_json::from_str(event).unwrap();
            event["requestContext"]["identity"]["sourceIp"] = json!(source_ip);
            let user = format!("0198c5a4-7d1e-7c3b-9a52-{number:012x}");
            event["body"] = json!(format!("uuid={user}&code=000000"));
            event["isBase64Encoded"] = json!(false);
            event.to_string()
        } else {
            attempt(source_ip, number)
        };
        answer_to(&app, &event).await.0
    };
    for number in 0..15 {
        let (one, other) = (
            format!("2001:db8:1:2::{number:x}"),
            format!("2001:db8:1:2:ffff::{number:x}"),
        );
        assert_eq!(status(false, &one, number).await, 400);
        assert_eq!(status(true, &other, 100 + number).await, 400);
    }
    for rest_api in [false, true] {
        assert_eq!(status(rest_api, "2001:db8:1:2:3:4:5:6", 200).await, 429);
        assert_eq!(status(rest_api, "2001:db8:1:3::1", 201).await, 400);
    }
}
