//! Arabic. Durations are in the genitive, as after "for".

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::RightToLeft,
    has_spaces: true,
    minutes: Plural::Arabic {
        one: "دقيقة واحدة",
        two: "دقيقتين",
        few: "{n}\u{a0}دقائق",
        many: "{n}\u{a0}دقيقة",
        other: "{n}\u{a0}دقيقة",
    },
    hours: Plural::Arabic {
        one: "ساعة واحدة",
        two: "ساعتين",
        few: "{n}\u{a0}ساعات",
        many: "{n}\u{a0}ساعة",
        other: "{n}\u{a0}ساعة",
    },
    days: Plural::Arabic {
        one: "يوم واحد",
        two: "يومين",
        few: "{n}\u{a0}أيام",
        many: "{n}\u{a0}يومًا",
        other: "{n}\u{a0}يوم",
    },
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    first_day: "1",
    date_time: "{day}\u{a0}{month} {year} الساعة\u{a0}{time} بتوقيت\u{a0}UTC",
};
