//! The wait before the next attempt at a write.

use std::time::Duration;

/// The backoff before the second attempt. It doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(160);

/// Between half of the doubled backoff and all of it, so that the losers of one attempt spread out.
pub(super) fn backoff(attempt: u32, jitter: u8) -> Duration {
    let longest = FIRST
        .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)))
        .min(LONGEST);
    longest.mul_f64(0.5 + f64::from(jitter) / 512.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_with_jitter() {
        assert_eq!(backoff(1, 0), Duration::from_millis(5));
        assert!(backoff(1, 255) < Duration::from_millis(10));
        assert_eq!(backoff(5, 0), Duration::from_millis(80));
        assert_eq!(backoff(15, 0), LONGEST / 2);
    }
}
