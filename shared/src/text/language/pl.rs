//! Polish. Durations are in the accusative, months in the genitive.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::OneFewMany {
        one: "{n}\u{a0}minutę",
        few: "{n}\u{a0}minuty",
        many: "{n}\u{a0}minut",
    },
    hours: Plural::OneFewMany {
        one: "{n}\u{a0}godzinę",
        few: "{n}\u{a0}godziny",
        many: "{n}\u{a0}godzin",
    },
    days: Plural::OneFewMany {
        one: "{n}\u{a0}dzień",
        few: "{n}\u{a0}dni",
        many: "{n}\u{a0}dni",
    },
    months: [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
    first_day: "1",
    date_time: "{day}\u{a0}{month} {year}\u{a0}r., godz.\u{a0}{time}\u{a0}UTC",
};
