//! Failures of SES that tests ask for.

/// How a send fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 `TooManyRequestsException`: the account sends too fast.
    Throttled,
    /// 400 `MessageRejected`, with this message: SES refuses the content.
    MessageRejected(&'static str),
    /// 400 `SendingPausedException`: sending is paused for the account.
    SendingPaused,
    /// 503 `ServiceUnavailable`.
    Unavailable,
    /// 500 `InternalServiceErrorException`.
    Internal,
    /// The connection is closed without an answer, and the mail is not delivered.
    HangUp,
    /// The request gets no answer, and the mail is not delivered.
    Silence,
    /// The mail is delivered, and the connection is closed without an answer.
    LostAnswer,
}
