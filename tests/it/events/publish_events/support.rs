//! Records of the stream, and what the function publishes of them.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::routing::post;
use local::published::PublishedEvent;
use local::stack;
use publish_events::PublishEvents;
use saphyr::{LoadableYamlNode, YamlOwned};
use serde_json::{Value, json};
use shared::runtime::aws::Aws;

use crate::support::app::{TestApp, VERIFY};
use crate::support::http::listen;
use crate::support::logs;
use crate::support::mail::proof_of;
use crate::support::pattern::matches;
use crate::support::stream;

/// The filter patterns between the stream and the function.
pub fn patterns() -> &'static [Value] {
    static PATTERNS: OnceLock<Vec<Value>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let template = include_str!("../../../../template.yaml");
        let template = YamlOwned::load_from_str(template).unwrap().remove(0);
        let events = &template["Resources"]["PublishEventsFunction"]["Properties"]["Events"];
        let events = events.as_mapping().expect("the function has event sources");
        let filters = events.values().flat_map(|event| {
            let filters = &event["Properties"]["FilterCriteria"]["Filters"];
            filters.as_sequence().expect("an event source has filters")
        });
        let pattern = |filter: &YamlOwned| {
            let text = filter["Pattern"].as_str().expect("a pattern is text");
            serde_json::from_str(text).expect("a pattern is JSON")
        };
        filters.map(pattern).collect()
    })
}

/// The stream's records that pass Lambda's filter, in order.
pub async fn let_through(app: &TestApp) -> Vec<Value> {
    let mut records = stream::records(app).await;
    records.retain(|record| {
        let mut patterns = patterns().iter();
        patterns.any(|pattern| matches(pattern, Some(record)))
    });
    records
}

/// Invokes the function with one batch, and returns the sequence numbers that failed.
pub async fn publish(app: &TestApp, records: &[Value]) -> Vec<String> {
    let batch = json!({ "Records": records }).to_string();
    let answer = app.functions["publish_events"]
        .invoke(&batch)
        .await
        .unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap().iter();
    let number = |failure: &Value| failure["itemIdentifier"].as_str().unwrap().to_owned();
    failures.map(number).collect()
}

/// What the bus gets if the whole stream is published once, in order.
pub async fn events(app: &TestApp) -> Vec<PublishedEvent> {
    let _ = app.published.take();
    for batch in let_through(app).await.chunks(10) {
        assert_eq!(publish(app, batch).await, [] as [String; 0]);
    }
    let events = app.published.take();
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
