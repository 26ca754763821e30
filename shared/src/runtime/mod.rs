//! How a function starts: settings, log, AWS's clients, randomness.

pub mod aws;
pub mod connector;
pub mod entropy;
pub mod logging;
pub mod run;
pub mod settings;
