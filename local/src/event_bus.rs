//! EventBridge's default bus, from SES to `record_mail_events`. Each event is received once, and
//! in order. The service's own events are on another bus: see [`published`](crate::published).

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The sending end. Clones share the bus.
#[derive(Clone, Debug)]
pub struct EventBus(UnboundedSender<Value>);

/// The receiving end.
#[derive(Debug)]
pub struct Events(UnboundedReceiver<Value>);

#[must_use]
pub fn new() -> (EventBus, Events) {
    let (sender, receiver) = unbounded_channel();
    (EventBus(sender), Events(receiver))
}

impl EventBus {
    /// Without a receiver the event is dropped, as on a bus without rules.
    pub fn publish(&self, event: Value) {
        let _ = self.0.send(event);
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
}
