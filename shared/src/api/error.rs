//! Errors as callers see them, and the other text that the log sees.

use std::borrow::Cow;

use lambda_http::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use lambda_http::http::{HeaderValue, StatusCode};
use lambda_http::{Body, Response};
use serde::Serialize;

use super::respond::Outcome;

/// Seconds after which a caller may try again when AWS could not serve.
const RETRY_UNAVAILABLE_AFTER: u64 = 5;

/// One error of the contract (section 2). The body holds nothing that a caller did not send or may
/// not know; what happened inside is told to the log alone.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    detail: Cow<'static, str>,
    attr: Option<&'static str>,
    retry_after: Option<u64>,
    internal: Option<String>,
}

/// The body, its keys in the contract's order.
#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    code: &'a str,
    detail: &'a str,
    attr: Option<&'a str>,
}

/// A field's value breaks a rule (400).
pub fn validation_error(
    attr: impl Into<Option<&'static str>>,
    code: &'static str,
    detail: impl Into<Cow<'static, str>>,
) -> ApiError {
    ApiError {
        attr: attr.into(),
        ..ApiError::new(StatusCode::BAD_REQUEST, "validation_error", code, detail)
    }
}

/// A field has to be there (400).
#[must_use]
pub fn required(attr: &'static str) -> ApiError {
    validation_error(attr, "required", "This field is required.")
}

impl ApiError {
    fn new(
        status: StatusCode,
        kind: &'static str,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            kind,
            code,
            detail: detail.into(),
            attr: None,
            retry_after: None,
            internal: None,
        }
    }

    fn invalid_request(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(status, "invalid_request", code, detail)
    }

    /// No endpoint has this path (404).
    #[must_use]
    pub fn not_found() -> Self {
        Self::invalid_request(StatusCode::NOT_FOUND, "not_found", "Endpoint not found.")
    }

    /// Nothing is on record for the user that the caller named (404).
    #[must_use]
    pub fn no_such_user() -> Self {
        Self::invalid_request(StatusCode::NOT_FOUND, "not_found", "No such user.")
    }

    pub(super) fn method_not_allowed(method: &str) -> Self {
        let detail = format!("Method \"{method}\" not allowed.");
        Self::invalid_request(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    }

    pub(super) fn request_too_large(limit: usize) -> Self {
        let detail = format!("Request body exceeds {limit} bytes.");
        Self::invalid_request(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", detail)
    }

    pub(super) fn unsupported_media_type(media_type: &str) -> Self {
        let detail = format!("Unsupported media type \"{media_type}\" in request.");
        Self::invalid_request(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            detail,
        )
    }

    pub(super) fn parse_error(detail: &str) -> Self {
        Self::invalid_request(
            StatusCode::BAD_REQUEST,
            "parse_error",
            format!("JSON parse error - {detail}"),
        )
    }

    pub(super) fn not_authenticated() -> Self {
        let detail = "Authentication credentials were not provided.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            "not_authenticated",
            detail,
        )
    }

    pub(super) fn authentication_failed(found_in: &str) -> Self {
        let detail = format!("Personal API key found in request {found_in} is invalid.");
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            "authentication_failed",
            detail,
        )
    }

    pub(super) fn not_reachable() -> Self {
        let detail = "This API is not reachable here.";
        Self::new(
            StatusCode::FORBIDDEN,
            "authentication_error",
            "permission_denied",
            detail,
        )
    }

    pub(super) fn permission_denied(scope: &str) -> Self {
        let detail = format!("API key missing required scope '{scope}'");
        Self::new(
            StatusCode::FORBIDDEN,
            "authentication_error",
            "permission_denied",
            detail,
        )
    }

    /// A limit is reached (429); one more request may come after `seconds`.
    #[must_use]
    pub fn throttled(seconds: u64) -> Self {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        let detail = format!("Request was throttled. Expected available in {seconds} {unit}.");
        Self {
            retry_after: Some(seconds),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "throttled_error",
                "throttled",
                detail,
            )
        }
    }

    /// AWS cannot serve now (503). `internal` is for the log.
    #[must_use]
    pub fn service_unavailable(detail: &'static str, internal: String) -> Self {
        Self {
            retry_after: Some(RETRY_UNAVAILABLE_AFTER),
            internal: Some(internal),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "server_error",
                "service_unavailable",
                detail,
            )
        }
    }

    /// Something unforeseen (500). `internal` is for the log.
    #[must_use]
    pub fn unforeseen(internal: String) -> Self {
        Self {
            internal: Some(internal),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "error",
                "A server error occurred.",
            )
        }
    }

    /// The caller may try again after `seconds`.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// The contract's name for what went wrong; the log's word for the outcome.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The answer, and what the log is told.
    #[must_use]
    pub fn into_outcome(mut self) -> Outcome {
        Outcome {
            code: self.code,
            internal: self.internal.take(),
            response: self.into_response(),
        }
    }

    fn into_response(self) -> Response<Body> {
        let envelope = Envelope {
            kind: self.kind,
            code: self.code,
            detail: &self.detail,
            attr: self.attr,
        };
        // Four strings always serialise; an empty body would be the worst that could come of it.
        let body = serde_json::to_string(&envelope).unwrap_or_default();
        let mut response = Response::new(Body::Text(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static("POST"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
