//! Italian.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::OneOther {
        one: "{n}\u{a0}minuto",
        other: "{n}\u{a0}minuti",
    },
    hours: Plural::OneOther {
        one: "{n}\u{a0}ora",
        other: "{n}\u{a0}ore",
    },
    days: Plural::OneOther {
        one: "{n}\u{a0}giorno",
        other: "{n}\u{a0}giorni",
    },
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    first_day: "1º",
    date_time: "{day}\u{a0}{month} {year}, ore\u{a0}{time}\u{a0}UTC",
};
