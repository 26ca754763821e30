//! Fault injection: how the next calls of a service fail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;

/// The faults of the next calls, and a count of all calls. Clones share both.
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

    /// Queues a fault for one call.
    pub fn next(&self, fault: F) {
        self.plan().next.push_back(fault);
    }

    /// Sets the fault of every call that finds the queue empty.
    pub fn always(&self, fault: F) {
        self.plan().always = Some(fault);
    }

    /// Removes all faults. The count of attempts stays.
    pub fn clear(&self) {
        let mut plan = self.plan();
        plan.next.clear();
        plan.always = None;
    }

    /// The number of signed calls, failed ones included.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.plan().attempts
    }

    /// Counts an attempt and returns its fault.
    pub(crate) fn take(&self) -> Option<F> {
        let mut plan = self.plan();
        plan.attempts += 1;
        plan.next.pop_front().or(plan.always)
    }

    fn plan(&self) -> MutexGuard<'_, Plan<F>> {
        // No code that holds the lock can leave the plan half changed.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A response whose body fails before the first byte, so that the server closes the connection. The
/// caller sees a broken network.
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
    fn queued_faults_apply_once_in_order() {
        let faults = Faults::none();
        faults.next(Fault::Throttled);
        faults.next(Fault::HangUp);
        assert_eq!(faults.take(), Some(Fault::Throttled));
        assert_eq!(faults.take(), Some(Fault::HangUp));
        assert_eq!(faults.take(), None);
        assert_eq!(faults.attempts(), 3);
    }

    #[test]
    fn a_lasting_fault_follows_the_queue() {
        let faults = Faults::none();
        faults.always(Fault::Unavailable);
        faults.next(Fault::Internal);
        assert_eq!(faults.take(), Some(Fault::Internal));
        assert_eq!(faults.take(), Some(Fault::Unavailable));
        assert_eq!(faults.take(), Some(Fault::Unavailable));
        faults.clear();
        assert_eq!(faults.take(), None);
        assert_eq!(faults.attempts(), 4);
    }
}
