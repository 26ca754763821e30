//! The answer of payload format 2.0.

use std::collections::BTreeMap;

use axum::BoxError;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// # Errors
///
/// API Gateway answers 500.
pub(super) fn read_answer(text: &str) -> Result<Response, BoxError> {
    let answer: Answer = serde_json::from_str(text)?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded {
        STANDARD.decode(body)?
    } else {
        body.into_bytes()
    };
    let mut response = (StatusCode::from_u16(answer.status_code)?, body).into_response();
    response.headers_mut().remove(CONTENT_TYPE);
    for (name, value) in answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes())?;
        let value = HeaderValue::from_str(&value)?;
        response.headers_mut().insert(name, value);
    }
    // The default of API Gateway.
    if !response.headers().contains_key(CONTENT_TYPE) {
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain;charset=UTF-8"),
        );
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_answers_are_refused() {
        for answer in [
            "",
            "{}",
            "{\"statusCode\":99}",
            "{\"statusCode\":200,\"headers\":{\"a b\":\"c\"}}",
        ] {
            assert!(read_answer(answer).is_err(), "{answer}");
        }
    }
}
