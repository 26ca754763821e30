//! How a function starts: settings, AWS's clients, randomness.

pub mod aws;
pub mod entropy;
pub mod settings;
