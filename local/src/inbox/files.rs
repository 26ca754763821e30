//! The files of the page.

use axum::Router;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use axum::routing::get;
use shared::text::html::Html;

use super::Inbox;
use crate::program;

const PAGE: &str = include_str!("page/page.html");
const FIRST_MAIL: &str = "{{ first mail }}";
const PROGRAM: &str = "{{ program }}";

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Path, media type and content of all other files.
const FILES: [(&str, &str, &str); 15] = [
    (
        "/page/icon.svg",
        "image/svg+xml",
        include_str!("page/icon.svg"),
    ),
    ("/page/base.css", CSS, include_str!("page/base.css")),
    ("/page/list.css", CSS, include_str!("page/list.css")),
    ("/page/open.css", CSS, include_str!("page/open.css")),
    ("/page/preview.css", CSS, include_str!("page/preview.css")),
    ("/page/app.js", SCRIPT, include_str!("page/app.js")),
    ("/page/copy.js", SCRIPT, include_str!("page/copy.js")),
    ("/page/dom.js", SCRIPT, include_str!("page/dom.js")),
    ("/page/events.js", SCRIPT, include_str!("page/events.js")),
    ("/page/follow.js", SCRIPT, include_str!("page/follow.js")),
    ("/page/mail.js", SCRIPT, include_str!("page/mail.js")),
    ("/page/mails.js", SCRIPT, include_str!("page/mails.js")),
    ("/page/preview.js", SCRIPT, include_str!("page/preview.js")),
    ("/page/proof.js", SCRIPT, include_str!("page/proof.js")),
    ("/page/words.js", SCRIPT, include_str!("page/words.js")),
];

/// All that the page loads comes from this server, and nothing is inline.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     connect-src 'self'; frame-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

pub(super) fn router(first_mail: &str) -> Router<Inbox> {
    let page = page(first_mail);
    let page = get(move || std::future::ready(answer("text/html; charset=utf-8", page.clone())));
    let router = Router::new().route("/", page);
    FILES.iter().fold(router, |router, (path, kind, content)| {
        let file = get(move || std::future::ready(answer(kind, (*content).to_owned())));
        router.route(path, file)
    })
}

fn page(first_mail: &str) -> String {
    [(PROGRAM, program::name()), (FIRST_MAIL, first_mail)]
        .into_iter()
        .fold(PAGE.to_owned(), |page, (placeholder, text)| {
            page.replacen(placeholder, &Html::of_text(text).to_string(), 1)
        })
}

fn answer(kind: &'static str, content: String) -> impl IntoResponse {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    #[test]
    fn each_file_of_the_page_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/inbox/page");
        let files = fs::read_dir(folder).unwrap();
        let files: BTreeSet<_> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "page.html")
            .map(|name| format!("/page/{name}"))
            .collect();
        let served: BTreeSet<_> = FILES.iter().map(|(path, ..)| (*path).to_owned()).collect();
        assert_eq!(served, files);
    }

    #[test]
    fn the_page_loads_nothing_remote() {
        for (path, _, content) in FILES.iter().chain(&[("/", "", PAGE)]) {
            for remote in [
                "src=\"http",
                "href=\"http",
                "url(",
                "@import",
                "from \"http",
            ] {
                assert!(!content.contains(remote), "{path}: {remote}");
            }
        }
    }

    #[test]
    fn the_page_shows_the_first_command() {
        for placeholder in [FIRST_MAIL, PROGRAM] {
            assert_eq!(PAGE.matches(placeholder).count(), 1);
        }
        assert!(page("cat <a && b").contains("cat &#60;a &#38;&#38; b"));
    }

    #[test]
    fn mails_get_no_scripts_and_no_origin() {
        let sandbox = "\"sandbox\", \"allow-popups allow-popups-to-escape-sandbox\"";
        let scripts: String = FILES.iter().map(|(.., content)| *content).collect();
        assert_eq!(scripts.matches("\"iframe\"").count(), 1);
        assert_eq!(scripts.matches(sandbox).count(), 1);
    }
}
