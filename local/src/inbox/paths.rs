//! Paths that no route has.

use axum::extract::OriginalUri;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;

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
