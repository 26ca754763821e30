//! The states of the page after its reader asked for another mail.

use lambda_http::Response;
use lambda_http::http::header::{ALLOW, RETRY_AFTER, STRICT_TRANSPORT_SECURITY};
use lambda_http::http::{HeaderValue, StatusCode};
use shared::api::{HSTS, Outcome, PostError, RETRY_UNAVAILABLE_AFTER, StateAnswer};
use shared::domain::email_address::EmailAddress;
use shared::store::StoreError;
use shared::telemetry::Source;

use crate::request_verification::{RequestError, RequestOutcome};

/// The names and statuses are those of the page, where it has the same state.
#[derive(Debug)]
pub(super) enum State {
    Mailed {
        address: EmailAddress,
    },
    AlreadyVerified {
        address: EmailAddress,
    },
    /// No link of this user's pending address.
    Invalid,
    DomainNotAllowed,
    Suppressed,
    Throttled {
        retry_after: u64,
    },
    /// DynamoDB or SES is unavailable.
    Unavailable {
        /// Whether a retry may help.
        retry_helps: bool,
        /// For the log.
        source: Source,
    },
    CrossSite,
    /// The request did not come through the required proxy.
    NotReachable,
    MethodNotAllowed,
    Unreadable(PostError),
}

impl State {
    pub(super) fn of(outcome: RequestOutcome) -> Self {
        match outcome {
            RequestOutcome::Mailed { address, .. } | RequestOutcome::Duplicate { address, .. } => {
                Self::Mailed { address }
            }
            RequestOutcome::NoAddress => Self::Invalid,
            RequestOutcome::DomainNotAllowed => Self::DomainNotAllowed,
            RequestOutcome::AlreadyVerified { address } => Self::AlreadyVerified { address },
            RequestOutcome::Suppressed => Self::Suppressed,
            RequestOutcome::Throttled { retry_after } => Self::Throttled { retry_after },
        }
    }

    pub(super) fn of_error(error: RequestError) -> Self {
        Self::Unavailable {
            retry_helps: !matches!(error, RequestError::Store(StoreError::Malformed(_))),
            source: error.into(),
        }
    }

    /// A fault for which no retry helps.
    pub(super) fn fault(source: impl Into<Source>) -> Self {
        Self::Unavailable {
            retry_helps: false,
            source: source.into(),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Mailed { .. } => "mailed",
            Self::AlreadyVerified { .. } => "already_verified",
            Self::Invalid => "invalid",
            Self::DomainNotAllowed => "domain_not_allowed",
            Self::Suppressed => "suppressed",
            Self::Throttled { .. } => "throttled",
            Self::Unavailable { .. } => "unavailable",
            Self::CrossSite => "cross_site",
            Self::NotReachable => "permission_denied",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Unreadable(error) => error.name(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Mailed { .. } | Self::AlreadyVerified { .. } => StatusCode::OK,
            Self::Invalid | Self::DomainNotAllowed | Self::Suppressed => StatusCode::BAD_REQUEST,
            Self::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable {
                retry_helps: true, ..
            } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unavailable { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Self::CrossSite | Self::NotReachable => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unreadable(error) => error.status(),
        }
    }

    fn address(&self) -> Option<&str> {
        match self {
            Self::Mailed { address } | Self::AlreadyVerified { address } => {
                Some(address.deliverable())
            }
            _ => None,
        }
    }

    /// Seconds until a retry may help.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Throttled { retry_after } => Some(*retry_after),
            Self::Unavailable {
                retry_helps: true, ..
            } => Some(RETRY_UNAVAILABLE_AFTER),
            _ => None,
        }
    }

    pub(super) fn into_outcome(self) -> Outcome {
        let answer = StateAnswer {
            state: self.name(),
            email: self.address(),
            retry_after: self.retry_after(),
        };
        let (mut response, failure) = match answer.response() {
            Ok(response) => (response, None),
            Err(error) => (Response::default(), Some(error.into())),
        };
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
        if let Some(seconds) = self.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Self::MethodNotAllowed) {
            headers.insert(ALLOW, HeaderValue::from_static("POST"));
        }
        Outcome {
            response,
            code: self.name(),
            source: match self {
                Self::Unavailable { source, .. } => Some(source),
                _ => failure,
            },
        }
    }
}
