//! The parameters: every field against every kind of JSON value, on both endpoints.

mod addresses;
mod full_body;
mod matrix;
mod names;
mod support;
mod values;

pub use support::NOBODY;
