//! What the service does, one verb each. A use case with one caller lives with its function.

pub mod confirm_verification;
