//! Links that were damaged on their way.

use crate::answer::{header, is_documented};
use crate::event::Sent;
use crate::functions::{APP_URL, Function, RETURN_ORIGIN, invoke};

const PAGE: &str = "/verify_email";
/// The user whose link it was.
const USER: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11";

/// The input is what is behind the page's path: in the path up to the first line break, then in the
/// query. One that begins with `&` is what follows the user in the query of a whole link.
///
/// Whatever it is, the page leads to no other site, and asks for the code of a user whom the link
/// names.
pub fn link_damage(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    if text.starts_with('&') {
        let page = open(PAGE, &format!("user={USER}{text}"));
        let users: Vec<_> = users(&page).collect();
        assert!(
            !users.is_empty() && users.iter().all(|user| *user == USER),
            "{users:?}"
        );
        return;
    }
    let (path, query) = text.split_once('\n').unwrap_or((text, ""));
    let page = open(&format!("{PAGE}{path}"), query);
    let named = text.to_ascii_lowercase();
    // An encoded character may have its first two digits.
    for user in users(&page) {
        assert!(named.contains(&user[2..]), "{user} is not in {named:?}");
    }
}

fn open(path: &str, query: &str) -> String {
    let sent = Sent {
        method: "GET",
        path,
        query,
        headers: &[("accept", "text/html")],
        body: "",
    };
    let Some(answer) = invoke(Function::Page, &sent.http_api()) else {
        return String::new();
    };
    is_documented(Function::Page, &answer);
    assert_eq!(header(&answer, "location"), "");
    let page = answer["body"].as_str().unwrap_or_default().to_owned();
    leads_to_no_other_site(&page);
    page
}

fn leads_to_no_other_site(page: &str) {
    let origin = format!("{RETURN_ORIGIN}/");
    for url in attributes(page, "href") {
        let is_ours = url == APP_URL || url.starts_with(&origin) || url.starts_with("mailto:");
        let is_this_page = url.starts_with('?') || is_above(url);
        assert!(is_ours || is_this_page || url.is_empty(), "{url}");
    }
    for url in attributes(page, "action") {
        assert!(url.starts_with('?') || is_above(url), "{url}");
    }
    assert!(page.matches("<script").count() <= 1);
}

/// The page, seen from a path below it.
fn is_above(url: &str) -> bool {
    url.trim_start_matches("../").starts_with("verify_email")
}

/// The users in the addresses to which the forms are posted.
fn users(page: &str) -> impl Iterator<Item = &str> {
    attributes(page, "action").filter_map(|url| url.split_once("?user=")?.1.get(..USER.len()))
}

fn attributes<'p>(page: &'p str, name: &'static str) -> impl Iterator<Item = &'p str> {
    let begin = format!(" {name}=\"");
    let starts: Vec<_> = page
        .match_indices(&begin)
        .map(|(at, found)| at + found.len())
        .collect();
    starts
        .into_iter()
        .filter_map(|at| page.get(at..)?.split('"').next())
}
