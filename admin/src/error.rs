//! Why a command failed: an error with its source, and for the person at the terminal what to do.

use std::error::Error;
use std::fmt::Display;

use serde::Serialize;
use shared::runtime::settings::SettingError;
use shared::telemetry::{ServiceError, Source};
use thiserror::Error;

use crate::output::{ascii, first_rows, printable};

pub(crate) const NO_OUTPUT: &str = "the output cannot be written";

#[derive(Debug, Error)]
#[error("{problem}")]
pub struct AdminError {
    /// Whether the command line or the environment is wrong. Nothing was done then.
    is_usage: bool,
    problem: String,
    source: Option<Source>,
    /// What the person can do, as sentences without the last full stop.
    advice: Option<String>,
    details: Vec<Detail>,
}

/// An item or a line that is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Detail {
    /// Such as `line 3`, or the key of an item.
    pub(crate) of: String,
    pub(crate) problem: String,
}

impl Detail {
    pub(crate) fn row(&self) -> [String; 2] {
        [self.of.clone(), self.problem.clone()]
    }
}

impl AdminError {
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self {
            is_usage: true,
            ..Self::failed(problem)
        }
    }

    pub(crate) fn failed(problem: impl Into<String>) -> Self {
        Self {
            is_usage: false,
            problem: problem.into(),
            source: None,
            advice: None,
            details: Vec::new(),
        }
    }

    pub(crate) fn caused_by(problem: impl Into<String>, source: impl Into<Source>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::failed(problem)
        }
    }

    /// Adds advice.
    #[must_use]
    pub(crate) fn advise(self, more: impl Display) -> Self {
        let advice = match self.advice {
            None => more.to_string(),
            Some(before) => format!("{before}. {more}"),
        };
        Self {
            advice: Some(advice),
            ..self
        }
    }

    /// Lists what is wrong.
    #[must_use]
    pub(crate) fn because_of(self, details: Vec<Detail>) -> Self {
        Self { details, ..self }
    }

    /// Says in the problem what was done before it.
    #[must_use]
    pub(crate) fn after(self, done: impl Display) -> Self {
        Self {
            problem: format!("{done}, then {}", self.problem),
            ..self
        }
    }

    pub(crate) fn is_usage(&self) -> bool {
        self.is_usage
    }

    /// Whether nobody reads the output any more.
    #[must_use]
    pub fn is_closed_output(&self) -> bool {
        let source = self.source.as_ref().filter(|_| self.problem == NO_OUTPUT);
        let error = source.and_then(|source| source.downcast_ref::<std::io::Error>());
        error.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    }

    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.is_usage { 2 } else { 1 }
    }

    pub(crate) fn advice(&self) -> Option<&str> {
        self.advice.as_deref()
    }

    /// The problem and its first cause. The errors in between name layers of the SDK, which help
    /// nobody at a terminal.
    pub(crate) fn explanation(&self) -> String {
        match self.source() {
            None => self.problem.clone(),
            Some(source) => format!("{}: {}", self.problem, first_cause(source)),
        }
    }

    /// For the person at the terminal: on the first line what to do, on the next one why, and then
    /// the details.
    #[must_use]
    pub fn text(&self) -> String {
        let explanation = printable(&self.explanation());
        let text = match &self.advice {
            None => explanation,
            Some(advice) => format!("{}.\nProblem: {explanation}", printable(advice)),
        };
        let details: Vec<_> = self.details.iter().map(Detail::row).collect();
        let text = format!("{text}\n{}", first_rows(&details));
        text.trim_end().to_owned()
    }
}

#[derive(Serialize)]
struct Report<'a> {
    advice: Option<&'a str>,
    error: &'a str,
    /// The first cause, in the words of the service.
    cause: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [Detail],
    exit_code: u8,
}

impl AdminError {
    /// The same as one line of JSON, for scripts.
    #[must_use]
    pub fn json(&self) -> String {
        let report = Report {
            advice: self.advice(),
            error: &self.problem,
            cause: self.source().map(first_cause),
            details: &self.details,
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

impl From<SettingError> for AdminError {
    fn from(error: SettingError) -> Self {
        let advice = format!("Correct the setting {}", error.name());
        let usage = Self::usage(error.to_string()).advise(advice);
        // The text of the error is the problem already, so only what caused it is a source.
        let source = error.source().is_some().then(|| error.into());
        Self { source, ..usage }
    }
}

impl From<std::io::Error> for AdminError {
    fn from(error: std::io::Error) -> Self {
        Self::caused_by(NO_OUTPUT, error)
    }
}

/// Whether a service answers so for want of a permission. Each protocol of AWS has its own codes.
pub(crate) fn is_access_denied(code: &str) -> bool {
    matches!(
        code,
        "AccessDeniedException"
            | "AccessDenied"
            | "AuthorizationError"
            | "AuthorizationErrorException"
    )
}

/// A service refuses a call.
pub(crate) struct Refusal(pub(crate) ServiceError);

impl Refusal {
    pub(crate) fn is_of_permissions(&self) -> bool {
        is_access_denied(&self.0.code)
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
            code if is_access_denied(code) => (
                "AWS does not allow it".to_owned(),
                "Ask for the permissions that docs/operate.md lists for the command",
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
                "See whose credentials these are with `aws sts get-caller-identity`",
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
    fn the_first_line_says_what_to_do() {
        let cause = std::io::Error::other("broken\u{1b} pipe.");
        let error = AdminError::caused_by("no answer", StoreError::Unavailable(cause.into()))
            .advise("Try\nagain")
            .advise("Then call");
        assert_eq!(error.to_string(), "no answer");
        assert!(error.source().unwrap().is::<StoreError>());
        assert_eq!(
            error.text(),
            "Try\\nagain. Then call.\nProblem: no answer: broken\\u{1b} pipe"
        );
        assert_eq!(
            error.json(),
            "{\"advice\":\"Try\\nagain. Then call\",\"error\":\"no answer\",\
             \"cause\":\"broken\\u001b pipe\",\"exit_code\":1}"
        );
        let error = error.after("1 user is done");
        assert_eq!(error.to_string(), "1 user is done, then no answer");
    }

    #[test]
    fn details_follow_the_problem() {
        let details = ["ada@", "bob\n"].map(|of| Detail {
            of: of.to_owned(),
            problem: "is wrong".to_owned(),
        });
        let error = AdminError::failed("2 lines are wrong").because_of(details.to_vec());
        let text = "2 lines are wrong\n  ada@   is wrong\n  bob\\n  is wrong";
        assert_eq!(error.text(), text);
        assert!(
            error.json().contains(
                "\"cause\":null,\"details\":[{\"of\":\"ada@\",\"problem\":\"is wrong\"},"
            )
        );
    }

    #[test]
    fn without_advice_the_problem_is_first() {
        let error = AdminError::usage("büro");
        assert_eq!((error.exit_code(), error.text().as_str()), (2, "büro"));
        assert_eq!(
            error.json(),
            "{\"advice\":null,\"error\":\"b\\u00fcro\",\"cause\":null,\"exit_code\":2}"
        );
    }
}
