//! The inbox: a page where a person reads what the local SES accepted, and an API for tests.
//!
//! The API has the paths and field names of Mailpit, so clients that are written for Mailpit work
//! here as well. A mail's HTML never runs scripts, loads nothing remote, and cannot reach the page
//! around it. Other sites cannot reach the inbox through a visitor's browser: see [`Hosts`].

mod api;
mod guard;
mod message;
mod scheme;
mod search;
mod snippet;
mod view;

use axum::Router;
use axum::http::header;
use axum::middleware;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

use crate::captured_mails::CapturedMails;
pub use guard::Hosts;

const PAGE: &str = include_str!("inbox/page.html");
const FIRST_MAIL: &str = "{{ first mail }}";

/// Styles and script are part of the page; everything else it shows comes from this server.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
     script-src 'unsafe-inline'; \
     connect-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The inbox's page and API.
///
/// `hosts` says under which names the inbox may be reached. `first_mail` is a shell command that
/// makes the service send a mail; the page shows it while there is none.
pub fn router(sent: CapturedMails, hosts: Hosts, first_mail: &str) -> Router {
    let page = PAGE.replacen(FIRST_MAIL, &escape(first_mail), 1);
    Router::new()
        .route(
            "/",
            get(move || std::future::ready(page_answer(page.clone()))),
        )
        .merge(api::router())
        .merge(view::router())
        .fallback(api::not_found)
        .layer(middleware::from_fn_with_state(hosts, guard::check))
        .with_state(sent)
}

fn page_answer(page: String) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(page))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_one_place_for_the_first_mail_and_asks_for_nothing_remote() {
        assert_eq!(PAGE.matches(FIRST_MAIL).count(), 1);
        for remote in ["src=\"http", "href=\"http", "url(http", "@import"] {
            assert!(!PAGE.contains(remote), "{remote}");
        }
    }

    #[test]
    fn the_page_gives_a_mail_no_scripts_and_no_origin() {
        let sandbox = "\"sandbox\", \"allow-popups allow-popups-to-escape-sandbox\"";
        assert_eq!(PAGE.matches("\"iframe\"").count(), 1);
        assert_eq!(PAGE.matches(sandbox).count(), 1);
    }

    #[test]
    fn a_command_is_text_on_the_page() {
        assert_eq!(escape("cat <a && b"), "cat &lt;a &amp;&amp; b");
    }
}
