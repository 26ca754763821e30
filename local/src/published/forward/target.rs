//! The URL that gets the events.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use thiserror::Error;

/// It is shown without its query, which may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Uri);

/// The text has no part of the URL, which may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidTarget {
    #[error("must be a URL such as http://localhost:4000/events")]
    NoUrl,
    #[error("must begin with http:// or https://, such as http://localhost:4000/events")]
    Scheme,
    #[error("must have no user name and no password: put a secret into the query")]
    Credentials,
}

impl Target {
    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    fn host_and_port(&self) -> &str {
        let authority = self.0.authority();
        authority.map_or("", |authority| authority.as_str())
    }
}

impl FromStr for Target {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let is_http = ["http://", "https://"].iter().any(|scheme| {
            let start = text.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        if !is_http {
            return Err(InvalidTarget::Scheme);
        }
        let target = Self(text.parse().map_err(|_| InvalidTarget::NoUrl)?);
        match target.host_and_port() {
            "" => Err(InvalidTarget::NoUrl),
            authority if authority.contains('@') => Err(InvalidTarget::Credentials),
            _ => Ok(target),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.scheme_str().unwrap_or_default();
        write!(f, "{scheme}://{}{}", self.host_and_port(), self.0.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_no_credentials() {
        for (text, shown) in [
            ("http://localhost:4000/e?key=1", "http://localhost:4000/e"),
            ("https://example.com", "https://example.com/"),
            ("HTTP://example.com", "http://example.com/"),
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), shown);
        }
        for (text, error) in [
            ("", InvalidTarget::Scheme),
            ("localhost:4000", InvalidTarget::Scheme),
            ("/events", InvalidTarget::Scheme),
            ("ftp://a/", InvalidTarget::Scheme),
            ("http://", InvalidTarget::NoUrl),
            ("http://a b/", InvalidTarget::NoUrl),
            ("http://u:p@a/", InvalidTarget::Credentials),
        ] {
            assert_eq!(text.parse::<Target>(), Err(error), "{text}");
        }
    }
}
