//! Mails to Ada, SES's events about them, and what is on record then.

use local::captured_mails::CapturedMail;
use local::lambda::InvocationError;
use local::ses::{DeliveryOutcome, event};
use serde_json::{Value, json};
use shared::domain::address_record::AddressRecord;
use shared::domain::email_address::EmailAddress;

use crate::support::app::TestApp;
use crate::support::logs;

pub const ADA: &str = "ada@example.org";
pub const ADAS_ITEM: &str = "address#ada@example.org";

/// The mail, as if SES had accepted it now.
pub fn taken_now(app: &TestApp, mail: &CapturedMail) -> CapturedMail {
    let mut mail = mail.clone();
    mail.received_at = app.now().unix_seconds() * 1_000 + 123;
    mail
}

/// Requests a mail to Ada, and returns it as if SES had accepted it now.
pub async fn mail_to_ada(app: &TestApp) -> CapturedMail {
    let mail = app.ask(json!({ "email": ADA })).await;
    taken_now(app, &mail)
}

/// SES's event about this mail, so many seconds after SES accepted it.
pub fn ses_event(mail: &CapturedMail, outcome: DeliveryOutcome, seconds: i64) -> Value {
    event(
        mail,
        &mail.to[0],
        outcome,
        mail.received_at + seconds * 1_000,
    )
}

/// Delivers an event and returns the outcome.
pub async fn record_outcome(app: &TestApp, event: &Value) -> String {
    let answer = app.record(event).await.unwrap();
    answer["outcome"].as_str().unwrap().to_owned()
}

/// Delivers an event and checks the outcome.
pub async fn assert_outcome(app: &TestApp, event: &Value, expected: &str) {
    let outcome = record_outcome(app, event).await;
    assert_word(app, &outcome, expected, event);
}

/// Delivers all of SES's pending events and checks the outcome of each.
pub async fn assert_outcomes(app: &TestApp, expected: &[&str]) {
    let outcomes = app.record_all().await;
    assert_eq!(outcomes.len(), expected.len());
    for (outcome, expected) in outcomes.iter().zip(expected) {
        assert_word(app, outcome, expected, &Value::Null);
    }
}

/// On a busy machine the SDK may retry a write whose answer was late. The outcome is then `known`.
fn assert_word(app: &TestApp, outcome: &str, expected: &str, event: &Value) {
    let may_be_known = expected == "recorded" && app.edge.saw_a_repeated_call();
    assert!(
        outcome == expected || (may_be_known && outcome == "known"),
        "{outcome} and not {expected}: {event}"
    );
}

pub async fn record_of(app: &TestApp, email: &str) -> Option<AddressRecord> {
    let address = EmailAddress::parse(email).unwrap();
    app.store.find_address(&address).await.unwrap()
}

/// The delivery status of the newest mail to Ada.
pub async fn newest(app: &TestApp) -> &'static str {
    let record = record_of(app, ADA).await.unwrap();
    record.newest_mail().unwrap().0.as_str()
}

/// The reason of the suppression of Ada's address.
pub async fn suppressed_for(app: &TestApp) -> Option<&'static str> {
    let suppression = record_of(app, ADA).await?.suppression?;
    Some(suppression.reason.as_str())
}

pub fn failure(outcome: Result<Value, InvocationError>) -> String {
    match outcome {
        Err(InvocationError::Failed(error)) => error.message,
        other => panic!("{other:?}"),
    }
}

pub fn lines_of(event: &Value) -> Vec<Value> {
    let lines = logs::all();
    let lines = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["span"]["event_id"] == event["id"])
        .collect()
}
