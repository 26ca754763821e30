//! EventBridge's default bus, as far as SES uses it: events go in, and whoever holds the other end
//! gets each of them once, in the order in which they came. What the service itself publishes goes
//! to [`published`](crate::published).

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Where events go in. Clones are the same bus.
#[derive(Clone, Debug)]
pub struct EventBus(UnboundedSender<Value>);

/// Where events come out.
#[derive(Debug)]
pub struct Events(UnboundedReceiver<Value>);

/// A bus without events.
#[must_use]
pub fn new() -> (EventBus, Events) {
    let (sender, receiver) = unbounded_channel();
    (EventBus(sender), Events(receiver))
}

impl EventBus {
    /// Publishes an event. If nobody is there to get it any more, nothing happens, as on a bus
    /// without rules.
    pub fn publish(&self, event: Value) {
        let _ = self.0.send(event);
    }
}

impl Events {
    /// The next event, as soon as there is one. `None`: the bus is gone.
    pub async fn next(&mut self) -> Option<Value> {
        self.0.recv().await
    }

    /// The events that were published so far and nobody got.
    pub fn take(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn each_event_comes_out_once_and_in_order() {
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
    fn nobody_has_to_listen() {
        let (bus, events) = new();
        drop(events);
        bus.publish(json!(1));
    }
}
