//! Hindi. Durations are in the oblique case, which has one form for all numbers of these
//! nouns.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::Same("{n}\u{a0}मिनट"),
    hours: Plural::Same("{n}\u{a0}घंटे"),
    days: Plural::Same("{n}\u{a0}दिन"),
    months: [
        "जनवरी",
        "फ़रवरी",
        "मार्च",
        "अप्रैल",
        "मई",
        "जून",
        "जुलाई",
        "अगस्त",
        "सितंबर",
        "अक्टूबर",
        "नवंबर",
        "दिसंबर",
    ],
    first_day: "1",
    date_time: "{day}\u{a0}{month} {year}, {time}\u{a0}बजे\u{a0}UTC",
};
