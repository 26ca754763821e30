//! English.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::OneOther {
        one: "{n}\u{a0}minute",
        other: "{n}\u{a0}minutes",
    },
    hours: Plural::OneOther {
        one: "{n}\u{a0}hour",
        other: "{n}\u{a0}hours",
    },
    days: Plural::OneOther {
        one: "{n}\u{a0}day",
        other: "{n}\u{a0}days",
    },
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    first_day: "1",
    date_time: "{day}\u{a0}{month} {year} at {time}\u{a0}UTC",
};
