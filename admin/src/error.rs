//! Why a command failed: an error with its source, and one line for the person at the terminal.

use std::error::Error;
use std::fmt::Display;

use serde::Serialize;
use shared::runtime::settings::SettingError;
use shared::telemetry::{ServiceError, Source};
use thiserror::Error;

use crate::output::{ascii, printable};

#[derive(Debug, Error)]
pub enum AdminError {
    /// The command line is wrong. Nothing was done.
    #[error("{0}")]
    Usage(String),
    /// The environment is wrong. Nothing was done.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Nothing is on record.
    #[error("{0}")]
    NotFound(String),
    /// It could not be done, or not completely.
    #[error("{problem}")]
    Failed {
        problem: String,
        source: Option<Source>,
        /// What the person can do, as sentences without the last full stop.
        advice: Option<String>,
    },
}

impl AdminError {
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(problem.into())
    }

    pub(crate) fn failed(problem: impl Into<String>) -> Self {
        Self::Failed {
            problem: problem.into(),
            source: None,
            advice: None,
        }
    }

    pub(crate) fn caused_by(problem: impl Into<String>, source: impl Into<Source>) -> Self {
        Self::Failed {
            problem: problem.into(),
            source: Some(source.into()),
            advice: None,
        }
    }

    /// Adds advice. Only a failure can have some.
    pub(crate) fn advise(mut self, more: impl Display) -> Self {
        if let Self::Failed { advice, .. } = &mut self {
            *advice = Some(match advice.take() {
                None => more.to_string(),
                Some(before) => format!("{before}. {more}"),
            });
        }
        self
    }

    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Setting(_) => 2,
            Self::NotFound(_) | Self::Failed { .. } => 1,
        }
    }

    /// One line: the problem, its first cause and the advice. The errors in between name layers of
    /// the SDK, which help nobody at a terminal.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        if let Some(source) = self.source() {
            line = format!("{line}: {}", first_cause(source));
        }
        if let Self::Failed {
            advice: Some(advice),
            ..
        } = self
        {
            line = format!("{line}. {advice}");
        }
        printable(&line)
    }
}

#[derive(Serialize)]
struct Report {
    error: String,
    /// The first cause, in the words of the service.
    cause: Option<String>,
    advice: Option<String>,
    exit_code: u8,
}

impl AdminError {
    /// The same as one line of JSON, for scripts.
    #[must_use]
    pub fn json(&self) -> String {
        let advice = match self {
            Self::Failed { advice, .. } => advice.clone(),
            _ => None,
        };
        let report = Report {
            error: self.to_string(),
            cause: self.source().map(first_cause),
            advice,
            exit_code: self.exit_code(),
        };
        // A struct of texts can be written as JSON.
        ascii(&serde_json::to_string(&report).unwrap_or_default())
    }
}

/// The text of the error at the end of the chain, without the full stop that some end with.
pub(crate) fn first_cause(error: &(dyn Error + 'static)) -> String {
    let mut first = error;
    while let Some(source) = first.source() {
        first = source;
    }
    let text = first.to_string();
    text.trim_end().trim_end_matches('.').to_owned()
}

impl From<std::io::Error> for AdminError {
    fn from(error: std::io::Error) -> Self {
        Self::caused_by("the output cannot be written", error)
    }
}

/// A service refuses a call.
pub(crate) struct Refusal(pub(crate) ServiceError);

impl Refusal {
    pub(crate) fn is_of_permissions(&self) -> bool {
        self.0.code == "AccessDeniedException"
    }

    /// Whether it is one that every AWS service may answer with.
    pub(crate) fn is_known(&self) -> bool {
        self.known("").is_some()
    }

    /// What went wrong, and what to do. `fallback` is the problem if the code is not known.
    pub(crate) fn explain(self, place: &str, fallback: String) -> AdminError {
        match self.known(place) {
            Some((problem, advice)) => AdminError::caused_by(problem, self.0).advise(advice),
            None => AdminError::caused_by(fallback, self.0),
        }
    }

    fn known(&self, place: &str) -> Option<(String, &'static str)> {
        Some(match self.0.code.as_str() {
            "AccessDeniedException" => (
                "AWS does not allow it".to_owned(),
                "docs/operate.md lists the permissions that the command needs",
            ),
            "ExpiredTokenException" | "ExpiredToken" => (
                "the AWS credentials have expired".to_owned(),
                "Sign in again, for example with `aws sso login`",
            ),
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "IncompleteSignatureException"
            | "InvalidClientTokenId"
            | "MissingAuthenticationTokenException" => (
                format!("AWS rejects the credentials at {place}"),
                "`aws sts get-caller-identity` shows whose they are",
            ),
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "TooManyRequestsException" => (
                format!("too many requests at {place}"),
                "Try again in a minute",
            ),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use shared::store::StoreError;

    use super::*;

    #[test]
    fn a_line_has_problem_cause_and_advice() {
        let cause = std::io::Error::other("broken\u{1b} pipe.");
        let error = AdminError::caused_by("no answer", StoreError::Unavailable(cause.into()))
            .advise("Try again")
            .advise("Then call");
        assert_eq!(error.to_string(), "no answer");
        assert!(error.source().unwrap().is::<StoreError>());
        assert_eq!(
            error.line(),
            r"no answer: broken\u{1b} pipe. Try again. Then call"
        );
        assert_eq!(
            error.json(),
            "{\"error\":\"no answer\",\"cause\":\"broken\\u001b pipe\",\
             \"advice\":\"Try again. Then call\",\"exit_code\":1}"
        );
        assert_eq!(
            AdminError::usage("büro").json(),
            "{\"error\":\"b\\u00fcro\",\"cause\":null,\"advice\":null,\"exit_code\":2}"
        );
    }
}
