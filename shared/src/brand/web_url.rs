//! Addresses of web pages that settings name.

use std::fmt;

use url::{ParseError, Url};

use crate::domain::invalid_setting::InvalidSetting;

/// A page on the web: `https`, or `http` on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl(Url);

impl WebUrl {
    /// Reads an absolute URL.
    pub fn parse(text: &str) -> Result<Self, InvalidSetting> {
        // The parser removes or replaces some of these without an error.
        if text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\'))
        {
            return Err("must be a URL without white space, quotes and backslashes".into());
        }
        let url = Url::parse(text).map_err(|error| match error {
            ParseError::RelativeUrlWithoutBase => {
                "must begin with https://, such as https://app.example.com".into()
            }
            error => InvalidSetting::caused_by("must be a URL", error),
        })?;
        let on_this_machine = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && on_this_machine) {
            return Err("must be an https URL, or http on this machine".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name or a password".into());
        }
        Ok(Self(url))
    }

    /// The text, as a browser would write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme, host and, if it is not the usual one, port.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Whether it ends with its path.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.query().is_none() && self.0.fragment().is_none()
    }

    pub(crate) fn path(&self) -> &str {
        self.0.path()
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_localhost_are_linked() {
        for text in [
            "https://app.example.com",
            "https://app.example.com/welcome?from=mail#top",
            "http://localhost:3000",
            "http://127.0.0.1:8025/",
            "http://[::1]:3000/",
        ] {
            assert!(WebUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "app.example.com",
            "/welcome",
            "http://app.example.com",
            "http://localhost.example.com",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://user@app.example.com",
            "https://user:password@app.example.com",
            "https://app.example.com/\" onclick=",
            "https://app.example.com/a b",
            "https:\\\\app.example.com",
        ] {
            assert!(WebUrl::parse(text).is_err(), "{text}");
        }
    }
}
