//! The bodies of requests.

use axum::body::{Body, Bytes, to_bytes};
use shared::telemetry::chain;

/// The whole body. `None`: it is longer than `limit`, or the caller broke off.
pub(crate) async fn read_body(body: Body, limit: usize) -> Option<Bytes> {
    let read = to_bytes(body, limit).await;
    read.inspect_err(|error| tracing::warn!(error = chain(error), "a body cannot be read"))
        .ok()
}
