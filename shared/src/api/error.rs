//! Errors of the API. Each has two texts: `detail` for the caller, and its source for the log.

use std::borrow::Cow;

use lambda_http::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use lambda_http::http::{HeaderValue, StatusCode};
use lambda_http::{Body, Response};
use serde::Serialize;
use thiserror::Error;

use super::fields::FieldError;
use super::respond::Outcome;
use super::route::Method;
use crate::telemetry::Source;

/// Seconds after which a caller or a reader may retry when AWS is unavailable.
pub const RETRY_UNAVAILABLE_AFTER: u64 = 5;

/// An error as `openapi.yaml` describes it. The answer holds nothing that the caller did not send
/// or may not know.
#[derive(Debug, Error)]
#[error("{detail}")]
pub struct ApiError {
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    detail: Cow<'static, str>,
    attr: Option<&'static str>,
    allow: Option<Method>,
    retry_after: Option<u64>,
    source: Option<Source>,
}

/// The body. Its keys keep this order.
#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    code: &'a str,
    detail: &'a str,
    attr: Option<&'a str>,
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        Self {
            attr: Some(error.field),
            ..Self::validation_error(error.code, error.detail)
        }
    }
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
            allow: None,
            retry_after: None,
            source: None,
        }
    }

    /// 400 for a request that breaks a rule, if no single field does.
    pub fn validation_error(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "validation_error", code, detail)
    }

    fn invalid_request(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(status, "invalid_request", code, detail)
    }

    /// 404: no endpoint has this path.
    #[must_use]
    pub fn not_found() -> Self {
        Self::invalid_request(StatusCode::NOT_FOUND, "not_found", "Endpoint not found.")
    }

    /// 404: nothing is on record for this user.
    #[must_use]
    pub fn no_such_user() -> Self {
        Self::invalid_request(StatusCode::NOT_FOUND, "not_found", "No such user.")
    }

    pub(super) fn method_not_allowed(method: &str, allowed: Method) -> Self {
        let detail = format!("Method \"{method}\" not allowed.");
        Self {
            allow: Some(allowed),
            ..Self::invalid_request(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        }
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

    /// 429: a rate limit is reached; the next request may come after `seconds`.
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

    /// 503: AWS is unavailable.
    pub fn service_unavailable(detail: &'static str, source: impl Into<Source>) -> Self {
        Self {
            retry_after: Some(RETRY_UNAVAILABLE_AFTER),
            source: Some(source.into()),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "server_error",
                "service_unavailable",
                detail,
            )
        }
    }

    /// 500: a fault for which no retry helps.
    pub fn unforeseen(source: impl Into<Source>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "error",
                "A server error occurred.",
            )
        }
    }

    /// The same error, with a `Retry-After` of so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// The answer, and what the log gets.
    #[must_use]
    pub fn into_outcome(mut self) -> Outcome {
        Outcome {
            code: self.code,
            source: self.source.take(),
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
        // Strings always serialise, so the body is never empty.
        let body = serde_json::to_string(&envelope).unwrap_or_default();
        let mut response = Response::new(Body::Text(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(method) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(method.as_str()));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
