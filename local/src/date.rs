//! Timestamps as mails, events and the inbox write them.

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// A header's date, in seconds.
pub(crate) fn rfc2822(unix_millis: i64) -> String {
    utc(unix_millis).format(&Rfc2822).unwrap_or_default()
}

/// With milliseconds, unless they are 0.
pub(crate) fn rfc3339(unix_millis: i64) -> String {
    utc(unix_millis).format(&Rfc3339).unwrap_or_default()
}

/// Without milliseconds.
pub(crate) fn rfc3339_seconds(unix_millis: i64) -> String {
    rfc3339(unix_millis - unix_millis.rem_euclid(1_000))
}

/// With three digits of milliseconds.
pub(crate) fn rfc3339_millis(unix_millis: i64) -> String {
    let seconds = rfc3339_seconds(unix_millis);
    let millis = unix_millis.rem_euclid(1_000);
    format!("{}.{millis:03}Z", seconds.trim_end_matches('Z'))
}

fn utc(unix_millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_millis) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
