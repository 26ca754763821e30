//! Spanish.

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
        one: "{n}\u{a0}día",
        other: "{n}\u{a0}días",
    },
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    first_day: "1",
    date_time: "{day}\u{a0}de\u{a0}{month} de\u{a0}{year}, {time}\u{a0}h\u{a0}UTC",
};
