//! Korean.

use super::Language;
use crate::text::locale::Direction;
use crate::text::plural::Plural;

pub(super) const LANGUAGE: Language = Language {
    direction: Direction::LeftToRight,
    has_spaces: true,
    minutes: Plural::Same("{n}분"),
    hours: Plural::Same("{n}시간"),
    days: Plural::Same("{n}일"),
    months: [
        "1월", "2월", "3월", "4월", "5월", "6월", "7월", "8월", "9월", "10월", "11월", "12월",
    ],
    first_day: "1",
    date_time: "{year}년 {month}\u{a0}{day}일 {time}\u{a0}UTC",
};
