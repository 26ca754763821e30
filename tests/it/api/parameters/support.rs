//! A user for whom nothing is found.

use axum::http::StatusCode;

/// The id of no user, so that nothing is mailed and nothing is found.
pub const NOBODY: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
/// The request endpoint's status for `NOBODY` if no field is wrong: there is no such user.
pub const FIELDS_ARE_FINE: StatusCode = StatusCode::NOT_FOUND;
