//! What one check found.

use std::fmt;

use serde::Serialize;

use super::unseen::Unseen;

/// One line of the report. Scripts rely on the names of its fields, and on `id`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    pub(super) id: &'static str,
    pub(super) status: Status,
    /// What is so, or what is wrong.
    pub(super) text: String,
    /// The command that mends it, or shows more.
    pub(super) command: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    /// Mail works, but not for long or not for everybody.
    Warning,
    /// Mail does not work, or its status gets lost.
    Problem,
    /// It could not be looked at.
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

impl Finding {
    pub(super) fn ok(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, Status::Ok, text)
    }

    pub(super) fn warning(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, Status::Warning, text)
    }

    pub(super) fn problem(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, Status::Problem, text)
    }

    pub(super) fn unknown(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, Status::Unknown, text)
    }

    pub(super) fn unseen(id: &'static str, unseen: &Unseen) -> Self {
        let status = match unseen {
            Unseen::Failed { .. } => Status::Problem,
            _ => Status::Unknown,
        };
        Self::new(id, status, unseen.to_string())
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
        }
    }
}
