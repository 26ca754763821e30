//! What a browser asks before it lets another site's page call the API (CORS preflight, Fetch standard,
//! section 4.8).
//!
//! An HTTP API with CORS answers such a question by itself, unless a route takes the request, as ours for
//! every method do. The gateway then puts its own CORS headers over these; other gateways put none.

use lambda_http::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use lambda_http::http::{HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, Response};

use super::exchange::Outcome;

/// The request headers that mean something to the API. `template.yaml` tells the gateway the same.
const HEADERS: &str = "content-type,accept-language,prefer,authorization";
/// How many seconds a browser may remember the answer.
const MAX_AGE_SECONDS: &str = "3600";

/// The answer to a page of one of `origins` that wants to know whether it may call. `None` if `request` is
/// no such question, or another site's.
pub(super) fn preflight(request: &Request, origins: &[String]) -> Option<Outcome> {
    let headers = request.headers();
    if request.method() != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let origin = headers.get(ORIGIN)?;
    if !origins.iter().any(|allowed| origin == allowed) {
        return None;
    }
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS),
        (VARY, "origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(Outcome {
        response,
        code: "ok",
        internal: None,
    })
}
