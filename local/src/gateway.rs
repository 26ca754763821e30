//! API Gateway, as far as its callers and the functions can tell: an HTTP API whose requests
//! become events of payload format 2.0, with the routes of `template.yaml`.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::functions::{FUNCTIONS, Functions, Trigger};
use crate::lambda::Function;

/// The longest body that an HTTP API takes: 10 MB.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// The HTTP API in front of these functions. Serve it with the peers' addresses
/// (`into_make_service_with_connect_info::<SocketAddr>`).
pub fn router(functions: &Functions) -> Router {
    let mut router = Router::new();
    for definition in FUNCTIONS {
        let Some(function) = functions.get(definition.name) else {
            continue;
        };
        let function = any(invoke).with_state(function.clone());
        router = match definition.trigger {
            Trigger::Path(path) => router
                .route(path, function.clone())
                .route(&format!("{path}/"), function.clone())
                .route(&format!("{path}/{{*proxy}}"), function),
            Trigger::PathAndAnyOther(_) => router.fallback_service(function),
            Trigger::MailEvents | Trigger::TableStream => router,
        };
    }
    router
}

async fn invoke(
    State(function): State<Function>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let arrival = Arrival::now();
    let event = event(&parts, &body, peer, &arrival).to_string();
    let mut response = match function
        .invoke(&event)
        .await
        .map(|answer| read_answer(&answer))
    {
        Ok(Some(response)) => response,
        Ok(None) => {
            tracing::error!("API Gateway does not understand the function's answer");
            message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
        Err(error) => {
            tracing::error!(%error, "a function gave no answer");
            message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    };
    if let Ok(request_id) = HeaderValue::from_str(&arrival.request_id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("apigw-requestid"), request_id);
    }
    response
}

/// What the gateway itself answers.
fn message(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(json!({ "message": message }))).into_response()
}

/// When a request came, and the id that it gets.
struct Arrival {
    unix_millis: u64,
    request_id: String,
}

impl Arrival {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge: requests enter the stack here, and the gateway stamps them"
    )]
    fn now() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let random = Uuid::new_v4().into_bytes();
        Self {
            unix_millis: u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX),
            // API Gateway's own look like `JKJaXmPLvHcESHA=`.
            request_id: STANDARD.encode(random.get(..11).unwrap_or_default()),
        }
    }
}

/// The event of payload format 2.0.
fn event(parts: &Parts, body: &Bytes, peer: SocketAddr, arrival: &Arrival) -> Value {
    let path = percent_decoded(parts.uri.path());
    let query = parts.uri.query().unwrap_or_default();
    let user_agent = parts
        .headers
        .get("user-agent")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&parts.headers),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": peer.ip().to_string(),
                "userAgent": user_agent,
            },
            "requestId": arrival.request_id,
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": arrival.unix_millis,
        },
        "isBase64Encoded": false,
    });
    let Some(fields) = event.as_object_mut() else {
        return event;
    };
    let cookies: Vec<_> = parts
        .headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|value| {
            value
                .to_str()
                .unwrap_or_default()
                .split(';')
                .map(|cookie| cookie.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    if !cookies.is_empty() {
        fields.insert("cookies".to_owned(), json!(cookies));
    }
    if !query.is_empty() {
        fields.insert("queryStringParameters".to_owned(), query_parameters(query));
    }
    if !body.is_empty() {
        let (body, is_base64_encoded) = body_text(&parts.headers, body);
        fields.insert("body".to_owned(), json!(body));
        fields.insert("isBase64Encoded".to_owned(), json!(is_base64_encoded));
    }
    event
}

/// Names in lower case; values of one name joined by commas; cookies stand elsewhere.
fn headers(headers: &HeaderMap) -> Value {
    let mut joined = Map::new();
    for name in headers.keys().filter(|name| *name != COOKIE) {
        let values = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        let value = values.collect::<Vec<_>>().join(",");
        joined.insert(name.as_str().to_owned(), Value::String(value));
    }
    Value::Object(joined)
}

/// Decoded; values of one name joined by commas.
fn query_parameters(query: &str) -> Value {
    let mut joined = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match joined.get_mut(&*name) {
            Some(Value::String(values)) => {
                values.push(',');
                values.push_str(&value);
            }
            _ => {
                joined.insert(name.into_owned(), Value::String(value.into_owned()));
            }
        }
    }
    Value::Object(joined)
}

/// Text of a textual media type as it is, everything else as base64: a form as well.
fn body_text(headers: &HeaderMap, body: &Bytes) -> (String, bool) {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_textual = essence.starts_with("text/")
        || [
            "application/json",
            "application/javascript",
            "application/xml",
        ]
        .contains(&essence.as_str());
    match std::str::from_utf8(body) {
        Ok(text) if is_textual => (text.to_owned(), false),
        _ => (STANDARD.encode(body), true),
    }
}

fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A Lambda answer of payload format 2.0.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

fn read_answer(text: &str) -> Option<Response> {
    let answer: Answer = serde_json::from_str(text).ok()?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded {
        STANDARD.decode(body).ok()?
    } else {
        body.into_bytes()
    };
    let mut response = (StatusCode::from_u16(answer.status_code).ok()?, body).into_response();
    response.headers_mut().remove(CONTENT_TYPE);
    for (name, value) in answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        response
            .headers_mut()
            .insert(name, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    // The gateway names a type where the function names none.
    if !response.headers().contains_key(CONTENT_TYPE) {
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain;charset=UTF-8"),
        );
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_of(request: axum::http::request::Builder, body: &'static [u8]) -> Value {
        let (parts, body) = request.body(Bytes::from_static(body)).unwrap().into_parts();
        let arrival = Arrival {
            unix_millis: 1,
            request_id: "id=".to_owned(),
        };
        event(
            &parts,
            &body,
            SocketAddr::from(([192, 0, 2, 7], 4711)),
            &arrival,
        )
    }

    #[test]
    fn a_request_becomes_an_event_of_payload_format_2() {
        let request = axum::http::Request::builder()
            .method("POST")
            .uri("http://localhost/api/users/verify%5Femail/?a=1&a=2&b=x%20y+z")
            .header("X-Twice", "one")
            .header("X-Twice", "two")
            .header("Cookie", "c=1; d=2")
            .header("Content-Type", "application/json; charset=utf-8");
        let event = event_of(request, b"{}");
        assert_eq!(event["rawPath"], "/api/users/verify_email/");
        assert_eq!(event["rawQueryString"], "a=1&a=2&b=x%20y+z");
        assert_eq!(
            event["queryStringParameters"],
            json!({ "a": "1,2", "b": "x y z" })
        );
        assert_eq!(
            event["headers"],
            json!({ "x-twice": "one,two", "content-type": "application/json; charset=utf-8" })
        );
        assert_eq!(event["cookies"], json!(["c=1", "d=2"]));
        assert_eq!(event["requestContext"]["http"]["sourceIp"], "192.0.2.7");
        assert_eq!(event["requestContext"]["requestId"], "id=");
        assert_eq!(event["body"], "{}");
        assert_eq!(event["isBase64Encoded"], false);
    }

    #[test]
    fn a_form_and_bytes_travel_as_base64() {
        let form = axum::http::Request::builder()
            .header("Content-Type", "application/x-www-form-urlencoded");
        let event = event_of(form, b"email=a");
        assert_eq!(
            (&event["body"], &event["isBase64Encoded"]),
            (&json!("ZW1haWw9YQ=="), &json!(true))
        );
        let bytes = axum::http::Request::builder().header("Content-Type", "application/json");
        assert_eq!(event_of(bytes, b"\xff")["isBase64Encoded"], true);
        assert_eq!(
            event_of(axum::http::Request::builder(), b"")["body"],
            Value::Null
        );
    }

    #[test]
    fn percent_signs_that_encode_nothing_stay() {
        assert_eq!(percent_decoded("100%"), "100%");
        assert_eq!(percent_decoded("%zz%4"), "%zz%4");
        assert_eq!(percent_decoded("%C3%A9"), "é");
    }

    #[test]
    fn an_unreadable_answer_is_not_passed_on() {
        for answer in [
            "",
            "{}",
            "{\"statusCode\":99}",
            "{\"statusCode\":200,\"headers\":{\"a b\":\"c\"}}",
        ] {
            assert!(read_answer(answer).is_none(), "{answer}");
        }
    }
}
