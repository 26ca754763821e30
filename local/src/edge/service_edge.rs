//! The edge in front of one service, for tests.

use super::{Count, Edge, Fault, Rule, Service, When};

/// The calls of one service, and its rules.
#[derive(Clone, Debug)]
pub struct ServiceEdge {
    edge: Edge,
    service: Service,
}

impl ServiceEdge {
    pub(super) fn new(edge: Edge, service: Service) -> Self {
        Self { edge, service }
    }

    /// One more call breaks, after those that were queued before.
    pub fn next(&self, fault: Fault) {
        self.after(0, fault, 1);
    }

    /// After `passing` more calls that work, `times` calls break.
    pub fn after(&self, passing: usize, fault: Fault, times: usize) {
        let mut state = self.edge.state();
        let lasts = |rule: &Rule| rule.service == self.service && rule.times.is_none();
        let place = state.rules.iter().position(lasts);
        let place = place.unwrap_or(state.rules.len());
        let rule = Rule {
            after: passing.try_into().unwrap_or(u32::MAX),
            times: Some(times.try_into().unwrap_or(u32::MAX)),
            ..Rule::always(self.service, fault)
        };
        state.rules.insert(place, rule);
    }

    /// Every call that finds the queue empty breaks.
    pub fn always(&self, fault: Fault) {
        let mut state = self.edge.state();
        let lasts = |rule: &Rule| rule.service == self.service && rule.times.is_none();
        state.rules.retain(|rule| !lasts(rule));
        state.rules.push(Rule::always(self.service, fault));
    }

    /// Everything works again.
    pub fn clear(&self) {
        let mut state = self.edge.state();
        state.rules.retain(|rule| rule.service != self.service);
    }

    /// Lets `passing` calls through, then runs `what` before the next one reaches the service.
    /// Calls that `what` makes are let through.
    pub fn meanwhile(&self, passing: usize, what: impl Future<Output = ()> + Send + 'static) {
        let service = Some(self.service);
        self.edge
            .set_interruption(service, passing, When::Before, Box::pin(what));
    }

    /// The number of calls, failed ones included.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.count(|count| count.calls).unwrap_or(0)
    }

    /// Whether the SDK repeated a call, as it does when a busy machine has not answered in time. A
    /// repeated count may count twice.
    #[must_use]
    pub fn saw_a_repeated_call(&self) -> bool {
        self.count(|count| count.has_retry).unwrap_or(false)
    }

    /// The operations since the last call of this, such as `UpdateItem`.
    #[expect(
        clippy::must_use_candidate,
        reason = "a test may drop the calls of its preparation"
    )]
    pub fn take_calls(&self) -> Vec<String> {
        let mut state = self.edge.state();
        let calls = std::mem::take(&mut state.calls).into_iter();
        let (taken, kept): (Vec<_>, _) = calls.partition(|call| call.service == self.service);
        state.calls = kept.into();
        taken.into_iter().map(|call| call.operation).collect()
    }

    fn count<R>(&self, read: impl FnOnce(&Count) -> R) -> Option<R> {
        let state = self.edge.state();
        let mut counts = state.counts.iter();
        let count = counts.find(|count| count.service == self.service);
        count.map(read)
    }
}
