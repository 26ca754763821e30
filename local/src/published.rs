//! EventBridge's `PutEvents`. Published events stay in memory, and `forward` posts them to the
//! adopter's backend. SES's events are on another bus: see [`event_bus`](crate::event_bus).
//!
//! Tests make it fail as EventBridge does: see [`Fault`].

mod forward;
mod put_events;

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::date::rfc3339_seconds;
use crate::faults::Faults;
use crate::ses::{ACCOUNT, REGION};
use crate::watched::Watched;
pub use forward::{Forwarder, InvalidTarget, Target};
pub use put_events::router;

/// The oldest event is dropped when there are more.
pub const CAPACITY: usize = 500;
/// The log target of events. They hold whole addresses, so only `cargo run` logs them.
pub const TARGET: &str = "published";

/// An event that was put on a bus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublishedEvent {
    /// EventBridge's own id. A duplicate has another one.
    pub id: String,
    pub bus: String,
    pub source: String,
    pub detail_type: String,
    /// In seconds since the Unix epoch.
    pub time: f64,
    pub detail: Value,
}

impl PublishedEvent {
    /// The event as EventBridge delivers it to a rule's target.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a number of seconds far from the limits of i64"
    )]
    pub fn as_delivered(&self) -> DeliveredEvent<'_> {
        DeliveredEvent {
            version: "0",
            id: &self.id,
            detail_type: &self.detail_type,
            source: &self.source,
            account: ACCOUNT,
            time: rfc3339_seconds(self.time as i64 * 1_000),
            region: REGION,
            resources: [],
            detail: &self.detail,
        }
    }
}

/// The JSON that a target gets, with its members in the order of AWS's documentation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DeliveredEvent<'a> {
    version: &'static str,
    id: &'a str,
    detail_type: &'a str,
    source: &'a str,
    account: &'static str,
    time: String,
    region: &'static str,
    resources: [(); 0],
    detail: &'a Value,
}

/// How far [`forward`] is with an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Forwarding {
    pub(crate) state: ForwardingState,
    pub(crate) attempts: u32,
    /// What the last attempt brought.
    pub(crate) outcome: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ForwardingState {
    Accepted,
    Retrying,
    Failed,
}

#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) event: PublishedEvent,
    /// `None`: there was no attempt.
    pub(crate) forwarding: Option<Forwarding>,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 400 `ThrottlingException`: the account puts too many events.
    Throttled,
    /// 500 `InternalException`.
    Internal,
    /// 400 `AccessDeniedException`: the role does not allow the call.
    AccessDenied,
    /// 200, but the entries at these indexes are rejected.
    Entries(&'static [usize]),
    /// The events are published, and the connection is closed without an answer.
    LostAnswer,
    /// The call gets no answer, and nothing is published.
    Silence,
}

/// The published events. Clones share them.
#[derive(Clone, Debug)]
pub struct Published {
    /// The failures of the next calls.
    pub faults: Faults<Fault>,
    oldest_first: Watched<VecDeque<Kept>>,
    subscriber: Arc<OnceLock<Subscriber>>,
}

/// Who gets each event, and under which name.
#[derive(Debug)]
struct Subscriber {
    name: String,
    events: UnboundedSender<PublishedEvent>,
}

impl Published {
    #[must_use]
    pub fn new() -> Self {
        Self {
            faults: Faults::none(),
            oldest_first: Watched::new(),
            subscriber: Arc::default(),
        }
    }

    /// All events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<PublishedEvent> {
        let kept = self.kept().into_iter();
        kept.map(|kept| kept.event).collect()
    }

    /// Removes and returns all events, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<PublishedEvent> {
        let mut taken = VecDeque::new();
        self.oldest_first.edit(|events| {
            taken = std::mem::take(events);
            !taken.is_empty()
        });
        taken.into_iter().map(|kept| kept.event).collect()
    }

    pub(crate) fn kept(&self) -> Vec<Kept> {
        self.oldest_first
            .read(|events| events.iter().cloned().collect())
    }

    /// All events, with a counter of changes.
    pub(crate) fn watched(&self) -> &Watched<VecDeque<Kept>> {
        &self.oldest_first
    }

    /// The name of the subscriber, if there is one.
    pub(crate) fn subscriber(&self) -> Option<&str> {
        self.subscriber
            .get()
            .map(|subscriber| subscriber.name.as_str())
    }

    /// All events from now on, for one subscriber. Another one gets none.
    fn subscribe(&self, name: String) -> UnboundedReceiver<PublishedEvent> {
        let (events, receiver) = unbounded_channel();
        let _ = self.subscriber.set(Subscriber { name, events });
        receiver
    }

    fn add(&self, event: PublishedEvent) {
        tracing::info!(
            target: TARGET,
            detail_type = event.detail_type,
            detail = %event.detail,
            "event on the bus"
        );
        let kept = Kept {
            event: event.clone(),
            forwarding: None,
        };
        self.oldest_first.edit(|events| {
            if events.len() == CAPACITY {
                events.pop_front();
            }
            events.push_back(kept);
            true
        });
        if let Some(subscriber) = self.subscriber.get() {
            // The subscriber ends with the process.
            let _ = subscriber.events.send(event);
        }
    }

    /// An event that is no longer kept is ignored.
    fn record(&self, id: &str, forwarding: Forwarding) {
        self.oldest_first.edit(|events| {
            let kept = events.iter_mut().find(|kept| kept.event.id == id);
            kept.is_some_and(|kept| {
                kept.forwarding = Some(forwarding);
                true
            })
        });
    }
}

impl Default for Published {
    fn default() -> Self {
        Self::new()
    }
}
