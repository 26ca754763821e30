//! French.

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
        one: "{n}\u{a0}heure",
        other: "{n}\u{a0}heures",
    },
    days: Plural::OneOther {
        one: "{n}\u{a0}jour",
        other: "{n}\u{a0}jours",
    },
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    first_day: "1er",
    date_time: "{day}\u{a0}{month} {year} à\u{a0}{time}\u{a0}UTC",
};
