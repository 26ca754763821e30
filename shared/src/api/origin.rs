//! Requests are accepted from anywhere, or only from a proxy that knows a secret.
//!
//! A CDN or a firewall does not help against a client that can go around it. With `ORIGIN_SECRET`
//! set, each request has to carry the secret in `X-Origin-Secret`, which the proxy adds. A client's
//! address is read from a header only then: without a proxy, a client would choose its own.

use lambda_http::http::HeaderName;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::client_address::ClientAddress;
use crate::domain::invalid_setting::InvalidSetting;

const X_ORIGIN_SECRET: HeaderName = HeaderName::from_static("x-origin-secret");
const CLOUDFRONT_VIEWER_ADDRESS: HeaderName = HeaderName::from_static("cloudfront-viewer-address");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The longest secret, in characters. `template.yaml` sets the shortest.
const MAX_LENGTH: usize = 128;

/// What the setting must be.
const PROBLEM: &str =
    "must be one secret of up to 128 visible ASCII characters, or two with a comma between";

#[derive(Clone, Debug)]
pub struct Origin {
    /// Digests of the accepted secrets. Empty: requests need no secret.
    secrets: Vec<[u8; 32]>,
}

impl Origin {
    /// The secret, and after a comma the previous one while the proxy changes over. Empty: requests
    /// may come from anywhere.
    pub fn parse(text: &str) -> Result<Self, InvalidSetting> {
        let secrets: Vec<_> = match text {
            "" => Vec::new(),
            text => text.split(',').map(str::trim).collect(),
        };
        let is_secret = |text: &&str| {
            (1..=MAX_LENGTH).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if secrets.len() > 2 || !secrets.iter().all(is_secret) {
            return Err(PROBLEM.into());
        }
        Ok(Self {
            secrets: secrets.into_iter().map(digest).collect(),
        })
    }

    /// Whether the request came through the required proxy, or no proxy is required.
    #[must_use]
    pub fn admits(&self, request: &Request) -> bool {
        if self.secrets.is_empty() {
            return true;
        }
        let Some(presented) = request.headers().get(X_ORIGIN_SECRET) else {
            return false;
        };
        let presented = digest(presented.as_bytes());
        // Each comparison takes constant time, so a client cannot measure how much of a guess is
        // right. The time shows which of two secrets matched, but only to a sender who knows it.
        let mut secrets = self.secrets.iter();
        secrets.any(|known| known.ct_eq(&presented).into())
    }

    /// The client's address: from the proxy's headers if a secret is set, or else from the gateway.
    /// Valid only for a request that is [admitted](Self::admits).
    #[must_use]
    pub fn client_of(&self, request: &Request) -> ClientAddress {
        let source = || ClientAddress::of_source(source_ip(request).unwrap_or_default());
        if self.secrets.is_empty() {
            return source();
        }
        let last_value = |name| {
            let mut values = request.headers().get_all(name).iter();
            values.next_back().and_then(|value| value.to_str().ok())
        };
        let viewer = last_value(CLOUDFRONT_VIEWER_ADDRESS).and_then(ClientAddress::of_viewer);
        let forwarded = || {
            let list = last_value(X_FORWARDED_FOR)?;
            Some(ClientAddress::of_source(list.rsplit(',').next()?))
        };
        viewer.or_else(forwarded).unwrap_or_else(source)
    }
}

fn digest(secret: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(secret.as_ref()).into()
}

fn source_ip(request: &Request) -> Option<&str> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::Body;

    use super::*;

    const SECRET: &str = "0123456789abcdef";
    const NEXT: &str = "fedcba9876543210";

    fn origin(secret: &str) -> Result<Origin, InvalidSetting> {
        Origin::parse(secret)
    }

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut request = Request::new(Body::Empty);
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request
    }

    #[test]
    fn a_secret_is_visible_ascii() {
        for good in ["", SECRET, &"~".repeat(128), &format!("{SECRET}, {NEXT}")] {
            assert!(origin(good).is_ok(), "{good}");
        }
        let long = "x".repeat(129);
        let three = [SECRET; 3].join(",");
        for bad in [
            &long,
            &three,
            "with spaces within it",
            "ünïcödé is not accepted",
            "0123456789abcdef,",
            ",",
        ] {
            assert_eq!(origin(bad).unwrap_err().to_string(), PROBLEM);
        }
    }

    #[test]
    fn only_the_secret_gives_access() {
        for (known, presented, admitted) in [
            ("", None, true),
            ("", Some("anything"), true),
            (SECRET, None, false),
            (SECRET, Some(""), false),
            (SECRET, Some("0123456789abcdeF"), false),
            (SECRET, Some("0123456789abcdef0"), false),
            (SECRET, Some("0123456789abcdef,0123456789abcdef"), false),
            (SECRET, Some(SECRET), true),
            ("fedcba9876543210,0123456789abcdef", Some(SECRET), true),
            ("fedcba9876543210,0123456789abcdef", Some(NEXT), true),
        ] {
            let origin = origin(known).unwrap();
            let headers: Vec<_> = presented
                .map(|value| ("x-origin-secret", value))
                .into_iter()
                .collect();
            assert_eq!(origin.admits(&request(&headers)), admitted, "{presented:?}");
        }
    }

    #[test]
    fn only_a_proxy_names_the_client() {
        let viewer = ("cloudfront-viewer-address", "203.0.113.7:443");
        let forwarded = ("x-forwarded-for", "203.0.113.1, 203.0.113.2");
        let behind = origin(SECRET).unwrap();
        for (headers, client) in [
            (vec![viewer, forwarded], "203.0.113.7"),
            (vec![forwarded], "203.0.113.2"),
            (
                vec![forwarded, ("x-forwarded-for", "203.0.113.3")],
                "203.0.113.3",
            ),
            (
                vec![("cloudfront-viewer-address", "unknown"), forwarded],
                "203.0.113.2",
            ),
            (vec![], ""),
        ] {
            let request = request(&headers);
            assert_eq!(behind.client_of(&request).to_string(), client);
            let alone = origin("").unwrap();
            assert_eq!(alone.client_of(&request).to_string(), "");
        }
    }
}
