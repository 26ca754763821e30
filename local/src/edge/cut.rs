//! Connections that are closed without an answer.

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;

/// A response whose body fails before the first byte, so that the server closes the connection. The
/// caller sees a broken network.
pub(super) fn cut_connection() -> Response {
    let mut longer_than_allowed = Request::new(Body::from("cut"));
    DefaultBodyLimit::max(1).apply(&mut longer_than_allowed);
    Response::new(longer_than_allowed.with_limited_body().into_body())
}
