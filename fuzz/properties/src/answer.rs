//! What holds for every answer to a request.

use serde_json::Value;

use crate::functions::Function;

/// The statuses of `openapi.yaml`, and 303 of the page. The functions have no fault here, so none
/// of 500 or more.
const STATUSES: [u64; 10] = [200, 303, 400, 401, 403, 404, 405, 413, 415, 429];
/// The types of an error in `openapi.yaml`.
const TYPES: [&str; 4] = [
    "authentication_error",
    "invalid_request",
    "throttled_error",
    "validation_error",
];

pub(crate) fn is_documented(function: Function, answer: &Value) {
    let status = answer["statusCode"].as_u64().unwrap();
    assert!(STATUSES.contains(&status), "{answer}");
    assert_eq!(header(answer, "cache-control"), "no-store");
    assert_eq!(header(answer, "x-content-type-options"), "nosniff");
    let body = answer["body"].as_str().unwrap_or_default();
    if header(answer, "content-type") != "application/json" {
        return;
    }
    let body: Value = serde_json::from_str(body).unwrap();
    if body.get("state").is_some() {
        assert!(
            [Function::Request, Function::Page].contains(&function),
            "{answer}"
        );
    } else if status >= 400 {
        is_an_error(&body);
    }
}

/// The four members of an error, in the contract's words.
pub(crate) fn is_an_error(body: &Value) {
    let members: Vec<_> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(members, ["attr", "code", "detail", "type"]);
    assert!(TYPES.contains(&body["type"].as_str().unwrap()), "{body}");
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    assert!(
        body["code"].as_str().unwrap().chars().all(is_word),
        "{body}"
    );
    assert!(!body["detail"].as_str().unwrap().is_empty());
    assert!(body["attr"].is_null() || body["attr"].is_string());
}

/// Of either format of events. Empty without the header.
pub(crate) fn header<'a>(answer: &'a Value, name: &str) -> &'a str {
    let one = answer["headers"][name].as_str();
    let of_many = answer["multiValueHeaders"][name][0].as_str();
    one.or(of_many).unwrap_or_default()
}
