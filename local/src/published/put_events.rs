//! The HTTP API of `PutEvents`.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Published, PublishedEvent};
use crate::arrival::Arrival;
use crate::body::read_body;
use crate::ses::is_signed;

/// The value of `x-amz-target`.
const OPERATION: &str = "AWSEvents.PutEvents";
const MAX_ENTRIES: usize = 10;
const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// The part of EventBridge's HTTP API that the service uses.
pub fn router(published: Published) -> Router {
    Router::new()
        .route("/", post(put_events))
        .with_state(published)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<Entry>,
}

/// The members that the service writes. EventBridge requires fewer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    time: f64,
    source: String,
    detail_type: String,
    detail: String,
    event_bus_name: String,
}

async fn put_events(State(published): State<Published>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !is_signed(&parts.headers) {
        let kind = "MissingAuthenticationTokenException";
        return bad_request(kind, "Missing Authentication Token");
    }
    if operation(&parts.headers) != Some(OPERATION) {
        let kind = "UnknownOperationException";
        return bad_request(kind, "The local EventBridge knows PutEvents.");
    }
    match read_entries(body).await {
        Ok(entries) => publish(&published, &entries),
        Err(refusal) => refusal,
    }
}

async fn read_entries(body: Body) -> Result<Vec<Entry>, Response> {
    let invalid = || {
        let message = "A call has 1 to 10 entries, and no more than 1 MB.";
        bad_request("ValidationException", message)
    };
    let bytes = read_body(body, MAX_REQUEST_BYTES).await;
    let put: PutEvents = serde_json::from_slice(&bytes.ok_or_else(invalid)?)
        .map_err(|error| bad_request("SerializationException", &error.to_string()))?;
    if (1..=MAX_ENTRIES).contains(&put.entries.len()) {
        Ok(put.entries)
    } else {
        Err(invalid())
    }
}

fn publish(published: &Published, entries: &[Entry]) -> Response {
    let results = entries.iter().map(|entry| {
        let event = entry.event()?;
        let id = event.id.clone();
        published.add(event);
        Ok(id)
    });
    answer(results.collect())
}

impl Entry {
    /// The event, or EventBridge's error code and message.
    fn event(&self) -> Result<PublishedEvent, (&'static str, &'static str)> {
        let detail = serde_json::from_str(&self.detail).ok();
        let detail: Option<Value> = detail.filter(Value::is_object);
        Ok(PublishedEvent {
            id: Arrival::now().id.to_string(),
            bus: self.event_bus_name.clone(),
            source: self.source.clone(),
            detail_type: self.detail_type.clone(),
            time: self.time,
            detail: detail.ok_or(("MalformedDetail", "Detail is malformed."))?,
        })
    }
}

fn answer(results: Vec<Result<String, (&str, &str)>>) -> Response {
    let failed = results.iter().filter(|result| result.is_err()).count();
    let entries: Vec<_> = results
        .into_iter()
        .map(|result| match result {
            Ok(id) => json!({ "EventId": id }),
            Err((code, message)) => json!({ "ErrorCode": code, "ErrorMessage": message }),
        })
        .collect();
    json_response(
        StatusCode::OK,
        json!({ "FailedEntryCount": failed, "Entries": entries }),
    )
}

fn bad_request(kind: &str, message: &str) -> Response {
    error(StatusCode::BAD_REQUEST, kind, message)
}

fn error(status: StatusCode, kind: &str, message: &str) -> Response {
    json_response(status, json!({ "__type": kind, "message": message }))
}

fn json_response(status: StatusCode, body: Value) -> Response {
    let content_type = [("content-type", "application/x-amz-json-1.1")];
    (status, content_type, Json(body)).into_response()
}

fn operation(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-amz-target")?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use lambda_http::tower::ServiceExt;

    use super::*;
    use crate::published::CAPACITY;

    async fn answer(published: &Published, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let request = headers
            .iter()
            .fold(Request::post("/"), |request, (name, value)| {
                request.header(*name, *value)
            });
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = router(published.clone()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), MAX_REQUEST_BYTES)
            .await
            .unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    fn entry(detail: &str) -> Value {
        json!({
            "Time": 1,
            "Source": "mailproof",
            "DetailType": "Email Verified",
            "Detail": detail,
            "EventBusName": "default",
        })
    }

    const SIGNED: (&str, &str) = ("authorization", "AWS4-HMAC-SHA256 Credential=local");
    const CALL: (&str, &str) = ("x-amz-target", OPERATION);

    #[tokio::test]
    async fn malformed_entries_fail_alone() {
        let published = Published::new();
        let body = json!({ "Entries": [entry("{\"id\":1}"), entry("[]"), entry("{")] });
        let (status, answer) = answer(&published, &[SIGNED, CALL], &body).await;
        let events = published.take();
        assert_eq!((status, events.len()), (200, 1));
        assert_eq!(events[0].detail, json!({ "id": 1 }));
        assert_eq!(answer["FailedEntryCount"], 2);
        assert_eq!(answer["Entries"][0], json!({ "EventId": events[0].id }));
        for index in [1, 2] {
            assert_eq!(answer["Entries"][index]["ErrorCode"], "MalformedDetail");
        }
    }

    #[tokio::test]
    async fn invalid_calls_are_refused() {
        let published = Published::new();
        let put = |count| json!({ "Entries": vec![entry("{}"); count] });
        let other = ("x-amz-target", "AWSEvents.ListRules");
        for (headers, body, kind) in [
            (&[SIGNED, CALL][..], put(0), "ValidationException"),
            (&[SIGNED, CALL], put(11), "ValidationException"),
            (&[SIGNED, CALL], json!({}), "SerializationException"),
            (&[CALL], put(1), "MissingAuthenticationTokenException"),
            (&[SIGNED, other], put(1), "UnknownOperationException"),
        ] {
            let (status, answer) = answer(&published, headers, &body).await;
            assert_eq!((status, &answer["__type"]), (400, &json!(kind)));
        }
        assert_eq!(published.events(), []);
    }

    #[tokio::test]
    async fn the_oldest_event_is_dropped() {
        let published = Published::new();
        for number in 0..=CAPACITY {
            let body = json!({ "Entries": [entry(&json!({ "id": number }).to_string())] });
            answer(&published, &[SIGNED, CALL], &body).await;
        }
        let events = published.events();
        assert_eq!(events.len(), CAPACITY);
        assert_eq!(events[0].detail["id"], 1);
    }
}
