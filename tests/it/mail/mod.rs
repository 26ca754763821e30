//! The mails: whole, in every language, and their colours.

mod colors;
mod content;
mod docs;
mod every_kind;
mod folders;
mod languages;
mod notices;
mod sample;
mod verification;
mod whole;
