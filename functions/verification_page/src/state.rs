//! The states of the page.

use lambda_http::http::{HeaderMap, StatusCode};
use shared::api::{PostError, RETRY_UNAVAILABLE_AFTER, is_same_origin};
use shared::brand::public_url::STOP;
use shared::domain::email_address::EmailAddress;
use shared::domain::presented_proof::{PresentedProof, ProofError};
use shared::domain::user_id::UserId;
use shared::store::StoreError;
use shared::telemetry::Source;
use shared::use_cases::confirm_verification::Verdict;

use crate::refuse_mail::{Allowed, Refused};

/// The queries of the pages that are only read.
const VERIFIED: &str = "verified";
const ALREADY_VERIFIED: &str = "already_verified";

/// What the page says in answer to a request.
#[derive(Debug)]
pub(crate) enum State {
    /// Nothing was posted yet: the button for a whole link, the form for a part of one.
    Open,
    /// The same for a link that stops mail.
    Stop,
    /// The address is verified, by this proof.
    Verified {
        /// As it was mailed.
        address: String,
    },
    /// The address was verified before. The proof may have expired meanwhile.
    AlreadyVerified {
        /// As it was mailed.
        address: String,
    },
    /// The page to which a browser without a script is redirected after a verification. No proof
    /// was checked for this request.
    Done {
        /// Whether it was verified before.
        already: bool,
    },
    /// No mail goes to the address any more, by this press.
    Stopped {
        /// As it was mailed.
        address: String,
    },
    /// No mail went to the address before either.
    AlreadyStopped {
        /// As it was mailed.
        address: String,
    },
    /// Mail may go to the address again.
    Allowed {
        /// As it was mailed.
        address: String,
    },
    /// A bounce or a complaint suppresses the address for good, whatever its reader wants.
    Suppressed {
        /// As it was mailed.
        address: String,
    },
    Expired,
    /// A refusal made the link invalid. Mail may be allowed again since then.
    LinkRefused {
        /// As it was mailed.
        address: String,
    },
    /// The link proves nothing.
    Invalid,
    /// A code was posted without a user.
    UserMissing,
    /// Not six digits.
    CodeMalformed,
    /// No recent code of this user.
    CodeWrong,
    /// Right in the last 24 hours, and expired or displaced by newer ones.
    CodeExpired,
    /// Too many codes were tried, for this user or by this client.
    TooManyAttempts {
        /// Seconds until the next one may be tried.
        retry_after: u64,
    },
    /// Too many codes in a row were wrong. Only a link helps.
    CodesLocked,
    /// The store is unavailable.
    Unavailable {
        /// Whether a retry may help.
        retry_helps: bool,
        /// For the log.
        source: Source,
    },
    /// A page of another site sent the request.
    CrossSite,
    NotFound,
    /// The request did not come through the required proxy.
    NotReachable,
    /// Neither GET, HEAD nor POST.
    MethodNotAllowed,
    Unreadable(PostError),
}

impl State {
    pub(crate) fn of(proof: &PresentedProof, verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Verified(verification) => Self::Verified {
                address: verification.address.deliverable().to_owned(),
            },
            Verdict::AlreadyVerified(verification) => Self::AlreadyVerified {
                address: verification.address.deliverable().to_owned(),
            },
            Verdict::LinkExpired => Self::Expired,
            Verdict::LinkRefused(address) => Self::LinkRefused {
                address: address.deliverable().to_owned(),
            },
            Verdict::CodeExpired => Self::CodeExpired,
            Verdict::Invalid => match proof {
                PresentedProof::Link { .. } => Self::Invalid,
                PresentedProof::Code { .. } => Self::CodeWrong,
            },
            Verdict::CodesLocked => Self::CodesLocked,
            Verdict::TooManyAttempts { retry_after } => Self::TooManyAttempts {
                retry_after: *retry_after,
            },
        }
    }

    pub(crate) fn of_refused(refused: Refused) -> Self {
        let text = |address: EmailAddress| address.deliverable().to_owned();
        match refused {
            Refused::Now(address) => Self::Stopped {
                address: text(address),
            },
            Refused::Before(address) => Self::AlreadyStopped {
                address: text(address),
            },
            Refused::Suppressed(address) => Self::Suppressed {
                address: text(address),
            },
            Refused::UnknownLink => Self::Invalid,
        }
    }

    pub(crate) fn of_allowed(allowed: Allowed) -> Self {
        match allowed {
            Allowed::Mailable(address) => Self::Allowed {
                address: address.deliverable().to_owned(),
            },
            Allowed::Suppressed(address) => Self::Suppressed {
                address: address.deliverable().to_owned(),
            },
            Allowed::UnknownLink => Self::Invalid,
        }
    }

    /// The page asks for the code alone, so that is what is wrong or missing beside a known user.
    pub(crate) fn of_proof_error(error: ProofError, user: Option<UserId>) -> Self {
        match (error, user) {
            (ProofError::WrongToken, _) => Self::Invalid,
            (ProofError::Missing, None) => Self::UserMissing,
            (ProofError::Missing | ProofError::MalformedCode, _) => Self::CodeMalformed,
        }
    }

    pub(crate) fn of_store_error(error: StoreError) -> Self {
        Self::Unavailable {
            retry_helps: !matches!(error, StoreError::Malformed(_)),
            source: error.into(),
        }
    }

    /// A fault for which no retry helps.
    pub(crate) fn fault(source: impl Into<Source>) -> Self {
        Self::Unavailable {
            retry_helps: false,
            source: source.into(),
        }
    }

    /// Its name, for the script and in the log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Stop => "stop",
            Self::Stopped { .. } => "stopped",
            Self::AlreadyStopped { .. } => "already_stopped",
            Self::Allowed { .. } => "allowed",
            Self::Suppressed { .. } => "suppressed",
            Self::LinkRefused { .. } => "link_refused",
            Self::Verified { .. } => "verified",
            Self::AlreadyVerified { .. } => "already_verified",
            Self::Done { .. } => "done",
            Self::Expired => "expired",
            Self::Invalid => "invalid",
            Self::UserMissing => "user_missing",
            Self::CodeMalformed => "code_malformed",
            Self::CodeWrong => "code_wrong",
            Self::CodeExpired => "code_expired",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::CodesLocked => "codes_locked",
            Self::Unavailable { .. } => "unavailable",
            Self::CrossSite => "cross_site",
            Self::NotFound => "not_found",
            Self::NotReachable => "permission_denied",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Unreadable(error) => error.name(),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Open
            | Self::Stop
            | Self::Stopped { .. }
            | Self::AlreadyStopped { .. }
            | Self::Allowed { .. }
            | Self::Suppressed { .. }
            | Self::Verified { .. }
            | Self::AlreadyVerified { .. }
            | Self::Done { .. } => StatusCode::OK,
            Self::Expired
            | Self::LinkRefused { .. }
            | Self::Invalid
            | Self::UserMissing
            | Self::CodeMalformed
            | Self::CodeWrong
            | Self::CodeExpired => StatusCode::BAD_REQUEST,
            Self::TooManyAttempts { .. } | Self::CodesLocked => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable {
                retry_helps: true, ..
            } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unavailable { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotReachable | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unreadable(error) => error.status(),
        }
    }

    /// The state of a page that is opened with this query. The page says "verified" only after a
    /// redirect by [`next`](Self::next): a link from another site could claim it of any address.
    pub(crate) fn opened(query: Option<&str>, headers: &HeaderMap) -> Self {
        let is_from_here = is_same_origin(headers);
        // A REST API passes parameters and not the text, so `?verified` comes as `?verified=`.
        let parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        if parameters
            .clone()
            .any(|(name, value)| name == STOP && value.is_empty())
        {
            return Self::Stop;
        }
        let first = parameters.clone().next();
        match first.as_ref().map(|(name, _)| &**name) {
            Some(VERIFIED) if is_from_here => Self::Done { already: false },
            Some(ALREADY_VERIFIED) if is_from_here => Self::Done { already: true },
            _ => Self::Open,
        }
    }

    /// The query of the redirect after a form that the browser posted without the script. The page
    /// there is only read, so no entry in the history would send the code again. The query contains
    /// nothing of the form.
    pub(crate) fn next(&self, headers: &HeaderMap) -> Option<&'static str> {
        let is_navigation = headers
            .get("sec-fetch-mode")
            .is_some_and(|mode| mode == "navigate");
        match self {
            Self::Verified { .. } if is_navigation => Some(VERIFIED),
            Self::AlreadyVerified { .. } if is_navigation => Some(ALREADY_VERIFIED),
            _ => None,
        }
    }

    /// The address that the page names.
    pub(crate) fn address(&self) -> Option<&str> {
        match self {
            Self::Verified { address }
            | Self::AlreadyVerified { address }
            | Self::Stopped { address }
            | Self::AlreadyStopped { address }
            | Self::Allowed { address }
            | Self::Suppressed { address }
            | Self::LinkRefused { address } => Some(address),
            _ => None,
        }
    }

    /// Seconds until a retry may help.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyAttempts { retry_after } => Some(*retry_after),
            Self::Unavailable {
                retry_helps: true, ..
            } => Some(RETRY_UNAVAILABLE_AFTER),
            _ => None,
        }
    }
}
