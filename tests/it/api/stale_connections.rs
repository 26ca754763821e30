//! SES behind connections whose other end is gone. `SendEmail` has no idempotency token, so a mail
//! must not go into one.

use std::time::Duration;

use local::functions::{Dependencies, Functions, start_all};
use mail::Ses;
use serde_json::{Value, json};
use shared::runtime::aws::Aws;

use crate::events::notices::{change, invoke, moved};
use crate::support::app::TestApp;
use crate::support::wire::{Cut, Wire};

/// A connection is stale after any idle time.
const NEVER: Duration = Duration::ZERO;
/// No connection of a test becomes stale.
const ALWAYS: Duration = Duration::from_hours(24);

/// The functions with this wire to SES, whose connections are reused for this long.
fn behind(wire: &Wire, app: &TestApp, idle_timeout: Duration) -> (Functions, Ses) {
    let environment = app.environment_with(&[("AWS_ENDPOINT_URL_SESV2", &wire.url)]);
    let aws = Aws::of_emulators(&environment).unwrap();
    let ses = Ses::with_idle_timeout(&aws, &environment, idle_timeout);
    let functions = start_all(&Dependencies {
        environment: &environment,
        aws: &aws,
        ses: &ses,
        clock: &app.clock,
    })
    .unwrap();
    (functions, ses)
}

/// Asks to verify an address, and returns the status.
async fn ask(functions: &Functions, email: &str) -> u64 {
    let event = include_str!("../../../events/request_email_verification/http_api.json");
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["body"] = Value::String(json!({ "email": email }).to_string());
    let function = &functions["request_email_verification"];
    let answer = function.invoke(&event.to_string()).await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["statusCode"].as_u64().unwrap()
}

#[tokio::test]
async fn a_dead_connection_costs_no_mail() {
    for cut in [Cut::Resets, Cut::Swallows] {
        let app = TestApp::start().await;
        let wire = Wire::to(&app.inbox_url).await;
        let (functions, ses) = behind(&wire, &app, NEVER);
        ses.open_connection().await;
        for sent in 1..=3 {
            wire.cut(cut);
            let email = format!("user{sent}@example.org");
            assert_eq!(ask(&functions, &email).await, 200, "{cut:?}");
            assert_eq!(app.sent.len(), sent, "{cut:?}: each mail is sent once");
            assert_eq!(app.ses_faults.attempts(), sent);
            assert_eq!(wire.connections(), 1 + sent, "{cut:?}: one more is opened");
        }
    }
}

#[tokio::test]
async fn a_dead_connection_costs_no_notice() {
    let app = moved().await;
    let wire = Wire::to(&app.inbox_url).await;
    let (functions, ses) = behind(&wire, &app, NEVER);
    ses.open_connection().await;
    wire.cut(Cut::Swallows);
    let notifying = invoke(&functions["notify_previous_address"], &change(&app).await).await;
    assert_eq!(notifying.unwrap(), "mailed");
    assert_eq!(wire.connections(), 2, "one more is opened");
}

#[tokio::test]
async fn a_fresh_connection_is_used_again() {
    let app = TestApp::start().await;
    let wire = Wire::to(&app.inbox_url).await;
    let (functions, ses) = behind(&wire, &app, ALWAYS);
    ses.open_connection().await;
    for sent in 1..=3 {
        let email = format!("user{sent}@example.org");
        assert_eq!(ask(&functions, &email).await, 200);
        assert_eq!((app.sent.len(), wire.connections()), (sent, 1));
    }
}

#[tokio::test]
async fn a_failure_to_open_ahead_is_ignored() {
    let app = TestApp::start().await;
    let wire = Wire::to(&app.inbox_url).await;
    let (functions, _) = behind(&wire, &app, NEVER);
    wire.cut_with_next(Cut::Resets);
    assert_eq!(ask(&functions, "ada@example.org").await, 200);
    assert_eq!((app.sent.len(), wire.connections()), (1, 2));
}
