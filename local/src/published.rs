//! EventBridge's `PutEvents`. Published events stay in memory, and no rule reads them. SES's events
//! are on another bus: see [`event_bus`](crate::event_bus).
//!
//! Tests make it fail as EventBridge does: see [`Fault`].

mod put_events;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::faults::Faults;
pub use put_events::router;

/// The oldest event is dropped when there are more.
pub const CAPACITY: usize = 500;
/// The log target of events. They hold whole addresses, so only `cargo run` logs them.
pub const TARGET: &str = "published";

/// An event as a rule would receive it.
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
    events: Arc<Mutex<VecDeque<PublishedEvent>>>,
}

impl Published {
    #[must_use]
    pub fn new() -> Self {
        Self {
            faults: Faults::none(),
            events: Arc::default(),
        }
    }

    /// All events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<PublishedEvent> {
        self.lock().iter().cloned().collect()
    }

    /// Removes and returns all events, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<PublishedEvent> {
        self.lock().drain(..).collect()
    }

    fn add(&self, event: PublishedEvent) {
        tracing::info!(
            target: TARGET,
            detail_type = event.detail_type,
            detail = %event.detail,
            "event on the bus"
        );
        let mut events = self.lock();
        if events.len() == CAPACITY {
            events.pop_front();
        }
        events.push_back(event);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<PublishedEvent>> {
        // No code that holds the lock can leave the list half changed.
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Published {
    fn default() -> Self {
        Self::new()
    }
}
