//! The inbox: a page that shows the mails which the local SES accepted, and an API for tests.
//!
//! The API has Mailpit's paths and field names, so Mailpit's clients work with it. A mail's HTML
//! runs no scripts, loads nothing remote, and has no access to the page around it. Other sites
//! have no access to the inbox through a browser: see [`Hosts`].

mod api;
mod guard;
mod headers;
mod message;
mod scheme;
mod search;
mod snippet;
mod summary;
mod view;

use axum::Router;
use axum::http::header;
use axum::middleware;
use axum::response::{self, IntoResponse};
use axum::routing::get;
use shared::text::html::Html;

use crate::captured_mails::CapturedMails;
pub use guard::Hosts;
pub(crate) use guard::is_known_host;

const PAGE: &str = include_str!("inbox/page.html");
const FIRST_MAIL: &str = "{{ first mail }}";

/// Styles and script are inline, and all requests go to this server.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
     script-src 'unsafe-inline'; \
     connect-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The page and the API. The page shows the shell command `first_mail` while there is no mail.
pub fn router(sent: CapturedMails, hosts: Hosts, first_mail: &str) -> Router {
    let page = page(first_mail);
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

fn page(first_mail: &str) -> String {
    PAGE.replacen(FIRST_MAIL, &Html::of_text(first_mail).to_string(), 1)
}

fn page_answer(page: String) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, response::Html(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_loads_nothing_remote() {
        for remote in ["src=\"http", "href=\"http", "url(http", "@import"] {
            assert!(!PAGE.contains(remote), "{remote}");
        }
    }

    #[test]
    fn the_page_shows_the_first_command() {
        assert_eq!(PAGE.matches(FIRST_MAIL).count(), 1);
        assert!(page("cat <a && b").contains("cat &#60;a &#38;&#38; b"));
    }

    #[test]
    fn mails_get_no_scripts_and_no_origin() {
        let sandbox = "\"sandbox\", \"allow-popups allow-popups-to-escape-sandbox\"";
        assert_eq!(PAGE.matches("\"iframe\"").count(), 1);
        assert_eq!(PAGE.matches(sandbox).count(), 1);
    }
}
