//! Why a mail was not sent, or may not have been.

use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use shared::domain::email_address::mask_addresses;
use shared::store::MailRefund;
use shared::telemetry::{ServiceError, Source};
use thiserror::Error;

use crate::retry;

/// The mail may not be on its way. For the log alone, with its sources.
#[derive(Debug, Error)]
pub enum SendError {
    /// SES will refuse this mail again and again: an unverified sender, a paused account.
    #[error("SES refuses the mail")]
    Refused(#[source] Source),
    /// SES throttled, or was not reached.
    #[error("SES did not accept the mail")]
    Unsent(#[source] Source),
    /// SES answered with a 5xx. It may have accepted the mail.
    #[error("SES failed")]
    Failed(#[source] Source),
    /// SES's answer was lost. The mail may be on its way.
    #[error("SES did not say whether it accepted the mail")]
    Unknown(#[source] Source),
    /// The mail could not be rendered.
    #[error("the mail could not be written")]
    Template(#[source] Source),
}

impl From<askama::Error> for SendError {
    fn from(error: askama::Error) -> Self {
        Self::Template(error.into())
    }
}

/// A part of the message lacks a member.
impl From<BuildError> for SendError {
    fn from(error: BuildError) -> Self {
        Self::Template(error.into())
    }
}

impl SendError {
    /// What to refund: the mail was counted before it was sent.
    #[must_use]
    pub fn refund(&self) -> Option<MailRefund> {
        match self {
            Self::Refused(_) | Self::Unsent(_) | Self::Template(_) => {
                Some(MailRefund::CountAndProof)
            }
            Self::Failed(_) => Some(MailRefund::Count),
            Self::Unknown(_) => None,
        }
    }

    pub(crate) fn of(error: SdkError<SendEmailError>) -> Self {
        match error {
            SdkError::ConstructionFailure(_) => Self::Unsent(error.into()),
            SdkError::DispatchFailure(ref failure) => {
                let connector_error = failure.as_connector_error();
                if connector_error.is_some_and(retry::never_connected) {
                    Self::Unsent(error.into())
                } else {
                    Self::Unknown(error.into())
                }
            }
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                let error = ServiceError::new(answer.err().code(), answer.err().message());
                let is_throttling = retry::is_throttling(&error.code);
                // SES may name the mailbox that it refuses.
                let message = mask_addresses(&error.message);
                let error = ServiceError { message, ..error }.into();
                match status {
                    _ if is_throttling => Self::Unsent(error),
                    400..500 => Self::Refused(error),
                    500.. => Self::Failed(error),
                    // SES accepted the mail, and its answer was damaged on the way.
                    _ => Self::Unknown(error),
                }
            }
            error => Self::Unknown(error.into()),
        }
    }
}
