//! How a send goes wrong on purpose.

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
