//! How often a code may be guessed.
//!
//! With three live codes, five guesses in half an hour find one with a probability of 15 in a
//! million, whoever guesses and however often a new code is asked for: the budget belongs to the
//! user and survives a resend. Links do not share it.

use std::time::Duration;

/// Guesses in one [`WINDOW`].
pub const MAX_GUESSES: u64 = 5;
/// How long a window lasts from its first guess.
pub const WINDOW: Duration = Duration::from_mins(30);
