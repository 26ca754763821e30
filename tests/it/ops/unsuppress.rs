//! `admin unsuppress`: a suppressed address gets mail again.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use insta::assert_snapshot;
use local::edge::Fault;
use local::ses::{DeliveryOutcome, SuppressedFor};
use serde_json::{Value, json};

use crate::events::mail_events::{
    ADA, assert_outcome, assert_outcomes, mail_to_ada, record_of, record_outcome, ses_event,
};
use crate::ops::admin::run;
use crate::support::app::{REQUEST, TestApp, suppression};

const ADAS_ITEM: &str = "address#ada@example.org";

/// Mails Ada. SES reports this outcome and lists the address. Returns the event.
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
async fn an_unsuppressed_address_gets_mail() {
    let app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Bounced).await;
    assert_eq!(code_of_next_request(&app).await, "email_address_suppressed");
    app.pass(Duration::from_hours(2));
    let text = run(&app, &["unsuppress", "Ada@Example.org"]).await.text();
    assert_snapshot!(text, @"
    ada@example.org can be mailed again.
      Table  removed: bounced, since 2026-11-23T12:00:05Z
      SES    removed: ada@example.org
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
async fn only_later_events_suppress_again() {
    let app = TestApp::start().await;
    let bounce = suppressed(&app, DeliveryOutcome::Bounced).await;
    let mut complaint = bounce.clone();
    complaint["detail-type"] = json!("Email Complaint Received");
    complaint["detail"]["complaint"] = json!({ "timestamp": "2026-11-23T12:30:00.000Z" });
    app.pass(Duration::from_hours(2));
    run(&app, &["unsuppress", ADA]).await.text();

    assert_outcome(&app, &bounce, "known").await;
    assert_outcome(&app, &complaint, "recorded").await;
    assert!(!record_of(&app, ADA).await.unwrap().is_suppressed(app.now()));
    let again = mail_to_ada(&app).await;
    assert_outcome(
        &app,
        &ses_event(&again, DeliveryOutcome::Bounced, 5),
        "recorded",
    )
    .await;
    assert_eq!(code_of_next_request(&app).await, "email_address_suppressed");
    // Earlier events are still ignored.
    record_outcome(&app, &complaint).await;
    let suppression = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(suppression.reason.as_str(), "bounced");
}

#[tokio::test]
async fn events_in_the_same_second_are_ignored() {
    for (later, is_suppressed) in [(0, false), (1, true)] {
        let app = TestApp::start().await;
        let bounce = suppressed(&app, DeliveryOutcome::Bounced).await;
        app.pass(Duration::from_mins(1));
        run(&app, &["unsuppress", ADA]).await.text();
        let mut again = bounce.clone();
        let at = app.now().plus(Duration::from_secs(later)).to_string();
        again["detail"]["bounce"]["timestamp"] = json!(at);
        record_outcome(&app, &again).await;
        let record = record_of(&app, ADA).await.unwrap();
        assert_eq!(record.is_suppressed(app.now()), is_suppressed, "{later}");
    }
}

#[tokio::test]
async fn a_complaint_meanwhile_stays() {
    let app = Arc::new(TestApp::start().await);
    let bounce = suppressed(&app, DeliveryOutcome::Bounced).await;
    app.pass(Duration::from_hours(2));
    let mut complaint = bounce.clone();
    complaint["detail-type"] = json!("Email Complaint Received");
    complaint["detail"]["complaint"] = json!({ "timestamp": "2026-11-23T14:00:01.000Z" });
    // Between the read and the write of the command.
    app.edge.meanwhile(1, {
        let app = Arc::clone(&app);
        async move { assert_outcome(&app, &complaint, "recorded").await }
    });
    let outcome = run(&app, &["unsuppress", ADA]).await;
    let (code, error) = outcome.error();
    assert_eq!(code, 1);
    assert_snapshot!(error, @"
    Look at it with `admin status`, and run the command again to allow email.
    Problem: ada@example.org was suppressed again meanwhile, in the table mailproof
    ");
    assert_eq!(code_of_next_request(&app).await, "email_address_suppressed");
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    assert_eq!(code_of_next_request(&app).await, Value::Null);
}

/// Its bounce is delivered once more afterwards.
#[tokio::test]
async fn an_operator_with_a_slow_clock_decides() {
    let app = TestApp::start().await;
    let bounce = suppressed(&app, DeliveryOutcome::Bounced).await;
    run(&app, &["unsuppress", ADA]).await.text();
    assert_outcome(&app, &bounce, "known").await;
    assert_eq!(code_of_next_request(&app).await, Value::Null);
}

#[tokio::test]
async fn the_record_is_kept_for_a_month() {
    let app = TestApp::start().await;
    let bounce = suppressed(&app, DeliveryOutcome::Bounced).await;
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    let a_month = app.now().plus(Duration::from_hours(30 * 24));
    let expiry = AttributeValue::N(a_month.unix_seconds().to_string());
    assert_eq!(app.item(ADAS_ITEM).await.unwrap()["expires_at"], expiry);
    app.ask(json!({ "email": ADA })).await;
    let item = app.item(ADAS_ITEM).await.unwrap();
    assert_eq!(item["expires_at"], expiry, "a request does not change it");
    assert_outcome(&app, &bounce, "known").await;
    assert_eq!(app.item(ADAS_ITEM).await.unwrap()["expires_at"], expiry);
}

#[tokio::test]
async fn unsuppress_raises_the_version() {
    let app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Bounced).await;
    let before = record_of(&app, ADA).await.unwrap();
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    let after = record_of(&app, ADA).await.unwrap();
    assert!(after.version > before.version);
}

#[tokio::test]
async fn unsuppress_has_json() {
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
    // Within the same second.
    let again = run(&app, &arguments).await;
    let printed: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(
        printed,
        json!({ "email": ADA, "suppression": null, "ses": [] })
    );
    let text = "Check the address, --table and --region.\nProblem: ada@example.org is not \
                suppressed, neither in the table mailproof nor at SES";
    assert_eq!(again.error(), (1, text.to_owned()));
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn status_shows_a_suppression_and_its_end() {
    let app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Complained).await;
    let address = |text: String| text.split("\n\n").next().unwrap().to_owned();
    let status = address(run(&app, &["status", ADA]).await.text());
    assert_snapshot!(status, @"
    Address ada@example.org
      Mails        1 in the last 24 hours, 1 in 30 days
      Newest mail  complained, at 2026-11-23T12:00:05Z
      Suppressed   complained, since 2026-11-23T12:00:05Z
      Kept         until `forget`
    ");
    let status = run(&app, &["status", ADA, "--json"]).await.json();
    let expected = json!({
        "mails": 1,
        "mails_per_day": null,
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
      Suppressed   no, unsuppressed at 2026-11-23T12:01:00Z
      Kept         until 2026-12-23T12:01:00Z
    ");
}

#[tokio::test]
async fn the_mailed_spelling_is_removed() {
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
async fn an_address_that_only_ses_lists_is_removed() {
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
async fn a_suppression_by_hand_is_removed() {
    let app = TestApp::start().await;
    app.set(ADAS_ITEM, "suppression", suppression(ADA)).await;
    let text = run(&app, &["unsuppress", ADA]).await.text();
    assert!(text.contains("SES    was not listed"), "{text}");
    assert_eq!(code_of_next_request(&app).await, Value::Null);
}

// Errors

#[tokio::test]
async fn a_lost_answer_is_retried() {
    let app = TestApp::start().await;
    app.set(ADAS_ITEM, "suppression", suppression(ADA)).await;
    // The first call is the lookup.
    app.edge.after(1, Fault::CutAfter, 1);
    let report = run(&app, &["unsuppress", ADA, "--json"]).await.json();
    assert_eq!(report["suppression"]["reason"], "bounced");
    assert_eq!(code_of_next_request(&app).await, Value::Null);
}

#[tokio::test]
async fn an_unreachable_ses_changes_nothing() {
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
    let start = "Check the network, --region and --ses-endpoint-url.\n\
                 Problem: no answer from SES at http://127.0.0.1:9: ";
    assert!(text.starts_with(start) && !text.contains('{'), "{text}");
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn an_endpoint_needs_its_ses() {
    let mut app = TestApp::start().await;
    suppressed(&app, DeliveryOutcome::Bounced).await;
    let dynamodb = app.setting("AWS_ENDPOINT_URL_DYNAMODB").to_owned();
    let ses = app.setting("AWS_ENDPOINT_URL_SESV2").to_owned();
    app.environment
        .retain(|(name, _)| *name != "AWS_ENDPOINT_URL_SESV2");
    app.edge.take_calls();
    let arguments = ["unsuppress", ADA, "--endpoint-url", &dynamodb];
    // Without the flag, AWS_ENDPOINT_URL_DYNAMODB names the same endpoint.
    for arguments in [&arguments[..], &arguments[..2]] {
        let error = run(&app, arguments).await.error();
        let text = "Give --ses-endpoint-url or AWS_ENDPOINT_URL_SESV2 as well.\n\
                    Problem: a table at an endpoint of its own would be used with the SES of an \
                    account";
        assert_eq!(error, (2, text.to_owned()));
    }
    assert!(app.edge.take_calls().is_empty());
    let both = [&arguments[..], &["--ses-endpoint-url", &ses]].concat();
    run(&app, &both).await.text();
}

#[tokio::test]
async fn only_an_address_can_be_unsuppressed() {
    let app = TestApp::start().await;
    app.edge.take_calls();
    for text in ["ada", "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99"] {
        let error = run(&app, &["unsuppress", text]).await.error();
        let expected = format!(
            "Give an address such as ada@example.com.\n\
             Problem: '{text}' is not an email address"
        );
        assert_eq!(error, (2, expected));
    }
    assert!(app.edge.take_calls().is_empty());
}
