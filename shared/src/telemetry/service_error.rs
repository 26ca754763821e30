//! The errors of AWS's services.

use thiserror::Error;

/// Code and message of an error that a service answered with, in the service's words. What else an
/// error of the SDK holds, such as items or whole answers, is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// Such as `AccessDeniedException`.
    pub code: String,
    pub message: String,
}

impl ServiceError {
    #[must_use]
    pub fn new(code: Option<&str>, message: Option<&str>) -> Self {
        Self {
            code: code.unwrap_or("error").to_owned(),
            message: message.unwrap_or("no message").to_owned(),
        }
    }
}
