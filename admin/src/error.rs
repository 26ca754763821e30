//! What went wrong, in one line that says what to do next.

use std::fmt;

use crate::output::printable;

/// Why the command did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminError {
    /// It was asked in a way that cannot be meant. Nothing was done.
    Usage(String),
    /// Nothing is on record.
    NotFound(String),
    /// It could not be done, or not all of it.
    Failed(String),
}

impl AdminError {
    /// What the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::NotFound(_) | Self::Failed(_) => 1,
        }
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(text) | Self::NotFound(text) | Self::Failed(text)) = self;
        f.write_str(&printable(text))
    }
}

impl std::error::Error for AdminError {}

/// What was to be shown could not be.
impl From<std::io::Error> for AdminError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(format!("the answer cannot be written: {error}"))
    }
}
