//! `PutEvents` with entries that fail.

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::fault::Entries;

const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Passes the other entries on, and answers for all.
pub(super) async fn put(failing: Entries, mut parts: Parts, body: Bytes, next: Next) -> Response {
    let mut call: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(Value::Array(entries)) = call.get_mut("Entries").map(Value::take) else {
        // EventBridge refuses the call itself.
        return next.run(Request::from_parts(parts, Body::from(body))).await;
    };
    let all = entries.len();
    let passing = entries.into_iter().enumerate();
    let passing: Vec<_> = passing
        .filter(|(index, _)| !failing.contains(*index))
        .map(|(_, entry)| entry)
        .collect();
    let mut published = Vec::new();
    if !passing.is_empty() {
        call["Entries"] = passing.into();
        parts.headers.remove(header::CONTENT_LENGTH);
        let response = next
            .run(Request::from_parts(parts, Body::from(call.to_string())))
            .await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, MAX_ANSWER_BYTES).await.unwrap_or_default();
        let mut answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        let Some(Value::Array(results)) = answer.get_mut("Entries").map(Value::take) else {
            return (parts, body).into_response();
        };
        published = results;
    }
    merge(all, failing, published)
}

fn merge(all: usize, failing: Entries, published: Vec<Value>) -> Response {
    let mut published = published.into_iter();
    let entries: Vec<_> = (0..all)
        .map(|index| match published.len() {
            _ if failing.contains(index) => failure(),
            _ => published.next().unwrap_or_else(failure),
        })
        .collect();
    let is_failed = |entry: &&Value| entry.get("ErrorCode").is_some();
    let failed = entries.iter().filter(is_failed).count();
    let content_type = [("content-type", "application/x-amz-json-1.1")];
    let answer = json!({ "FailedEntryCount": failed, "Entries": entries });
    (content_type, Json(answer)).into_response()
}

fn failure() -> Value {
    json!({
        "ErrorCode": "InternalFailure",
        "ErrorMessage": "Unexpected error processing request.",
    })
}
