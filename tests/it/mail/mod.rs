//! The mail: its content in every language, and its colours.

mod colors;
mod content;
mod languages;
