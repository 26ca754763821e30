//! The wait before the next attempt at a write.

use std::time::Duration;

use shared::domain::mail_id::MailId;

/// The backoff after the first failure. It doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(160);

/// Waits after that many failures to write this mail.
pub(super) async fn back_off(failures: u32, mail: &MailId) {
    let [jitter, ..] = *mail.as_bytes();
    if let Some(backoff) = backoff(failures, jitter) {
        tokio::time::sleep(backoff).await;
    }
}

/// Between half of the doubled backoff and all of it, so that the losers of one attempt spread out.
/// `None`: there was no failure.
fn backoff(failures: u32, jitter: u8) -> Option<Duration> {
    let doublings = failures.checked_sub(1)?;
    let longest = FIRST
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(LONGEST);
    Some(longest.mul_f64(0.5 + f64::from(jitter) / 512.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_with_jitter() {
        assert_eq!(backoff(0, 255), None);
        assert_eq!(backoff(1, 0), Some(Duration::from_millis(5)));
        assert_eq!(backoff(1, 128), Some(Duration::from_micros(7_500)));
        assert!(backoff(1, 255) < Some(Duration::from_millis(10)));
        assert_eq!(backoff(5, 0), Some(Duration::from_millis(80)));
        assert_eq!(backoff(15, 0), Some(LONGEST / 2));
    }
}
