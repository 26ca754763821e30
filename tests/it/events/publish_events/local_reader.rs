//! The reader of the local stream retries as Lambda does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::edge::{Fault, Rule, Service};
use local::lambda::Function;
use local::stack::TABLE;
use local::stream::{Progress, StreamFaults, StreamReader};
use serde_json::{Value, json};

use super::support::{ids, ids_of, verify_users};
use crate::support::app::TestApp;

#[tokio::test]
async fn a_failed_record_is_retried() {
    let app = TestApp::start().await;
    let mut reader = StreamReader::latest(app.database.clone(), TABLE).unwrap();
    let function = app.functions["publish_events"].clone();
    assert_eq!(reader.poll(&function).await.unwrap(), Progress::Idle);
    let records = verify_users(&app, 2).await;
    app.event_faults.always(Fault::AccessDenied);
    assert_eq!(reader.poll(&function).await.unwrap(), Progress::Failed);
    assert_eq!(reader.poll(&function).await.unwrap(), Progress::Failed);
    app.event_faults.clear();
    let crashes = Function::of_events(|_| async { Err::<(), _>("no") });
    assert_eq!(reader.poll(&crashes).await.unwrap(), Progress::Failed);
    assert_eq!(reader.poll(&function).await.unwrap(), Progress::Done);
    assert_eq!(reader.poll(&function).await.unwrap(), Progress::Idle);
    assert_eq!(ids(&app.take_published()), ids_of(&records));
}

#[tokio::test]
async fn the_lowest_failure_is_retried_first() {
    for (failures, again) in [
        (&[Some(2), Some(1)][..], 1),
        // Lambda treats an unknown sequence number as a failure of the whole batch.
        (&[Some(2), None], 0),
        (&[], 3),
    ] {
        let app = TestApp::start().await;
        let mut reader = StreamReader::latest(app.database.clone(), TABLE).unwrap();
        let item = |number: usize| format!("address#u{number}@example.org");
        for number in 0..3 {
            app.set(&item(number), "version", AttributeValue::N("1".to_owned()))
                .await;
        }
        let failing = Function::of_events(move |event| async move {
            let number = |place: usize| {
                let numbers = event
                    .payload
                    .pointer(&format!("/Records/{place}/dynamodb/SequenceNumber"));
                numbers.unwrap().clone()
            };
            let ids = failures.iter().map(|place| place.map_or(json!(""), number));
            let ids: Vec<_> = ids.map(|id| json!({ "itemIdentifier": id })).collect();
            Ok::<_, String>(json!({ "batchItemFailures": ids }))
        });
        reader.poll(&failing).await.unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let keys = Arc::clone(&seen);
        let watching = Function::of_events(move |event| {
            let records = event.payload["Records"].as_array().unwrap().iter();
            let key = |record: &Value| {
                record["dynamodb"]["Keys"]["pk"]["S"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            keys.lock().unwrap().extend(records.map(key));
            async { Ok::<_, String>(Value::Null) }
        });
        reader.poll(&watching).await.unwrap();
        assert_eq!(
            *seen.lock().unwrap(),
            (again..3).map(item).collect::<Vec<_>>()
        );
        assert_eq!(reader.poll(&watching).await.unwrap(), Progress::Idle);
    }
}

#[tokio::test]
async fn records_arrive_late_twice_or_reordered() {
    for (fault, order) in [
        (Fault::Late(Duration::from_millis(1)), &[0, 1][..]),
        (Fault::Twice, &[0, 1, 0, 1]),
        (Fault::Reordered, &[1, 0]),
    ] {
        let app = TestApp::start().await;
        let mut reader = StreamReader::latest(app.database.clone(), TABLE).unwrap();
        let function = app.functions["publish_events"].clone();
        let faults = StreamFaults::new(app.whole_edge.clone(), "publish_events");
        app.whole_edge.set_rules(vec![
            Rule::always(Service::Ses, Fault::Error),
            Rule {
                operation: Some("notify_previous_address"),
                ..Rule::always(Service::Stream, Fault::Twice)
            },
        ]);
        let polled =
            async |reader: &mut StreamReader| reader.poll_with(&function, &faults).await.unwrap();
        assert_eq!(polled(&mut reader).await, Progress::Idle);
        app.ses_faults.clear();
        let records = verify_users(&app, 2).await;
        app.whole_edge.of(Service::Stream).next(fault);
        assert_eq!(polled(&mut reader).await, Progress::Done, "{fault:?}");
        assert_eq!(polled(&mut reader).await, Progress::Idle);
        let expected = ids_of(&records);
        let expected: Vec<_> = order.iter().map(|index| expected[*index].clone()).collect();
        assert_eq!(ids(&app.take_published()), expected, "{fault:?}");
    }
}
