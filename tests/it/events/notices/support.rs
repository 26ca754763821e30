//! Users who move, and what the function does then.

use std::sync::Arc;

use lambda_http::{Context, LambdaEvent};
use local::captured_mails::CapturedMail;
use local::lambda::{Function, InvocationError};
use mail::Ses;
use notify_previous_address::{Answer, NotifyError, NotifyPreviousAddress};
use serde_json::{Value, json};
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::domain::user_record::Verification;
use shared::domain::version::Version;
use shared::runtime::aws::Aws;
use shared::store::Overwrite;

use crate::support::app::{TestApp, VERIFY};
use crate::support::logs;
use crate::support::mail::proof_of;
use crate::support::stream;

pub const FUNCTION: &str = "notify_previous_address";
pub const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
pub const OLD: &str = "Old@example.org";
pub const OLDS_ITEM: &str = "address#old@example.org";
pub const NEW: &str = "new@example.net";

/// The user verifies this address by the link of a mail.
pub async fn verify(app: &TestApp, email: &str) {
    let mail = app.ask(json!({ "uuid": UUID, "email": email })).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

/// The user verifies an address, and then another one.
pub async fn moved() -> TestApp {
    let app = TestApp::start().await;
    verify(&app, OLD).await;
    verify(&app, NEW).await;
    app
}

/// An operator verifies this address of a user.
pub async fn verify_by_operator(app: &TestApp, user: &UserId, email: &str) {
    let verification = Verification {
        address: EmailAddress::parse(email).unwrap(),
        at: app.now(),
    };
    let store = app.operator_store();
    let first = Version::first([1; 4]);
    let recording = store.record_operator_verification(user, &verification, Overwrite::Any, first);
    recording.await.unwrap();
}

/// The changes that pass the filter, from the oldest on.
pub async fn changes(app: &TestApp) -> Vec<Value> {
    stream::let_through(app, FUNCTION).await
}

pub async fn invoke(function: &Function, change: &Value) -> Result<String, InvocationError> {
    let answer = function
        .invoke(&json!({ "Records": [change] }).to_string())
        .await?;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let [outcome] = answer["outcomes"].as_array().unwrap().as_slice() else {
        panic!("{answer}")
    };
    Ok(outcome.as_str().unwrap().to_owned())
}

/// The newest of them.
pub async fn change(app: &TestApp) -> Value {
    changes(app).await.pop().expect("there is a change")
}

/// Invokes the function with each change since the start, as Lambda does. Returns the outcomes of
/// those that it does not ignore.
pub async fn notify(app: &TestApp) -> Vec<String> {
    let mut outcomes = Vec::new();
    for change in changes(app).await {
        let outcome = invoke(&app.functions[FUNCTION], &change).await;
        outcomes.push(outcome.unwrap());
    }
    outcomes.retain(|outcome| outcome != "ignored");
    outcomes
}

/// Invokes a new instance with a batch. The request's id finds its metrics.
pub async fn invoke_as(
    app: &TestApp,
    request_id: &str,
    changes: &[Value],
) -> Result<Answer, NotifyError> {
    let environment = app.environment_with(&[]);
    let aws = Aws::of_emulators(&environment).unwrap();
    let ses = Ses::new(&aws, &environment);
    let clock = app.clock.clone();
    let function = NotifyPreviousAddress::from_environment(&environment, &aws, &ses, clock);
    let mut context = Context::default();
    context.request_id = request_id.to_owned();
    let batch = json!({ "Records": changes });
    let event = LambdaEvent::new(batch, context);
    function.unwrap().handle(event).await
}

/// The error of this change.
pub async fn failure(app: &TestApp, change: &Value) -> String {
    match invoke(&app.functions[FUNCTION], change).await {
        Err(InvocationError::Failed(error)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The one line in the log about a change.
pub fn line_of(change: &Value) -> Value {
    let lines = logs::all();
    let lines = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut lines: Vec<_> = lines
        .filter(|line| line["span"]["event_id"] == change["eventID"])
        .collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0)
}

/// The notices that were mailed, the newest first.
pub fn notices(app: &TestApp) -> Vec<Arc<CapturedMail>> {
    let mut mails = app.sent.newest_first();
    mails.retain(|mail| mail.tags[0].value != "verification");
    mails
}
