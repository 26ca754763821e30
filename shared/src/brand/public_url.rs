//! The API's public address, with which a mailed link begins.

use std::fmt;

use crate::brand::web_url::WebUrl;
use crate::domain::domain_name::is_domain_name;
use crate::domain::invalid_setting::InvalidSetting;

/// The built-in page's path, below the API's address.
pub const PAGE_PATH: &str = "/verify_email";
/// Where its script asks for another mail.
pub const NEW_MAIL_PATH: &str = "/verify_email/new_mail";
/// The parameter of a link by which a reader stops mail.
pub const STOP: &str = "stop";

/// An origin and the API's base path, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads an origin with an optional path, such as `https://mail.example.com` or
    /// `https://example.com/auth`.
    pub fn parse(text: &str) -> Result<Self, InvalidSetting> {
        let url = WebUrl::parse(text)?;
        if !url.is_plain() {
            return Err("must have neither ? nor #".into());
        }
        if !is_plain_path(url.path()) {
            return Err("must have a path of letters, digits and -._~/ if it has one".into());
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address that a gateway names: its domain, and the base path in front of the endpoint's
    /// path. `None` if they are no valid address.
    #[must_use]
    pub fn of_gateway(domain: &str, base_path: &str) -> Option<Self> {
        let base_path = base_path.trim_end_matches('/');
        let is_path = base_path.is_empty() || base_path.starts_with('/');
        (is_host_name(domain) && is_path && is_plain_path(base_path)).then(|| {
            Self(format!(
                "https://{}{base_path}",
                domain.to_ascii_lowercase()
            ))
        })
    }

    /// The built-in page.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{self}{PAGE_PATH}")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Stages and base paths are made of these (RFC 3986, section 2.3), and nothing else gets into a
/// mail.
fn is_plain_path(path: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    path.bytes().all(|byte| byte == b'/' || is_unreserved(byte)) && !path.contains("//")
}

/// A domain name in a browser too, which reads a last label such as `0x7f` as part of an IP
/// address.
fn is_host_name(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    is_domain_name(name) && !last.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_may_have_a_path() {
        for (text, page) in [
            (
                "https://mail.example.com",
                "https://mail.example.com/verify_email",
            ),
            (
                "https://Example.com:8443/auth/",
                "https://example.com:8443/auth/verify_email",
            ),
            (
                "http://127.0.0.1:3000",
                "http://127.0.0.1:3000/verify_email",
            ),
            (
                "https://bücher.example",
                "https://xn--bcher-kva.example/verify_email",
            ),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().page(), page);
        }
        for text in [
            "http://mail.example.com",
            "https://mail.example.com/?",
            "https://mail.example.com/#{uuid}",
            "https://mail.example.com//x",
            "https://mail.example.com/a%20b",
            "https://mail.example.com/{uuid}",
            "mail.example.com",
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_gateway_must_name_a_web_address() {
        let of = |domain, path| PublicUrl::of_gateway(domain, path).map(|url| url.to_string());
        let domain = "abcdef1234.execute-api.eu-central-1.amazonaws.com";
        for (path, url) in [
            ("", format!("https://{domain}")),
            ("/", format!("https://{domain}")),
            ("/prod", format!("https://{domain}/prod")),
            ("/auth/v1", format!("https://{domain}/auth/v1")),
        ] {
            assert_eq!(of(domain, path), Some(url));
        }
        assert_eq!(
            of("Mail.Example.com", "").as_deref(),
            Some("https://mail.example.com")
        );
        for (domain, path) in [
            ("", ""),
            ("localhost", ""),
            ("127.0.0.1", ""),
            ("1.2.3.400", ""),
            ("example.0x7f", ""),
            ("[::1]", ""),
            ("example.com:8443", ""),
            ("user@example.com", ""),
            ("exam ple.com", ""),
            ("example..com", ""),
            (".example.com", ""),
            ("example.com.", ""),
            ("-a.example.com", ""),
            ("example.com/x", ""),
            ("example.com#", ""),
            ("ex\u{e4}mple.com", ""),
            ("example.com", "prod"),
            ("example.com", "//evil.example"),
            ("example.com", "/a b"),
            ("example.com", "/a\"b"),
            ("example.com", "/a?b"),
            ("example.com", "/a#b"),
            ("example.com", "/%2e%2e"),
        ] {
            assert_eq!(of(domain, path), None, "{domain}{path}");
        }
    }
}
