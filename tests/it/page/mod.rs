//! The page that the mailed link opens.

pub mod states;
