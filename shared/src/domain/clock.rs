//! Timestamps in whole seconds, and the clock.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Whole seconds since the Unix epoch, the unit of DynamoDB's TTL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Reads RFC 3339 in any offset. Truncates fractions of a second. `None` also for a timestamp
    /// whose year in UTC does not have four digits, as [`Display`](fmt::Display) cannot write it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let in_utc = parsed.checked_to_offset(UtcOffset::UTC)?;
        (0..=9999)
            .contains(&in_utc.year())
            .then_some(Self(in_utc.unix_timestamp()))
    }

    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Truncates fractions of a second.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)),
        )
    }

    /// Truncates fractions of a second.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)),
        )
    }

    /// 0 if `earlier` is not earlier.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
}

/// RFC 3339 in UTC: `2026-11-23T14:53:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok());
        match text {
            Some(text) => f.write_str(&text),
            // RFC 3339 cannot write this year.
            None => write!(f, "{}", self.0),
        }
    }
}

/// The source of the current time for rules, which get a [`Timestamp`].
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place where rules get the time from"
            )]
            let now = std::time::SystemTime::now();
            let seconds = now
                .duration_since(UNIX_EPOCH)
                .map_or(0, |elapsed| elapsed.as_secs());
            Timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))
        })
    }

    /// For a program that keeps time itself.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_written_in_utc() {
        assert_eq!(
            Timestamp::from_unix_seconds(1_795_445_580).to_string(),
            "2026-11-23T14:53:00Z"
        );
        assert_eq!(
            Timestamp::from_unix_seconds(0).to_string(),
            "1970-01-01T00:00:00Z"
        );
    }

    #[test]
    fn timestamps_are_read_in_any_offset() {
        for (text, seconds) in [
            ("2026-11-23T14:53:00Z", Some(1_795_445_580)),
            ("2026-11-23T15:53:00.999+01:00", Some(1_795_445_580)),
            ("9999-12-31T23:59:59Z", Some(253_402_300_799)),
            ("9999-12-31T23:59:59-01:00", None),
            ("0000-01-01T00:00:00Z", Some(-62_167_219_200)),
            ("0000-01-01T00:00:00+01:00", None),
            ("2026-11-23 14:53", None),
            ("1795445580", None),
            ("", None),
        ] {
            let parsed = Timestamp::parse(text);
            assert_eq!(parsed.map(Timestamp::unix_seconds), seconds, "{text}");
            if let Some(timestamp) = parsed {
                assert_eq!(Timestamp::parse(&timestamp.to_string()), Some(timestamp));
            }
        }
    }

    #[test]
    fn a_later_timestamp_counts_as_zero() {
        let noon = Timestamp::from_unix_seconds(43_200);
        assert_eq!(noon.seconds_since(noon.plus(Duration::from_secs(5))), 0);
        assert_eq!(noon.seconds_since(noon.minus(Duration::from_secs(5))), 5);
    }
}
