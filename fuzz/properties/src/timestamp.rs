//! Timestamps, as RFC 3339 writes them.

use shared::domain::clock::Timestamp;
use shared::domain::delivery::SentAt;

/// The same second as another reader of RFC 3339 finds.
pub fn timestamp(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    let seconds = Timestamp::parse(text).map(Timestamp::unix_seconds);
    if let Some(seconds) = seconds {
        let written = Timestamp::from_unix_seconds(seconds).to_string();
        assert_eq!(
            Timestamp::parse(&written).map(Timestamp::unix_seconds),
            Some(seconds)
        );
        assert!(written.ends_with('Z') && written.len() == 20, "{written}");
        let millis = SentAt::parse(text).map(SentAt::unix_millis);
        assert_eq!(millis.map(|millis| millis.div_euclid(1_000)), Some(seconds));
    }
    assert_eq!(seconds, read(text), "{text:?}");
}

/// `2026-11-23T12:00:00.5+01:00`, with any ASCII character for the `T`. The parsed fields, in UTC.
fn read(text: &str) -> Option<i64> {
    let number = |at: std::ops::Range<usize>| {
        let digits = text.get(at)?;
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        are_digits.then(|| digits.parse::<i64>().ok())?
    };
    let has = |at: usize, mark: &str| text.get(at..=at) == Some(mark);
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let has_marks = has(4, "-") && has(7, "-") && text.is_char_boundary(10) && has(13, ":");
    let is_date = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    if !(has_marks && has(16, ":") && is_date && hour < 24 && minute < 60 && second <= 60) {
        return None;
    }
    let offset = offset(without_fraction(text.get(19..)?)?)?;
    let minutes = (days_until(year, month, day) * 24 + hour) * 60 + minute - offset;
    let in_utc = minutes * 60 + second.min(59);
    // A leap second is the last of a month, and counts as the one before it.
    let ends_month =
        || (in_utc + 1) % 86_400 == 0 && is_first_of_month(year, (in_utc + 1).div_euclid(86_400));
    let years = (days_until(0, 1, 1) * 86_400)..(days_until(10_000, 1, 1) * 86_400);
    ((second < 60 || ends_month()) && years.contains(&in_utc)).then_some(in_utc)
}

fn without_fraction(text: &str) -> Option<&str> {
    let Some(digits) = text.strip_prefix('.') else {
        return Some(text);
    };
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < digits.len()).then_some(rest)
}

/// In minutes.
fn offset(text: &str) -> Option<i64> {
    if ["Z", "z"].contains(&text) {
        return Some(0);
    }
    let sign = match text.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let number = |digits: &str, limit: i64| {
        let are_digits = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = are_digits.then(|| digits.parse::<i64>().ok())??;
        (number < limit).then_some(number)
    };
    Some(sign * (number(hours, 24)? * 60 + number(minutes, 60)?))
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// From 1970-01-01.
fn days_until(year: i64, month: i64, day: i64) -> i64 {
    let leap_days =
        |years: i64| years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    let of_years = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    let of_months: i64 = (1..month).map(|month| days_of(year, month)).sum();
    of_years + of_months + day - 1
}

/// `year` is that of another offset, so it may be the one before or after.
fn is_first_of_month(year: i64, days: i64) -> bool {
    let mut years = year - 1..=year + 1;
    years.any(|year| (1..=12).any(|month| days_until(year, month, 1) == days))
}
