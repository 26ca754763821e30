//! Metrics: each thing is counted, and once.

use std::time::Duration;

use axum::http::Method;
use lambda_http::lambda_runtime::{Context, LambdaEvent};
use record_mail_events::RecordMailEvents;
use serde_json::{Value, json};
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;

use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY, suppression};
use crate::support::logs::metrics_of;
use crate::support::mail::{code_of, code_proof_of, link_of, proof_of, wrong_code};

/// The metrics of a call of the API.
async fn counted(app: &TestApp, path: &str, body: Value) -> Vec<String> {
    let answer = app.post(path, body).await;
    metrics_of(answer.header("x-request-id").unwrap())
}

/// The metrics of a form that is posted to the page.
async fn counted_on_page(app: &TestApp, form: String) -> Vec<String> {
    let request = app
        .request(Method::POST, PAGE)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into())
        .unwrap();
    let answer = app.send(request).await;
    metrics_of(answer.header("x-request-id").unwrap())
}

const NOTHING: [&str; 0] = [];

fn ada() -> Value {
    json!({ "email": "ada@example.org" })
}

#[tokio::test]
async fn a_request_counts_its_outcome() {
    let app = TestApp::start().await;
    for _ in 0..6 {
        assert_eq!(counted(&app, REQUEST, ada()).await, ["Mailed", "Requested"]);
    }
    assert_eq!(
        counted(&app, REQUEST, ada()).await,
        ["Requested", "Throttled"]
    );
    // A refused request is no request, and an unknown user gets no mail.
    assert_eq!(
        counted(&app, REQUEST, json!({ "email": "ada" })).await,
        NOTHING
    );
    let nobody = json!({ "uuid": "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99" });
    assert_eq!(counted(&app, REQUEST, nobody).await, ["Requested"]);
}

#[tokio::test]
async fn other_refusals_count_requested_alone() {
    let app = TestApp::start().await;
    let gone = suppression("gone@example.org");
    app.set("address#gone@example.org", "suppression", gone)
        .await;
    let gone = json!({ "email": "gone@example.org" });
    assert_eq!(counted(&app, REQUEST, gone).await, ["Requested"]);
    let mail = app.ask(ada()).await;
    app.post(VERIFY, proof_of(&mail)).await;
    // Already verified.
    assert_eq!(counted(&app, REQUEST, ada()).await, ["Requested"]);
}

#[tokio::test]
async fn a_verification_counts_once() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    assert_eq!(
        counted(&app, VERIFY, proof_of(&mail)).await,
        ["VerifiedByLink"]
    );
    for again in [proof_of(&mail), code_proof_of(&mail)] {
        assert_eq!(counted(&app, VERIFY, again).await, NOTHING);
    }
    let mail = app.ask(json!({ "email": "grace@example.org" })).await;
    assert_eq!(
        counted(&app, VERIFY, code_proof_of(&mail)).await,
        ["VerifiedByCode"]
    );

    let mail = app.ask(json!({ "email": "page@example.org" })).await;
    let form = format!("uuid={}&code={}", link_of(&mail).0, code_of(&mail));
    assert_eq!(
        counted_on_page(&app, form.clone()).await,
        ["VerifiedByCode"]
    );
    assert_eq!(counted_on_page(&app, form).await, NOTHING);
}

#[tokio::test]
async fn an_expired_proof_is_not_counted() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    app.pass(Duration::from_mins(30));
    assert_eq!(counted(&app, VERIFY, code_proof_of(&mail)).await, NOTHING);
    app.pass(Duration::from_hours(24));
    let (uuid, token) = link_of(&mail);
    let form = format!("uuid={uuid}&token={token}");
    assert_eq!(counted_on_page(&app, form).await, NOTHING);
    assert_eq!(counted(&app, VERIFY, proof_of(&mail)).await, NOTHING);
}

#[tokio::test]
async fn a_delivery_is_counted_once() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "success@simulator.amazonses.com" }))
        .await;
    let delivered = app.take_events().remove(0);
    let environment = Environment::from_pairs(&app.environment);
    let aws = Aws::of_emulators(&environment).unwrap();
    let function = RecordMailEvents::from_environment(&environment, &aws).unwrap();
    for (request_id, counted) in [("delivered", vec!["Delivered"]), ("repeated", vec![])] {
        let mut context = Context::default();
        context.request_id = request_id.to_owned();
        let event = LambdaEvent::new(delivered.clone(), context);
        function.handle(event).await.unwrap();
        assert_eq!(metrics_of(request_id), counted);
    }
}

#[tokio::test]
async fn a_refused_proof_is_wrong_or_throttled() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    let uuid = link_of(&mail).0;
    let malformed = json!({ "uuid": uuid, "token": "x" });
    assert_eq!(counted(&app, VERIFY, malformed).await, ["Wrong"]);
    let foreign = json!({ "uuid": uuid, "token": "A".repeat(43) });
    assert_eq!(counted(&app, VERIFY, foreign).await, ["Wrong"]);
    assert_eq!(
        counted_on_page(&app, format!("uuid={uuid}&token=x")).await,
        ["Wrong"]
    );

    let wrong = json!({ "uuid": uuid, "code": wrong_code(&[&mail]) });
    for _ in 0..5 {
        assert_eq!(counted(&app, VERIFY, wrong.clone()).await, ["Wrong"]);
    }
    assert_eq!(counted(&app, VERIFY, wrong).await, ["Throttled"]);
    // A malformed code is no attempt.
    let slip = json!({ "uuid": uuid, "code": "12345" });
    assert_eq!(counted(&app, VERIFY, slip).await, NOTHING);
}

#[tokio::test]
async fn a_client_over_its_limit_counts_throttled() {
    let app = TestApp::start().await;
    let form = |number: u8| format!("uuid=0198c5a4-7d1e-7c3b-9a52-{number:012x}&code=123456");
    for number in 0..30 {
        assert_eq!(counted_on_page(&app, form(number)).await, ["Wrong"]);
    }
    assert_eq!(counted_on_page(&app, form(30)).await, ["Throttled"]);
}
