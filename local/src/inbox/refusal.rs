//! Answers to requests that the inbox refuses.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::search::UnknownTerm;

/// A status and a text for a person.
#[derive(Debug)]
pub(super) struct Refusal(StatusCode, String);

impl Refusal {
    pub(super) fn bad_request(why: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, why.to_owned())
    }

    pub(super) fn missing(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, what.to_owned())
    }

    /// Mailpit's answer.
    pub(super) fn not_found() -> Self {
        Self::missing("404 page not found")
    }
}

impl From<UnknownTerm> for Refusal {
    fn from(term: UnknownTerm) -> Self {
        Self::bad_request(&term.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, why) = self;
        (status, why).into_response()
    }
}
