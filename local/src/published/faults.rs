//! Failures of EventBridge that tests ask for.

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
