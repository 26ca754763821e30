//! Where the page may lead a reader back to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::web_url::WebUrl;
use crate::domain::characters::is_default_ignorable;
use crate::domain::invalid_setting::InvalidSetting;

/// The parameter of the mailed link.
pub const NEXT: &str = "next";

/// All but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The page to lead back to, as a part of a link's query.
#[must_use]
pub fn next_parameter(next: &WebUrl) -> String {
    format!("{NEXT}={}", utf8_percent_encode(next.as_str(), RESERVED))
}

/// Longest URL of a request, in characters.
pub const MAX_LENGTH: usize = 1024;

/// Longest URL as a browser writes it, with `%XX` for many characters. A link has it encoded once
/// more, and API Gateway refuses requests whose URL and headers are too long.
const MAX_WRITTEN_LENGTH: usize = 3 * MAX_LENGTH;

/// The origins of the adopter's own sites. A URL of any other origin is refused, as it would make
/// the page an open redirect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnOrigins(Vec<String>);

impl ReturnOrigins {
    /// Reads origins such as `https://app.example.com`, with commas between, and adds that of the
    /// app. They are compared as a whole, so each is written as a browser writes it, but for the
    /// usual port.
    pub fn parse(text: &str, app: Option<&WebUrl>) -> Result<Self, InvalidSetting> {
        let text = text.trim();
        let listed = (!text.is_empty()).then(|| text.split(',').map(str::trim));
        let listed = listed.into_iter().flatten().enumerate();
        let listed =
            listed.map(|(index, origin)| read(origin).map_err(|error| numbered(index, error)));
        let app = app.map(|app| Ok(app.origin()));
        listed.chain(app).collect::<Result<_, _>>().map(Self)
    }

    /// The URL as a browser would write it, if it is of one of these origins.
    ///
    /// The text that was sent is never used: what was compared is what is linked.
    #[must_use]
    pub fn admit(&self, text: &str) -> Option<WebUrl> {
        if text.chars().any(is_default_ignorable) {
            return None;
        }
        let url = WebUrl::parse(text).ok()?;
        let origin = url.origin();
        // The parser reads a host in letters of other scripts as ASCII.
        let ascii = text.split(|c: char| !c.is_ascii()).next()?;
        let is_in_ascii = WebUrl::parse(ascii).is_ok_and(|url| url.origin() == origin);
        let is_short = url.as_str().len() <= MAX_WRITTEN_LENGTH;
        (is_in_ascii && is_short && self.0.contains(&origin)).then_some(url)
    }
}

/// Reads one origin.
fn read(text: &str) -> Result<String, InvalidSetting> {
    if text.is_empty() {
        return Err("must not be empty: remove the comma".into());
    }
    if text.contains(char::is_whitespace) {
        return Err("must be one origin, with a comma behind it".into());
    }
    let url = WebUrl::parse(text)?;
    let usual_port = if url.as_str().starts_with("https:") {
        ":443"
    } else {
        ":80"
    };
    let written = text.strip_suffix(usual_port).unwrap_or(text);
    // A browser accepts `*` in a host, where an operator means any.
    if url.origin() == written && !text.contains('*') {
        Ok(url.origin())
    } else {
        Err("must end with its host or port, in lower case and ASCII, without wildcards".into())
    }
}

/// Says which one is wrong. The values of settings are not shown.
fn numbered(index: usize, error: InvalidSetting) -> InvalidSetting {
    InvalidSetting {
        problem: format!(
            "must be origins such as https://app.example.com, with commas between; number {} {}",
            index + 1,
            error.problem
        )
        .into(),
        ..error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(text: &str) -> ReturnOrigins {
        ReturnOrigins::parse(text, None).unwrap()
    }

    fn admitted(text: &str) -> Option<String> {
        let origins = origins("https://app.example.com, http://localhost:3000");
        origins.admit(text).map(|url| url.to_string())
    }

    #[test]
    fn an_origin_is_listed_or_the_apps() {
        let app = WebUrl::parse("https://www.example.com/welcome").unwrap();
        let origins = ReturnOrigins::parse("https://app.example.com:8443", Some(&app)).unwrap();
        assert!(origins.admit("https://app.example.com:8443/x").is_some());
        assert!(origins.admit("https://www.example.com/").is_some());
        assert!(origins.admit("https://app.example.com/").is_none());
        assert!(
            ReturnOrigins::default()
                .admit("https://app.example.com")
                .is_none()
        );
        assert_eq!(
            ReturnOrigins::parse(" ", None).unwrap(),
            ReturnOrigins::default()
        );
    }

    #[test]
    fn an_origin_has_nothing_behind_it() {
        for wrong in [
            "https://app.example.com/",
            "https://app.example.com/x",
            "https://app.example.com?x",
            "https://app.example.com#x",
            "https://App.example.com",
            "https://*.example.com",
            "https://user@app.example.com",
            "http://app.example.com",
            "https://bücher.example",
            "app.example.com",
            "*",
            "null",
            "javascript:",
            "https://app.example.com https://www.example.com",
            "https://app.example.com,",
            ",",
        ] {
            assert!(ReturnOrigins::parse(wrong, None).is_err(), "{wrong}");
        }
        for (written, usual) in [
            ("https://app.example.com:443", "https://app.example.com"),
            ("http://localhost:80", "http://localhost"),
        ] {
            assert_eq!(origins(written), origins(usual));
        }
    }

    #[test]
    fn an_error_says_which_and_why() {
        const FORM: &str = "must be origins such as https://app.example.com, with commas between";
        let end = "must end with its host or port, in lower case and ASCII, without wildcards";
        for (text, problem) in [
            (
                "http://a.example",
                "number 1 must be an https URL, or http on this machine",
            ),
            (
                "https://a.example , https://b.example https://c.example",
                "number 2 must be one origin, with a comma behind it",
            ),
            (
                "https://a.example,",
                "number 2 must not be empty: remove the comma",
            ),
            ("https://a.example/x", &format!("number 1 {end}")),
            ("https://*.a.example", &format!("number 1 {end}")),
        ] {
            let error = ReturnOrigins::parse(text, None).unwrap_err();
            assert_eq!(error.to_string(), format!("{FORM}; {problem}"));
        }
    }

    #[test]
    fn any_page_of_an_origin_is_admitted() {
        for (text, written) in [
            ("https://app.example.com", "https://app.example.com/"),
            ("HTTPS://APP.Example.com/A", "https://app.example.com/A"),
            ("https://app.example.com:443/", "https://app.example.com/"),
            ("https:/app.example.com/a", "https://app.example.com/a"),
            (
                "https://app.example.com/a/../b",
                "https://app.example.com/b",
            ),
            (
                "https://app.example.com//evil.example",
                "https://app.example.com//evil.example",
            ),
            (
                "https://app.example.com/a?b=%2F%2Fevil.example&c#d",
                "https://app.example.com/a?b=%2F%2Fevil.example&c#d",
            ),
            ("http://localhost:3000/a", "http://localhost:3000/a"),
            ("http://LOCALHOST:03000/a", "http://localhost:3000/a"),
            (
                "https://app.example.com/b\u{fc}cher?q=\u{65e5}#\u{e9}",
                "https://app.example.com/b%C3%BCcher?q=%E6%97%A5#%C3%A9",
            ),
            (
                "https://app.example.com?\u{ff0f}.evil.example",
                "https://app.example.com/?%EF%BC%8F.evil.example",
            ),
        ] {
            assert_eq!(admitted(text).as_deref(), Some(written), "{text}");
        }
    }

    /// The usual bypasses of lists of hosts.
    #[test]
    fn no_other_site_is_admitted() {
        for text in [
            "",
            "/",
            "/welcome",
            "//app.example.com",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "app.example.com",
            "https:",
            "https://",
            "https://evil.example",
            "https://evil.example/https://app.example.com",
            "https://evil.example?https://app.example.com",
            "https://evil.example#https://app.example.com",
            "https://evil.example\\@app.example.com",
            "https://evil.example%5c@app.example.com",
            "https://app.example.com@evil.example",
            "https://app.example.com:x@evil.example",
            "https://app.example.com%2f@evil.example",
            "https://app.example.com%40evil.example",
            "https://app.example.com%2f.evil.example",
            "https://app.example.com%00.evil.example",
            "https://user@app.example.com",
            "https://:@app.example.com.evil.example",
            "https://app.example.com.evil.example",
            "https://evilapp.example.com",
            "https://app.example.com.",
            "https://app.example.com:444",
            "https://app.example.com:0443x",
            "https://app-example.com",
            "https://example.com",
            "https://a.app.example.com",
            "http://app.example.com",
            "http://localhost",
            "http://localhost:30000",
            "https://localhost:3000",
            "http://127.0.0.1:3000",
            "ftp://app.example.com",
            "ws://app.example.com",
            "view-source:https://app.example.com",
            "javascript:alert(1)",
            "javascript://app.example.com/%0aalert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "blob:https://app.example.com/0",
            "filesystem:https://app.example.com/0",
            "https://app.example.com\t.evil.example",
            "https://app.example.com\n",
            "\thttps://app.example.com",
            " https://app.example.com",
            "\0https://app.example.com",
            "https://app\u{3002}example.com",
            "https://\u{ff41}pp.example.com",
            "https://\u{430}pp.example.com",
            "https://xn--pp-6kc.example.com",
            "https://app.example.com\u{2044}evil.example",
            "https://app.example.com\u{ff0f}.evil.example",
            "https://app.example.com/\u{202e}",
            "https://app.example.com/\"onclick=alert(1)",
            "https://app.example.com/\u{2066}",
            "https://app.example.com\u{ad}/",
            "https://app.example.com\u{e9}/",
            "https://app.example.com:44\u{ff13}/",
            "https://app.example\u{ff0e}com/",
            "https://[::ffff:7f00:1]",
            "http://[::1]:3000",
            "http://127.1:3000",
            "http://2130706433:3000",
            "http://localhost.:3000",
            "http://localhost.evil.example:3000",
            "https://0x7f000001",
        ] {
            assert_eq!(admitted(text), None, "{text:?}");
        }
    }

    /// Whatever a request may have, the page admits as it was written.
    #[test]
    fn what_is_written_is_admitted_again() {
        let longest = |text: &str| {
            let start = "https://app.example.com?";
            format!("{start}{}", text.repeat(MAX_LENGTH - start.len()))
        };
        for text in ["x", "'", "%"] {
            let written = admitted(&longest(text)).unwrap();
            assert_eq!(admitted(&written).as_ref(), Some(&written));
        }
        assert_eq!(admitted(&longest("\u{65e5}")), None);
    }
}
