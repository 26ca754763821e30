//! EventBridge's default bus, from SES to `record_mail_events`. Each event is received once, and
//! in order. The service's own events are on another bus: see [`published`](crate::published).

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::captured_mails;
use crate::watched::Watched;

/// The inbox shows no older events: a mail has one or two.
const CAPACITY: usize = 2 * captured_mails::CAPACITY;

/// The sending end. Clones share the bus.
#[derive(Clone, Debug)]
pub struct EventBus {
    receiver: UnboundedSender<Value>,
    oldest_first: Watched<VecDeque<Arc<Value>>>,
}

/// The receiving end.
#[derive(Debug)]
pub struct Events(UnboundedReceiver<Value>);

#[must_use]
pub fn new() -> (EventBus, Events) {
    let (receiver, events) = unbounded_channel();
    let bus = EventBus {
        receiver,
        oldest_first: Watched::new(),
    };
    (bus, Events(events))
}

impl EventBus {
    /// Without a receiver the event is dropped, as on a bus without rules.
    pub fn publish(&self, event: Value) {
        let kept = Arc::new(event.clone());
        self.oldest_first.edit(|events| {
            if events.len() == CAPACITY {
                events.pop_front();
            }
            events.push_back(kept);
            true
        });
        let _ = self.receiver.send(event);
    }

    /// The newest events, oldest first, whether or not they were received.
    pub(crate) fn published(&self) -> Vec<Arc<Value>> {
        self.oldest_first
            .read(|events| events.iter().cloned().collect())
    }

    /// The newest events, with a counter of changes.
    pub(crate) fn watched(&self) -> &Watched<VecDeque<Arc<Value>>> {
        &self.oldest_first
    }
}

impl Events {
    /// Waits for the next event. `None`: all senders are dropped.
    pub async fn next(&mut self) -> Option<Value> {
        self.0.recv().await
    }

    /// The events that are published and not yet received.
    pub fn take(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn events_arrive_once_and_in_order() {
        let (bus, mut events) = new();
        bus.publish(json!(1));
        bus.clone().publish(json!(2));
        bus.publish(json!(3));
        assert_eq!(events.next().await, Some(json!(1)));
        assert_eq!(events.take(), [json!(2), json!(3)]);
        assert!(events.take().is_empty());
        drop(bus);
        assert_eq!(events.next().await, None);
    }

    #[test]
    fn a_bus_works_without_receivers() {
        let (bus, events) = new();
        drop(events);
        bus.publish(json!(1));
    }

    #[test]
    fn the_newest_events_are_kept() {
        let (bus, _events) = new();
        for number in 0..=CAPACITY {
            bus.publish(json!(number));
        }
        let published = bus.published();
        assert_eq!(published.len(), CAPACITY);
        assert_eq!(*published[0], json!(1));
    }
}
