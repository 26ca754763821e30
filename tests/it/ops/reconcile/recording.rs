//! What is recorded, and what a dry run shows.

use insta::assert_snapshot;
use local::ses::{DeliveryOutcome, SuppressedFor};
use serde_json::{Value, json};
use shared::domain::version::Version;

use super::support::{GRACE, SECONDS, STRANGER, counts, list, mailed, reconcile};
use crate::events::mail_events::{ADA, assert_outcome, mail_to_ada, record_of, ses_event};
use crate::events::publish_events;
use crate::ops::admin::run;
use crate::support::app::TestApp;
use crate::support::mail::link_of;

#[tokio::test]
async fn an_empty_list_records_nothing() {
    let app = mailed().await;
    let before = app.table().await;
    assert_snapshot!(run(&app, &["reconcile"]).await.text(), @"
    Nothing was missed.
      Listed by SES     0
      In this table     0
      Already recorded  0
      Recorded now      0
      Unreadable        0
    ");
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_reported_bounce_is_not_missed() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    assert_outcome(
        &app,
        &ses_event(&mail, DeliveryOutcome::Bounced, 4),
        "recorded",
    )
    .await;
    list(&app, ADA, SuppressedFor::Bounce);
    let before = app.table().await;
    let report = reconcile(&app).await;
    assert_eq!(counts(&report), [1, 0, 1, 1, 0]);
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn missed_entries_are_recorded() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    list(&app, GRACE, SuppressedFor::Complaint);
    assert_snapshot!(run(&app, &["reconcile"]).await.text(), @"
    2 addresses recorded and suppressed.
      Listed by SES     2
      In this table     2
      Already recorded  0
      Recorded now      2
      Unreadable        0

    Missed
      ada@example.org    bounced, since 2026-11-23T12:00:05Z
      grace@example.org  complained, since 2026-11-23T12:00:05Z
    ");
    app.assert_suppressed(ADA).await;
    app.assert_suppressed(GRACE).await;
    let status = run(&app, &["status", GRACE, "--json"]).await.json();
    assert_eq!(
        status["address"]["suppression"],
        json!({ "reason": "complained", "at": "2026-11-23T12:00:05Z" })
    );
    assert_eq!(status["address"]["leaves_at"], Value::Null);
}

#[tokio::test]
async fn a_recorded_bounce_is_one_event() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    list(&app, ADA, SuppressedFor::Bounce);
    reconcile(&app).await;
    reconcile(&app).await;
    // The event arrives late.
    assert_outcome(
        &app,
        &ses_event(&mail, DeliveryOutcome::Bounced, 4),
        "recorded",
    )
    .await;
    let events = publish_events::published(&app).await;
    let [(kind, detail)] = &events[..] else {
        panic!("one event and not {events:?}");
    };
    assert_eq!(kind, "Email Undeliverable");
    // All its mails were for one user.
    assert_eq!(detail["uuid"], link_of(&mail).0);
    assert_eq!(
        (&detail["email"], &detail["reason"], &detail["occurred_at"]),
        (
            &json!(ADA),
            &json!("bounced"),
            &json!("2026-11-23T12:00:05Z")
        )
    );
}

#[tokio::test]
async fn an_event_during_the_run_wins() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    list(&app, ADA, SuppressedFor::Bounce);
    let function = app.functions["record_mail_events"].clone();
    let event = ses_event(&mail, DeliveryOutcome::Bounced, 4).to_string();
    // Between the lookup and the write.
    app.edge.meanwhile(1, async move {
        function.invoke(&event).await.unwrap();
    });
    let report = reconcile(&app).await;
    assert_eq!(counts(&report), [1, 0, 1, 1, 0]);
    assert_eq!(publish_events::published(&app).await.len(), 1);
    let suppression = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(suppression.at.to_string(), "2026-11-23T12:00:04Z");
}

#[tokio::test]
async fn a_second_run_records_nothing() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    list(&app, GRACE, SuppressedFor::Complaint);
    assert_eq!(counts(&reconcile(&app).await), [2, 0, 2, 0, 2]);
    let before = app.table().await;
    let again = reconcile(&app).await;
    assert_eq!(counts(&again), [2, 0, 2, 2, 0]);
    assert_eq!(again["missed"], json!([]));
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_dry_run_shows_and_changes_nothing() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    let before = app.table().await;
    let dry_run = ["reconcile", "--dry-run"];
    assert_snapshot!(run(&app, &dry_run).await.text(), @"
    1 address to record. --dry-run changed nothing.
      Listed by SES     1
      In this table     1
      Already recorded  0
      Recorded now      0
      Unreadable        0

    Missed
      ada@example.org  bounced, since 2026-11-23T12:00:05Z
    ");
    let report = run(&app, &[&dry_run[..], &["--json"]].concat())
        .await
        .json();
    let missed = json!([{ "email": ADA, "reason": "bounced", "at": "2026-11-23T12:00:05Z" }]);
    let expected = json!({
        "dry_run": true,
        "listed": 1,
        "unreadable": 0,
        "unreadable_items": [],
        "known": 1,
        "on_record": 0,
        "unsuppressed": [],
        "missed": missed,
        "recorded": 0,
    });
    assert_eq!(report, expected);
    assert_eq!(app.table().await, before);
    assert_eq!(reconcile(&app).await["missed"], missed);
}

#[tokio::test]
async fn a_dry_run_only_reads() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    list(&app, STRANGER, SuppressedFor::Bounce);
    app.edge.take_calls();
    run(&app, &["reconcile", "--dry-run"]).await.text();
    let calls = app.edge.take_calls();
    assert!(
        !calls.is_empty() && calls.iter().all(|call| call == "GetItem"),
        "{calls:?}"
    );
}

#[tokio::test]
async fn a_complaint_replaces_a_bounce() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    assert_outcome(
        &app,
        &ses_event(&mail, DeliveryOutcome::Bounced, 4),
        "recorded",
    )
    .await;
    list(&app, ADA, SuppressedFor::Complaint);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
    let suppression = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(suppression.reason.as_str(), "complained");
}

#[tokio::test]
async fn a_late_event_replaces_the_list_entry() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    list(&app, ADA, SuppressedFor::Bounce);
    reconcile(&app).await;
    let listed = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(listed.mail, None);
    // In the same second as the list's entry, with the id of its mail.
    let event = ses_event(&mail, DeliveryOutcome::Bounced, SECONDS);
    assert_outcome(&app, &event, "recorded").await;
    let of_event = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(of_event.at, listed.at);
    assert!(of_event.mail.is_some());
    let first = Version::first([1; 4]);
    app.store.suppress(&listed, first).await.unwrap();
    let after = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(after, of_event);
}
