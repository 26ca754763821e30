//! Random numbers, from one place.

use thiserror::Error;

#[derive(Debug, Error)]
#[error("the operating system gave no random numbers")]
pub struct EntropyError(#[source] getrandom::Error);

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
