//! Records of the stream, and what the function publishes of them.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post;
use local::published::PublishedEvent;
use local::stack;
use publish_events::PublishEvents;
use serde_json::{Value, json};
use shared::runtime::aws::Aws;

use crate::support::app::{TestApp, VERIFY};
use crate::support::http::listen;
use crate::support::logs;
use crate::support::mail::proof_of;
use crate::support::stream;

const FUNCTION: &str = "publish_events";

/// The filter patterns between the stream and the function.
pub fn patterns() -> Vec<Value> {
    stream::patterns(FUNCTION)
}

/// The stream's records that pass Lambda's filter, in order.
pub async fn let_through(app: &TestApp) -> Vec<Value> {
    stream::let_through(app, FUNCTION).await
}

/// Invokes the function with one batch, and returns the sequence numbers that failed.
pub async fn publish(app: &TestApp, records: &[Value]) -> Vec<String> {
    let batch = json!({ "Records": records }).to_string();
    let answer = app.functions[FUNCTION].invoke(&batch).await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap().iter();
    let number = |failure: &Value| failure["itemIdentifier"].as_str().unwrap().to_owned();
    failures.map(number).collect()
}

/// What the bus gets if the whole stream is published once, in order.
pub async fn events(app: &TestApp) -> Vec<PublishedEvent> {
    let _ = app.take_published();
    for batch in let_through(app).await.chunks(10) {
        assert_eq!(publish(app, batch).await, [] as [String; 0]);
    }
    let events = app.take_published();
    let ids: BTreeSet<_> = ids(&events).into_iter().collect();
    assert_eq!(ids.len(), events.len(), "each event has an id of its own");
    events
}

pub fn ids(events: &[PublishedEvent]) -> Vec<String> {
    let id = |event: &PublishedEvent| event.detail["id"].as_str().unwrap().to_owned();
    events.iter().map(id).collect()
}

/// The events, without their ids.
pub async fn published(app: &TestApp) -> Vec<(String, Value)> {
    let without_id = |mut event: PublishedEvent| {
        assert_eq!(
            (event.source.as_str(), event.bus.as_str()),
            ("mailproof", "default")
        );
        let id = event.detail.as_object_mut().unwrap().remove("id").unwrap();
        assert!(!id.as_str().unwrap().is_empty());
        (event.detail_type, event.detail)
    };
    events(app).await.into_iter().map(without_id).collect()
}

pub fn sequence_number(record: &Value) -> String {
    record["dynamodb"]["SequenceNumber"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

/// This many users verify in turn. Returns the records that pass the filter.
pub async fn verify_users(app: &TestApp, count: usize) -> Vec<Value> {
    for number in 0..count {
        let mail = app
            .ask(json!({ "email": format!("u{number}@example.org") }))
            .await;
        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    }
    let records = let_through(app).await;
    assert_eq!(records.len(), count);
    records
}

pub fn ids_of(records: &[Value]) -> Vec<String> {
    let id = |record: &Value| record["eventID"].as_str().unwrap().to_owned();
    records.iter().map(id).collect()
}

/// An EventBridge with these answers, one per call. The last one repeats.
pub async fn answering(app: &TestApp, answers: &[&'static str]) -> PublishEvents {
    let answers = Arc::new(Mutex::new(VecDeque::from(answers.to_vec())));
    let answer = move || {
        let mut answers = answers.lock().unwrap();
        let next = answers.pop_front().expect("a last answer stays");
        if answers.is_empty() {
            answers.push_back(next);
        }
        std::future::ready(next)
    };
    let listener = listen().await;
    let url = listener.url();
    let router = Router::new().route("/", post(answer));
    tokio::spawn(stack::serve(listener, router));
    let environment = app.environment_with(&[("AWS_ENDPOINT_URL_EVENTBRIDGE", &url)]);
    let aws = Aws::of_emulators(&environment).unwrap();
    PublishEvents::from_environment(&environment, &aws).unwrap()
}

/// The one log line of an event.
pub fn line_of(event_id: &str) -> Value {
    let lines: Vec<Value> = logs::all()
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["event_id"] == event_id)
        .collect();
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    line.clone()
}
