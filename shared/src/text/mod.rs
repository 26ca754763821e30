//! Languages: which there are, and which one a reader wants.

pub mod locale;
