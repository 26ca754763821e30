//! How long a key works: `12h`, `90d`, `2w`.

use std::time::Duration;

use crate::error::AdminError;

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
/// Ten years. Who wants longer wants a key without an expiry.
const LONGEST: u64 = 3650 * DAY;

/// Reads a whole number of hours, days or weeks.
///
/// # Errors
///
/// It is anything else, nothing at all, or more than ten years.
pub fn parse(text: &str) -> Result<Duration, AdminError> {
    let seconds = seconds(text.trim()).ok_or_else(|| {
        AdminError::Usage(format!(
            "--expires takes hours, days or weeks, as in 12h, 90d, 2w; '{text}' is none of them"
        ))
    })?;
    match seconds {
        0 => Err(AdminError::Usage(
            "--expires must leave the key some time to work".to_owned(),
        )),
        1..=LONGEST => Ok(Duration::from_secs(seconds)),
        _ => Err(AdminError::Usage(
            "--expires takes ten years at the most; leave it out for a key that works until it is \
             revoked"
                .to_owned(),
        )),
    }
}

/// `None`: not of the form. Too much to count is more than anybody may ask for.
fn seconds(text: &str) -> Option<u64> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "h" => HOUR,
        "d" => DAY,
        "w" => WEEK,
        _ => return None,
    };
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(
        count
            .parse::<u64>()
            .unwrap_or(u64::MAX)
            .saturating_mul(unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_days_and_weeks_are_read() {
        for (text, seconds) in [
            ("1h", 3_600),
            ("12h", 43_200),
            ("90d", 7_776_000),
            (" 2w ", 1_209_600),
            ("007d", 604_800),
            ("3650d", 315_360_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_would_do() {
        for text in [
            "", "d", "90", "90 d", "90D", "+9d", "-9d", "1.5d", "90days", "1y", "30m", "９d", "9é",
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.to_string().contains("as in 12h, 90d, 2w"), "{text}");
            assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn no_time_and_more_than_ten_years_are_refused() {
        for text in ["0h", "000w"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("some time to work"), "{text}");
        }
        for text in [
            "3651d",
            "522w",
            "99999999999999999999999h",
            "18446744073709551615w",
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("ten years at the most"), "{text}");
        }
    }
}
