//! How each language is written. One file for each, named after its tag.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod he;
mod hi;
mod it;
mod ja;
mod ko;
mod nl;
mod pl;
mod pt_br;
mod tr;
mod zh_hans;
mod zh_hant;

use super::catalogue::Message;
use super::date::PLACEHOLDERS;
use super::locale::{Direction, Locale, by_language};
use super::plural::Plural;
use super::template::has_placeholders;

#[derive(Clone, Copy, Debug)]
pub struct Language {
    pub direction: Direction,
    /// Whether spaces stand between its words.
    pub has_spaces: bool,
    /// Minutes, in the case that texts put them in. Hours and days likewise.
    pub minutes: Plural,
    pub hours: Plural,
    pub days: Plural,
    /// The months as they stand in a date.
    pub months: [&'static str; 12],
    /// The first day of a month, where it is not simply a number.
    pub first_day: &'static str,
    /// A timestamp, of `{day}`, `{month}`, `{year}` and `{time}`, by a clock of 24 hours. It names
    /// its time zone, as nobody knows the reader's.
    pub date_time: &'static str,
}

impl Locale {
    #[must_use]
    pub const fn language(self) -> &'static Language {
        by_language!(self, LANGUAGE)
    }

    #[must_use]
    pub const fn direction(self) -> Direction {
        self.language().direction
    }
}

// Stops the compiler at a count or a date that does not say its numbers.
const _: () = {
    let mut index = 0;
    while index < Locale::ALL.len() {
        let locale = Locale::ALL[index];
        let language = locale.language();
        let has_its_numbers = language.minutes.is_of(language)
            && language.hours.is_of(language)
            && language.days.is_of(language)
            && has_placeholders(language.date_time, &PLACEHOLDERS);
        assert!(
            has_its_numbers,
            "{}",
            Message::of(&[
                "a count of `",
                locale.tag(),
                "` has no `{n}` or another plural rule than the language, or its `date_time` \
                 misses a placeholder",
            ])
            .as_str()
        );
        index += 1;
    }
};
