//! The ways in which a call fails, and the services that fail so.

use std::time::Duration;

use super::call::{Call, Service};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The service has too many calls.
    Throttled,
    /// 500. Nothing is done.
    Error,
    /// 503. Nothing is done.
    Unavailable,
    /// The role of the function does not allow the call.
    AccessDenied,
    /// The call is done at once, and its answer is late.
    Slow(Duration),
    /// The connection is closed, and nothing is done.
    CutBefore,
    /// The call is done, and the connection is closed without an answer.
    CutAfter,
    /// There is no answer, and nothing is done.
    Silent,
    /// The call is done, and its answer is 200 with half of a body.
    Garbage,
    /// 500 with an HTML page, as from a proxy on the way. Nothing is done.
    Html,
    /// SES refuses the content or an identity of the mail (`MessageRejected`).
    Rejected,
    /// SES paused sending for the account (`SendingPausedException`).
    Paused,
    /// A write meets a transaction that holds its item.
    Conflict,
    /// A transaction meets its own earlier attempt (`TransactionInProgressException`).
    InProgress,
    /// There is no such table (`ResourceNotFoundException`).
    MissingTable,
    /// EventBridge publishes all entries but these.
    Partial(Entries),
    /// The records arrive late.
    Late(Duration),
    /// The records arrive, and arrive again.
    Twice,
    /// The records arrive in reverse order. A single one waits for the next.
    Reordered,
}

/// Indexes of entries in a call of `PutEvents`, which has ten at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entries(u16);

impl Entries {
    pub const MAX: usize = 10;

    /// Indexes from [`Self::MAX`] on are ignored.
    #[must_use]
    pub fn at(indexes: &[usize]) -> Self {
        let known = indexes.iter().filter(|index| **index < Self::MAX);
        Self(known.fold(0, |all, index| all | 1 << index))
    }

    #[must_use]
    pub fn contains(self, index: usize) -> bool {
        index < Self::MAX && self.0 & (1 << index) != 0
    }
}

const AWS: &[Service] = &[Service::Ses, Service::DynamoDb, Service::Events];
const SES: &[Service] = &[Service::Ses];
const DYNAMODB: &[Service] = &[Service::DynamoDb];
const EVENTS: &[Service] = &[Service::Events];
const STREAM: &[Service] = &[Service::Stream];

impl Fault {
    /// One of each kind, with the parameters that a rule may replace.
    pub const ALL: [Self; 19] = [
        Self::Throttled,
        Self::Error,
        Self::Unavailable,
        Self::AccessDenied,
        Self::Slow(Duration::ZERO),
        Self::CutBefore,
        Self::CutAfter,
        Self::Silent,
        Self::Garbage,
        Self::Html,
        Self::Rejected,
        Self::Paused,
        Self::Conflict,
        Self::InProgress,
        Self::MissingTable,
        Self::Partial(Entries(1)),
        Self::Late(Duration::ZERO),
        Self::Twice,
        Self::Reordered,
    ];

    /// The word in a rule.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Error => "error",
            Self::Unavailable => "unavailable",
            Self::AccessDenied => "access_denied",
            Self::Slow(_) => "slow",
            Self::CutBefore => "cut_before",
            Self::CutAfter => "cut_after",
            Self::Silent => "silent",
            Self::Garbage => "garbage",
            Self::Html => "html",
            Self::Rejected => "rejected",
            Self::Paused => "paused",
            Self::Conflict => "conflict",
            Self::InProgress => "in_progress",
            Self::MissingTable => "missing_table",
            Self::Partial(_) => "partial",
            Self::Late(_) => "late",
            Self::Twice => "twice",
            Self::Reordered => "reordered",
        }
    }

    /// The services that fail so.
    #[must_use]
    pub fn services(self) -> &'static [Service] {
        match self {
            Self::Throttled
            | Self::Error
            | Self::Unavailable
            | Self::AccessDenied
            | Self::Slow(_)
            | Self::CutBefore
            | Self::CutAfter
            | Self::Silent
            | Self::Garbage
            | Self::Html => AWS,
            Self::Rejected | Self::Paused => SES,
            Self::Conflict | Self::InProgress | Self::MissingTable => DYNAMODB,
            Self::Partial(_) => EVENTS,
            Self::Late(_) | Self::Twice | Self::Reordered => STREAM,
        }
    }

    /// Whether AWS fails an operation so. A rule without an operation lets the others through.
    #[must_use]
    pub fn can_break(self, call: &Call) -> bool {
        match self {
            Self::Rejected | Self::Paused => call.operation == "SendEmail",
            Self::Conflict => call.is_write(),
            Self::InProgress => call.is_transaction(),
            _ => true,
        }
    }
}
