//! Events for adopters' systems: real records of the table's stream pass the filters of
//! `template.yaml`, the function and the bus.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use axum::http::Method;
use axum::routing::post;
use futures_util::future::join_all;
use lambda_http::{Context, LambdaEvent};
use local::lambda::{Function, InvocationError};
use local::published::{Fault, PublishedEvent};
use local::ses;
use local::stack::{self, TABLE};
use local::stream::{Progress, StreamReader};
use publish_events::PublishEvents;
use saphyr::{LoadableYamlNode, YamlOwned};
use serde_json::{Value, json};
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;
use tokio::net::TcpListener;

use crate::support::app::{
    PAGE, REQUEST, TestApp, VERIFY, code_of, code_proof_of, link_of, proof_of, suppression,
    wrong_code,
};
use crate::support::logs;
use crate::support::pattern::matches;
use crate::support::stream;
use crate::support::wire::Wire;

/// The filter patterns between the stream and the function.
fn patterns() -> &'static [Value] {
    static PATTERNS: OnceLock<Vec<Value>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let template = include_str!("../../../template.yaml");
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
async fn let_through(app: &TestApp) -> Vec<Value> {
    let mut records = stream::records(app).await;
    records.retain(|record| {
        let mut patterns = patterns().iter();
        patterns.any(|pattern| matches(pattern, Some(record)))
    });
    records
}

/// Invokes the function with one batch, and returns the sequence numbers that failed.
async fn publish(app: &TestApp, records: &[Value]) -> Vec<String> {
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
async fn events(app: &TestApp) -> Vec<PublishedEvent> {
    let _ = app.published.take();
    for batch in let_through(app).await.chunks(10) {
        assert_eq!(publish(app, batch).await, [] as [String; 0]);
    }
    let events = app.published.take();
    let ids: BTreeSet<_> = ids(&events).into_iter().collect();
    assert_eq!(ids.len(), events.len(), "each event has an id of its own");
    events
}

/// The ids in the events.
fn ids(events: &[PublishedEvent]) -> Vec<String> {
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

fn sequence_number(record: &Value) -> String {
    record["dynamodb"]["SequenceNumber"]
        .as_str()
        .unwrap()
        .to_owned()
}

const NOON: &str = "2026-11-23T12:00:00Z";

/// A first verification, by link.
fn verified(uuid: &str, email: &str, at: &str) -> (String, Value) {
    verified_by(uuid, email, at, None, "link")
}

fn verified_by(
    uuid: &str,
    email: &str,
    at: &str,
    previous: Option<&str>,
    method: &str,
) -> (String, Value) {
    let detail = json!({
        "stage": "local",
        "uuid": uuid,
        "email": email,
        "previous_email": previous,
        "verified_at": at,
        "method": method,
    });
    ("Email Verified".to_owned(), detail)
}

const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

#[tokio::test]
async fn a_replay_is_no_event() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "Ada@Example.com", "uuid": UUID, "first_name": "Ada" }))
        .await;
    assert_eq!(published(&app).await, [], "nothing is verified yet");

    for _ in 0..3 {
        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
        assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    }
    // The whole event: no token, code or name.
    let expected = verified(UUID, "Ada@Example.com", "2026-11-23T12:00:00Z");
    assert_eq!(published(&app).await, [expected]);
}

/// An event that `docs/integrate.md` shows, whole and without its id.
fn shown(file: &str) -> (String, Value) {
    let mut event: Value = serde_json::from_str(file).unwrap();
    assert_eq!(event["source"], "mailproof");
    let detail = event["detail"].as_object_mut().unwrap();
    let id = detail.remove("id");
    assert!(id.is_some_and(|id| id.is_string()));
    let stage = detail.insert("stage".to_owned(), json!("local"));
    assert_eq!(stage, Some(json!("prod")), "what a template begins with");
    (
        event["detail-type"].as_str().unwrap().to_owned(),
        event["detail"].take(),
    )
}

#[tokio::test]
async fn the_docs_show_real_events() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "Ada@Example.com", "uuid": UUID }))
        .await;
    app.post(VERIFY, proof_of(&mail)).await;
    let other = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
    let mail = app
        .ask(json!({ "email": "Ada@example.org", "uuid": other }))
        .await;
    let mut mail = (*mail).clone();
    mail.received_at = app.now().unix_seconds() * 1_000;
    let bounce = ses::event(
        &mail,
        &mail.to[0],
        ses::DeliveryOutcome::Bounced,
        mail.received_at,
    );
    app.record(&bounce).await.unwrap();
    let shown = [
        shown(include_str!("../../../docs/examples/email_verified.json")),
        shown(include_str!(
            "../../../docs/examples/email_undeliverable.json"
        )),
    ];
    assert_eq!(published(&app).await, shown);
}

#[tokio::test]
async fn a_forgotten_user_verifies_anew() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        let mail = app
            .ask(json!({ "email": "ada@example.org", "uuid": UUID }))
            .await;
        app.post(VERIFY, proof_of(&mail)).await;
        app.post(VERIFY, proof_of(&mail)).await;
        for item in [format!("user#{UUID}"), "address#ada@example.org".to_owned()] {
            app.delete(&item).await;
        }
    }
    let expected = verified(UUID, "ada@example.org", "2026-11-23T12:00:00Z");
    assert_eq!(published(&app).await, [expected.clone(), expected]);
}

#[tokio::test]
async fn a_hundred_proofs_at_once_are_one_event() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let answers = join_all((0..100).map(|_| app.post(VERIFY, proof_of(&mail)))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(events(&app).await.len(), 1);
}

/// Posts a proof as the page's form does.
async fn post_on_page(app: &TestApp, uuid: &str, form: String) {
    let request = app
        .request(Method::POST, &format!("{PAGE}?user={uuid}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into())
        .unwrap();
    assert_eq!(app.send(request).await.status, 200);
}

#[tokio::test]
async fn both_doors_name_the_method() {
    let app = TestApp::start().await;
    let mut expected = Vec::new();
    for (email, method, is_on_page) in [
        ("a@example.org", "link", false),
        ("b@example.org", "code", false),
        ("c@example.org", "link", true),
        ("d@example.org", "code", true),
    ] {
        let mail = app.ask(json!({ "email": email })).await;
        let (uuid, token) = link_of(&mail);
        match (method, is_on_page) {
            ("link", false) => assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200),
            ("code", false) => assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200),
            ("link", true) => post_on_page(&app, &uuid, format!("token={token}")).await,
            _ => post_on_page(&app, &uuid, format!("code={}", code_of(&mail))).await,
        }
        expected.push(verified_by(&uuid, email, NOON, None, method));
    }
    assert_eq!(published(&app).await, expected);
}

#[tokio::test]
async fn a_move_names_the_previous_email() {
    let app = TestApp::start().await;
    let mut expected = Vec::new();
    let mut previous: Option<String> = None;
    for (minute, email) in ["Old@example.org", "new@example.org", "old@Example.org"]
        .into_iter()
        .enumerate()
    {
        let mail = app.ask(json!({ "uuid": UUID, "email": email })).await;
        assert_eq!(events(&app).await.len(), minute, "to ask is no event");
        // The second one by code.
        let (proof, method) = match minute {
            1 => (code_proof_of(&mail), "code"),
            _ => (proof_of(&mail), "link"),
        };
        app.post(VERIFY, proof.clone()).await;
        app.post(VERIFY, proof).await;
        let at = app.now().to_string();
        expected.push(verified_by(
            UUID,
            &mail.to[0],
            &at,
            previous.as_deref(),
            method,
        ));
        previous = Some(mail.to[0].clone());
        app.pass(Duration::from_mins(1));
    }
    assert_eq!(published(&app).await, expected);
}

#[tokio::test]
async fn a_withdrawn_move_is_no_event() {
    let app = TestApp::start().await;
    let body = |email: &str| json!({ "uuid": UUID, "email": email });
    let old = app.ask(body("old@example.org")).await;
    app.post(VERIFY, proof_of(&old)).await;
    app.ask(body("typo@example.org")).await;
    // Already verified, which ends the move.
    assert_eq!(app.post(REQUEST, body("old@example.org")).await.status, 400);
    app.post(VERIFY, proof_of(&old)).await;
    assert_eq!(events(&app).await.len(), 1);

    let new = app.ask(body("new@example.org")).await;
    app.post(VERIFY, proof_of(&new)).await;
    assert_eq!(events(&app).await.len(), 2);
}

#[tokio::test]
async fn other_user_writes_are_no_events() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "uuid": UUID }))
        .await;
    app.ask(json!({ "uuid": UUID })).await;
    let wrong = json!({ "uuid": UUID, "code": wrong_code(&[&mail, &app.newest_mail()]) });
    assert_eq!(app.post(VERIFY, wrong.clone()).await.status, 400);
    app.ses_faults.next(ses::Fault::SendingPaused);
    assert_eq!(app.post(REQUEST, json!({ "uuid": UUID })).await.status, 503);
    assert_eq!(events(&app).await, []);

    app.post(VERIFY, proof_of(&mail)).await;
    // On the verified record: an attempt, a pending move, its withdrawal, and erasure.
    assert_eq!(app.post(VERIFY, wrong).await.status, 400);
    app.ask(json!({ "email": "grace@example.org", "uuid": UUID }))
        .await;
    app.ses_faults.next(ses::Fault::SendingPaused);
    assert_eq!(app.post(REQUEST, json!({ "uuid": UUID })).await.status, 503);
    app.delete(&format!("user#{UUID}")).await;
    assert_eq!(events(&app).await.len(), 1);
}

fn undeliverable(uuid: &str, email: &str, reason: &str, at: &str) -> (String, Value) {
    let detail = json!({
        "stage": "local",
        "uuid": uuid,
        "email": email,
        "reason": reason,
        "occurred_at": at,
    });
    ("Email Undeliverable".to_owned(), detail)
}

#[tokio::test]
async fn bounce_and_complaint_are_one_event_each() {
    let app = TestApp::start().await;
    let simulated = [
        ("Bounce@simulator.amazonses.com", "bounced"),
        ("complaint+1@simulator.amazonses.com", "complained"),
    ];
    let mut expected = Vec::new();
    for (email, reason) in simulated {
        let mail = app.ask(json!({ "email": email })).await;
        let of_ses = app.take_events();
        for event in of_ses.iter().chain(&of_ses) {
            app.record(event).await.unwrap();
        }
        let record = app.item(&format!("address#{}", email.to_lowercase())).await;
        let suppression = record.unwrap()["suppression"].as_m().unwrap().clone();
        expected.push(undeliverable(
            &link_of(&mail).0,
            email,
            reason,
            suppression["at"].as_s().unwrap(),
        ));
    }
    assert_eq!(published(&app).await, expected);
}

#[tokio::test]
async fn undeliverable_names_the_user() {
    let app = TestApp::start().await;
    let other = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
    let mut mails = Vec::new();
    for uuid in [UUID, other] {
        let mail = app
            .ask(json!({ "email": "ada@example.org", "uuid": uuid }))
            .await;
        let mut mail = (*mail).clone();
        mail.received_at = app.now().unix_seconds() * 1_000;
        mails.push(mail);
    }
    // The event of the earlier mail arrives last and replaces the record of the later one.
    for (mail, seconds) in [(&mails[1], 9), (&mails[0], 5)] {
        let at = mail.received_at + seconds * 1_000;
        let bounce = ses::event(mail, &mail.to[0], ses::DeliveryOutcome::Bounced, at);
        app.record(&bounce).await.unwrap();
    }
    let at = "2026-11-23T12:00:09Z";
    let expected = undeliverable(other, "ada@example.org", "bounced", at);
    assert_eq!(published(&app).await, [expected]);
}

#[tokio::test]
async fn undeliverable_once_until_unsuppressed() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "Ada@example.org" })).await;
    let suppressed = |reason: &str| {
        let mut suppression = suppression("Ada@example.org").as_m().unwrap().clone();
        suppression.insert("reason".to_owned(), AttributeValue::S(reason.to_owned()));
        AttributeValue::M(suppression)
    };
    let known = "address#ada@example.org";
    app.set(known, "suppression", suppressed("bounced")).await;
    // A complaint replaces a bounce: the address is undeliverable already.
    app.set(known, "suppression", suppressed("complained"))
        .await;
    app.remove(known, "suppression").await;
    assert_eq!(events(&app).await.len(), 1);
    app.set(known, "suppression", suppressed("complained"))
        .await;
    // A complaint may arrive when the record of the address has expired.
    app.set(
        "address#grace@example.org",
        "suppression",
        suppressed("bounced"),
    )
    .await;
    let reasons: Vec<_> = published(&app)
        .await
        .into_iter()
        .map(|(_, detail)| detail["reason"].clone())
        .collect();
    assert_eq!(reasons, ["bounced", "complained", "bounced"]);
}

#[tokio::test]
async fn old_records_publish_null() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "uuid": UUID }))
        .await;
    app.post(VERIFY, proof_of(&mail)).await;
    // An event about a mail of an earlier release has no user.
    let bouncing = app
        .ask(json!({ "email": "bounce@simulator.amazonses.com" }))
        .await;
    let mut bounce = app.take_events().pop().unwrap();
    let tags = bounce["detail"]["mail"]["tags"].as_object_mut().unwrap();
    assert_eq!(tags.remove("user"), Some(json!([link_of(&bouncing).0])));
    app.record(&bounce).await.unwrap();

    let mut records = let_through(&app).await;
    let image = records[0]["dynamodb"]["NewImage"].as_object_mut().unwrap();
    assert_eq!(image.remove("verified_by"), Some(json!({ "S": "link" })));
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    let details: Vec<_> = app
        .published
        .take()
        .into_iter()
        .map(|event| event.detail)
        .collect();
    assert_eq!(details.len(), 2);
    assert_eq!(details[0].get("method"), Some(&Value::Null));
    assert_eq!(details[1].get("uuid"), Some(&Value::Null));
}

/// This many users verify, one after the other.
async fn verify_users(app: &TestApp, count: usize) -> Vec<Value> {
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

fn ids_of(records: &[Value]) -> Vec<String> {
    let id = |record: &Value| record["eventID"].as_str().unwrap().to_owned();
    records.iter().map(id).collect()
}

#[tokio::test]
async fn the_filter_drops_no_event() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    app.ask(json!({ "email": "bounce@simulator.amazonses.com" }))
        .await;
    app.record_all().await;
    let all = stream::records(&app).await;
    assert!(all.len() > records.len() + 1);
    assert_eq!(publish(&app, &all).await, [] as [String; 0]);
    let of_all = ids(&app.published.take());
    let filtered = let_through(&app).await;
    assert!(filtered.len() < all.len());
    publish(&app, &filtered).await;
    assert_eq!(ids(&app.published.take()), of_all);
}

#[tokio::test]
async fn a_repeated_batch_has_the_same_ids() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    for _ in 0..2 {
        assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    }
    let events = app.published.take();
    let (first, second) = events.split_at(2);
    assert_eq!(ids(first), ids_of(&records));
    assert_eq!(ids(first), ids(second));
    assert_ne!(first[0].id, second[0].id, "EventBridge's own ids");
}

#[tokio::test]
async fn failed_entries_are_retried_alone() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 3).await;
    app.published.faults.next(Fault::Entries(&[0, 2]));
    app.published.faults.next(Fault::Entries(&[1]));
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    let [first, second, third] = ids_of(&records).try_into().unwrap();
    assert_eq!(ids(&app.published.take()), [second, first, third]);
    assert_eq!(app.published.faults.attempts(), 3);
}

#[tokio::test]
async fn exhausted_retries_fail_the_record() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 3).await;
    app.published.faults.next(Fault::Entries(&[1]));
    app.published.faults.always(Fault::Entries(&[0]));
    assert_eq!(
        publish(&app, &records).await,
        [sequence_number(&records[1])]
    );
    assert_eq!(app.published.faults.attempts(), 4);
    assert_eq!(app.published.take().len(), 2);
    // Lambda retries it.
    app.published.faults.clear();
    assert_eq!(publish(&app, &records[1..]).await, [] as [String; 0]);
    assert_eq!(ids(&app.published.take()), ids_of(&records[1..]));
}

#[tokio::test]
async fn a_failed_call_fails_its_records() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    let all: Vec<_> = records.iter().map(sequence_number).collect();
    // The SDK makes three attempts if a retry may help.
    for (fault, attempts) in [
        (Fault::AccessDenied, 1),
        (Fault::Internal, 3),
        (Fault::Throttled, 3),
    ] {
        let before = app.published.faults.attempts();
        app.published.faults.always(fault);
        assert_eq!(publish(&app, &records).await, all, "{fault:?}");
        assert_eq!(
            app.published.faults.attempts(),
            before + attempts,
            "{fault:?}"
        );
        app.published.faults.clear();
    }
    assert_eq!(app.published.take(), []);
}

#[tokio::test]
async fn a_failed_call_is_retried() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    for fault in [Fault::Throttled, Fault::Internal, Fault::LostAnswer] {
        app.published.faults.next(fault);
        assert_eq!(
            publish(&app, &records).await,
            [] as [String; 0],
            "{fault:?}"
        );
        let mut ids = ids(&app.published.take());
        if fault == Fault::LostAnswer {
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
    let function = function.giving_up_after(Duration::from_millis(50));
    app.published.faults.always(Fault::Silence);
    let batch = LambdaEvent::new(json!({ "Records": records }), Context::default());
    let answer = function.handle(batch).await.unwrap();
    let failures = answer
        .failures
        .into_iter()
        .map(|failure| failure.sequence_number);
    let all: Vec<_> = records.iter().map(sequence_number).collect();
    assert_eq!(failures.collect::<Vec<_>>(), all);
}

#[tokio::test]
async fn a_call_has_ten_entries_at_most() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 11).await;
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    assert_eq!(app.published.faults.attempts(), 2);
    assert_eq!(ids(&app.published.take()), ids_of(&records));
}

#[tokio::test]
async fn a_failed_call_spares_the_next() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 11).await;
    app.published.faults.next(Fault::AccessDenied);
    let failed: Vec<_> = records[..10].iter().map(sequence_number).collect();
    assert_eq!(publish(&app, &records).await, failed);
    assert_eq!(ids(&app.published.take()), ids_of(&records[10..]));
}

/// An EventBridge with these answers, one per call. The last one repeats.
async fn answering(app: &TestApp, answers: &[&'static str]) -> PublishEvents {
    let answers = Arc::new(Mutex::new(VecDeque::from(answers.to_vec())));
    let answer = move || {
        let mut answers = answers.lock().unwrap();
        let next = answers.pop_front().expect("a last answer stays");
        if answers.is_empty() {
            answers.push_back(next);
        }
        std::future::ready(next)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(answer));
    tokio::spawn(stack::serve(listener, router));
    let mut settings = app.environment.clone();
    settings.retain(|(name, _)| *name != "AWS_ENDPOINT_URL_EVENTBRIDGE");
    settings.push(("AWS_ENDPOINT_URL_EVENTBRIDGE", url));
    let environment = Environment::from_pairs(&settings);
    let aws = Aws::of_emulators(&environment).unwrap();
    PublishEvents::from_environment(&environment, &aws).unwrap()
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

#[tokio::test]
async fn a_refusal_is_logged_without_addresses() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 1).await;
    let refusal = json!({ "Entries": [{
        "ErrorCode": "MalformedDetail",
        "ErrorMessage": "no Quoted.Reader@example.org",
    }] });
    let refusal: &str = refusal.to_string().leak();
    let function = answering(&app, &[refusal]).await;
    let batch = LambdaEvent::new(json!({ "Records": records }), Context::default());
    function.handle(batch).await.unwrap();
    let line = line_of(&ids_of(&records)[0]);
    assert_eq!(line["error"], "MalformedDetail: no q***@e***.org");
}

#[tokio::test]
async fn an_unreadable_record_fails_alone() {
    let app = TestApp::start().await;
    let mut records = verify_users(&app, 3).await;
    let member = "/dynamodb/NewImage/verified_email/S";
    *records[1].pointer_mut(member).unwrap() = json!("odd.one.at.example.org");
    assert_eq!(
        publish(&app, &records).await,
        [sequence_number(&records[1])]
    );
    let [first, odd, third] = ids_of(&records).try_into().unwrap();
    assert_eq!(ids(&app.published.take()), [first, third]);
    let line = line_of(&odd);
    assert_eq!(
        (&line["level"], &line["outcome"]),
        (&json!("ERROR"), &json!("failed"))
    );
    let member = "/dynamodb/NewImage/verified_email";
    assert_eq!(
        line["error"],
        format!("a record of the stream cannot be read: {member}")
    );
    assert!(!logs::all().contains("odd.one"));
}

/// The one log line of an event.
fn line_of(event_id: &str) -> Value {
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

#[tokio::test]
async fn records_without_numbers_fail_the_batch() {
    let app = TestApp::start().await;
    let mut records = verify_users(&app, 2).await;
    records[1]["dynamodb"]
        .as_object_mut()
        .unwrap()
        .remove("SequenceNumber");
    for (batch, member) in [
        (json!({ "Records": records }), "/dynamodb/SequenceNumber"),
        (json!({ "Records": "none" }), "/Records"),
        (json!([]), "/Records"),
    ] {
        match app.functions["publish_events"]
            .invoke(&batch.to_string())
            .await
        {
            Err(InvocationError::Failed(error)) => {
                assert_eq!(
                    error,
                    format!("a record of the stream cannot be read: {member}")
                );
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(app.published.faults.attempts(), 0);
}

#[tokio::test]
async fn no_events_make_no_call() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "ada@example.org" })).await;
    let records = stream::records(&app).await;
    assert!(!records.is_empty());
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    assert_eq!(app.published.faults.attempts(), 0);
}

#[tokio::test]
async fn events_and_logs_have_no_secrets() {
    let app = TestApp::start().await;
    let body =
        json!({ "email": "Secret.Reader@example.org", "uuid": UUID, "first_name": "Margaret" });
    let mail = app.ask(body).await;
    app.post(VERIFY, code_proof_of(&mail)).await;
    let mut published = events(&app).await;
    let event = &mut published[0];
    let line = line_of(event.detail["id"].as_str().unwrap());
    let expected = [
        ("message", "event published"),
        ("outcome", "published"),
        ("detail_type", "Email Verified"),
        ("user", UUID),
        ("address", "s***@e***.org"),
    ];
    for (name, value) in expected {
        assert_eq!(line[name], value, "{line}");
    }
    let text = format!("{event:?} {line}");
    let digest = mail.header("X-Entity-Ref-ID").unwrap();
    for secret in [&link_of(&mail).1, &code_of(&mail), "Margaret", digest] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(!logs::all().contains("Secret.Reader"));

    // The whole event. Both ids are random.
    event.id = String::new();
    event.detail["id"] = json!("");
    insta::assert_json_snapshot!("email_verified", event);
}

#[tokio::test]
async fn a_connection_opened_ahead_is_used() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 1).await;
    let wire = Wire::to(&app.inbox_url).await;
    let mut settings = app.environment.clone();
    settings.retain(|(name, _)| *name != "AWS_ENDPOINT_URL_EVENTBRIDGE");
    settings.push(("AWS_ENDPOINT_URL_EVENTBRIDGE", wire.url.clone()));
    let environment = Environment::from_pairs(&settings);
    let aws = Aws::of_emulators(&environment).unwrap();
    let function = PublishEvents::from_environment(&environment, &aws).unwrap();
    function.open_connection(&aws).await;
    assert_eq!(wire.connections(), 1);
    let batch = LambdaEvent::new(json!({ "Records": records }), Context::default());
    assert_eq!(function.handle(batch).await.unwrap().failures, []);
    assert_eq!((wire.connections(), app.published.take().len()), (1, 1));
}

#[tokio::test]
async fn a_missing_bus_stops_the_start() {
    let app = TestApp::start().await;
    let start = |name: &'static str, value: &str| {
        let mut settings = app.environment.clone();
        settings.retain(|(other, _)| *other != name);
        settings.push((name, value.to_owned()));
        let environment = Environment::from_pairs(&settings);
        let aws = Aws::from_environment(&environment).unwrap();
        PublishEvents::from_environment(&environment, &aws)
            .map(drop)
            .map_err(|error| error.to_string())
    };
    let missing = "setting EVENT_BUS_NAME: must be set".to_owned();
    assert_eq!(start("EVENT_BUS_NAME", ""), Err(missing));
    assert!(start("STAGE", "a b").is_err());
    assert_eq!(start("STAGE", ""), Ok(()));
}

#[tokio::test]
async fn the_local_reader_retries_from_a_failure() {
    let app = TestApp::start().await;
    let mut reader = StreamReader::from_now_on(app.database.clone(), TABLE).unwrap();
    let function = app.functions["publish_events"].clone();
    assert_eq!(reader.hand_on(&function).await.unwrap(), Progress::Idle);
    let records = verify_users(&app, 2).await;
    app.published.faults.always(Fault::AccessDenied);
    assert_eq!(reader.hand_on(&function).await.unwrap(), Progress::Failed);
    assert_eq!(reader.hand_on(&function).await.unwrap(), Progress::Failed);
    app.published.faults.clear();
    let crashes = Function::of_events(|_| async { Err::<(), _>("no") });
    assert_eq!(reader.hand_on(&crashes).await.unwrap(), Progress::Failed);
    assert_eq!(reader.hand_on(&function).await.unwrap(), Progress::Done);
    assert_eq!(reader.hand_on(&function).await.unwrap(), Progress::Idle);
    assert_eq!(ids(&app.published.take()), ids_of(&records));
}

#[tokio::test]
async fn the_local_reader_retries_from_the_lowest() {
    for (failures, again) in [
        (&[Some(2), Some(1)][..], 1),
        // Lambda treats an unknown sequence number as a failure of the whole batch.
        (&[Some(2), None], 0),
        (&[], 3),
    ] {
        let app = TestApp::start().await;
        let mut reader = StreamReader::from_now_on(app.database.clone(), TABLE).unwrap();
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
        reader.hand_on(&failing).await.unwrap();
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
        reader.hand_on(&watching).await.unwrap();
        assert_eq!(
            *seen.lock().unwrap(),
            (again..3).map(item).collect::<Vec<_>>()
        );
        assert_eq!(reader.hand_on(&watching).await.unwrap(), Progress::Idle);
    }
}
