//! German.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::OneOther {
        one: "{n}\u{a0}Minute",
        other: "{n}\u{a0}Minuten",
    },
    hours: Plural::OneOther {
        one: "{n}\u{a0}Stunde",
        other: "{n}\u{a0}Stunden",
    },
    days: Plural::OneOther {
        one: "{n}\u{a0}Tag",
        other: "{n}\u{a0}Tage",
    },
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    first_day: "1",
    date_time: "{day}.\u{a0}{month} {year} um {time}\u{a0}Uhr\u{a0}UTC",
};
