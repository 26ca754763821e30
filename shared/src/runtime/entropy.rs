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

#[cfg(test)]
mod tests {
    use super::*;

    /// A constant, a counter or a short period would leave some bit as it is.
    #[test]
    fn each_bit_takes_both_values() {
        let (mut ever, mut always) = ([0_u8; 32], [u8::MAX; 32]);
        for _ in 0..128 {
            let drawn: [u8; 32] = random_bytes().unwrap();
            for ((ever, always), drawn) in ever.iter_mut().zip(&mut always).zip(drawn) {
                *ever |= drawn;
                *always &= drawn;
            }
        }
        assert_eq!((ever, always), ([u8::MAX; 32], [0; 32]));
    }
}
