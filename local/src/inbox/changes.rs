//! Tells the page that something changed.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::Inbox;

/// The longest wait for a change. The timeouts of proxies and browsers are longer.
const LONG_POLL_TIMEOUT: Duration = Duration::from_secs(25);

pub(super) fn router() -> Router<Inbox> {
    Router::new().route("/api/changes", get(changes))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::captured_mails::CapturedMails;
    use crate::captured_mails::tests::mail;
    use crate::event_bus;
    use crate::published::Published;

    #[tokio::test]
    async fn each_change_ends_a_wait() {
        let (bus, _events) = event_bus::new();
        let inbox = Inbox {
            mails: CapturedMails::new(),
            bus,
            published: Published::new(),
            edge: crate::edge::Edge::new(),
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
