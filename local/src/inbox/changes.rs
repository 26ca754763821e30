//! The page's own API: what went onto the bus, and when something changes.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::Inbox;
use crate::published::{DeliveredEvent, Forwarding, Published};

/// The longest wait for a change. The timeouts of proxies and browsers are longer.
const LONG_POLL_TIMEOUT: Duration = Duration::from_secs(25);

pub(super) fn router() -> Router<Inbox> {
    Router::new()
        .route("/api/changes", get(changes))
        .route("/api/bus", get(bus).delete(clear))
}

impl Inbox {
    /// A counter of all changes.
    fn version(&self) -> u64 {
        self.mails.watched().version()
            + self.bus.watched().version()
            + self.published.watched().version()
    }

    /// Waits until the version differs from this one, and returns it.
    async fn changed_since(&self, version: u64) -> u64 {
        let mut mails = self.mails.watched().subscribe();
        let mut bus = self.bus.watched().subscribe();
        let mut published = self.published.watched().subscribe();
        loop {
            let now = self.version();
            if now != version {
                return now;
            }
            // None of these fails, since `self` holds the senders.
            let _ = tokio::select! {
                changed = mails.changed() => changed,
                changed = bus.changed() => changed,
                changed = published.changed() => changed,
            };
        }
    }
}

#[derive(Deserialize)]
struct Since {
    since: u64,
}

#[derive(Serialize)]
struct Version {
    version: u64,
}

/// Answers when the version changes, or with the same version after the timeout.
async fn changes(
    State(inbox): State<Inbox>,
    Query(Since { since }): Query<Since>,
) -> Json<Version> {
    let change = tokio::time::timeout(LONG_POLL_TIMEOUT, inbox.changed_since(since));
    Json(Version {
        version: change.await.unwrap_or(since),
    })
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
    /// How far it is on its way to the backend.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::captured_mails::CapturedMails;
    use crate::captured_mails::tests::mail;
    use crate::event_bus;

    #[tokio::test]
    async fn each_change_ends_a_wait() {
        let (bus, _events) = event_bus::new();
        let inbox = Inbox {
            mails: CapturedMails::new(),
            bus,
            published: Published::new(),
        };
        for (version, change) in [
            (
                0,
                Box::new(|inbox: &Inbox| inbox.bus.publish(json!(1))) as Box<dyn Fn(&Inbox)>,
            ),
            (
                1,
                Box::new(|inbox| inbox.mails.deliver(mail("x", "a@b.c", "News"))),
            ),
            (
                2,
                Box::new(|inbox| inbox.mails.mark(&["x".to_owned()], true)),
            ),
        ] {
            let waiting = tokio::spawn({
                let inbox = inbox.clone();
                async move { inbox.changed_since(version).await }
            });
            change(&inbox);
            assert_eq!(waiting.await.expect("it ends"), version + 1);
        }
    }
}
