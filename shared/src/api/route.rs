//! The endpoint of a request, and the base path in front of it.

use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

use super::event::GatewayDomain;
use crate::brand::public_url::PublicUrl;

/// The method of an endpoint. It decides where the fields are and when the answer has a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Fields in the query, and always a body in the answer. A body of the request is ignored.
    Get,
    /// Fields in a JSON body. The answer has a body for callers who prefer one.
    Post,
}

impl Method {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// The part of a request's path in front of the endpoint's path: nothing, a stage, or the base path
/// of a custom domain. `None` if the request is for another path.
#[must_use]
pub fn base_path<'request>(request: &'request Request, endpoint: &str) -> Option<&'request str> {
    base_path_of(endpoint, request.raw_http_path(), &Gateway::of(request))
}

/// The API's address, as the gateway names it. It contains no header such as `Host`, by which a
/// client could choose where mailed links lead.
#[must_use]
pub fn public_url(request: &Request, endpoint: &str) -> Option<PublicUrl> {
    let GatewayDomain(domain) = request.extensions().get()?;
    let in_front = base_path(request, endpoint)?;
    let in_front = match request.request_context_ref() {
        // A REST API omits its stage from the request's path, and has it in the context's path.
        Some(RequestContext::ApiGatewayV1(context)) => context
            .path
            .as_deref()
            .and_then(|path| without_slash(path).strip_suffix(endpoint))
            .unwrap_or(in_front),
        _ => in_front,
    };
    PublicUrl::of_gateway(domain, in_front)
}

/// The gateway's context of a request, as far as it concerns the path.
#[derive(Default)]
struct Gateway<'a> {
    stage: Option<&'a str>,
    /// The route that matched, such as `ANY /api/users/verify_email` or `$default`.
    route: Option<&'a str>,
}

impl<'a> Gateway<'a> {
    fn of(request: &'a Request) -> Self {
        match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => Self {
                stage: context.stage.as_deref(),
                route: context.route_key.as_deref(),
            },
            Some(RequestContext::ApiGatewayV1(context)) => Self {
                stage: context.stage.as_deref(),
                route: context.resource_path.as_deref(),
            },
            _ => Self::default(),
        }
    }

    /// Whether the endpoint's own route matched. The path may then begin with anything: gateways
    /// leave the base path of a custom domain in it, and do not name that.
    fn matched(&self, endpoint: &str) -> bool {
        let path = self.route.and_then(|route| route.split(' ').next_back());
        path.is_some_and(|path| {
            let path = path.strip_suffix("{proxy+}").unwrap_or(path);
            without_slash(path) == endpoint
        })
    }
}

/// A path matches an endpoint with or without a trailing slash, and below a stage or the base path
/// of a custom domain.
fn base_path_of<'path>(
    endpoint: &str,
    path: &'path str,
    gateway: &Gateway<'_>,
) -> Option<&'path str> {
    without_slash(path).strip_suffix(endpoint).filter(|before| {
        before.is_empty()
            || before
                .strip_prefix('/')
                .is_some_and(|name| Some(name) == gateway.stage)
            || gateway.matched(endpoint)
    })
}

fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/api/users/verify_email";

    #[test]
    fn a_path_may_have_a_slash_and_a_stage() {
        let gateway = Gateway {
            stage: Some("prod"),
            route: Some("$default"),
        };
        for (known, base_path) in [
            ("/api/users/verify_email", ""),
            ("/api/users/verify_email/", ""),
            ("/prod/api/users/verify_email", "/prod"),
            ("/prod/api/users/verify_email/", "/prod"),
        ] {
            assert_eq!(base_path_of(PATH, known, &gateway), Some(base_path));
        }
        for unknown in [
            "",
            "/",
            "/api/users/verify_email//",
            "/api/users/verify_email/x",
            "/api/users/verify_emails",
            "/api/users/request_email_verification",
            "/API/users/verify_email",
            "/test/api/users/verify_email",
            "/prod/prod/api/users/verify_email",
            "prod/api/users/verify_email",
            "//api/users/verify_email",
        ] {
            assert_eq!(base_path_of(PATH, unknown, &gateway), None, "{unknown}");
        }
    }

    #[test]
    fn a_base_path_needs_the_gateways_route() {
        for (route, is_known) in [
            (Some("ANY /api/users/verify_email"), true),
            (Some("POST /api/users/verify_email/{proxy+}"), true),
            (Some("/api/users/verify_email"), true),
            (Some("/{proxy+}"), false),
            (Some("$default"), false),
            (Some("ANY /api/users/request_email_verification"), false),
            (None, false),
        ] {
            let gateway = Gateway { stage: None, route };
            let path = "/auth/v1/api/users/verify_email/";
            let expected = is_known.then_some("/auth/v1");
            assert_eq!(base_path_of(PATH, path, &gateway), expected, "{route:?}");
        }
    }
}
