//! `--chaos` of `cargo run`, and `/api/v1/chaos` on the inbox's port.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use local::chaos;
use local::edge::{Edge, Fault, Rule, Service};
use local::lambda::Function;
use local::stack::{Options, Stack};
use serde_json::{Value, json};
use shared::telemetry::chain;

use super::local_stack::{Folder, KEY, options, post, start};
use crate::support::app::REQUEST;
use crate::support::http::{self, Answer};
use crate::support::template::root;

async fn stack() -> Stack {
    start(Options {
        api_key: Some(KEY.to_owned()),
        ..options()
    })
    .await
}

async fn call(stack: &Stack, method: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("{}/api/v1/chaos", stack.inbox_url))
        .body(Body::from(body.to_owned()))
        .unwrap();
    http::send(&http::client(), request).await
}

async fn ask(stack: &Stack) -> u16 {
    let body = json!({ "email": "ada@example.org" }).to_string();
    post(stack, REQUEST, KEY, &body).await.status.as_u16()
}

#[tokio::test]
async fn calls_break_as_told() {
    let stack = stack().await;
    for rule in [
        json!({ "service": "ses", "operation": "SendEmail", "fault": "paused" }),
        json!({ "service": "dynamodb", "fault": "missing_table" }),
    ] {
        let document = json!({ "rules": [rule] }).to_string();
        let mut expected: Value = serde_json::from_str(&document).unwrap();
        expected["rules"][0]["injected"] = json!(0);
        let put = call(&stack, "PUT", &document).await;
        assert_eq!((put.status.as_u16(), put.json()), (200, expected.clone()));
        assert_eq!(ask(&stack).await, 503);
        expected["rules"][0]["injected"] = json!(1);
        assert_eq!(call(&stack, "GET", "").await.json(), expected);
        assert_eq!(call(&stack, "DELETE", "").await.status, 204);
        assert_eq!(call(&stack, "GET", "").await.json(), json!({ "rules": [] }));
        assert_eq!(ask(&stack).await, 200);
    }
}

#[tokio::test]
async fn a_wrong_document_changes_nothing() {
    let stack = stack().await;
    let document = r#"{"rules":[{"service":"ses","fault":"rejected"}]}"#;
    call(&stack, "PUT", document).await;
    let wrong = r#"{"rules":[{"service":"ses","fault":"slow","delay":5}]}"#;
    let answer = call(&stack, "PUT", wrong).await;
    let problem = "rules[0].delay: remove it; known are service, operation, fault, times, after, \
                   share, delay_ms, entries";
    assert_eq!((answer.status.as_u16(), &*answer.body), (400, problem));
    assert_eq!(ask(&stack).await, 503);
}

#[tokio::test]
async fn a_file_breaks_calls_from_the_start() {
    let file = Folder::new("chaos");
    let document = json!({ "rules": [
        { "service": "dynamodb", "fault": "access_denied", "times": 1 },
    ] });
    fs::write(&file.0, document.to_string()).unwrap();
    let chaos = chaos::read(&file.0).unwrap();
    fs::write(&file.0, "{}").unwrap();
    let error = chain(&chaos::read(&file.0).unwrap_err());
    fs::remove_file(&file.0).unwrap();
    let expected = format!("{}: rules: add a list of rules", file.0.display());
    assert_eq!(error, expected);
    let error = chain(&chaos::read(&file.0).unwrap_err());
    assert!(
        error.starts_with("give a text file with --chaos; "),
        "{error}"
    );
    let stack = start(Options {
        chaos,
        api_key: Some(KEY.to_owned()),
        ..options()
    })
    .await;
    assert_eq!((ask(&stack).await, ask(&stack).await), (503, 200));
}

#[tokio::test]
async fn a_function_is_chosen_for_each_event() {
    let answering =
        |text: &'static str| Function::of_events(move |_| async move { Ok::<_, String>(text) });
    let edge = Edge::new();
    let rules = edge.clone();
    let chosen = Function::either(answering("strict"), answering("lenient"), move || {
        rules.has_rules()
    });
    assert_eq!(chosen.invoke("{}").await.unwrap(), r#""lenient""#);
    edge.set_rules(vec![Rule::always(Service::Ses, Fault::Error)]);
    assert_eq!(chosen.invoke("{}").await.unwrap(), r#""strict""#);
}

#[test]
fn the_docs_example_is_read() {
    let file = root().join(Path::new("docs/chaos.json"));
    assert!(!chaos::read(&file).unwrap().is_empty());
}
