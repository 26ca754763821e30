//! The bodies of mails as pages: `/view/{id}.html` and `/view/{id}.txt`.
//!
//! `/view/{id}.html?scheme=light` and `?scheme=dark` choose the colours. `/view/{id}` and `/search`
//! are pages of Mailpit, to which its clients print links: they lead to the inbox's own page.

use std::slice;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::Inbox;
use super::refusal::Refusal;
use super::selection::Latest;
use crate::captured_mails::CapturedMails;
use crate::scheme::{Scheme, with_head};

/// A mail is not trusted: no scripts, nothing remote, no forms, an opaque origin. Its links open in
/// tabs without these limits.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     font-src data:; form-action 'none'; frame-ancestors 'self'; \
     sandbox allow-popups allow-popups-to-escape-sandbox";

pub(super) fn router() -> Router<Inbox> {
    Router::new()
        .route("/view/{file}", get(view))
        .route("/search", get(search))
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
}

async fn search(Query(Search { q }): Query<Search>) -> Redirect {
    let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
    Redirect::to(&format!("/?q={q}"))
}

#[derive(Deserialize)]
struct ViewOptions {
    scheme: Option<String>,
}

impl ViewOptions {
    fn scheme(&self) -> Option<Scheme> {
        self.scheme.as_deref().and_then(Scheme::named)
    }
}

async fn view(
    State(mails): State<CapturedMails>,
    Path(file): Path<String>,
    Query(latest): Query<Latest>,
    Query(options): Query<ViewOptions>,
) -> Result<Response, Refusal> {
    let (id, format) = file.rsplit_once('.').unwrap_or((&file, ""));
    let mail = latest
        .find(&mails, id)?
        .ok_or_else(|| Refusal::missing("Message not found"))?
        .mail;
    let body = match (format, &mail.html) {
        ("", _) => return Ok(Redirect::to(&format!("/#{}", mail.id)).into_response()),
        ("html", Some(html)) => Html(with_additions(html, options.scheme())).into_response(),
        ("html", None) => {
            let why = "This message does not contain a HTML part";
            return Err(Refusal::missing(why));
        }
        ("txt", _) => mail.text.clone().unwrap_or_default().into_response(),
        _ => return Err(Refusal::not_found()),
    };
    mails.mark(slice::from_ref(&mail.id), true);
    Ok((safe_headers(), body).into_response())
}

fn safe_headers() -> [(HeaderName, &'static str); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
}

/// In the frame, a link would replace the mail.
const OPEN_LINKS_IN_TABS: &str = "<base target=\"_blank\">";

/// Scroll bars of phones take no space, so a narrow mail has the whole width.
const NO_SCROLL_BAR_IF_NARROW: &str =
    "<style>@media (max-width: 375px) { :root { scrollbar-width: none } }</style>";

/// The mail with the additions of the inbox to its head.
fn with_additions(html: &str, scheme: Option<Scheme>) -> String {
    match scheme {
        None => with_head(html, &[OPEN_LINKS_IN_TABS]),
        Some(scheme) => {
            let html = scheme.apply(html);
            with_head(&html, &[OPEN_LINKS_IN_TABS, NO_SCROLL_BAR_IF_NARROW])
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::http::{StatusCode, Uri};

    use super::*;
    use crate::captured_mails::tests::mail;

    #[test]
    fn links_open_in_new_tabs() {
        let cases = [
            (
                "<!doctype html><HEAD lang=en><title>x</title>",
                "<!doctype html><HEAD lang=en><base target=\"_blank\"><title>x</title>",
            ),
            ("<p>Zürich", "<p>Zürich<base target=\"_blank\">"),
        ];
        for (html, expected) in cases {
            assert_eq!(with_additions(html, None), expected);
        }
    }

    async fn get(file: &str) -> (StatusCode, Option<String>, String) {
        let mut captured = mail("x", "ada@example.com", "Hi");
        captured.html = Some(
            "<head><meta name=color-scheme content='light dark'>\
             <style>@media (prefers-color-scheme: dark) {}</style></head>"
                .to_owned(),
        );
        let sent = CapturedMails::new();
        sent.deliver(captured);
        let uri: Uri = format!("/view/{file}").parse().expect("a path");
        let path = uri.path().trim_start_matches("/view/").to_owned();
        let latest = Query::try_from_uri(&uri).expect("a query");
        let options = Query::try_from_uri(&uri).expect("a query");
        let answer = view(State(sent), Path(path), latest, options).await;
        let answer = answer.unwrap_or_else(IntoResponse::into_response);
        let status = answer.status();
        let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY);
        let policy = policy.map(|policy| policy.to_str().expect("text").to_owned());
        let body = to_bytes(answer.into_body(), usize::MAX).await;
        let body = String::from_utf8(body.expect("a body").to_vec()).expect("UTF-8");
        (status, policy, body)
    }

    #[tokio::test]
    async fn the_requested_scheme_is_shown() {
        for (path, condition, canvas) in [
            ("x.html?scheme=dark", "(min-width: 0)", "scheme: dark !"),
            ("x.html?scheme=light", "(max-width: 0)", "scheme: light !"),
            (
                "latest.html?query=hi&scheme=dark",
                "(min-width: 0)",
                "scheme: dark !",
            ),
        ] {
            let (status, policy, body) = get(path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(policy.as_deref(), Some(MAIL_POLICY), "{path}");
            assert!(body.contains(condition) && body.contains(canvas), "{body}");
        }
    }

    #[tokio::test]
    async fn unknown_searches_are_refused() {
        let (status, _, body) = get("latest.html?query=kind:x").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(
            body,
            "The inbox cannot search for kind:. See which words it knows at \
             https://mailpit.axllent.org/docs/usage/search-filters/, or put quotes around it to \
             search for this text."
        );
    }

    #[tokio::test]
    async fn without_a_scheme_conditions_stay() {
        for path in ["x.html", "x.html?scheme=", "x.html?scheme=sepia"] {
            let (status, _, body) = get(path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(body.contains("(prefers-color-scheme: dark)"), "{body}");
            assert!(!body.contains("!important"), "{body}");
        }
    }
}
