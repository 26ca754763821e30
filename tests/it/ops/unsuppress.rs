//! `admin unsuppress`: an address that got no more mail gets it again.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use insta::assert_snapshot;
use local::ses::{DeliveryOutcome, SuppressedFor};
use serde_json::{Value, json};

use crate::events::mail_events::{
    ADA, assert_outcome, assert_outcomes, mail_to_ada, record_of, record_outcome, ses_event,
};
use crate::ops::admin::run;
use crate::support::app::{REQUEST, TestApp, suppression};
use crate::support::edge::Break;

const ADAS_ITEM: &str = "address#ada@example.org";

/// Mails Ada, and has SES tell of it, and put her on its list for what it does so.
async fn suppressed(app: &TestApp, outcome: DeliveryOutcome) -> Value {
    let mail = mail_to_ada(app).await;
    let event = ses_event(&mail, outcome, 5);
    assert_outcome(app, &event, "recorded").await;
    app.suppression_list.put(ADA, SuppressedFor::Bounce, 0);
    event
}

async fn code_of_next_request(app: &TestApp) -> Value {
    let answer = app.post(REQUEST, json!({ "email": ADA })).await;
    match answer.status.as_u16() {
        200 => Value::Null,
        _ => answer.json()["code"].clone(),
    }
}

#[tokio::test]
async fn an_address_that_is_let_go_is_mailed_again_and_off_the_list_of_ses() {
    let app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Bounced).await;
    assert_eq!(code_of_next_request(&app).await, "email_address_suppressed");
    app.pass(Duration::from_hours(2));
    let text = run(&app, &["unsuppress", "Ada@Example.org"]).await.text();
    assert_snapshot!(text, @"
    ada@example.org can be mailed again.
      Table  it was suppressed since 2026-11-23T12:00:05Z: bounced
      SES    ada@example.org is off the list
    ");
    assert!(!app.suppression_list.contains(ADA));
    app.take_events();
    app.ask(json!({ "email": ADA })).await;
    assert_outcomes(&app, &["recorded"]).await;
    let status = run(&app, &["status", ADA, "--json"]).await.json();
    assert_eq!(status["address"]["newest_mail"]["state"], "delivered");
    assert_eq!(status["address"]["suppression"], Value::Null);
}

#[tokio::test]
async fn what_is_told_late_does_not_suppress_again_and_what_happens_later_does() {
    let app = TestApp::start().await;
    let bounce = suppressed(&app, DeliveryOutcome::Bounced).await;
    let mut complaint = bounce.clone();
    complaint["detail-type"] = json!("Email Complaint Received");
    complaint["detail"]["complaint"] = json!({ "timestamp": "2026-11-23T12:30:00.000Z" });
    app.pass(Duration::from_hours(2));
    run(&app, &["unsuppress", ADA]).await.text();

    assert_outcome(&app, &bounce, "known").await;
    assert_outcome(&app, &complaint, "recorded").await;
    assert!(!record_of(&app, ADA).await.unwrap().is_suppressed());
    let again = mail_to_ada(&app).await;
    assert_outcome(
        &app,
        &ses_event(&again, DeliveryOutcome::Bounced, 5),
        "recorded",
    )
    .await;
    assert_eq!(code_of_next_request(&app).await, "email_address_suppressed");
    // Of before, there is still nothing to hear.
    record_outcome(&app, &complaint).await;
    let suppression = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(suppression.reason.as_str(), "bounced");
}

#[tokio::test]
async fn of_the_very_second_in_which_it_was_let_go_nothing_suppresses_and_of_the_next_all_does() {
    for (later, is_suppressed) in [(0, false), (1, true)] {
        let app = TestApp::start().await;
        let bounce = suppressed(&app, DeliveryOutcome::Bounced).await;
        run(&app, &["unsuppress", ADA]).await.text();
        let mut again = bounce.clone();
        let at = app.now().plus(Duration::from_secs(later)).to_string();
        again["detail"]["bounce"]["timestamp"] = json!(at);
        record_outcome(&app, &again).await;
        let record = record_of(&app, ADA).await.unwrap();
        assert_eq!(record.is_suppressed(), is_suppressed, "{later}");
    }
}

#[tokio::test]
async fn that_it_was_let_go_is_remembered_as_long_as_an_event_may_be_on_its_way() {
    let app = TestApp::start().await;
    let bounce = suppressed(&app, DeliveryOutcome::Bounced).await;
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    let a_month = app.now().plus(Duration::from_hours(30 * 24));
    let expiry = AttributeValue::N(a_month.unix_seconds().to_string());
    assert_eq!(app.item(ADAS_ITEM).await.unwrap()["expires_at"], expiry);
    app.ask(json!({ "email": ADA })).await;
    let item = app.item(ADAS_ITEM).await.unwrap();
    assert_eq!(item["expires_at"], expiry, "a request keeps it");
    assert_outcome(&app, &bounce, "known").await;
    assert_eq!(app.item(ADAS_ITEM).await.unwrap()["expires_at"], expiry);
}

#[tokio::test]
async fn a_request_that_was_decided_before_it_was_let_go_loses_its_round() {
    let app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Bounced).await;
    let before = record_of(&app, ADA).await.unwrap();
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    let after = record_of(&app, ADA).await.unwrap();
    assert!(after.version > before.version);
}

#[tokio::test]
async fn scripts_are_told_the_same() {
    let app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Complained).await;
    app.pass(Duration::from_mins(1));
    let arguments = ["unsuppress", ADA, "--json"];
    let report = run(&app, &arguments).await.json();
    let expected = json!({
        "email": ADA,
        "suppression": { "reason": "complained", "at": "2026-11-23T12:00:05Z" },
        "ses": [ADA],
    });
    assert_eq!(report, expected);

    let before = app.table().await;
    app.pass(Duration::from_mins(1));
    let again = run(&app, &arguments).await;
    let printed: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(
        printed,
        json!({ "email": ADA, "suppression": null, "ses": [] })
    );
    let text = "ada@example.org is not suppressed, neither in the table mailproof nor by SES";
    assert_eq!(again.error(), (1, text.to_owned()));
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn status_shows_why_and_since_when_and_that_it_was_let_go() {
    let app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Complained).await;
    let address = |text: String| text.split("\n\n").next().unwrap().to_owned();
    let status = address(run(&app, &["status", ADA]).await.text());
    assert_snapshot!(status, @"
    Address ada@example.org
      Mails        1 in the last 24 hours, 1 in 30 days
      Newest mail  complained, at 2026-11-23T12:00:05Z
      Suppressed   complained, since 2026-11-23T12:00:05Z
      Kept         until it is forgotten
    ");
    let status = run(&app, &["status", ADA, "--json"]).await.json();
    let expected = json!({
        "mails": 1,
        "mails_in_30_days": 1,
        "newest_mail": { "state": "complained", "at": "2026-11-23T12:00:05Z" },
        "suppression": { "reason": "complained", "at": "2026-11-23T12:00:05Z" },
        "unsuppressed_at": null,
        "leaves_at": null,
    });
    assert_eq!(status["address"], expected);
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    let status = address(run(&app, &["status", ADA]).await.text());
    assert_snapshot!(status, @"
    Address ada@example.org
      Mails        1 in the last 24 hours, 1 in 30 days
      Newest mail  complained, at 2026-11-23T12:00:05Z
      Suppressed   no, let go at 2026-11-23T12:01:00Z
      Kept         until 2026-12-23T12:01:00Z
    ");
}

#[tokio::test]
async fn the_spelling_that_was_mailed_is_found_on_the_list_by_any_other() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "ADA@example.org" })).await;
    let mail = crate::events::mail_events::taken_now(&app, &app.newest_mail());
    record_outcome(&app, &ses_event(&mail, DeliveryOutcome::Bounced, 5)).await;
    app.suppression_list
        .put("ADA@example.org", SuppressedFor::Bounce, 0);
    run(&app, &["unsuppress", "ada@example.org"]).await.text();
    assert!(!app.suppression_list.contains("ADA@example.org"));
}

#[tokio::test]
async fn an_address_that_ses_alone_suppresses_is_let_go_before_its_event_comes() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    app.delete(ADAS_ITEM).await;
    app.suppression_list.put(ADA, SuppressedFor::Bounce, 0);
    app.pass(Duration::from_mins(1));
    let report = run(&app, &["unsuppress", ADA, "--json"]).await.json();
    assert_eq!(
        report,
        json!({ "email": ADA, "suppression": null, "ses": [ADA] })
    );
    assert_outcome(
        &app,
        &ses_event(&mail, DeliveryOutcome::Bounced, 5),
        "recorded",
    )
    .await;
    assert_eq!(code_of_next_request(&app).await, Value::Null);
}

#[tokio::test]
async fn a_suppression_that_somebody_wrote_by_hand_is_lifted_too() {
    let app = TestApp::start().await;
    app.set(ADAS_ITEM, "suppression", suppression(ADA)).await;
    let text = run(&app, &["unsuppress", ADA]).await.text();
    assert!(text.contains("it was not on the list"), "{text}");
    assert_eq!(code_of_next_request(&app).await, Value::Null);
}

// What goes wrong

#[tokio::test]
async fn an_answer_that_is_lost_is_no_failure() {
    let app = TestApp::start().await;
    app.set(ADAS_ITEM, "suppression", suppression(ADA)).await;
    // Looking is a call of its own.
    app.edge.break_after(1, Break::LostAnswer, 1);
    let report = run(&app, &["unsuppress", ADA, "--json"]).await.json();
    assert_eq!(report["suppression"]["reason"], "bounced");
    assert_eq!(code_of_next_request(&app).await, Value::Null);
}

#[tokio::test]
async fn an_ses_that_does_not_answer_leaves_all_as_it_is() {
    let app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Bounced).await;
    let before = app.table().await;
    let nowhere = [
        "unsuppress",
        ADA,
        "--ses-endpoint-url",
        "http://127.0.0.1:9",
    ];
    let (code, text) = run(&app, &nowhere).await.error();
    assert_eq!(code, 1);
    assert!(
        text.starts_with("SES at http://127.0.0.1:9 does not answer: ") && !text.contains('{'),
        "{text}"
    );
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn who_names_another_dynamodb_names_its_ses_too() {
    let mut app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Bounced).await;
    let of = |app: &TestApp, name: &str| {
        let mut variables = app.environment.iter();
        let found = variables.find(|(variable, _)| *variable == name);
        found.unwrap().1.clone()
    };
    let dynamodb = of(&app, "AWS_ENDPOINT_URL_DYNAMODB");
    let ses = of(&app, "AWS_ENDPOINT_URL_SESV2");
    app.environment
        .retain(|(name, _)| *name != "AWS_ENDPOINT_URL_SESV2");
    app.edge.take_calls();
    let arguments = ["unsuppress", ADA, "--endpoint-url", &dynamodb];
    let error = run(&app, &arguments).await.error();
    let text = "which SES? --endpoint-url names another DynamoDB; name the SES that belongs to it with \
                --ses-endpoint-url";
    assert_eq!(error, (2, text.to_owned()));
    assert!(app.edge.take_calls().is_empty());
    let both = [&arguments[..], &["--ses-endpoint-url", &ses]].concat();
    run(&app, &both).await.text();
}

#[tokio::test]
async fn what_is_no_address_is_refused_without_a_call() {
    let app = TestApp::start().await;
    app.edge.take_calls();
    for text in ["ada", "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99"] {
        let error = run(&app, &["unsuppress", text]).await.error();
        assert_eq!(error, (2, format!("'{text}' is no email address")));
    }
    assert!(app.edge.take_calls().is_empty());
}
