//! Each event in `events/` gets the answer in the file beside it.

use std::fs;
use std::path::{Path, PathBuf};

use axum::http::{HeaderMap, HeaderName, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local::functions::{FUNCTIONS, Trigger};
use local::lambda::InvocationError;
use serde_json::{Value, json};

use crate::page::heading_of;
use crate::support::app::TestApp;
use crate::support::openapi::{assert_described, operation};

#[tokio::test]
async fn api_events_get_their_answers() {
    let app = TestApp::start().await;
    app.store_verified().await;
    for definition in FUNCTIONS {
        let Trigger::Path(path) = definition.trigger else {
            continue;
        };
        let function = &app.functions[definition.name];
        for file in events_of(definition.name) {
            let event = fs::read_to_string(&file).unwrap();
            let answer = function.invoke(&event).await.unwrap();
            let answer: Value = serde_json::from_str(&answer).unwrap();
            let body = answer["body"].as_str().unwrap_or_default();
            let status = answer["statusCode"].as_u64().unwrap().try_into().unwrap();
            assert_described(
                operation(path).unwrap(),
                StatusCode::from_u16(status).unwrap(),
                &headers_of(&answer),
                Some(body),
            );
            let body = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
            let expected = fs::read_to_string(file.with_extension("expected.json")).unwrap();
            let expected: Value = serde_json::from_str(&expected).unwrap();
            let answer = json!({ "statusCode": answer["statusCode"], "body": body });
            assert_eq!(answer, expected, "{}", file.display());
        }
    }
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
            Err(_) => json!({ "statusCode": status, "heading": heading_of(body) }),
        };
        let expected = fs::read_to_string(file.with_extension("expected.json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        assert_eq!(answer, expected, "{}", file.display());
    }
}

#[tokio::test]
async fn other_events_get_their_answers() {
    let app = TestApp::start().await;
    let without_path = FUNCTIONS
        .iter()
        .filter(|definition| definition.path().is_none());
    for name in without_path.map(|definition| definition.name) {
        let function = &app.functions[name];
        for file in events_of(name) {
            let event = fs::read_to_string(&file).unwrap();
            let answer = function.invoke(&event).await;
            let expected = fs::read_to_string(file.with_extension("expected.json")).unwrap();
            let mut expected: Value = serde_json::from_str(&expected).unwrap();
            let answer = match answer {
                Ok(answer) => serde_json::from_str(&answer).unwrap(),
                Err(InvocationError::Failed(message)) => {
                    // Lambda's runtime adds this, under the emulator as well.
                    expected.as_object_mut().unwrap().remove("errorType");
                    json!({ "errorMessage": message })
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
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_str().unwrap().ends_with(".expected.json"))
        .collect();
    assert!(!files.is_empty(), "there are no events for {function}");
    files.sort();
    files
}
