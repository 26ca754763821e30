//! Where the link that opened the page leads later, also if the link was damaged on the way.
//!
//! `next` is encoded whole and stands in front of the `#`. If that was encoded too, the token is
//! behind `next`, which must not carry it to another site.

use lambda_http::{Request, RequestExt};
use percent_encoding::percent_decode_str;
use shared::brand::return_origins::NEXT;

use crate::link_user::{is_within_a_word, split_at_page};

/// How often a link is decoded in search of its parts.
const MAX_DECODINGS: usize = 3;

/// What mail programs make of the `#`.
const SEPARATORS: [&str; 9] = [
    "&#35;", "&#x23;", "#35;", "#x23;", "#", "%23", "%20", " ", "*",
];
const TOKEN_LENGTH: usize = 43;

/// The URL that the link names, without a token behind it.
pub(crate) fn next_of(request: &Request) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let value = in_query(query).or_else(|| in_damaged(query)).or_else(|| {
        let (_, rest) = split_at_page(request.raw_http_path())?;
        in_damaged(rest)
    });
    url_in(&value?)
}

/// The query without `next`, which may name users of another site.
pub(crate) fn without_next(query: &str) -> String {
    let is_ours = |part: &&str| !part.starts_with("next=");
    let parts: Vec<_> = query.split('&').filter(is_ours).collect();
    parts.join("&")
}

fn in_query(query: &str) -> Option<String> {
    let value = parameter(query)?;
    Some(value.split('&').next().unwrap_or(value).to_owned())
}

/// In a path or a query that is encoded or was decoded as a whole.
fn in_damaged(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..MAX_DECODINGS {
        if let Some(value) = parameter(&text) {
            // An "&" in a decoded URL is its own.
            let is_whole = is_decoded(value);
            return if is_whole {
                Some(value.to_owned())
            } else {
                in_query(&text)
            };
        }
        text = decoded(&text)?;
    }
    None
}

/// From the "=" on.
fn parameter(text: &str) -> Option<&str> {
    let mut names = text.match_indices(NEXT).filter_map(|(start, name)| {
        let value = text.get(start + name.len()..)?;
        let is_name = value.starts_with('=') && !is_within_a_word(&text[..start]);
        is_name.then_some(value)
    });
    names.next()
}

fn url_in(value: &str) -> Option<String> {
    let mut text: String = value.replace('\u{ff03}', "#");
    text.retain(|c| c == ' ' || c.is_ascii_graphic());
    if is_decoded(&text) {
        text = text.split_off(1);
    } else {
        // What was encoded whole has no "=": these are of quoted-printable encoding.
        for junk in ["=0D", "=0A", "=20", "=3D", "="] {
            text = text.replace(junk, "");
        }
        text = text.replace("%EF%BC%83", "#");
    }
    for _ in 0..MAX_DECODINGS {
        if !is_decoded(&text) {
            text = decoded(&text)?;
        }
    }
    Some(without_token(&text).to_owned())
}

fn is_decoded(url: &str) -> bool {
    url.contains("://")
}

fn decoded(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The text in front of the last token, if there is one.
fn without_token(url: &str) -> &str {
    let in_front = |start: usize| {
        let (before, text) = url.split_at_checked(start)?;
        let (token, behind) = text.split_at_checked(TOKEN_LENGTH)?;
        let ends = !behind.starts_with(is_of_token);
        let is_token = ends && token.chars().all(is_of_token);
        let mut separators = SEPARATORS.iter().filter(|_| is_token);
        separators.find_map(|separator| before.strip_suffix(separator))
    };
    (0..url.len()).rev().find_map(in_front).unwrap_or(url)
}

fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
    const URL: &str = "https://app.example/a?x=1&y#z";
    const ENCODED: &str = "https%3A%2F%2Fapp.example%2Fa%3Fx%3D1%26y%23z";

    #[test]
    fn next_is_found_in_a_damaged_query() {
        for text in [
            format!("next={ENCODED}"),
            format!("user=1&next={ENCODED}&utm_source=mail"),
            format!("user=1&amp;next={ENCODED}"),
            format!("utm_next=1&next={ENCODED}"),
            format!("next=3D{ENCODED}"),
            format!("next={}={}", &ENCODED[..20], &ENCODED[20..]),
            format!("next={}=0D=0A{}", &ENCODED[..13], &ENCODED[13..]),
            format!("next={}", ENCODED.replace('%', "%25")),
            format!("next={}", ENCODED.replace('%', "%2525")),
            format!("next={ENCODED}%23{TOKEN}"),
            format!("next={ENCODED}%23{TOKEN}&fbclid=1"),
            format!("next={ENCODED}%2523{TOKEN}"),
            format!("next={ENCODED}%20{TOKEN}"),
            format!("next={ENCODED}*{TOKEN}"),
            format!("next={ENCODED}%EF%BC%83{TOKEN}"),
            format!("next={ENCODED}%26%2335%3B{TOKEN}"),
        ] {
            let value = in_query(&text).unwrap();
            assert_eq!(url_in(&value).as_deref(), Some(URL), "{text}");
        }
        for text in ["", "next", "utm_next=x", "nextx=x"] {
            assert_eq!(parameter(text), None, "{text}");
        }
    }

    #[test]
    fn next_is_found_in_a_decoded_text() {
        for text in [
            format!("?user=1&next={ENCODED}#{TOKEN}"),
            format!("?user=1&next={URL}#{TOKEN}"),
            format!("?user=1&next={URL}\u{ff03}{TOKEN}"),
            format!("?user=1&next={URL} {TOKEN}"),
            format!("?user=1&next={}\u{200b}{}#{TOKEN}", &URL[..20], &URL[20..]),
            format!(
                "%3Fuser%3D1%26next%3D{}%23{TOKEN}",
                ENCODED.replace('%', "%25")
            ),
            format!("user%3D1&next%3D{ENCODED}%23{TOKEN}"),
        ] {
            let value = in_damaged(&text).unwrap();
            assert_eq!(url_in(&value).as_deref(), Some(URL), "{text}");
        }
    }

    #[test]
    fn only_a_token_is_cut_off() {
        for url in [
            format!("https://app.example/{TOKEN}"),
            format!("https://app.example/a#{TOKEN}x"),
            format!("https://app.example/a#x{TOKEN}"),
            format!("https://app.example/a?x={TOKEN}"),
            format!("https://app.example/a#{}/{}", &TOKEN[..20], &TOKEN[21..]),
        ] {
            assert_eq!(without_token(&url), url);
        }
        let url = format!("https://app.example/a#{TOKEN}");
        assert_eq!(without_token(&format!("{url}#{TOKEN}")), url);
        assert_eq!(without_token(&format!("{url}#{TOKEN}.")), url);
    }
}
