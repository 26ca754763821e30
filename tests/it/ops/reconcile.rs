//! `admin reconcile`: bounces and complaints that SES lists and no event reported.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use insta::assert_snapshot;
use local::ses::{DeliveryOutcome, ListRefusal, SuppressedFor};
use serde_json::{Value, json};

use crate::events::mail_events::{ADA, assert_outcome, mail_to_ada, record_of, ses_event};
use crate::events::publish_events;
use crate::ops::admin::run;
use crate::support::app::{REQUEST, TestApp, VERIFY, error, link_of, proof_of};
use crate::support::edge::Break;

const ADAS_ITEM: &str = "address#ada@example.org";
const GRACE: &str = "grace@example.org";
const STRANGER: &str = "stranger@example.net";

/// SES lists addresses this long after it accepted their mails.
const SECONDS: i64 = 5;

/// A service that mailed Ada and Grace, and got no event.
async fn mailed() -> TestApp {
    let app = TestApp::start().await;
    for email in [ADA, GRACE] {
        app.ask(json!({ "email": email })).await;
    }
    app.take_events();
    app
}

fn list(app: &TestApp, spelling: &str, reason: SuppressedFor) {
    let at = app.now().unix_seconds() + SECONDS;
    app.suppression_list.put(spelling, reason, at);
}

async fn reconcile(app: &TestApp) -> Value {
    run(app, &["reconcile", "--json"]).await.json()
}

/// The counts: listed, unreadable, known, on record, recorded.
fn counts(report: &Value) -> [u64; 5] {
    ["listed", "unreadable", "known", "on_record", "recorded"]
        .map(|name| report[name].as_u64().unwrap())
}

async fn assert_refused(app: &TestApp, email: &str) {
    let answer = app.post(REQUEST, json!({ "email": email })).await;
    let expected = error(
        "validation_error",
        "email_address_suppressed",
        "This address cannot receive our mail. Use a different one.",
        Some("email"),
    );
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
}

// Recording

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
async fn a_missed_bounce_and_complaint_are_recorded() {
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
    assert_refused(&app, ADA).await;
    assert_refused(&app, GRACE).await;
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
    app.store.suppress(&listed).await.unwrap();
    let after = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(after, of_event);
}

// Addresses

#[tokio::test]
async fn an_unknown_address_is_not_stored() {
    let app = mailed().await;
    list(&app, STRANGER, SuppressedFor::Bounce);
    let before = app.table().await;
    let outcome = run(&app, &["reconcile", "--json"]).await;
    assert!(!outcome.out.contains(STRANGER), "{}", outcome.out);
    assert_eq!(counts(&outcome.json()), [1, 0, 0, 0, 0]);
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn the_derived_user_makes_it_known() {
    let app = mailed().await;
    // The record left the table after the last mail.
    app.delete(ADAS_ITEM).await;
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
    assert_refused(&app, ADA).await;
}

#[tokio::test]
async fn a_verified_derived_user_makes_it_known() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": ADA })).await;
    app.post(VERIFY, proof_of(&mail)).await;
    let user = link_of(&mail).0;
    // The user has requested another address.
    app.ask(json!({ "uuid": user, "email": GRACE })).await;
    app.delete(ADAS_ITEM).await;
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
}

#[tokio::test]
async fn an_abandoned_address_is_unknown() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": ADA })).await;
    let user = link_of(&mail).0;
    app.ask(json!({ "uuid": user, "email": GRACE })).await;
    app.delete(ADAS_ITEM).await;
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 0, 0, 0]);
    assert_eq!(app.item(ADAS_ITEM).await, None);
}

#[tokio::test]
async fn a_forgotten_address_is_unknown() {
    let app = mailed().await;
    run(&app, &["forget", ADA, "--yes"]).await.text();
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 0, 0, 0]);
    assert_eq!(app.item(ADAS_ITEM).await, None);
}

#[tokio::test]
async fn spellings_of_an_address_are_one() {
    for flags in [&["--dry-run"][..], &[]] {
        let app = mailed().await;
        list(&app, "ADA@example.org", SuppressedFor::Bounce);
        list(&app, "Ada@example.org", SuppressedFor::Complaint);
        list(&app, "ada@EXAMPLE.org", SuppressedFor::Bounce);
        let arguments = [&["reconcile", "--json"], flags].concat();
        let report = run(&app, &arguments).await.json();
        let missed =
            json!([{ "email": ADA, "reason": "complained", "at": "2026-11-23T12:00:05Z" }]);
        assert_eq!(report["missed"], missed, "{flags:?}");
        assert_eq!(report["on_record"], 2, "{flags:?}");
    }
}

#[tokio::test]
async fn an_unreadable_entry_is_skipped() {
    let app = mailed().await;
    list(&app, "not an address", SuppressedFor::Bounce);
    let malformed = AttributeValue::S("by another version".to_owned());
    app.set("address#grace@example.org", "mails", malformed)
        .await;
    list(&app, GRACE, SuppressedFor::Bounce);
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [3, 2, 1, 0, 1]);
    assert_refused(&app, ADA).await;
}

#[tokio::test]
async fn every_page_of_the_list_is_read() {
    let app = mailed().await;
    app.suppression_list.set_page_size(2);
    for email in [ADA, "between@example.org", GRACE] {
        list(&app, email, SuppressedFor::Bounce);
    }
    assert_eq!(counts(&reconcile(&app).await), [3, 0, 2, 0, 2]);
    assert_refused(&app, ADA).await;
    assert_refused(&app, GRACE).await;
}

// After unsuppress

#[tokio::test]
async fn an_unsuppressed_address_is_shown() {
    let app = mailed().await;
    let spelling = "ADA@example.org";
    list(&app, spelling, SuppressedFor::Bounce);
    reconcile(&app).await;
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    // A spelling that `unsuppress` did not try.
    app.set_back(Duration::from_mins(1));
    list(&app, "aDA@example.org", SuppressedFor::Bounce);
    app.pass(Duration::from_mins(1));
    let before = app.table().await;
    assert_snapshot!(run(&app, &["reconcile"]).await.text(), @"
    Nothing was missed.
      Listed by SES     1
      In this table     1
      Already recorded  0
      Recorded now      0
      Unreadable        0

    Unsuppressed here, but still on SES's list. Run `unsuppress` with this spelling
      aDA@example.org
    ");
    assert_eq!(app.table().await, before);
    run(&app, &["unsuppress", "aDA@example.org"]).await.text();
    assert!(!app.suppression_list.contains("aDA@example.org"));
    assert_eq!(reconcile(&app).await["unsuppressed"], json!([]));
}

#[tokio::test]
async fn a_bounce_after_an_unsuppress_is_recorded() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    reconcile(&app).await;
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    app.pass(Duration::from_mins(1));
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
    assert_refused(&app, ADA).await;
}

#[tokio::test]
async fn entries_of_the_unsuppress_second_are_ignored() {
    for (seconds, is_missed) in [(0, 0), (1, 1)] {
        let app = mailed().await;
        list(&app, ADA, SuppressedFor::Bounce);
        reconcile(&app).await;
        app.pass(Duration::from_mins(1));
        run(&app, &["unsuppress", ADA]).await.text();
        let at = app.now().unix_seconds() + seconds;
        app.suppression_list.put(ADA, SuppressedFor::Bounce, at);
        let report = run(&app, &["reconcile", "--dry-run", "--json"])
            .await
            .json();
        assert_eq!(report["missed"].as_array().unwrap().len(), is_missed);
        assert_eq!(
            report["unsuppressed"].as_array().unwrap().len(),
            1 - is_missed
        );
        assert_eq!(reconcile(&app).await["recorded"], is_missed);
    }
}

#[tokio::test]
async fn an_old_complaint_is_ignored() {
    let app = mailed().await;
    let before = app.now().unix_seconds();
    app.pass(Duration::from_mins(1));
    list(&app, ADA, SuppressedFor::Bounce);
    run(&app, &["unsuppress", ADA]).await.text();
    list(&app, ADA, SuppressedFor::Bounce);
    reconcile(&app).await;
    app.suppression_list
        .put(ADA, SuppressedFor::Complaint, before);
    for arguments in [
        &["reconcile", "--json", "--dry-run"][..],
        &["reconcile", "--json"],
    ] {
        let report = run(&app, arguments).await.json();
        assert_eq!(counts(&report), [1, 0, 1, 1, 0]);
    }
}

#[tokio::test]
async fn unsuppress_removes_a_recorded_bounce() {
    let app = mailed().await;
    list(&app, "ADA@example.org", SuppressedFor::Bounce);
    reconcile(&app).await;
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    assert!(!app.suppression_list.contains("ADA@example.org"));
    app.ask(json!({ "email": ADA })).await;
}

// Errors

#[tokio::test]
async fn the_sandbox_is_named() {
    let app = mailed().await;
    for arguments in [&["reconcile"][..], &["unsuppress", ADA]] {
        app.suppression_list.refuse_next(ListRefusal::Sandbox);
        let (code, text) = run(&app, arguments).await.error();
        let text = text.replace(&app.inbox_url, "http://ses");
        let expected = "SES at http://ses refuses the call: BadRequestException: The request is \
                        not allowed for this account. An account in SES's sandbox cannot use its \
                        suppression list";
        assert_eq!((code, text.as_str()), (1, expected));
    }
}

#[tokio::test]
async fn a_throttled_call_is_retried() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    app.suppression_list.refuse_next(ListRefusal::Throttled);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
}

#[tokio::test]
async fn permanent_throttling_is_an_error() {
    let app = mailed().await;
    for _ in 0..3 {
        app.suppression_list.refuse_next(ListRefusal::Throttled);
    }
    let (code, text) = run(&app, &["reconcile"]).await.error();
    assert_eq!(code, 1);
    assert!(text.starts_with("too many requests at http://"), "{text}");
    assert!(text.contains(": TooManyRequestsException: "), "{text}");
    assert!(text.ends_with(". Try again in a minute"), "{text}");
}

#[tokio::test]
async fn the_next_run_completes_a_failed_one() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    list(&app, GRACE, SuppressedFor::Bounce);
    // Two lookups and a write.
    app.edge.break_after(3, Break::AccessDenied, 10);
    let (code, text) = run(&app, &["reconcile"]).await.error();
    assert_eq!(code, 1);
    let ending = ". 1 address recorded before that. Run it again for the rest";
    assert!(text.ends_with(ending), "{text}");
    app.edge.mend();
    assert_eq!(counts(&reconcile(&app).await), [2, 0, 2, 1, 1]);
}

#[tokio::test]
async fn a_lost_answer_is_retried() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    app.edge.break_after(1, Break::LostAnswer, 1);
    reconcile(&app).await;
    assert_refused(&app, ADA).await;
}
