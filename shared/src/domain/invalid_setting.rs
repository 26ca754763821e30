//! Why the text of a setting is invalid. Who reads the setting knows its name.

use std::borrow::Cow;
use std::error::Error;

use thiserror::Error;

/// The problem is in the form "must be …", for the log.
#[derive(Debug, Error)]
#[error("{problem}")]
pub struct InvalidSetting {
    pub problem: Cow<'static, str>,
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl InvalidSetting {
    pub fn caused_by(
        problem: impl Into<Cow<'static, str>>,
        source: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self {
            problem: problem.into(),
            source: Some(Box::new(source)),
        }
    }
}

impl From<&'static str> for InvalidSetting {
    fn from(problem: &'static str) -> Self {
        Self {
            problem: problem.into(),
            source: None,
        }
    }
}

impl From<String> for InvalidSetting {
    fn from(problem: String) -> Self {
        Self {
            problem: problem.into(),
            source: None,
        }
    }
}
