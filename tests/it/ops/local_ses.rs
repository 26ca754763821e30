//! What the local SES answers beside `SendEmail` of simple content: SES's shapes and errors.

use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use insta::assert_json_snapshot;
use local::ses::{ConfigurationSet, DnsStatus, Identity};
use serde_json::{Value, json};
use shared::domain::delivery::EVENT_TYPES;

use crate::support::app::TestApp;
use crate::support::http;
use crate::support::template::template;

/// Calls SES. Returns the status and the body, or the kind of the error with its message.
async fn call(app: &TestApp, method: Method, path: &str, body: Option<Value>) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(format!("{}/v2/email/{path}", app.inbox_url))
        .header("authorization", "AWS4-HMAC-SHA256 Credential=test");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let answer = http::send(&app.http, request.body(body).unwrap()).await;
    match answer.header("x-amzn-errortype") {
        None => answer.json(),
        Some(kind) => json!([answer.status.as_u16(), kind, answer.json()["message"]]),
    }
}

async fn get(app: &TestApp, path: &str) -> Value {
    call(app, Method::GET, path, None).await
}

#[tokio::test]
async fn the_account_is_in_production() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "ada@example.org" })).await;
    assert_json_snapshot!(get(&app, "account").await);
    app.ses.account.with(|account| {
        account.production_access = false;
        account.max_24_hour_send = 200;
        account.max_send_rate = 1;
    });
    let account = get(&app, "account").await;
    assert_eq!(account["ProductionAccessEnabled"], false);
    assert_eq!(account["SendQuota"]["Max24HourSend"], 200.0);
}

/// Sends a mail. Returns SES's error, or the mail's id.
async fn send(app: &TestApp, from: &str, to: &[&str]) -> Value {
    let body = json!({
        "FromEmailAddress": from,
        "Destination": { "ToAddresses": to },
        "Content": { "Simple": {
            "Subject": { "Data": "Hi" }, "Body": { "Text": { "Data": "Hi" } },
        } },
    });
    call(app, Method::POST, "outbound-emails", Some(body)).await
}

#[tokio::test]
async fn a_sandbox_needs_verified_addresses() {
    const ACME: &str = "Acme <hello@acme.example>";
    let app = TestApp::start().await;
    app.ses
        .account
        .with(|account| account.production_access = false);
    app.ses.identities.with(|all| {
        all.insert("ada@example.com".to_owned(), Identity::of_address());
        let mut pending = Identity::of_domain("pending.example");
        pending.verification = DnsStatus::Pending;
        all.insert("pending.example".to_owned(), pending);
    });
    for (from, to, failed) in [
        (ACME, &["bo@example.com"][..], "bo@example.com"),
        (
            ACME,
            &[
                "Ada <ada@example.com>",
                "cy@pending.example",
                "Bo <bo@b.example>",
            ],
            "cy@pending.example, bo@b.example",
        ),
        (
            "hello@example.com",
            &["ada@example.com"],
            "hello@example.com",
        ),
    ] {
        let why = format!(
            "Email address is not verified. The following identities failed the check in region \
             US-EAST-1: {failed}"
        );
        assert_eq!(
            send(&app, from, to).await,
            json!([400, "MessageRejected", why])
        );
    }
    assert!(app.sent.is_empty());
    let verified = [
        "ada@Example.com",
        "bo@acme.example",
        "cy@mail.acme.example",
        "Bounce+1@simulator.amazonses.com",
    ];
    for to in verified {
        assert!(
            send(&app, ACME, &[to]).await["MessageId"].is_string(),
            "{to}"
        );
    }
    assert_eq!(
        get(&app, "account").await["SendQuota"]["SentLast24Hours"],
        4.0
    );
}

#[tokio::test]
async fn a_paused_account_sends_nothing() {
    let app = TestApp::start().await;
    let send = async || send(&app, "hello@acme.example", &["ada@example.com"]).await;
    app.ses
        .account
        .with(|account| account.sending_enabled = false);
    let paused = send().await;
    assert_json_snapshot!(paused);
    app.ses.account.with(|account| {
        account.sending_enabled = true;
        account.enforcement_status = "SHUTDOWN";
    });
    assert_eq!(send().await, paused);
    assert!(app.sent.is_empty());
    app.ses
        .account
        .with(|account| account.enforcement_status = "PROBATION");
    assert!(send().await["MessageId"].is_string());
}

#[tokio::test]
async fn the_senders_domain_is_verified() {
    let app = TestApp::start().await;
    assert_json_snapshot!(get(&app, "identities/acme.example").await);
    app.ses.identities.with(|all| {
        let address = "ada@example.com".to_owned();
        all.insert(address, Identity::of_address());
    });
    assert_json_snapshot!(get(&app, "identities/ada%40example.com").await);
    assert_json_snapshot!(get(&app, "identities/other.example").await);
}

#[tokio::test]
async fn identities_are_listed_in_pages() {
    let app = TestApp::start().await;
    app.ses.identities.with(|all| {
        let address = "ada@example.com".to_owned();
        all.insert(address, Identity::of_address());
    });
    let list = async |body: Value| call(&app, Method::POST, "list-identities", Some(body)).await;
    let all = list(json!({})).await;
    assert_json_snapshot!(all);
    let first = list(json!({ "PageSize": 1 })).await;
    let second = json!({ "PageSize": 1, "NextToken": first["NextToken"] });
    let second = list(second).await;
    assert_eq!(first["EmailIdentities"][0], all["EmailIdentities"][0]);
    assert_eq!(second["EmailIdentities"][0], all["EmailIdentities"][1]);
    assert_eq!(second["NextToken"], Value::Null);
    // Earlier SDKs send the parameters in the query.
    assert_eq!(get(&app, "identities?PageSize=1").await, first);
    assert_eq!(list(json!({ "PageSize": 0 })).await[0], 400);
    assert_eq!(
        list(json!({ "NextToken": "x" })).await[1],
        "InvalidNextTokenException"
    );
}

#[tokio::test]
async fn events_go_to_the_default_bus() {
    let app = TestApp::start().await;
    let path = "configuration-sets/local";
    assert_json_snapshot!(get(&app, path).await);
    let destinations = format!("{path}/event-destinations");
    assert_json_snapshot!(get(&app, &destinations).await);
    assert_json_snapshot!(get(&app, "configuration-sets/other").await);
}

#[tokio::test]
async fn configuration_sets_are_listed() {
    let app = TestApp::start().await;
    app.ses.configuration_sets.with(|all| {
        let name = "other".to_owned();
        all.insert(name, ConfigurationSet::default());
    });
    let list = async |body| {
        let path = "list-configuration-sets";
        call(&app, Method::POST, path, Some(body)).await
    };
    let all = json!({ "ConfigurationSets": ["local", "other"] });
    assert_eq!(list(json!({})).await, all);
    // Earlier SDKs send the parameters in the query.
    assert_eq!(get(&app, "configuration-sets").await, all);
    let first = list(json!({ "PageSize": 1 })).await;
    assert_eq!(get(&app, "configuration-sets?PageSize=1").await, first);
    assert_eq!(first["ConfigurationSets"], json!(["local"]));
    let second = list(json!({ "NextToken": first["NextToken"] })).await;
    assert_eq!(second, json!({ "ConfigurationSets": ["other"] }));
    let filtered = list(json!({ "Filter": { "ConfigurationSetNameContains": "o" } })).await;
    assert_eq!(filtered[2], "The local SES does not filter lists.");
}

#[test]
fn the_template_has_all_event_types() {
    let template = template();
    let destination = &template["Resources"]["MailEvents"]["Properties"]["EventDestination"];
    let types = destination["MatchingEventTypes"].as_sequence().unwrap();
    let types = types.iter().map(|name| {
        let word = |letter: char| match letter {
            'A'..='Z' => format!("_{letter}"),
            _ => letter.to_uppercase().to_string(),
        };
        name.as_str().unwrap().chars().map(word).collect::<String>()
    });
    assert_eq!(types.collect::<Vec<_>>(), EVENT_TYPES);
}

#[tokio::test]
async fn other_operations_are_refused() {
    let app = TestApp::start().await;
    for (method, path) in [
        (Method::GET, "templates"),
        (Method::DELETE, "account"),
        (Method::PUT, "identities/acme.example"),
    ] {
        let refused = call(&app, method, path, None).await;
        assert_eq!(
            (&refused[0], &refused[1]),
            (&json!(404), &json!("UnknownOperationException"))
        );
        let operations = refused[2].as_str().unwrap();
        assert!(operations.contains("ListConfigurationSets"), "{operations}");
    }
}

#[tokio::test]
async fn a_raw_mail_is_in_the_inbox() {
    let app = TestApp::start().await;
    let mime = "From: Acme <hello@acme.example>\r\nTo: ada@example.org\r\n\
                Subject: =?UTF-8?Q?Z=C3=BCrich?=\r\nContent-Type: text/html; charset=utf-8\r\n\
                \r\n<p>Hello\r\n";
    let send = async |more: Value| {
        let mut request = json!({ "Content": { "Raw": { "Data": STANDARD.encode(mime) } } });
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        call(&app, Method::POST, "outbound-emails", Some(request)).await
    };
    let answer = send(json!({})).await;
    let mail = app.newest_mail();
    assert_eq!(answer["MessageId"], mail.message_id);
    assert_eq!(mail.from, "\"Acme\" <hello@acme.example>");
    assert_eq!(mail.to, ["ada@example.org"]);
    assert_eq!(mail.subject, "Zürich");
    assert_eq!(mail.html.as_deref(), Some("<p>Hello\r\n"));
    let events = app.take_events();
    let detail = &events[0]["detail"];
    assert_eq!(detail["mail"]["destination"], json!(["ada@example.org"]));
    // Not later: it would be in the future.
    let accepted_at = &detail["mail"]["timestamp"];
    assert_eq!(&detail["delivery"]["timestamp"], accepted_at);

    // The request's recipients replace those of the mail.
    send(json!({ "Destination": { "ToAddresses": ["grace@example.org"] } })).await;
    assert_eq!(app.newest_mail().to, ["grace@example.org"]);
}

#[tokio::test]
async fn incomplete_raw_mails_are_refused() {
    let app = TestApp::start().await;
    let send = async |mime: &str| {
        let raw = json!({ "Content": { "Raw": { "Data": STANDARD.encode(mime) } } });
        call(&app, Method::POST, "outbound-emails", Some(raw)).await
    };
    let refused = |message: &str| json!([400, "BadRequestException", message]);
    for (mime, message) in [
        (
            "To: ada@example.org\r\n\r\nHi",
            "Missing required header 'From'.",
        ),
        (
            "From: hello@acme.example\r\n\r\nHi",
            "Missing required header 'To'.",
        ),
        (
            "From: hello@acme.example\r\nTo: ada@\r\n\r\nHi",
            "Missing domain",
        ),
    ] {
        assert_eq!(send(mime).await, refused(message));
    }
    assert!(app.sent.is_empty());
}
