//! Dutch.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::OneOther {
        one: "{n}\u{a0}minuut",
        other: "{n}\u{a0}minuten",
    },
    hours: Plural::Same("{n}\u{a0}uur"),
    days: Plural::OneOther {
        one: "{n}\u{a0}dag",
        other: "{n}\u{a0}dagen",
    },
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    first_day: "1",
    date_time: "{day}\u{a0}{month} {year} om {time}\u{a0}uur\u{a0}UTC",
};
