//! The page that the mailed link opens, over HTTP. What its script does is tested in a browser:
//! `tests/browser`.

mod codes;
mod languages;
mod limits;
mod links;
mod new_mail;
mod open;
mod refusals;
mod requests;
mod support;

pub use support::{fetch, heading_of, press};
