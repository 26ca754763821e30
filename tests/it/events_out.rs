//! What adopters' systems are told: the records that the table's stream really holds, through the pipes
//! that `template.yaml` declares.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::ses::Fault;
use saphyr::{LoadableYamlNode, YamlOwned};
use serde_json::{Value, json};

use crate::support::app::{
    PAGE, REQUEST, TestApp, VERIFY, code_of, code_proof_of, link_of, proof_of, suppression,
    wrong_code,
};
use crate::support::join::join_all;
use crate::support::pipe;
use crate::support::stream;

const STAGE: &str = "a-stage";

/// An event as its bus gets it.
#[derive(Debug, PartialEq)]
struct Event {
    source: String,
    detail_type: String,
    detail: Value,
}

/// A pipe as `template.yaml` declares it.
struct Pipe {
    patterns: Vec<Value>,
    source: String,
    detail_type: String,
    input: String,
}

fn pipes() -> &'static [Pipe] {
    static PIPES: OnceLock<Vec<Pipe>> = OnceLock::new();
    PIPES.get_or_init(|| {
        let template = include_str!("../../template.yaml");
        let template = YamlOwned::load_from_str(template).unwrap().remove(0);
        let text = |node: &YamlOwned| node.as_str().expect("text").to_owned();
        let pipe = |name: &str| {
            let pipe = &template["Resources"][name]["Properties"];
            let filters = &pipe["SourceParameters"]["FilterCriteria"]["Filters"];
            let pattern = |filter: &YamlOwned| {
                serde_json::from_str(&text(&filter["Pattern"])).expect("a pattern is JSON")
            };
            let target = &pipe["TargetParameters"];
            let bus = &target["EventBridgeEventBusParameters"];
            Pipe {
                patterns: filters.as_sequence().unwrap().iter().map(pattern).collect(),
                source: text(&bus["Source"]),
                detail_type: text(&bus["DetailType"]),
                // CloudFormation's part of the work, with a stage that nobody writes by habit.
                input: sub(&target["InputTemplate"]).replace("${Stage}", STAGE),
            }
        };
        vec![pipe("EmailVerifiedPipe"), pipe("EmailUndeliverablePipe")]
    })
}

/// All that the pipes make of the table's stream, in its order.
async fn events(app: &TestApp) -> Vec<Event> {
    let mut events = Vec::new();
    for record in stream::records(app).await {
        for pipe in pipes() {
            let mut patterns = pipe.patterns.iter();
            if patterns.any(|pattern| pipe::matches(pattern, Some(&record))) {
                events.push(Event {
                    source: pipe.source.clone(),
                    detail_type: pipe.detail_type.clone(),
                    detail: pipe::fill(&pipe.input, &record),
                });
            }
        }
    }
    let ids: BTreeSet<_> = events
        .iter()
        .map(|event| event.detail["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), events.len(), "each event has an id of its own");
    events
}

/// The text behind `!Sub`.
fn sub(node: &YamlOwned) -> String {
    match node {
        YamlOwned::Tagged(tag, inner) if tag.suffix == "Sub" => inner.as_str().unwrap().to_owned(),
        other => panic!("no !Sub: {other:?}"),
    }
}

/// The events, without their ids.
pub async fn told(app: &TestApp) -> Vec<(String, Value)> {
    let without_id = |mut event: Event| {
        assert_eq!(event.source, "mailproof");
        let id = event.detail.as_object_mut().unwrap().remove("id").unwrap();
        assert!(!id.as_str().unwrap().is_empty());
        (event.detail_type, event.detail)
    };
    events(app).await.into_iter().map(without_id).collect()
}

fn verified(uuid: &str, email: &str, at: &str) -> (String, Value) {
    let detail = json!({ "stage": STAGE, "uuid": uuid, "email": email, "verified_at": at });
    ("Email Verified".to_owned(), detail)
}

const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

#[tokio::test]
async fn a_verification_is_one_event_and_a_replay_is_none() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "Ada@Example.com", "uuid": UUID, "first_name": "Ada" }))
        .await;
    assert_eq!(told(&app).await, [], "nothing is verified yet");

    for _ in 0..3 {
        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
        assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    }
    // All that an event holds, and no token, code or name.
    let expected = verified(UUID, "Ada@Example.com", "2026-11-23T12:00:00Z");
    assert_eq!(told(&app).await, [expected]);
}

/// An event that `docs/integrate.md` shows, whole and without its id.
fn shown(file: &str) -> (String, Value) {
    let mut event: Value = serde_json::from_str(file).unwrap();
    assert_eq!(event["source"], "mailproof");
    let detail = event["detail"].as_object_mut().unwrap();
    let id = detail.remove("id");
    assert!(id.is_some_and(|id| id.is_string()));
    let stage = detail.insert("stage".to_owned(), json!(STAGE));
    assert_eq!(stage, Some(json!("prod")), "what a template begins with");
    (
        event["detail-type"].as_str().unwrap().to_owned(),
        event["detail"].take(),
    )
}

#[tokio::test]
async fn the_events_that_the_docs_show_are_those_that_come() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "Ada@Example.com", "uuid": UUID }))
        .await;
    app.post(VERIFY, proof_of(&mail)).await;
    app.ask(json!({ "email": "Ada@example.org" })).await;
    let known = "address#ada@example.org";
    app.set(known, "suppression", suppression("Ada@example.org"))
        .await;
    let shown = [
        shown(include_str!("../../docs/examples/email_verified.json")),
        shown(include_str!("../../docs/examples/email_undeliverable.json")),
    ];
    assert_eq!(told(&app).await, shown);
}

#[tokio::test]
async fn whoever_was_forgotten_and_verifies_again_is_a_second_event() {
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
    assert_eq!(told(&app).await, [expected.clone(), expected]);
}

#[tokio::test]
async fn a_hundred_proofs_at_once_are_one_event() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let answers = join_all((0..100).map(|_| app.post(VERIFY, proof_of(&mail)))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(events(&app).await.len(), 1);
}

#[tokio::test]
async fn a_code_and_the_page_bring_the_same_event_as_a_link() {
    let app = TestApp::start().await;
    let by_code = app.ask(json!({ "email": "code@example.org" })).await;
    assert_eq!(app.post(VERIFY, code_proof_of(&by_code)).await.status, 200);
    let on_page = app.ask(json!({ "email": "page@example.org" })).await;
    let page = format!("{PAGE}?user={}", link_of(&on_page).0);
    let form = format!("code={}", code_of(&on_page));
    let request = app
        .request(axum::http::Method::POST, &page)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into())
        .unwrap();
    assert_eq!(app.send(request).await.status, 200);

    let noon = "2026-11-23T12:00:00Z";
    let expected = [
        verified(&link_of(&by_code).0, "code@example.org", noon),
        verified(&link_of(&on_page).0, "page@example.org", noon),
    ];
    assert_eq!(told(&app).await, expected);
}

#[tokio::test]
async fn a_new_address_of_the_same_user_is_an_event_once_it_is_verified() {
    let app = TestApp::start().await;
    let body = |email: &str| json!({ "uuid": UUID, "email": email });
    let old = app.ask(body("old@example.org")).await;
    app.post(VERIFY, proof_of(&old)).await;
    app.pass(Duration::from_mins(1));
    let new = app.ask(body("new@example.org")).await;
    assert_eq!(events(&app).await.len(), 1, "to ask is no event");
    app.post(VERIFY, proof_of(&new)).await;
    app.post(VERIFY, proof_of(&new)).await;

    let expected = [
        verified(UUID, "old@example.org", "2026-11-23T12:00:00Z"),
        verified(UUID, "new@example.org", "2026-11-23T12:01:00Z"),
    ];
    assert_eq!(told(&app).await, expected);
}

#[tokio::test]
async fn whoever_comes_back_to_a_verified_address_brings_no_event_until_another_one_is_verified() {
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
async fn nothing_but_a_verification_is_told_of_a_user() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "uuid": UUID }))
        .await;
    app.ask(json!({ "uuid": UUID })).await;
    let wrong = json!({ "uuid": UUID, "code": wrong_code(&[&mail, &app.newest_mail()]) });
    assert_eq!(app.post(VERIFY, wrong.clone()).await.status, 400);
    app.ses_faults.next(Fault::SendingPaused);
    assert_eq!(app.post(REQUEST, json!({ "uuid": UUID })).await.status, 503);
    assert_eq!(events(&app).await, []);

    app.post(VERIFY, proof_of(&mail)).await;
    // A guess, a mail for another address and its end, and erasure, each on the verified record.
    assert_eq!(app.post(VERIFY, wrong).await.status, 400);
    app.ask(json!({ "email": "grace@example.org", "uuid": UUID }))
        .await;
    app.ses_faults.next(Fault::SendingPaused);
    assert_eq!(app.post(REQUEST, json!({ "uuid": UUID })).await.status, 503);
    app.delete(&format!("user#{UUID}")).await;
    assert_eq!(events(&app).await.len(), 1);
}

fn undeliverable(email: &str, reason: &str, at: &str) -> (String, Value) {
    let detail = json!({ "stage": STAGE, "email": email, "reason": reason, "occurred_at": at });
    ("Email Undeliverable".to_owned(), detail)
}

#[tokio::test]
async fn a_bounce_and_a_complaint_are_one_event_each_however_often_ses_tells_them() {
    let app = TestApp::start().await;
    let simulated = [
        ("Bounce@simulator.amazonses.com", "bounced"),
        ("complaint+1@simulator.amazonses.com", "complained"),
    ];
    let mut expected = Vec::new();
    for (email, reason) in simulated {
        app.ask(json!({ "email": email })).await;
        let of_ses = app.take_events();
        for event in of_ses.iter().chain(&of_ses) {
            app.record(event).await.unwrap();
        }
        let record = app.item(&format!("address#{}", email.to_lowercase())).await;
        let suppression = record.unwrap()["suppression"].as_m().unwrap().clone();
        expected.push(undeliverable(
            email,
            reason,
            suppression["at"].as_s().unwrap(),
        ));
    }
    assert_eq!(told(&app).await, expected);
}

#[tokio::test]
async fn an_address_is_undeliverable_once_until_it_is_let_go() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "Ada@example.org" })).await;
    let suppressed = |reason: &str| {
        let mut suppression = suppression("Ada@example.org").as_m().unwrap().clone();
        suppression.insert("reason".to_owned(), AttributeValue::S(reason.to_owned()));
        AttributeValue::M(suppression)
    };
    let known = "address#ada@example.org";
    app.set(known, "suppression", suppressed("bounced")).await;
    // A complaint takes the place of a bounce, and is no news to whoever mails no more.
    app.set(known, "suppression", suppressed("complained"))
        .await;
    app.remove(known, "suppression").await;
    assert_eq!(events(&app).await.len(), 1);
    app.set(known, "suppression", suppressed("complained"))
        .await;
    // Complaints come days later, when there is no record of the address any more.
    app.set(
        "address#grace@example.org",
        "suppression",
        suppressed("bounced"),
    )
    .await;
    let reasons: Vec<_> = told(&app)
        .await
        .into_iter()
        .map(|(_, detail)| detail["reason"].clone())
        .collect();
    assert_eq!(reasons, ["bounced", "complained", "bounced"]);
}
