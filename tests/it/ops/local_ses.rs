//! What the local SES answers beside `SendEmail`: SES's shapes and errors.

use axum::body::Body;
use axum::http::{Method, Request};
use insta::assert_json_snapshot;
use local::ses::{ConfigurationSet, Identity};
use serde_json::{Value, json};
use shared::domain::delivery::EVENT_TYPES;

use crate::support::app::TestApp;
use crate::support::http;
use crate::support::template::template;

/// Calls SES. Returns the status and the body, or the kind of the error with its message.
pub(super) async fn call(app: &TestApp, method: Method, path: &str, body: Option<Value>) -> Value {
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

pub(super) async fn get(app: &TestApp, path: &str) -> Value {
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
