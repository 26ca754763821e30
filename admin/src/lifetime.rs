//! How long a key works: `12h`, `90d`, `2w`.

use std::time::Duration;

use crate::error::AdminError;

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
/// Ten years.
const LONGEST: u64 = 3650 * DAY;

/// Reads a whole number of hours, days or weeks, up to ten years.
pub(crate) fn parse(text: &str) -> Result<Duration, AdminError> {
    let seconds = seconds(text.trim()).ok_or_else(|| {
        AdminError::usage(format!("'{text}' is not a lifetime"))
            .advise("Give --expires hours, days or weeks, such as 12h, 90d or 2w")
    })?;
    match seconds {
        0 => Err(AdminError::usage("such a key never works").advise("Give --expires at least 1h")),
        1..=LONGEST => Ok(Duration::from_secs(seconds)),
        _ => Err(AdminError::usage("this is too long").advise(
            "Give --expires at most ten years. Without it, the key works until it is revoked",
        )),
    }
}

/// `None`: it has another form. A number that is too large to compute is too long anyway.
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
            assert_eq!(parse(text).unwrap(), Duration::from_secs(seconds), "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "", "d", "90", "90 d", "90D", "+9d", "-9d", "1.5d", "90days", "1y", "30m", "９d", "9é",
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.text().contains("12h, 90d or 2w"), "{text}");
            assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn a_lifetime_has_bounds() {
        for text in ["0h", "000w"] {
            let error = parse(text).unwrap_err().text();
            assert!(error.contains("at least 1h"), "{text}");
        }
        for text in [
            "3651d",
            "522w",
            "99999999999999999999999h",
            "18446744073709551615w",
        ] {
            let error = parse(text).unwrap_err().text();
            assert!(error.contains("at most ten years"), "{text}");
        }
    }
}
