//! What a function does before its first event.

use lambda_http::http::Request;
use lambda_http::http::header::AUTHORIZATION;
use lambda_http::{Body, RequestExt as _};
use local::fixtures::API_KEY;
use mail::Ses;
use request_email_verification::RequestEmailVerification;
use serde_json::json;
use shared::runtime::aws::Aws;

use crate::support::app::{REQUEST, TestApp};
use crate::support::wire::{Cut, Wire};

/// The function behind wires to DynamoDB and to SES.
async fn behind_wires(app: &TestApp) -> (RequestEmailVerification, [Wire; 2]) {
    let dynamodb = Wire::to(app.setting("AWS_ENDPOINT_URL_DYNAMODB")).await;
    let ses = Wire::to(&app.inbox_url).await;
    let environment = app.environment_with(&[
        ("AWS_ENDPOINT_URL_DYNAMODB", &dynamodb.url),
        ("AWS_ENDPOINT_URL_SESV2", &ses.url),
    ]);
    let aws = Aws::of_emulators(&environment).unwrap();
    let of_function = Ses::new(&aws, &environment);
    let clock = app.clock.clone();
    let function =
        RequestEmailVerification::from_environment(&environment, &aws, &of_function, clock);
    (function.unwrap(), [dynamodb, ses])
}

async fn ask(function: &RequestEmailVerification) -> u16 {
    let body = json!({ "email": "ada@example.org" }).to_string();
    let request = Request::builder()
        .method("POST")
        .uri(REQUEST)
        .header(AUTHORIZATION, format!("Bearer {API_KEY}"))
        .header("content-type", "application/json");
    let request = request.body(Body::from(body)).unwrap();
    let request = request.with_raw_http_path(REQUEST);
    function.handle(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_first_request_opens_no_connection() {
    let app = TestApp::start().await;
    let (function, wires) = behind_wires(&app).await;
    function.warm().await;
    assert_eq!(wires.each_ref().map(Wire::connections), [1, 1]);
    assert_eq!((app.sent.len(), app.ses_faults.attempts()), (0, 0));
    assert_eq!(ask(&function).await, 200);
    assert_eq!(wires.each_ref().map(Wire::connections), [1, 1]);
    assert_eq!(app.sent.len(), 1);
}

#[tokio::test]
async fn a_failure_before_the_first_request_is_ignored() {
    let app = TestApp::start().await;
    let (function, wires) = behind_wires(&app).await;
    for wire in &wires {
        wire.cut_with_next(Cut::Resets);
    }
    function.warm().await;
    assert_eq!(ask(&function).await, 200);
    assert_eq!(app.sent.len(), 1);
}
