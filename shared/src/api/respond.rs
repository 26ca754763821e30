//! What all answers have in common: headers, and one line in the log.

use std::future::Future;
use std::time::{Duration, Instant};

use lambda_http::http::header::{ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};
use tracing::Instrument;
use tracing::field::Empty;

use crate::telemetry::{self, Source};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Debug)]
pub struct Outcome {
    pub response: Response<Body>,
    /// The log's word for it.
    pub code: &'static str,
    /// What went wrong inside, for the log alone.
    pub source: Option<Source>,
}

/// Answers `request` with the outcome of `work`. Writes one log line and sets the common headers:
/// no answer may be cached or sniffed, and each names its request.
pub fn respond(
    request: &Request,
    route: &'static str,
    work: impl Future<Output = Outcome>,
) -> impl Future<Output = Response<Body>> {
    // On the heap, as every future around this one would hold it again.
    let work = Box::pin(work);
    let request_id = request_id(request);
    // At the highest level, so that a line names its request whatever is logged.
    let span = tracing::error_span!(
        telemetry::INVOCATION,
        request_id,
        route,
        api_key = Empty,
        user = Empty,
        address = Empty,
        domain_hash = Empty,
        mail = Empty,
        message_id = Empty
    );
    async move {
        #[expect(
            clippy::disallowed_methods,
            reason = "telemetry measures how long a request took"
        )]
        let started = Instant::now();
        let outcome = work.await;
        log(&outcome, started.elapsed());
        let mut response = outcome.response;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            headers.insert(X_REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
}

/// All `Accept-Language` headers, as one.
#[must_use]
pub fn accept_language(headers: &HeaderMap) -> String {
    let values = headers.get_all(ACCEPT_LANGUAGE).iter();
    let readable: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    readable.join(",")
}

/// Whether `Accept` names this media type, with whatever weight.
#[must_use]
pub fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let values = headers.get_all(ACCEPT).iter();
    let mut types = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim());
    types.any(|essence| essence.eq_ignore_ascii_case(media_type))
}

/// The gateway's id of this request, which its access log has as well.
fn request_id(request: &Request) -> String {
    let of_gateway = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
        _ => None,
    };
    let of_invocation = || {
        request
            .lambda_context_ref()
            .map(|context| context.request_id.clone())
    };
    of_gateway.or_else(of_invocation).unwrap_or_default()
}

/// The one line of a request: an error only if the fault is ours.
fn log(outcome: &Outcome, elapsed: Duration) {
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let (code, status) = (outcome.code, outcome.response.status().as_u16());
    let source = outcome.source.as_deref();
    match status {
        ..400 => tracing::info!(outcome = code, status, duration_ms, "request answered"),
        400..500 => tracing::info!(outcome = code, status, duration_ms, "request refused"),
        500.. => tracing::error!(
            outcome = code,
            status,
            duration_ms,
            error = source
                .map(|error| telemetry::chain(error))
                .unwrap_or_default(),
            "request failed"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_from_all_headers() {
        let mut headers = HeaderMap::new();
        assert_eq!(accept_language(&headers), "");
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static("sv;q=0.9"));
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_bytes(b"\xff").unwrap());
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static("de, fr"));
        assert_eq!(accept_language(&headers), "sv;q=0.9,de, fr");
    }
}
