//! `admin republish`, and the call of Lambda behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use local::captured_mails::CapturedMail;
use local::edge::{Entries, Fault};
use local::functions::Functions;
use local::published::PublishedEvent;
use local::ses::DeliveryOutcome;
use local::stack;
use serde_json::{Value, json};

use super::admin::{Outcome, run, run_in, verify};
use crate::events::mail_events::ses_event;
use crate::events::publish_events::{ids, let_through, publish};
use crate::page::press;
use crate::support::app::TestApp;
use crate::support::http::listen;

const FUNCTION: &str = "publish_events";
const START: &str = "2026-11-23T12:00:00Z";
const USERS: [&str; 3] = [
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99",
];

/// Lambda's `Invoke` of these functions.
async fn lambda(functions: Functions) -> String {
    let functions = Arc::new(functions);
    let invoke = move |Path(name): Path<String>, event: String| {
        let functions = Arc::clone(&functions);
        async move { invocation(&functions, &name, &event).await }
    };
    let listener = listen().await;
    let url = listener.url();
    let router = Router::new().route("/2015-03-31/functions/{name}/invocations", post(invoke));
    tokio::spawn(stack::serve(listener, router));
    url
}

async fn invocation(functions: &Functions, name: &str, event: &str) -> Response {
    let Some(function) = functions.get(name) else {
        let error = [("x-amzn-errortype", "ResourceNotFoundException")];
        return (StatusCode::NOT_FOUND, error, "{}").into_response();
    };
    match function.invoke(event).await {
        Ok(answer) => answer.into_response(),
        Err(error) => {
            let answer = json!({ "errorMessage": error.to_string() }).to_string();
            ([("x-amz-function-error", "Unhandled")], answer).into_response()
        }
    }
}

async fn republish_by(app: &TestApp, function: &str, arguments: &[&str]) -> Outcome {
    let url = lambda(app.functions.clone()).await;
    let environment = app.environment_with(&[("AWS_ENDPOINT_URL_LAMBDA", &url)]);
    let command = ["republish", "--function", function];
    let arguments = [&command[..], arguments].concat();
    run_in(&environment, &app.clock, &arguments, None).await
}

async fn republish(app: &TestApp, arguments: &[&str]) -> Outcome {
    republish_by(app, FUNCTION, arguments).await
}

/// What consumers decide by, of each address: not the id, and not what was replaced, which is not
/// on record.
fn contents(events: Vec<PublishedEvent>) -> BTreeMap<(String, String), Value> {
    let content = |mut event: PublishedEvent| {
        let detail = event.detail.as_object_mut().unwrap();
        let email = detail["email"].as_str().unwrap().to_owned();
        detail.remove("id").unwrap();
        if let Some(previous) = detail.get_mut("previous_email") {
            *previous = Value::Null;
        }
        ((event.detail_type, email), event.detail)
    };
    events.into_iter().map(content).collect()
}

/// A mail whose reader refused more.
async fn refused(app: &TestApp) -> Arc<CapturedMail> {
    let mail = app.ask(json!({ "email": "Bob@example.org" })).await;
    assert_eq!(press(app, &mail, "stop").await.status, 200);
    mail
}

/// A bounce and a refusal of one address, and a user who verified two addresses.
async fn changes(app: &TestApp) {
    let mail = refused(app).await;
    let bounced = ses_event(&mail, DeliveryOutcome::Bounced, 5);
    app.record(&bounced).await.unwrap();
    verify(app, USERS[1], "earlier@example.org").await;
    app.pass(Duration::from_mins(1));
    verify(app, USERS[1], "Ada@example.org").await;
    // A request that waits hides no verification.
    app.ask(json!({ "uuid": USERS[1], "email": "later@example.org" }))
        .await;
}

#[tokio::test]
async fn lost_events_are_published_again() {
    let app = TestApp::start().await;
    verify(&app, USERS[0], "before@example.org").await;
    app.pass(Duration::from_hours(24));
    let since = app.now().to_string();
    changes(&app).await;
    assert_eq!(
        publish(&app, &let_through(&app).await).await,
        [] as [String; 0]
    );
    let mut expected = contents(app.take_published());
    expected
        .retain(|(_, email), _| !["before@example.org", "earlier@example.org"].contains(&&**email));
    assert_eq!(expected.len(), 3);

    let text = republish(&app, &["--since", &since]).await.text();
    assert_eq!(text, "3 events published\n");
    let published = app.take_published();
    let kinds: Vec<_> = published.iter().map(|event| &*event.detail_type).collect();
    let oldest_first = [
        "Verification Refused",
        "Email Verified",
        "Email Undeliverable",
    ];
    assert_eq!(kinds, oldest_first);
    let first = ids(&published);
    assert_eq!(contents(published), expected);
    // Consumers that deduplicate by id see one of each.
    let report = republish(&app, &["--since", &since, "--json"]).await.json();
    assert_eq!(
        report,
        json!({ "dry_run": false, "found": 3, "published": 3 })
    );
    let second = ids(&app.take_published());
    assert_eq!(second, first);
}

#[tokio::test]
async fn each_change_is_compared_with_since() {
    let app = TestApp::start().await;
    let mail = refused(&app).await;
    verify(&app, USERS[0], "ada@example.org").await;
    let bounced = ses_event(&mail, DeliveryOutcome::Bounced, 5);
    app.record(&bounced).await.unwrap();
    let all = [
        "Verification Refused",
        "Email Verified",
        "Email Undeliverable",
    ];
    for (since, found) in [
        (START, BTreeSet::from(all)),
        (
            "2026-11-23T12:00:01Z",
            BTreeSet::from(["Email Undeliverable"]),
        ),
        ("2200-01-01T00:00:00Z", BTreeSet::new()),
    ] {
        republish(&app, &["--since", since]).await.text();
        let published = app.take_published();
        let kinds = published.iter().map(|event| &*event.detail_type);
        assert_eq!(kinds.collect::<BTreeSet<_>>(), found, "{since}");
    }
}

#[tokio::test]
async fn a_refusal_alone_is_published() {
    let app = TestApp::start().await;
    refused(&app).await;
    let text = republish(&app, &["--since", START]).await.text();
    assert_eq!(text, "1 event published\n");
}

/// DynamoDB reads a megabyte for a page.
#[tokio::test]
async fn all_pages_are_read() {
    let app = TestApp::start().await;
    for number in 0..8 {
        let uuid = format!("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c{number:02}");
        verify(&app, &uuid, &format!("u{number}@example.org")).await;
        let padding = AttributeValue::S("x".repeat(300_000));
        app.set(&format!("user#{uuid}"), "padding", padding).await;
    }
    app.edge.take_calls();
    let text = republish(&app, &["--since", START]).await.text();
    assert_eq!(text, "8 events published\n");
    assert!(app.edge.take_calls().len() > 2, "more than two pages");
}

#[tokio::test]
async fn a_later_change_has_another_id() {
    let app = TestApp::start().await;
    let mut published = BTreeSet::new();
    for email in ["ada@example.org", "later@example.org"] {
        verify(&app, USERS[0], email).await;
        republish(&app, &["--since", START]).await.text();
        published.extend(ids(&app.take_published()));
        app.pass(Duration::from_mins(1));
    }
    assert_eq!(published.len(), 2, "{published:?}");
}

#[tokio::test]
async fn a_dry_run_publishes_nothing() {
    let app = TestApp::start().await;
    changes(&app).await;
    let text = republish(&app, &["--since", START, "--dry-run"])
        .await
        .text();
    assert_eq!(text, "3 events to publish. --dry-run published nothing.\n");
    assert_eq!(app.take_published(), []);
}

#[tokio::test]
async fn a_batch_has_ten_records_at_most() {
    let app = TestApp::start().await;
    for number in 0..11 {
        let uuid = format!("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c{number:02}");
        verify(&app, &uuid, &format!("u{number}@example.org")).await;
    }
    let text = republish(&app, &["--since", START]).await.text();
    assert_eq!(text, "11 events published\n");
    assert_eq!(app.event_faults.attempts(), 2);
}

#[tokio::test]
async fn refused_events_are_named() {
    let app = TestApp::start().await;
    changes(&app).await;
    app.event_faults.always(Fault::Partial(Entries::at(&[0])));
    let outcome = republish(&app, &["--since", START]).await;
    let (code, text) = outcome.error();
    let problem = "Read the log of publish_events, and run it again: each event keeps its id.\n\
                   Problem: 2 of 3 events published\n  \
                   address#bob@example.org  the event of 2026-11-23T12:00:00Z was not published";
    assert_eq!((code, text.as_str()), (1, problem));
}

#[tokio::test]
async fn an_unreadable_change_is_named() {
    let app = TestApp::start().await;
    changes(&app).await;
    app.remove(&format!("user#{}", USERS[1]), "user_id").await;
    let (code, text) = republish(&app, &["--since", START]).await.error();
    assert_eq!(code, 1);
    let problem = format!(
        "2 of 3 events published\n  user#{}  the event of ",
        USERS[1]
    );
    assert!(text.contains(&problem), "{text}");
}

#[tokio::test]
async fn a_wrong_function_is_named() {
    let app = TestApp::start().await;
    changes(&app).await;
    for (function, problem) in [
        ("other", "no function 'other' at http://"),
        (
            "verify_email",
            "the function verify_email failed: {\"errorMessage\":",
        ),
        (
            "record_mail_events",
            "the function record_mail_events failed: missing field `batchItemFailures`",
        ),
    ] {
        let outcome = republish_by(&app, function, &["--since", START]).await;
        let (code, text) = outcome.error();
        assert_eq!(code, 1, "{text}");
        let problem = format!("\nProblem: 0 of 3 events published, then {problem}");
        assert!(text.contains(&problem), "{text}");
    }
}

#[tokio::test]
async fn a_local_table_needs_a_local_lambda() {
    let app = TestApp::start().await;
    let arguments = ["republish", "--function", FUNCTION, "--since", START];
    let problem = "Give AWS_ENDPOINT_URL_LAMBDA as well.\nProblem: a table at an endpoint of its \
                   own would be used with the Lambda of an account";
    assert_eq!(run(&app, &arguments).await.error(), (2, problem.to_owned()));
}
