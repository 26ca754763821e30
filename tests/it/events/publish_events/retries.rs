//! Failed entries and calls are retried, and the rest is reported to Lambda.

use std::time::Duration;

use lambda_http::{Context, LambdaEvent};
use local::edge::{Entries, Fault};
use publish_events::PublishEvents;
use serde_json::json;
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;

use super::support::{answering, ids, ids_of, line_of, publish, sequence_number, verify_users};
use crate::support::app::TestApp;

#[tokio::test]
async fn failed_entries_are_retried_alone() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 3).await;
    app.event_faults.next(Fault::Partial(Entries::at(&[0, 2])));
    app.event_faults.next(Fault::Partial(Entries::at(&[1])));
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    let [first, second, third] = ids_of(&records).try_into().unwrap();
    assert_eq!(ids(&app.take_published()), [second, first, third]);
    assert_eq!(app.event_faults.attempts(), 3);
}

#[tokio::test]
async fn exhausted_retries_fail_the_record() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 3).await;
    app.event_faults.next(Fault::Partial(Entries::at(&[1])));
    app.event_faults.always(Fault::Partial(Entries::at(&[0])));
    assert_eq!(
        publish(&app, &records).await,
        [sequence_number(&records[1])]
    );
    assert_eq!(app.event_faults.attempts(), 4);
    assert_eq!(app.take_published().len(), 2);
    // Lambda retries it.
    app.event_faults.clear();
    assert_eq!(publish(&app, &records[1..]).await, [] as [String; 0]);
    assert_eq!(ids(&app.take_published()), ids_of(&records[1..]));
}

#[tokio::test]
async fn a_failed_call_fails_its_records() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    let all: Vec<_> = records.iter().map(sequence_number).collect();
    // The SDK makes three attempts if a retry may help.
    for (fault, attempts) in [
        (Fault::AccessDenied, 1),
        (Fault::Error, 3),
        (Fault::Throttled, 3),
    ] {
        let before = app.event_faults.attempts();
        app.event_faults.always(fault);
        assert_eq!(publish(&app, &records).await, all, "{fault:?}");
        assert_eq!(app.event_faults.attempts(), before + attempts, "{fault:?}");
        app.event_faults.clear();
    }
    assert_eq!(app.take_published(), []);
}

#[tokio::test]
async fn a_failed_call_is_retried() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    for fault in [Fault::Throttled, Fault::Error, Fault::CutAfter] {
        app.event_faults.next(fault);
        assert_eq!(
            publish(&app, &records).await,
            [] as [String; 0],
            "{fault:?}"
        );
        let mut ids = ids(&app.take_published());
        if fault == Fault::CutAfter {
            // The bus has them already.
            assert_eq!(ids.drain(..2).collect::<Vec<_>>(), ids_of(&records));
        }
        assert_eq!(ids, ids_of(&records), "{fault:?}");
    }
}

#[tokio::test]
async fn a_silent_bus_times_out() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    let environment = Environment::from_pairs(&app.environment);
    let aws = Aws::of_emulators(&environment).unwrap();
    let function = PublishEvents::from_environment(&environment, &aws).unwrap();
    let function = function.with_timeout(Duration::from_millis(50));
    app.event_faults.always(Fault::Silent);
    let batch = LambdaEvent::new(json!({ "Records": records }), Context::default());
    let answer = function.handle(batch).await.unwrap();
    let failures = answer
        .failures
        .into_iter()
        .map(|failure| failure.sequence_number);
    let all: Vec<_> = records.iter().map(sequence_number).collect();
    assert_eq!(failures.collect::<Vec<_>>(), all);
    // Not the timeout of one call, which is the SDK's.
    let line = line_of(&ids_of(&records)[0]);
    assert_eq!(line["error"], "the calls took too long");
}

#[tokio::test]
async fn a_call_has_ten_entries_at_most() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 11).await;
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    assert_eq!(app.event_faults.attempts(), 2);
    assert_eq!(ids(&app.take_published()), ids_of(&records));
}

#[tokio::test]
async fn a_failed_call_fails_its_own_entries() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 11).await;
    app.event_faults.next(Fault::AccessDenied);
    let failed: Vec<_> = records[..10].iter().map(sequence_number).collect();
    assert_eq!(publish(&app, &records).await, failed);
    assert_eq!(ids(&app.take_published()), ids_of(&records[10..]));
}

#[tokio::test]
async fn an_entry_without_an_id_failed() {
    const TAKEN: &str = r#"{ "FailedEntryCount": 0, "Entries": [{ "EventId": "1" }] }"#;
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    let all: Vec<_> = records.iter().map(sequence_number).collect();
    for (answers, failed) in [
        // The second entry has no result, and is retried alone.
        (&[TAKEN][..], &all[2..]),
        (&[TAKEN, "{}"], &all[1..]),
        (&[r#"{ "FailedEntryCount": 0 }"#], &all),
        (
            &[r#"{ "Entries": [{}, { "EventId": "2" }] }"#, "{}"],
            &all[..1],
        ),
        (
            &[
                r#"{"Entries":[{"EventId":"1","ErrorCode":"InternalFailure"},{"EventId":"2"}]}"#,
                "{}",
            ],
            &all[..1],
        ),
        (&["<html>"], &all),
    ] {
        let function = answering(&app, answers).await;
        let batch = LambdaEvent::new(json!({ "Records": records }), Context::default());
        let answer = function.handle(batch).await.unwrap();
        let failures = answer.failures.into_iter();
        let failures: Vec<_> = failures.map(|failure| failure.sequence_number).collect();
        assert_eq!(failures, failed, "{answers:?}");
    }
}
