//! Durations and dates in the words of a language.
//!
//! Digits are the Latin ones everywhere, as they are CLDR's default (version 48) for each of these
//! languages.

use time::OffsetDateTime;

use super::language::Language;
use super::locale::Direction;
use super::template::{Text, Value};
use crate::domain::clock::Timestamp;

/// The placeholders of a language's `date_time`.
pub(super) const PLACEHOLDERS: [&str; 4] = ["day", "month", "year", "time"];

impl Language {
    /// A duration in hours, or in days if it is a multiple of a day: 7 days are easier to read than
    /// 168 hours.
    #[must_use]
    pub fn hours_or_days(&self, hours: u64) -> String {
        if hours > 24 && hours.is_multiple_of(24) {
            self.days.of(hours / 24)
        } else {
            self.hours.of(hours)
        }
    }

    /// A timestamp to the minute, rounded down.
    #[must_use]
    pub fn date_time(&self, timestamp: Timestamp) -> String {
        let Ok(utc) = OffsetDateTime::from_unix_timestamp(timestamp.unix_seconds()) else {
            // Beyond the year 9999.
            return timestamp.to_string();
        };
        let day = match utc.day() {
            1 => self.first_day.to_owned(),
            day => day.to_string(),
        };
        let month = self.months[usize::from(u8::from(utc.month())) - 1];
        let year = utc.year().to_string();
        let time = format!("{:02}:{:02}", utc.hour(), utc.minute());
        let values = [&day, month, &year, &time].map(Value::Trusted);
        Text::new(self.date_time, PLACEHOLDERS, values).plain(Direction::LeftToRight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::locale::Locale;

    #[test]
    fn two_whole_days_or_more_are_days() {
        for (hours, duration) in [
            (1, "1 hour"),
            (24, "24 hours"),
            (47, "47 hours"),
            (48, "2 days"),
            (49, "49 hours"),
            (168, "7 days"),
        ] {
            let written = Locale::En.language().hours_or_days(hours);
            assert_eq!(written.replace('\u{a0}', " "), duration);
        }
    }

    #[test]
    fn a_date_is_to_the_minute_in_utc() {
        let written = |seconds| {
            let timestamp = Timestamp::from_unix_seconds(seconds);
            let written = Locale::Fr.language().date_time(timestamp);
            written.replace('\u{a0}', " ")
        };
        assert_eq!(written(1_795_435_259), "23 novembre 2026 à 12:00 UTC");
        assert_eq!(written(1_793_491_500), "1er novembre 2026 à 00:05 UTC");
        assert_eq!(written(i64::MAX), i64::MAX.to_string());
    }
}
