//! Turkish.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::Same("{n}\u{a0}dakika"),
    hours: Plural::Same("{n}\u{a0}saat"),
    days: Plural::Same("{n}\u{a0}gün"),
    months: [
        "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim",
        "Kasım", "Aralık",
    ],
    first_day: "1",
    date_time: "{day}\u{a0}{month} {year} {time}\u{a0}UTC",
};
