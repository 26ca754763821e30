//! The user of the link that opened the page, also if the link was damaged on the way.
//!
//! Mail programs, scanners and chats damage links: the `#` becomes `%23`, so that the whole link is
//! a path; `=` becomes `=3D`; tracking adds parameters. The user's id survives that in one piece.
//! The page's script finds more damages of the token, since it reads the address from the browser.

use lambda_http::{Request, RequestExt};
use shared::brand::public_url::PAGE_PATH;
use shared::domain::user_id::UserId;

use crate::link_next::without_next;

/// The name of the query parameter.
const USER: &str = "user";
/// How long an id is, with its dashes.
const UUID_LENGTH: usize = 36;

/// The user whose link was opened. The id is no secret and proves nothing.
pub(crate) fn user_of(request: &Request) -> Option<UserId> {
    let query = request.uri().query().unwrap_or_default();
    user_in(&without_next(query)).or_else(|| user_in(split_at_page(request.raw_http_path())?.1))
}

/// The page, relative to a path that is a damaged link, such as one with an encoded `#` or `?`.
pub(crate) fn page_of_damaged_link(path: &str) -> Option<String> {
    let (_, rest) = split_at_page(path)?;
    // Also what a soft line break or the text around a link leaves there, such as "=" or ".".
    let is_junk = rest
        .strip_prefix('/')
        .unwrap_or(rest)
        .starts_with(|c: char| !c.is_ascii_alphanumeric());
    (is_junk || user_in(rest).is_some()).then(|| {
        let name = PAGE_PATH.trim_start_matches('/');
        format!("{}{name}", "../".repeat(rest.matches('/').count()))
    })
}

/// Splits a path at the page's own: the base path before it, and the rest after it.
pub(crate) fn split_at_page(path: &str) -> Option<(&str, &str)> {
    path.split_once(PAGE_PATH)
}

/// The first id after the parameter's name, or else the first one. Tracking parameters may contain
/// ids, too.
fn user_in(text: &str) -> Option<UserId> {
    let mut splits = text
        .match_indices(USER)
        .map(|(start, _)| text.split_at(start));
    let named = splits.find(|(before, _)| !is_within_a_word(before));
    named
        .and_then(|(_, after)| first_id(after))
        .or_else(|| first_id(text))
}

/// Whether the text after `before` continues its last word, as in `utm_user`. An encoded
/// character such as `%3F` is no part of a word.
pub(crate) fn is_within_a_word(before: &str) -> bool {
    let last_three = before.len().checked_sub(3).and_then(|at| before.get(at..));
    before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && !last_three.is_some_and(|text| text.starts_with('%'))
}

fn first_id(text: &str) -> Option<UserId> {
    (0..text.len())
        .filter_map(|start| text.get(start..start + UUID_LENGTH))
        .find_map(UserId::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    const OTHER: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

    #[test]
    fn a_user_is_found_in_a_damaged_query() {
        for text in [
            format!("user={UUID}"),
            format!("user=3D{UUID}"),
            format!("user%3D{UUID}"),
            format!("user%253D{UUID}%2523AAAA"),
            format!("user={}", UUID.to_uppercase()),
            format!("user={UUID}%23AAAA&utm_source=mail"),
            format!("utm_id={OTHER}&user={UUID}"),
            format!("user={UUID}&utm_id={OTHER}"),
            format!("utm_user={OTHER}&user={UUID}"),
            format!("utm_user={OTHER}%26user%3D{UUID}"),
            format!("utm_user={UUID}"),
            format!("amp;user={UUID}"),
            format!("?user=\u{200b}{UUID}"),
            format!("#{UUID}.AAAA"),
        ] {
            assert_eq!(user_in(&text).unwrap().to_string(), UUID, "{text}");
        }
        for text in ["", "user=", "user=ada", &UUID[1..], "user=f81d4fae7dec"] {
            assert_eq!(user_in(text), None, "{text}");
        }
    }

    #[test]
    fn a_damaged_path_leads_to_its_page() {
        for (path, page) in [
            ("/verify_email#x", Some("verify_email")),
            ("/verify_email%23x", Some("verify_email")),
            ("/verify_email?user=x", Some("verify_email")),
            ("/verify_email%3Fuser=x", Some("verify_email")),
            ("/prod/verify_email/#x", Some("../verify_email")),
            ("/verify_email=", Some("verify_email")),
            ("/verify_email=0D=0A", Some("verify_email")),
            ("/verify_email ", Some("verify_email")),
            ("/verify_email.", Some("verify_email")),
            ("/verify_email\u{200b}", Some("verify_email")),
            ("/verify_email", None),
            ("/verify_email/more", None),
            ("/verify_emails", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(page_of_damaged_link(path).as_deref(), page, "{path}");
        }
        let path = format!("/verify_email/{UUID}/x");
        let page = page_of_damaged_link(&path);
        assert_eq!(page.as_deref(), Some("../../verify_email"));
    }
}
