//! The request of payload format 2.0.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, COOKIE, HeaderName, USER_AGENT};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::request_id;
use crate::arrival::Arrival;

pub(super) fn event(parts: &Parts, body: &Bytes, peer: SocketAddr, arrival: &Arrival) -> Value {
    let query = parts.uri.query().unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": percent_decoded(parts.uri.path()),
        "rawQueryString": query,
        "headers": headers(&parts.headers),
        "requestContext": context(parts, peer, arrival),
        "isBase64Encoded": false,
    });
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !query.is_empty() {
        event["queryStringParameters"] = query_parameters(query);
    }
    if !body.is_empty() {
        let (body, is_base64_encoded) = body_text(&parts.headers, body);
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(is_base64_encoded);
    }
    event
}

fn context(parts: &Parts, peer: SocketAddr, arrival: &Arrival) -> Value {
    json!({
        "accountId": "123456789012",
        "apiId": "local",
        "domainName": "localhost",
        "domainPrefix": "localhost",
        "http": {
            "method": parts.method.as_str(),
            "path": percent_decoded(parts.uri.path()),
            "protocol": "HTTP/1.1",
            "sourceIp": peer.ip().to_string(),
            "userAgent": text(&parts.headers, USER_AGENT),
        },
        "requestId": request_id(arrival),
        "routeKey": "$default",
        "stage": "$default",
        "timeEpoch": arrival.unix_millis,
    })
}

/// The header's value, if it is text.
fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn cookies(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all(COOKIE).iter();
    values
        .flat_map(|value| value.to_str().unwrap_or_default().split(';'))
        .map(str::trim)
        .collect()
}

/// Names are in lower case, and values of the same name are joined by commas. Cookies are separate.
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

/// Values of the same name are joined by commas.
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

/// Everything but UTF-8 of a textual media type is base64. A form is not textual.
fn body_text(headers: &HeaderMap, body: &Bytes) -> (String, bool) {
    let essence = text(headers, CONTENT_TYPE)
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn event_of(request: axum::http::request::Builder, body: &'static [u8]) -> Value {
        let (parts, body) = request.body(Bytes::from_static(body)).unwrap().into_parts();
        let arrival = Arrival {
            unix_millis: 1,
            id: Uuid::nil(),
        };
        event(
            &parts,
            &body,
            SocketAddr::from(([192, 0, 2, 7], 4711)),
            &arrival,
        )
    }

    #[test]
    fn events_have_payload_format_2() {
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
        assert_eq!(event["requestContext"]["requestId"], "AAAAAAAAAAAAAAA=");
        assert_eq!(event["body"], "{}");
        assert_eq!(event["isBase64Encoded"], false);
    }

    #[test]
    fn forms_and_bytes_are_base64() {
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
    fn invalid_percent_escapes_stay() {
        assert_eq!(percent_decoded("100%"), "100%");
        assert_eq!(percent_decoded("%zz%4"), "%zz%4");
        assert_eq!(percent_decoded("%C3%A9"), "é");
    }
}
