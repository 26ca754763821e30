//! The outcome of a request.

use mail::SendError;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::store::StoreError;
use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// SES accepted the mail.
    Mailed {
        address: EmailAddress,
        /// When its link expires, or its code if it has no link.
        expires_at: Timestamp,
    },
    /// An earlier request with this key was counted: its mail was sent or is about to be, or SES's
    /// answer was lost. Nothing else is mailed.
    Duplicate {
        /// As the earlier mail has it.
        address: EmailAddress,
        /// When the link of the earlier mail expires.
        expires_at: Timestamp,
    },
    /// No address is on record for the user, or the link was not mailed to it.
    NoAddress,
    /// The stack accepts no addresses of this domain.
    DomainNotAllowed,
    /// The user has verified this very address.
    AlreadyVerified { address: EmailAddress },
    /// Mail to this address bounced, or its reader complained or refused it.
    Suppressed,
    /// A rate limit is reached.
    Throttled {
        /// Seconds until the next mail may go.
        retry_after: u64,
    },
}

/// SES may not have accepted the mail. A retry is safe.
#[derive(Debug, Error)]
pub enum RequestError {
    /// The proof could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// SES did not accept the mail, or its answer was lost.
    #[error(transparent)]
    Send(#[from] SendError),
}
