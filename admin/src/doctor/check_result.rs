//! What one check found.

use std::fmt;

use serde::Serialize;

use super::check_error::CheckError;

/// Scripts rely on the names of the fields, and on `id`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CheckResult {
    pub(super) id: &'static str,
    pub(super) status: Status,
    /// The state, or what is wrong.
    pub(super) text: String,
    /// The command that fixes it, or shows more.
    pub(super) command: Option<String>,
    /// Why there is no other result.
    #[serde(skip)]
    pub(super) error: Option<CheckError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    /// Mail works, but not for long, not for everybody, or without what a reader may need.
    Warning,
    /// Mail does not work, or its delivery status is not recorded.
    Problem,
    /// It was not checked.
    Unknown,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Problem => "PROBLEM",
            Self::Unknown => "UNKNOWN",
        })
    }
}

impl CheckResult {
    pub(super) fn ok(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, Status::Ok, text)
    }

    pub(super) fn warning(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, Status::Warning, text)
    }

    pub(super) fn problem(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, Status::Problem, text)
    }

    /// A failed call is a problem. For another reason the check was not made.
    pub(super) fn of_error(id: &'static str, error: &CheckError) -> Self {
        let explanation = error.explanation();
        let result = if error.is_failure() {
            Self::problem(id, explanation)
        } else {
            Self::new(id, Status::Unknown, format!("not checked: {explanation}"))
        };
        Self {
            error: Some(error.clone()),
            ..result
        }
    }

    pub(super) fn command(mut self, command: impl Into<String>) -> Self {
        self.command = Some(command.into());
        self
    }

    fn new(id: &'static str, status: Status, text: impl Into<String>) -> Self {
        Self {
            id,
            status,
            text: text.into(),
            command: None,
            error: None,
        }
    }
}
