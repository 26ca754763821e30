//! What the operator's command says and does about refused mail.

use std::time::Duration;

use insta::assert_snapshot;
use local::captured_mails::CapturedMail;
use local::ses::{DeliveryOutcome, SuppressedFor};
use serde_json::{Value, json};

use crate::events::mail_events::{ADA, mail_to_ada, record_of, ses_event};
use crate::ops::admin::run;
use crate::page::press;
use crate::support::app::TestApp;

const MONTH: Duration = Duration::from_hours(30 * 24);

async fn refused(app: &TestApp) -> CapturedMail {
    let mail = mail_to_ada(app).await;
    assert_eq!(press(app, &mail, "stop").await.status, 200);
    mail
}

async fn suppression(app: &TestApp) -> Value {
    let status = run(app, &["status", ADA, "--json"]).await.json();
    status["address"]["suppression"].clone()
}

#[tokio::test]
async fn a_refusal_is_shown_while_it_holds() {
    let app = TestApp::start().await;
    refused(&app).await;
    let known = json!({ "reason": "refused", "at": "2026-11-23T12:00:00Z" });
    assert_eq!(suppression(&app).await, known);
    let text = run(&app, &["list", "--suppressed"]).await.text();
    assert_snapshot!(text, @"2026-11-23T12:00:00Z  refused     ada@example.org");
    let counts = async || {
        let stats = run(&app, &["stats", "--json"]).await.json();
        stats["addresses"]["suppressed"]["refused"].clone()
    };
    assert_eq!(counts().await, 1);
    app.pass(MONTH);
    assert_eq!(suppression(&app).await, Value::Null);
    assert_eq!(run(&app, &["list", "--suppressed"]).await.text(), "");
    assert_eq!(counts().await, 0);
}

#[tokio::test]
async fn unsuppress_ends_a_refusal() {
    let app = TestApp::start().await;
    let mail = refused(&app).await;
    app.pass(Duration::from_mins(1));
    // SES has no refusals, and does not show its list to everybody.
    let in_production = |is: bool| {
        let account = &app.ses.account;
        account.with(|account| account.production_access = is);
    };
    in_production(false);
    let text = run(&app, &["unsuppress", ADA]).await.text();
    assert_snapshot!(text, @"
    ada@example.org can be mailed again.
      Table  removed: refused, since 2026-11-23T12:00:00Z
      SES    has no refusals
    ");
    assert_eq!(
        run(&app, &["unsuppress", ADA]).await.exit_code(),
        1,
        "asks SES"
    );
    in_production(true);
    app.ask(json!({ "email": ADA })).await;
    // The reader may refuse again.
    assert_eq!(press(&app, &mail, "stop").await.json()["state"], "stopped");
    app.assert_suppressed(ADA).await;
    app.pass(MONTH);
    let error = run(&app, &["unsuppress", ADA]).await;
    assert_eq!(error.exit_code(), 1, "nothing is suppressed any more");
}

#[tokio::test]
async fn unsuppress_ends_a_bounce_beside_it() {
    let app = TestApp::start().await;
    let mail = refused(&app).await;
    let bounce = ses_event(&mail, DeliveryOutcome::Bounced, 5);
    app.record(&bounce).await.unwrap();
    app.suppression_list.put(ADA, SuppressedFor::Bounce, 0);
    app.pass(Duration::from_mins(1));
    let report = run(&app, &["unsuppress", ADA, "--json"]).await.json();
    assert_eq!(report["ses"], json!([ADA]));
    app.ask(json!({ "email": ADA })).await;
}

#[tokio::test]
async fn reconcile_records_a_bounce_beside_it() {
    let app = TestApp::start().await;
    refused(&app).await;
    app.suppression_list.put(ADA, SuppressedFor::Bounce, 0);
    let report = run(&app, &["reconcile", "--json"]).await.json();
    assert_eq!(report["missed"][0]["reason"], "bounced");
    assert_eq!(suppression(&app).await["reason"], "bounced");
    assert!(record_of(&app, ADA).await.unwrap().refusal.is_some());
}

#[tokio::test]
async fn forget_says_what_a_refusal_kept() {
    let app = TestApp::start().await;
    refused(&app).await;
    let text = run(&app, &["forget", ADA, "--yes"]).await.text();
    let note = "ada@example.org (suppressed: without the record, it can get mail again)";
    assert!(text.contains(note), "{text}");
    assert!(!app.table().await.contains(ADA));
}
