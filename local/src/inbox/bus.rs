//! The page's own API of the events on the bus.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::Inbox;
use crate::published::{DeliveredEvent, Forwarding, Published};

pub(super) fn router() -> Router<Inbox> {
    Router::new().route("/api/bus", get(bus).delete(clear))
}

/// The events on the bus.
#[derive(Serialize)]
struct Bus<'a> {
    /// The adopter's backend.
    forwarded_to: Option<&'a str>,
    /// The newest first.
    events: Vec<BusEvent<'a>>,
}

#[derive(Serialize)]
struct BusEvent<'a> {
    bus: &'a str,
    event: DeliveredEvent<'a>,
    /// The attempts to post it to the backend. `None`: before the first one ended.
    forwarding: Option<&'a Forwarding>,
}

async fn bus(State(published): State<Published>) -> Response {
    let kept = published.kept();
    let events = kept.iter().rev().map(|kept| BusEvent {
        bus: &kept.event.bus,
        event: kept.event.as_delivered(),
        forwarding: kept.forwarding.as_ref(),
    });
    Json(Bus {
        forwarded_to: published.subscriber(),
        events: events.collect(),
    })
    .into_response()
}

async fn clear(State(published): State<Published>) -> StatusCode {
    let _ = published.take();
    StatusCode::NO_CONTENT
}
