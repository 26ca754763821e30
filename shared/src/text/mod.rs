//! Texts for readers, in each language: which languages there are, how each writes counts and
//! dates, and how values get into a text. Mails and the page are written with it.
//!
//! A crate with the formats of all languages would slow the cold start. These texts need little of
//! each language, and [`language`] has it.

pub mod catalogue;
mod date;
pub mod html;
pub mod language;
pub mod locale;
pub mod plural;
pub mod template;
