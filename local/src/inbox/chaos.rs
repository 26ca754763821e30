//! What breaks: the rules of the edge. Mailpit has other rules at this path, for SMTP.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;
use shared::telemetry::chain;

use super::Inbox;
use super::refusal::Refusal;
use crate::chaos;
use crate::edge::Edge;

pub(super) fn router() -> Router<Inbox> {
    Router::new().route("/api/v1/chaos", get(show).put(replace).delete(end))
}

async fn show(State(edge): State<Edge>) -> Json<Value> {
    Json(chaos::describe(&edge.rules()))
}

/// A document with an error changes nothing.
async fn replace(State(edge): State<Edge>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let rules = chaos::parse(&body).map_err(|error| Refusal::bad_request(&chain(&error)))?;
    tracing::info!("chaos: {}", chaos::summary(&rules));
    edge.set_rules(rules);
    Ok(Json(chaos::describe(&edge.rules())))
}

async fn end(State(edge): State<Edge>) -> StatusCode {
    tracing::info!("chaos: {}", chaos::summary(&[]));
    edge.set_rules(Vec::new());
    StatusCode::NO_CONTENT
}
