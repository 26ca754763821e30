//! Lives and moments in the words of a language.
//!
//! A crate with the formats of all calendars is heavy for a function whose cold start somebody
//! waits for. What a mail needs of a language is small, and stands in the catalogue beside its
//! texts. Digits are the Latin ones everywhere, as they are CLDR's default (version 48) for each of
//! these languages.

use time::OffsetDateTime;

use super::fill::{Value, places_are, plain};
use super::plural::Plural;
use shared::domain::clock::Timestamp;
use shared::text::locale::Direction;

/// How a language writes lives and moments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Formats {
    /// Minutes, in the case that the sentences of the catalogue put them in. Hours and days
    /// likewise.
    pub(super) minutes: Plural,
    pub(super) hours: Plural,
    pub(super) days: Plural,
    /// The months as they stand in a date.
    pub(super) months: [&'static str; 12],
    /// The first day of a month, where it is not simply a number.
    pub(super) first_day: &'static str,
    /// A moment, of `{day}`, `{month}`, `{year}` and `{time}`, by a clock of 24 hours. It names its
    /// time zone, as nobody knows the reader's.
    pub(super) moment: &'static str,
}

impl Formats {
    /// Whether all places are there.
    pub(super) const fn is_complete(&self) -> bool {
        self.minutes.says_its_number()
            && self.hours.says_its_number()
            && self.days.says_its_number()
            && places_are(self.moment, &["day", "month", "year", "time"])
    }

    /// A life in hours, or in days if it is some whole ones: nobody reads 168 hours as a week.
    pub(super) fn hours_or_days(&self, hours: u64) -> String {
        if hours > 24 && hours.is_multiple_of(24) {
            self.days.of(hours / 24)
        } else {
            self.hours.of(hours)
        }
    }

    /// A moment to the minute that it is in: what ends then does not end before.
    pub(super) fn moment(&self, moment: Timestamp) -> String {
        let Ok(utc) = OffsetDateTime::from_unix_timestamp(moment.unix_seconds()) else {
            // Beyond the year 9999.
            return moment.to_string();
        };
        let day = match utc.day() {
            1 => self.first_day.to_owned(),
            day => day.to_string(),
        };
        let month = self.months[usize::from(u8::from(utc.month())) - 1];
        let values = [
            ("day", Value::Own(&day)),
            ("month", Value::Own(month)),
            ("year", Value::Own(&utc.year().to_string())),
            (
                "time",
                Value::Own(&format!("{:02}:{:02}", utc.hour(), utc.minute())),
            ),
        ];
        plain(self.moment, &values, Direction::LeftToRight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: Formats = Formats {
        minutes: Plural::Same("{n}"),
        hours: Plural::Same("{n} h"),
        days: Plural::Same("{n} d"),
        months: [
            "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "novembre", "12",
        ],
        first_day: "1er",
        moment: "{day} {month} {year} à {time} UTC",
    };

    #[test]
    fn whole_days_from_two_on_are_days() {
        for (hours, life) in [
            (1, "1 h"),
            (24, "24 h"),
            (47, "47 h"),
            (48, "2 d"),
            (49, "49 h"),
            (168, "7 d"),
        ] {
            assert_eq!(FORMATS.hours_or_days(hours), life);
        }
    }

    #[test]
    fn a_moment_is_written_to_the_minute_in_utc() {
        let moment = |seconds| FORMATS.moment(Timestamp::from_unix_seconds(seconds));
        assert_eq!(moment(1_795_435_259), "23 novembre 2026 à 12:00 UTC");
        assert_eq!(moment(1_793_491_500), "1er novembre 2026 à 00:05 UTC");
        assert_eq!(moment(i64::MAX), i64::MAX.to_string());
    }
}
