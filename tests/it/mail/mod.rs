//! The mails: whole, in every language, and their colours.

mod address_change_requested;
mod address_changed;
mod colors;
mod content;
mod docs;
mod every_kind;
mod folders;
mod languages;
mod sample;
mod verification;
mod whole;
