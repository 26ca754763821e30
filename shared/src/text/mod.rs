//! Texts for readers, in each language: which languages there are, how each writes counts and
//! dates, and how values get into a text. Mails and the page are written with it.
//!
//! A crate with the formats of all languages is heavy for a function whose cold start somebody
//! waits for. What these texts need of a language is small: [`language`] holds it.

pub mod catalogue;
mod date;
pub mod html;
pub mod language;
pub mod locale;
pub mod plural;
pub mod template;
