//! Portuguese of Brazil.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::OneOther {
        one: "{n}\u{a0}minuto",
        other: "{n}\u{a0}minutos",
    },
    hours: Plural::OneOther {
        one: "{n}\u{a0}hora",
        other: "{n}\u{a0}horas",
    },
    days: Plural::OneOther {
        one: "{n}\u{a0}dia",
        other: "{n}\u{a0}dias",
    },
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    first_day: "1º",
    date_time: "{day}\u{a0}de\u{a0}{month} de\u{a0}{year} às\u{a0}{time}\u{a0}UTC",
};
