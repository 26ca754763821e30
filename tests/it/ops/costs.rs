//! The write units and log lines of a verification, as docs/operate.md, "Costs", has them.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::app::{PAGE, TestApp, VERIFY};
use crate::support::mail::{code_proof_of, proof_of};
use crate::support::{items, logs, stream};

const DOCS: &str = include_str!("../../../docs/operate.md");

const USER: &str = "user#0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const ADDRESS: &str = "address#ada@example.org";

fn body() -> Value {
    json!({ "uuid": USER.trim_start_matches("user#"), "email": "ada@example.org" })
}

/// An app that has looked up its API key.
async fn warm() -> TestApp {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    let wrong = json!({ "email": "warm@example.org", "token": "warm" });
    app.post(VERIFY, wrong).await;
    app.edge.take_calls();
    app
}

/// The write units since the last of this. A transaction costs twice as much as its writes, whether
/// its conditions hold or not. A single write is of the item `single`.
fn units(app: &TestApp, single: &str) -> f64 {
    let of_call = |call: &String| match call.as_str() {
        "TransactWriteItems" => {
            2.0 * (items::write_units(app, USER) + items::write_units(app, ADDRESS))
        }
        "UpdateItem" => items::write_units(app, single),
        "GetItem" => 0.0,
        other => panic!("what does {other} cost?"),
    };
    app.edge.take_calls().iter().map(of_call).sum()
}

/// The index has an entry for each user who verified an address.
const INDEX_ENTRY: f64 = 1.0;

fn assert_documented(sentence: &str) {
    let docs = DOCS.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        docs.contains(sentence),
        "docs/operate.md, Costs: {sentence}"
    );
}

#[tokio::test]
async fn a_verification_costs_the_documented_units() {
    let app = warm().await;
    let mail = app.ask(body()).await;
    let request = units(&app, USER);
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    let verification = units(&app, USER) + INDEX_ENTRY;
    assert_eq!(app.record_all().await.last().unwrap(), "recorded");
    // The mail that warmed the app was delivered too.
    let delivery = units(&app, ADDRESS) / 2.0;
    assert_documented(&format!("on two items, {request} units."));
    assert_documented(&format!(
        "Verification is {verification}, one of them for the index, delivery {delivery}."
    ));
}

#[tokio::test]
async fn other_paths_cost_the_documented_units() {
    let app = warm().await;
    app.ask(body()).await;
    app.edge.take_calls();
    let mail = app.ask(body()).await;
    let repeated = units(&app, USER);
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    let code = units(&app, USER) + INDEX_ENTRY;
    assert_documented(&format!(
        "A code in your app is {code} and a read, a repeated request {repeated}."
    ));
}

/// The raw log lines of the invocations that were about the user, and of this request.
fn lines_about(user: &str, request_id: &str) -> Vec<String> {
    let all = logs::all();
    let parsed = all
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let about = parsed.filter(|line| line["user"] == user || line["span"]["user"] == user);
    let mut ids: Vec<_> = about
        .map(|line| line["span"]["request_id"].clone())
        .collect();
    ids.push(json!(request_id));
    ids.dedup();
    let is_of_them = |line: &&str| {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        let is_logged = line["level"] == "INFO" || line["_aws"].is_object();
        let of_line = [&line["span"]["request_id"], &line["request_id"]];
        is_logged && ids.iter().any(|id| of_line.contains(&id))
    };
    all.lines().filter(is_of_them).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_functions_log_what_is_documented() {
    /// What CloudWatch adds to the bytes of each line.
    const OVERHEAD: usize = 26;
    /// Of no other test, as all tests share a log.
    const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8dc057";

    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "uuid": UUID, "email": "ada@example.org" }))
        .await;
    let opened = app.request(Method::GET, PAGE).body(Body::empty());
    let opened = app.send(opened.unwrap()).await;
    let pressed = app.request(Method::POST, PAGE);
    let pressed = pressed.header("content-type", "application/json");
    let pressed = pressed.body(proof_of(&mail).to_string().into());
    assert_eq!(app.send(pressed.unwrap()).await.status, 200);
    app.record_all().await;
    let changes = stream::let_through(&app, "publish_events").await;
    let batch = json!({ "Records": changes }).to_string();
    app.functions["publish_events"]
        .invoke(&batch)
        .await
        .unwrap();

    let lines = lines_about(UUID, opened.header("x-request-id").unwrap());
    // A line for each of five invocations, and one for the metrics of each that counts something.
    assert_eq!(lines.len(), 8, "{lines:#?}");
    let bytes: usize = lines.iter().map(|line| line.len() + OVERHEAD).sum();
    let kilobytes = bytes.div_ceil(1000);
    assert_documented(&format!(
        "less than {kilobytes} KB are the functions' own lines"
    ));
}
