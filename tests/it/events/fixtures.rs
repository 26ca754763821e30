//! Each event in `events/` gets the answer in the file beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use axum::http::{HeaderMap, HeaderName, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local::functions::FUNCTIONS;
use local::lambda::{FunctionError, InvocationError};
use serde_json::{Value, json};
use shared::brand::public_url::NEW_MAIL_PATH;

use crate::page::heading_of;
use crate::support::app::TestApp;
use crate::support::lists::assert_same_in;
use crate::support::openapi::{assert_described, entries, operation};

#[tokio::test]
async fn api_events_get_their_answers() {
    let app = TestApp::start().await;
    app.store_verified().await;
    for definition in FUNCTIONS {
        let Some(endpoint) = definition.endpoint() else {
            continue;
        };
        let function = &app.functions[definition.name];
        for file in events_of(definition.name) {
            let event = fs::read_to_string(&file).unwrap();
            let answer = function.invoke(&event).await.unwrap();
            let answer: Value = serde_json::from_str(&answer).unwrap();
            let body = answer["body"].as_str().unwrap_or_default();
            let status = answer["statusCode"].as_u64().unwrap().try_into().unwrap();
            // The page's route is no part of the API.
            if !is_of_page(&file) {
                assert_described(
                    operation(endpoint.path).unwrap(),
                    StatusCode::from_u16(status).unwrap(),
                    &headers_of(&answer),
                    Some(body),
                );
            }
            let body = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
            let expected = read(&file.with_extension("expected.json"));
            let answer = json!({ "statusCode": answer["statusCode"], "body": body });
            assert_eq!(answer, expected, "{}", file.display());
        }
    }
}

/// Answers that no single event provokes.
const OF_NO_EVENT: [&str; 4] = ["413", "429", "500", "503"];

#[test]
fn each_endpoint_has_all_events() {
    for definition in FUNCTIONS {
        let Some(endpoint) = definition.endpoint() else {
            continue;
        };
        let (mut kinds, mut statuses) = (BTreeSet::new(), BTreeSet::new());
        let events = events_of(definition.name).into_iter();
        for file in events.filter(|file| !is_of_page(file)) {
            let (format, path) = format_and_path(&read(&file));
            kinds.insert(format);
            if path.ends_with('/') {
                kinds.insert("trailing slash");
            }
            let expected = read(&file.with_extension("expected.json"));
            statuses.insert(expected["statusCode"].to_string());
        }
        let place = format!("events/{}", definition.name);
        assert_same_in(&place, kinds, ["HTTP API", "REST API", "trailing slash"]);
        let documented = entries(&operation(endpoint.path).unwrap()["responses"]).keys();
        let documented = documented.filter(|status| !OF_NO_EVENT.contains(&status.as_str()));
        let documented: BTreeSet<_> = documented.cloned().collect();
        assert_same_in(&format!("{place}, statuses"), statuses, documented);
    }
}

fn format_and_path(event: &Value) -> (&'static str, String) {
    let (format, path) = match event["version"].as_str() {
        Some("2.0") => ("HTTP API", &event["rawPath"]),
        _ => ("REST API", &event["path"]),
    };
    (format, path.as_str().unwrap_or_default().to_owned())
}

fn is_of_page(file: &Path) -> bool {
    format_and_path(&read(file)).1.contains(NEW_MAIL_PATH)
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|error| {
        panic!("{}: {error}", file.display());
    });
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The headers of an answer in either format; API Gateway joins both.
fn headers_of(answer: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.insert(name, value.as_str().unwrap().parse().unwrap());
    }
    for (name, values) in answer["multiValueHeaders"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.insert(name, values[0].as_str().unwrap().parse().unwrap());
    }
    headers
}

#[tokio::test]
async fn page_events_get_their_answers() {
    let app = TestApp::start().await;
    for file in events_of("verification_page") {
        let event = fs::read_to_string(&file).unwrap();
        let answer = app.functions["verification_page"].invoke(&event).await;
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        let body = answer["body"].as_str().unwrap_or_default();
        let status = &answer["statusCode"];
        let answer = match serde_json::from_str::<Value>(body) {
            Ok(body) => json!({ "statusCode": status, "body": body }),
            Err(_) => page_summary(status, body),
        };
        let expected = read(&file.with_extension("expected.json"));
        assert_eq!(answer, expected, "{}", file.display());
    }
}

/// The part of a page that is beside its event. The app of the local stack is `http`.
fn page_summary(status: &Value, page: &str) -> Value {
    let mut summary = json!({ "statusCode": status, "heading": heading_of(page) });
    if let Some((_, link)) = page.split_once(" href=\"https:") {
        let (behind, _) = link.split_once('"').unwrap();
        summary["continue"] = json!(format!("https:{behind}"));
    }
    summary
}

#[tokio::test]
async fn other_events_get_their_answers() {
    let app = TestApp::start().await;
    app.store_verified().await;
    let without_path = FUNCTIONS
        .iter()
        .filter(|definition| definition.paths().is_empty());
    for name in without_path.map(|definition| definition.name) {
        let function = &app.functions[name];
        for file in events_of(name) {
            let event = fs::read_to_string(&file).unwrap();
            let answer = function.invoke(&event).await;
            let expected = read(&file.with_extension("expected.json"));
            let answer = match answer {
                Ok(answer) => serde_json::from_str(&answer).unwrap(),
                Err(InvocationError::Failed(FunctionError { kind, message })) => {
                    json!({ "errorType": kind, "errorMessage": message })
                }
                Err(other) => panic!("{}: {other}", file.display()),
            };
            assert_eq!(answer, expected, "{}", file.display());
        }
    }
}

#[tokio::test]
async fn rest_apis_get_rest_headers() {
    let app = TestApp::start().await;
    let file = folder().join("verify_email/rest_api.json");
    let answer = app.functions["verify_email"]
        .invoke(&fs::read_to_string(file).unwrap())
        .await
        .unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        answer["multiValueHeaders"]["x-request-id"],
        json!(["c6af9ac6-7b61-11e6-9a41-93e8deadbeef"])
    );
    assert_eq!(
        answer["multiValueHeaders"]["cache-control"],
        json!(["no-store"])
    );
}

#[test]
fn content_lengths_match_the_bodies() {
    for file in FUNCTIONS
        .iter()
        .flat_map(|definition| events_of(definition.name))
    {
        let event: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let body = event["body"].as_str().unwrap_or_default();
        let length = match event["isBase64Encoded"].as_bool() {
            Some(true) => STANDARD.decode(body).ok().map(|bytes| bytes.len()),
            _ => Some(body.len()),
        };
        // Some events have a body that is not base64.
        let Some(length) = length else { continue };
        let declared = &event["headers"]["content-length"];
        // The events of REST APIs have no such header.
        let is_needed = event["version"] == "2.0" && length > 0;
        if is_needed || !declared.is_null() {
            assert_eq!(*declared, length.to_string(), "{}", file.display());
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

/// The events of a function. Each function has at least one.
pub fn events_of(function: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder().join(function))
        .unwrap_or_else(|error| panic!("events/{function}: {error}"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_str().unwrap().ends_with(".expected.json"))
        .collect();
    assert!(!files.is_empty(), "there are no events for {function}");
    files.sort();
    files
}
