//! Japanese.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: false,
    minutes: Plural::Same("{n}分"),
    hours: Plural::Same("{n}時間"),
    days: Plural::Same("{n}日間"),
    months: [
        "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月",
    ],
    first_day: "1",
    date_time: "{year}年{month}{day}日 {time}\u{a0}UTC",
};
