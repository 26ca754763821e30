//! What adopters' systems are told: EventBridge's `PutEvents`, which keeps each event in memory
//! instead of looking for rules. SES's events take another way: see
//! [`event_bus`](crate::event_bus).
//!
//! Failures that the real service has now and then are made on purpose: see [`Fault`].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::faults::{Faults, cut_connection};
use crate::ses::is_signed;

/// How many events are kept. The oldest makes room for the newest.
pub const CAPACITY: usize = 500;
/// The target of the log line of an event. An event holds a whole address, so only a terminal asks
/// for it.
pub const TARGET: &str = "published";
/// What a call has in `x-amz-target`.
const OPERATION: &str = "AWSEvents.PutEvents";
/// The most entries of one call, and the most bytes.
const MAX_ENTRIES: usize = 10;
const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// An event as its rules would get it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublishedEvent {
    /// EventBridge's own id, which is another for each entry that comes.
    pub id: String,
    /// The bus that it was put on.
    pub bus: String,
    /// Who published it.
    pub source: String,
    /// Its kind.
    pub detail_type: String,
    /// When it happened, in seconds since the Unix epoch.
    pub time: f64,
    /// What there is to say.
    pub detail: Value,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 400 `ThrottlingException`: the account puts too many events.
    Throttled,
    /// 500 `InternalException`.
    Internal,
    /// 400 `AccessDeniedException`: the role does not allow the call.
    AccessDenied,
    /// The call is answered, and the entries at these places are not taken.
    Entries(&'static [usize]),
    /// The events are taken, but the connection is closed instead of answered.
    LostAnswer,
    /// No answer ever comes, and no event is taken.
    Silence,
}

/// The events that were published: oldest first, in memory. Clones share them.
#[derive(Clone, Debug)]
pub struct Published {
    /// Which calls go wrong, and how.
    pub faults: Faults<Fault>,
    events: Arc<Mutex<VecDeque<PublishedEvent>>>,
}

impl Published {
    /// No event yet, and no faults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            faults: Faults::none(),
            events: Arc::default(),
        }
    }

    /// The events so far, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<PublishedEvent> {
        self.lock().iter().cloned().collect()
    }

    /// The events since the last time this was asked, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<PublishedEvent> {
        self.lock().drain(..).collect()
    }

    fn add(&self, event: PublishedEvent) {
        tracing::info!(
            target: "published",
            detail_type = event.detail_type,
            detail = %event.detail,
            "event on the bus"
        );
        let mut events = self.lock();
        if events.len() == CAPACITY {
            events.pop_front();
        }
        events.push_back(event);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<PublishedEvent>> {
        // No code that holds the lock can leave the list half changed.
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Published {
    fn default() -> Self {
        Self::new()
    }
}

/// EventBridge's HTTP API as far as this service uses it.
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

/// An entry with all that this service writes. The real one needs less.
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
        return error(
            StatusCode::BAD_REQUEST,
            kind,
            "Missing Authentication Token",
        );
    }
    if operation(&parts.headers) != Some(OPERATION) {
        let kind = "UnknownOperationException";
        return error(
            StatusCode::BAD_REQUEST,
            kind,
            "The local EventBridge knows PutEvents.",
        );
    }
    let fault = published.faults.meet();
    // Read even if it is to fail: a caller that is cut off while it writes would see another error.
    let entries = match to_bytes(body, MAX_REQUEST_BYTES).await {
        Ok(bytes) => serde_json::from_slice::<PutEvents>(&bytes).map(|put| put.entries),
        Err(_) => Ok(Vec::new()),
    };
    let entries = match entries {
        Ok(entries) if (1..=MAX_ENTRIES).contains(&entries.len()) => entries,
        Ok(_) => {
            let message = "A call has 1 to 10 entries, and no more than 1 MB.";
            return error(StatusCode::BAD_REQUEST, "ValidationException", message);
        }
        Err(wrong) => {
            let kind = "SerializationException";
            return error(StatusCode::BAD_REQUEST, kind, &wrong.to_string());
        }
    };
    let answer = |failing: &[usize]| {
        let results = entries.iter().enumerate().map(|(place, entry)| {
            if failing.contains(&place) {
                return Err(("InternalFailure", "Unexpected error processing request."));
            }
            let event = entry.event()?;
            let id = event.id.clone();
            published.add(event);
            Ok(id)
        });
        results.collect::<Vec<_>>()
    };
    match fault {
        None => results(answer(&[])),
        Some(Fault::Entries(failing)) => results(answer(failing)),
        Some(Fault::LostAnswer) => {
            answer(&[]);
            cut_connection()
        }
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Throttled) => {
            let message = "Rate exceeded";
            error(StatusCode::BAD_REQUEST, "ThrottlingException", message)
        }
        Some(Fault::Internal) => {
            let message = "An internal error occurred.";
            error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalException",
                message,
            )
        }
        Some(Fault::AccessDenied) => {
            let message = "The role is not authorized to perform: events:PutEvents";
            error(StatusCode::BAD_REQUEST, "AccessDeniedException", message)
        }
    }
}

impl Entry {
    /// The event, or the code and the words that the real service has for an entry that is none.
    fn event(&self) -> Result<PublishedEvent, (&'static str, &'static str)> {
        let detail = serde_json::from_str(&self.detail).ok();
        let detail: Option<Value> = detail.filter(Value::is_object);
        Ok(PublishedEvent {
            id: new_id(),
            bus: self.event_bus_name.clone(),
            source: self.source.clone(),
            detail_type: self.detail_type.clone(),
            time: self.time,
            detail: detail.ok_or(("MalformedDetail", "Detail is malformed."))?,
        })
    }
}

fn results(results: Vec<Result<String, (&str, &str)>>) -> Response {
    let failed = results.iter().filter(|result| result.is_err()).count();
    let entries: Vec<_> = results
        .into_iter()
        .map(|result| match result {
            Ok(id) => json!({ "EventId": id }),
            Err((code, message)) => json!({ "ErrorCode": code, "ErrorMessage": message }),
        })
        .collect();
    wire(
        StatusCode::OK,
        json!({ "FailedEntryCount": failed, "Entries": entries }),
    )
}

fn error(status: StatusCode, kind: &str, message: &str) -> Response {
    wire(status, json!({ "__type": kind, "message": message }))
}

fn wire(status: StatusCode, body: Value) -> Response {
    let content_type = [("content-type", "application/x-amz-json-1.1")];
    (status, content_type, Json(body)).into_response()
}

fn operation(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-amz-target")?.to_str().ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: events leave the stack here, and EventBridge stamps them"
)]
fn new_id() -> String {
    Uuid::new_v4().to_string()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use lambda_http::tower::ServiceExt;

    use super::*;

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
    async fn each_entry_is_taken_or_not() {
        let published = Published::new();
        let body = json!({ "Entries": [entry("{\"id\":1}"), entry("[]"), entry("{")] });
        let (status, answer) = answer(&published, &[SIGNED, CALL], &body).await;
        let events = published.take();
        assert_eq!((status, events.len()), (200, 1));
        assert_eq!(events[0].detail, json!({ "id": 1 }));
        assert_eq!(answer["FailedEntryCount"], 2);
        assert_eq!(answer["Entries"][0], json!({ "EventId": events[0].id }));
        for place in [1, 2] {
            assert_eq!(answer["Entries"][place]["ErrorCode"], "MalformedDetail");
        }
    }

    #[tokio::test]
    async fn what_eventbridge_refuses_is_refused() {
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
    async fn the_oldest_event_makes_room() {
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
