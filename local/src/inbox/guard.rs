//! Protects the inbox from pages of other sites, also from those that use DNS rebinding.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The host names that the inbox accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// `localhost`, `127.0.0.1` and `[::1]`. The inbox listens on loopback, so a request with
    /// another name comes from a site whose name resolves to this machine (DNS rebinding).
    Loopback,
    /// Every name, since the inbox listens on an address that other machines reach.
    Any,
}

/// Refuses requests with a foreign host name, and changes by a foreign page.
pub(super) async fn check(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    if !is_known_host(hosts, request.headers()) {
        return refuse("This inbox answers under localhost, 127.0.0.1 and [::1] only.");
    }
    if !is_own_page(request.method(), request.headers()) {
        return refuse("Only the inbox itself may change the inbox.");
    }
    next.run(request).await
}

fn refuse(why: &'static str) -> Response {
    (StatusCode::FORBIDDEN, why).into_response()
}

pub(crate) fn is_known_host(hosts: Hosts, headers: &HeaderMap) -> bool {
    hosts == Hosts::Any || host(headers).is_some_and(is_loopback)
}

/// Browsers send `Origin` with every change. A client without it is not a browser.
fn is_own_page(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let authority = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    authority.is_some_and(|(_, authority)| host(headers) == Some(authority))
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        // A colon inside an IPv6 address does not start a port.
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    port.bytes().all(|byte| byte.is_ascii_digit())
        && ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(host: &'static str, origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn loopback_names_are_accepted() {
        for host in [
            "localhost",
            "LOCALHOST:8025",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:80",
        ] {
            assert!(
                is_known_host(Hosts::Loopback, &headers(host, None)),
                "{host}"
            );
        }
    }

    #[test]
    fn foreign_names_are_refused() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.example:80",
            "::1",
            "",
        ] {
            assert!(
                !is_known_host(Hosts::Loopback, &headers(host, None)),
                "{host}"
            );
            assert!(is_known_host(Hosts::Any, &headers(host, None)), "{host}");
        }
        assert!(!is_known_host(Hosts::Loopback, &HeaderMap::new()));
    }

    #[test]
    fn foreign_pages_cannot_change_mails() {
        let own = headers("localhost:8025", Some("http://localhost:8025"));
        let none = headers("localhost:8025", None);
        assert!(is_own_page(&Method::DELETE, &own));
        assert!(is_own_page(&Method::DELETE, &none));
        for origin in ["http://evil.example", "http://localhost:3000", "null"] {
            let foreign = headers("localhost:8025", Some(origin));
            assert!(!is_own_page(&Method::DELETE, &foreign), "{origin}");
            assert!(is_own_page(&Method::GET, &foreign), "{origin}");
        }
    }
}
