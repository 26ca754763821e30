//! Why a check has no result.

use std::error::Error as StdError;
use std::sync::Arc;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use shared::telemetry::ServiceError;
use thiserror::Error;

use crate::error::{first_cause, is_access_denied};

/// Several checks may share one, so it can be cloned.
#[derive(Clone, Debug, Error)]
pub(crate) enum CheckError {
    #[error("needs {0}")]
    MissingPermission(&'static str),
    /// A command on a local table must not call a real account.
    #[error("DynamoDB's endpoint is not AWS's, and there is none for {0}")]
    NoEndpoint(&'static str),
    /// An emulator without the operation.
    #[error("the endpoint does not know {0}")]
    UnknownOperation(&'static str),
    /// What the check needs does not exist, or another check has the reason.
    #[error("{0}")]
    Prerequisite(&'static str),
    #[error("DNS cannot be looked up from here")]
    NoDns,
    #[error("{0} is no domain")]
    NoDomain(String),
    #[error("{0}")]
    Unchecked(String),
    #[error("{action} failed")]
    Refused {
        action: &'static str,
        source: ServiceError,
    },
    /// No answer, or one that is not the service's.
    #[error("{action} failed")]
    Unanswered {
        action: &'static str,
        source: Arc<dyn StdError + Send + Sync>,
    },
}

impl CheckError {
    /// `action` is the permission that the call needs.
    pub(super) fn of_call<E>(action: &'static str, error: SdkError<E>) -> Self
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let refusal = error.as_service_error();
        let Some(code) = refusal.and_then(ProvideErrorMetadata::code) else {
            let source = Arc::new(error);
            return Self::Unanswered { action, source };
        };
        match code {
            code if is_access_denied(code) => Self::MissingPermission(action),
            "UnknownOperationException" | "UnknownOperation" => Self::UnknownOperation(action),
            code => {
                let message = refusal.and_then(ProvideErrorMetadata::message);
                let source = ServiceError::new(Some(code), message);
                Self::Refused { action, source }
            }
        }
    }

    /// The error of a check that needs what failed with this one. A failure is reported once, and
    /// leaves `missing`.
    pub(super) fn of_dependent(&self, missing: &'static str) -> Self {
        match self {
            Self::MissingPermission(_) | Self::NoEndpoint(_) | Self::UnknownOperation(_) => {
                self.clone()
            }
            _ => Self::Prerequisite(missing),
        }
    }

    pub(super) fn is_failure(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unanswered { .. })
    }

    /// Whether the service answered with this error.
    pub(super) fn has_code(&self, expected: &str) -> bool {
        matches!(self, Self::Refused { source, .. } if source.code == expected)
    }

    /// The error and its first cause, for the report.
    pub(super) fn explanation(&self) -> String {
        match self.source() {
            None => self.to_string(),
            Some(source) => format!("{self}: {}", first_cause(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_keeps_its_source() {
        let source = ServiceError::new(Some("ValidationException"), Some("on purpose."));
        let error = CheckError::Refused {
            action: "ses:GetAccount",
            source,
        };
        assert_eq!(error.to_string(), "ses:GetAccount failed");
        assert!(error.source().unwrap().is::<ServiceError>());
        assert_eq!(
            error.explanation(),
            "ses:GetAccount failed: ValidationException: on purpose"
        );
    }
}
