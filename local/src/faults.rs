//! Failures on purpose: what the next calls meet instead of a working service.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;

/// The faults that wait for the next calls of a service, and a count of the calls that came. Clones
/// share both.
#[derive(Clone, Debug)]
pub struct Faults<F> {
    plan: Arc<Mutex<Plan<F>>>,
}

#[derive(Debug)]
struct Plan<F> {
    next: VecDeque<F>,
    always: Option<F>,
    attempts: usize,
}

impl<F: Copy> Faults<F> {
    /// No faults: every call works.
    #[must_use]
    pub fn none() -> Self {
        let plan = Plan {
            next: VecDeque::new(),
            always: None,
            attempts: 0,
        };
        Self {
            plan: Arc::new(Mutex::new(plan)),
        }
    }

    /// One more call meets this fault, after those that were queued before.
    pub fn next(&self, fault: F) {
        self.plan().next.push_back(fault);
    }

    /// Every call meets this fault, once the queue is used up.
    pub fn always(&self, fault: F) {
        self.plan().always = Some(fault);
    }

    /// Calls work again. The count of attempts goes on.
    pub fn clear(&self) {
        let mut plan = self.plan();
        plan.next.clear();
        plan.always = None;
    }

    /// How many signed calls came, whatever came of them.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.plan().attempts
    }

    /// Counts an attempt and says what it meets.
    pub(crate) fn meet(&self) -> Option<F> {
        let mut plan = self.plan();
        plan.attempts += 1;
        plan.next.pop_front().or(plan.always)
    }

    fn plan(&self) -> MutexGuard<'_, Plan<F>> {
        // No code that holds the lock can leave the plan half changed.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A response that never leaves: its body fails before the first byte, and the server closes the
/// connection. The caller sees what it would see of a broken network.
pub(crate) fn cut_connection() -> Response {
    let mut longer_than_allowed = Request::new(Body::from("cut"));
    DefaultBodyLimit::max(1).apply(&mut longer_than_allowed);
    Response::new(longer_than_allowed.with_limited_body().into_body())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ses::Fault;

    #[test]
    fn queued_faults_come_once_each_and_in_order() {
        let faults = Faults::none();
        faults.next(Fault::Throttled);
        faults.next(Fault::HangUp);
        assert_eq!(faults.meet(), Some(Fault::Throttled));
        assert_eq!(faults.meet(), Some(Fault::HangUp));
        assert_eq!(faults.meet(), None);
        assert_eq!(faults.attempts(), 3);
    }

    #[test]
    fn a_lasting_fault_starts_after_the_queue_and_ends_with_clear() {
        let faults = Faults::none();
        faults.always(Fault::Unavailable);
        faults.next(Fault::Internal);
        assert_eq!(faults.meet(), Some(Fault::Internal));
        assert_eq!(faults.meet(), Some(Fault::Unavailable));
        assert_eq!(faults.meet(), Some(Fault::Unavailable));
        faults.clear();
        assert_eq!(faults.meet(), None);
        assert_eq!(faults.attempts(), 4);
    }
}
