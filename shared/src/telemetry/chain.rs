//! Errors in the log.

use std::error::Error;

/// What an error came from. For the log alone, which [`chain`] writes it to.
pub type Source = Box<dyn Error + Send + Sync>;

/// The error and its sources, down to the first cause, in one line.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
