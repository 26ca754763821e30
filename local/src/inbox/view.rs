//! The bodies of mails, as pages of their own: `/view/{id}.html` and `/view/{id}.txt`.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::api::{Latest, look_up};
use crate::mailbox::Mailbox;

/// A mail is a stranger: no scripts, nothing remote, no forms, an origin of its own. Its links open
/// in tabs that are not bound by this.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     font-src data:; form-action 'none'; frame-ancestors 'self'; \
     sandbox allow-popups allow-popups-to-escape-sandbox";

pub(super) fn router() -> Router<Mailbox> {
    Router::new().route("/view/{file}", get(view))
}

async fn view(
    State(mailbox): State<Mailbox>,
    Path(file): Path<String>,
    Query(latest): Query<Latest>,
) -> Response {
    let Some((id, format)) = file.rsplit_once('.') else {
        return super::api::not_found().await;
    };
    let Some(mail) = look_up(&mailbox, id, &latest) else {
        return missing("Message not found");
    };
    match (format, &mail.html) {
        ("html", Some(html)) => {
            mailbox.mark_read(&mail.id);
            (safe_headers(), Html(with_links_in_new_tabs(html))).into_response()
        }
        ("html", None) => missing("This message does not contain a HTML part"),
        ("txt", _) => {
            mailbox.mark_read(&mail.id);
            (safe_headers(), mail.text.clone().unwrap_or_default()).into_response()
        }
        _ => super::api::not_found().await,
    }
}

fn missing(what: &'static str) -> Response {
    (StatusCode::NOT_FOUND, what).into_response()
}

fn safe_headers() -> [(HeaderName, &'static str); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
}

/// Puts a default target into the head. A link that stayed in the frame would replace the mail.
fn with_links_in_new_tabs(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let head_end = lower
        .find("<head")
        .and_then(|start| Some(start + lower.get(start..)?.find('>')? + 1));
    // Without a head, the end keeps a doctype where it has to be.
    let (before, after) = html.split_at(head_end.unwrap_or(html.len()));
    format!("{before}<base target=\"_blank\">{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(with_links_in_new_tabs(html), expected);
        }
    }
}
