//! Hebrew.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::RightToLeft,
    has_spaces: true,
    minutes: Plural::OneTwoOther {
        one: "דקה אחת",
        two: "שתי דקות",
        other: "{n}\u{a0}דקות",
    },
    hours: Plural::OneTwoOther {
        one: "שעה אחת",
        two: "שעתיים",
        other: "{n}\u{a0}שעות",
    },
    days: Plural::OneTwoOther {
        one: "יום אחד",
        two: "יומיים",
        other: "{n}\u{a0}ימים",
    },
    months: [
        "ינואר",
        "פברואר",
        "מרץ",
        "אפריל",
        "מאי",
        "יוני",
        "יולי",
        "אוגוסט",
        "ספטמבר",
        "אוקטובר",
        "נובמבר",
        "דצמבר",
    ],
    first_day: "1",
    date_time: "{day}\u{a0}ב{month} {year} בשעה\u{a0}{time}\u{a0}UTC",
};
