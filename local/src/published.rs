//! EventBridge's `PutEvents`. Published events stay in memory, and `forward` posts them to the
//! adopter's backend. SES's events are on another bus: see [`event_bus`](crate::event_bus).
//!
//! It works: the [edge](crate::edge) in front of it makes it fail as EventBridge does.

mod event;
mod forward;
mod put_events;

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::watched::Watched;
pub use event::{DeliveredEvent, PublishedEvent};
pub(crate) use forward::Forwarding;
pub use forward::{Forwarder, ForwarderError, InvalidTarget, Target, forwarding_rules};
pub use put_events::router;

/// The oldest event is dropped when there are more.
pub const CAPACITY: usize = 500;
/// The log target of events. They hold whole addresses, so only `cargo run` logs them.
pub const TARGET: &str = "published";

/// An event, and its way to the backend.
#[derive(Clone, Debug)]
pub(crate) struct KeptEvent {
    pub(crate) event: PublishedEvent,
    /// `None`: there was no attempt.
    pub(crate) forwarding: Option<Forwarding>,
}

/// The published events. Clones share them.
#[derive(Clone, Debug)]
pub struct Published {
    oldest_first: Watched<VecDeque<KeptEvent>>,
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

    pub(crate) fn kept(&self) -> Vec<KeptEvent> {
        self.oldest_first
            .read(|events| events.iter().cloned().collect())
    }

    /// All events, with a counter of changes.
    pub(crate) fn watched(&self) -> &Watched<VecDeque<KeptEvent>> {
        &self.oldest_first
    }

    /// The name of the subscriber, if there is one.
    pub(crate) fn subscriber(&self) -> Option<&str> {
        self.subscriber
            .get()
            .map(|subscriber| subscriber.name.as_str())
    }

    /// Sends all events from now on to one subscriber. A second one would get no event.
    fn subscribe(&self, name: String) -> UnboundedReceiver<PublishedEvent> {
        let (events, receiver) = unbounded_channel();
        let _ = self.subscriber.set(Subscriber { name, events });
        receiver
    }

    fn add(&self, event: PublishedEvent) {
        tracing::info!(target: TARGET, "{}: {}", event.detail_type, event.detail);
        let kept = KeptEvent {
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
