//! The one place where randomness enters.

use std::fmt;

/// The operating system gave no random numbers.
#[derive(Debug)]
pub struct EntropyError(getrandom::Error);

impl fmt::Display for EntropyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the operating system gave no random numbers: {}", self.0)
    }
}

impl std::error::Error for EntropyError {}

/// `N` bytes from the operating system's generator, fit for secrets.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], EntropyError> {
    let mut bytes = [0; N];
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where randomness enters"
    )]
    getrandom::fill(&mut bytes).map_err(EntropyError)?;
    Ok(bytes)
}
