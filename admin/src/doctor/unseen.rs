//! Why a check could not look.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error as ThisError;

use crate::error::first_cause;

/// What a check looked at, or why it could not.
pub(super) type Look<T> = Result<T, Unseen>;

#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub(crate) enum Unseen {
    #[error("could not look: needs {0}")]
    Denied(&'static str),
    /// A command on a local table must not ask a real account.
    #[error("could not look: DynamoDB has another endpoint than AWS's, and {0} has none")]
    NoEndpoint(&'static str),
    /// An emulator, which does not know the call.
    #[error("could not look: the endpoint does not know {0}")]
    NotOffered(&'static str),
    /// What it belongs to could not be looked at.
    #[error("could not look: {0}")]
    Without(&'static str),
    #[error("{action} failed: {text}")]
    Failed {
        action: &'static str,
        /// `None`: no answer that is one of the service.
        code: Option<String>,
        text: String,
    },
}

impl Unseen {
    /// `action` is the permission that the call needs.
    pub(super) fn of<E>(action: &'static str, error: &SdkError<E>) -> Self
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let refused = error.as_service_error();
        let Some((refused, code)) = refused.and_then(|refused| Some((refused, refused.code()?)))
        else {
            return Self::Failed {
                action,
                code: None,
                text: first_cause(error),
            };
        };
        match code {
            // Each protocol of AWS has its own names.
            "AccessDeniedException"
            | "AccessDenied"
            | "AuthorizationError"
            | "AuthorizationErrorException" => Self::Denied(action),
            "UnknownOperationException" | "UnknownOperation" => Self::NotOffered(action),
            code => Self::Failed {
                action,
                code: Some(code.to_owned()),
                text: format!("{code}: {}", refused.message().unwrap_or("no message")),
            },
        }
    }

    /// Whether the service answered with this error.
    pub(super) fn has_code(&self, expected: &str) -> bool {
        matches!(self, Self::Failed { code: Some(code), .. } if code == expected)
    }
}
