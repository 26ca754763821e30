//! Failures on purpose: what the next sends meet instead of a working SES.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One way in which a send goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 `TooManyRequestsException`: the account sends too fast.
    Throttled,
    /// 400 `MessageRejected`, with this message: SES does not want the content.
    MessageRejected(&'static str),
    /// 400 `SendingPausedException`: sending is switched off for the account.
    SendingPaused,
    /// 503 `ServiceUnavailable`.
    Unavailable,
    /// 500 `InternalServiceErrorException`.
    Internal,
    /// The connection is closed without an answer, and the mail is not delivered.
    HangUp,
    /// No answer ever comes, and the mail is not delivered.
    Silence,
    /// The mail is delivered, but the connection is closed instead of answered.
    LostAnswer,
}

/// The faults that wait for the next sends, and a count of the sends that came. Clones share both.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug, Default)]
struct Plan {
    next: VecDeque<Fault>,
    always: Option<Fault>,
    attempts: usize,
}

impl Faults {
    /// No faults: every send works.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One more send meets this fault, after those that were queued before.
    pub fn next(&self, fault: Fault) {
        self.plan().next.push_back(fault);
    }

    /// Every send meets this fault, once the queue is used up.
    pub fn always(&self, fault: Fault) {
        self.plan().always = Some(fault);
    }

    /// Sends work again. The count of attempts goes on.
    pub fn clear(&self) {
        let mut plan = self.plan();
        plan.next.clear();
        plan.always = None;
    }

    /// How many signed requests reached `SendEmail`, whatever came of them.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.plan().attempts
    }

    /// Counts an attempt and says what it meets.
    pub(super) fn meet(&self) -> Option<Fault> {
        let mut plan = self.plan();
        plan.attempts += 1;
        plan.next.pop_front().or(plan.always)
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        // No code that holds the lock can leave the plan half changed.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
