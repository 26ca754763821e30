//! Paths that no route has, and refusals.

use axum::extract::OriginalUri;
use axum::http::{StatusCode, Uri, header};
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

/// A body that is not as it should be.
impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::bad_request(&error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, why) = self;
        (status, why).into_response()
    }
}

/// Redirects to the clean form of a path, as Mailpit does: its clients call `//view/latest.html`.
/// Unlike Mailpit, the redirect keeps the method.
pub(super) async fn fallback(OriginalUri(uri): OriginalUri) -> Response {
    match clean(uri.path()) {
        Some(path) => redirect(&path, &uri),
        None if uri.path().starts_with("/api/v1/") => {
            let why = "404 page not found: the inbox has a part of Mailpit's API, and this is not \
                       in it.";
            Refusal::missing(why).into_response()
        }
        None => Refusal::not_found().into_response(),
    }
}

fn redirect(path: &str, uri: &Uri) -> Response {
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    let location = [(header::LOCATION, format!("{path}{query}"))];
    (StatusCode::TEMPORARY_REDIRECT, location).into_response()
}

/// The path without empty segments, `.` and `..`. `None`: it has none.
fn clean(path: &str) -> Option<String> {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let slash = if path.ends_with('/') && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    let clean = format!("/{}{slash}", segments.join("/"));
    (clean != path).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unclean_paths_are_cleaned() {
        for (path, expected) in [
            ("//view/latest.html", "/view/latest.html"),
            ("/api//v1///tags", "/api/v1/tags"),
            ("/a/./b/../c", "/a/c"),
            ("/../../view", "/view"),
            ("//evil.example", "/evil.example"),
            ("//", "/"),
            ("/view//", "/view/"),
        ] {
            assert_eq!(clean(path).as_deref(), Some(expected), "{path}");
        }
        for path in ["/", "/view/x.html", "/api/v1/", "/a..b/c."] {
            assert_eq!(clean(path), None, "{path}");
        }
    }
}
