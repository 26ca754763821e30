//! The stages that every request goes through, and the marks that every answer carries.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::time::Instant;

use lambda_http::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};
use serde::Serialize;
use tracing::Instrument;
use tracing::field::Empty;

use super::authentication::{Authentication, Denied};
use super::body::read_body;
use super::error::ApiError;
use crate::client_address::ClientAddress;
use crate::clock::{Clock, Timestamp};
use crate::fields::Fields;
use crate::locale::Locale;
use crate::settings::ApiAccess;
use crate::store::{Store, StoreError};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// The one preference that is understood (RFC 7240, section 4.2).
const RETURN_REPRESENTATION: &str = "return=representation";

/// One endpoint of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// Its name in logs.
    pub name: &'static str,
    /// Its path, without stage and trailing slash.
    pub path: &'static str,
    /// What a caller reads when AWS cannot serve.
    pub unavailable: &'static str,
}

/// A request whose path, method, key and body are in order.
#[derive(Debug)]
pub struct Call {
    /// The fields of the body.
    pub fields: Fields,
    /// Who asks, as the gateway sees it. Headers are not believed.
    pub client: ClientAddress,
    /// `Accept-Language`: the end user's wish, passed on by the caller. Empty without one.
    pub accept_language: String,
    /// The moment of the request.
    pub now: Timestamp,
}

impl Call {
    /// The language that is wished for most, or `default`.
    #[must_use]
    pub fn locale(&self, default: Locale) -> Locale {
        Locale::preferred(&self.accept_language, default)
    }
}

/// What the endpoints have in common at run time.
#[derive(Debug)]
pub struct Api {
    endpoint: Endpoint,
    authentication: Authentication,
    clock: Clock,
}

impl Api {
    /// The common part of `endpoint`.
    #[must_use]
    pub fn new(endpoint: Endpoint, store: Store, access: ApiAccess, clock: Clock) -> Self {
        Self {
            endpoint,
            authentication: Authentication::new(store, access),
            clock,
        }
    }

    /// Answers a request: `action` is the endpoint's own part, called once everything before it is in order.
    ///
    /// Writes one log line. A caller who prefers `return=representation` gets what `action`
    /// returns, every other one an empty body.
    pub async fn answer<'a, A, F, R>(
        &'a self,
        request: Request,
        action: A,
    ) -> Result<Response<Body>, Infallible>
    where
        A: FnOnce(Call) -> F,
        F: Future<Output = Result<R, ApiError>> + 'a,
        R: Serialize,
    {
        let request_id = request_id(&request);
        let span = tracing::info_span!(
            "request",
            request_id,
            route = self.endpoint.name,
            user = Empty,
            address = Empty,
            domain_hash = Empty,
            mail = Empty,
            message_id = Empty,
            ses_refused = Empty
        );
        async {
            #[expect(
                clippy::disallowed_methods,
                reason = "telemetry measures how long a request took"
            )]
            let started = Instant::now();
            let outcome = self.handle(&request, action).await;
            log(&outcome, started.elapsed());
            let mut response = match outcome {
                Ok(representation) => success(representation),
                Err(error) => error.into_response(),
            };
            let headers = response.headers_mut();
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            if let Ok(id) = HeaderValue::from_str(&request_id) {
                headers.insert(X_REQUEST_ID, id);
            }
            Ok(response)
        }
        .instrument(span)
        .await
    }

    /// The stages in their order. Returns the representation, if it is preferred.
    async fn handle<A, F, R>(
        &self,
        request: &Request,
        action: A,
    ) -> Result<Option<String>, ApiError>
    where
        A: FnOnce(Call) -> F,
        F: Future<Output = Result<R, ApiError>>,
        R: Serialize,
    {
        if !is_path_of(
            self.endpoint.path,
            request.raw_http_path(),
            &Gateway::of(request),
        ) {
            return Err(ApiError::not_found());
        }
        if request.method() != Method::POST {
            return Err(ApiError::method_not_allowed(request.method().as_str()));
        }
        // The body may hold the key, so it is read first; what is wrong with it is said later.
        let now = self.clock.now();
        let body = read_body(request);
        self.authentication
            .check(request, body.fields(), now)
            .await
            .map_err(|denied| match denied {
                Denied::Refused(error) => error,
                Denied::Store(error) => self.store_error(&error),
            })?;
        let call = Call {
            fields: body.into_fields()?,
            client: client_of(request),
            accept_language: accept_language(request.headers()),
            now,
        };
        let representation = action(call).await?;
        let preferred = prefers_representation(request.headers())
            .then(|| serde_json::to_string(&representation));
        preferred.transpose().map_err(|error| {
            ApiError::unforeseen(format!("the representation cannot be written: {error}"))
        })
    }

    /// What a caller is told when the store cannot serve.
    #[must_use]
    pub fn store_error(&self, error: &StoreError) -> ApiError {
        match error {
            StoreError::Unavailable(_) | StoreError::Refused { .. } => self.unavailable(error),
            StoreError::Malformed(_) => ApiError::unforeseen(error.to_string()),
        }
    }

    /// What a caller is told when AWS cannot serve for this reason.
    #[must_use]
    pub fn unavailable(&self, reason: &dyn fmt::Display) -> ApiError {
        ApiError::service_unavailable(self.endpoint.unavailable, reason.to_string())
    }
}

/// What the gateway knows of a request's path beside the path.
#[derive(Default)]
struct Gateway<'a> {
    stage: Option<&'a str>,
    /// The route that it found, such as `ANY /api/users/verify_email` or `$default`.
    route: Option<&'a str>,
}

impl<'a> Gateway<'a> {
    fn of(request: &'a Request) -> Self {
        match request.extensions().get::<RequestContext>() {
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

    /// Whether it found a route of its own for this endpoint. The path may then have anything in front:
    /// the base path of a custom domain, which gateways leave there and do not name.
    fn found(&self, endpoint: &str) -> bool {
        let path = self.route.and_then(|route| route.split(' ').next_back());
        path.is_some_and(|path| {
            let path = path.strip_suffix("{proxy+}").unwrap_or(path);
            path.strip_suffix('/').unwrap_or(path) == endpoint
        })
    }
}

/// Whether a path means this endpoint: with or without a trailing slash, and below a stage or the
/// base path of a custom domain.
fn is_path_of(endpoint: &str, path: &str, gateway: &Gateway<'_>) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    path.strip_suffix(endpoint).is_some_and(|before| {
        before.is_empty()
            || before
                .strip_prefix('/')
                .is_some_and(|name| Some(name) == gateway.stage)
            || gateway.found(endpoint)
    })
}

/// The gateway's id of this request, by which its access log knows it.
fn request_id(request: &Request) -> String {
    let of_gateway = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
        _ => None,
    };
    let of_invocation = || {
        request
            .lambda_context_ref()
            .map(|context| context.request_id.clone())
    };
    of_gateway.or_else(of_invocation).unwrap_or_default()
}

fn client_of(request: &Request) -> ClientAddress {
    let source_ip = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
        Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.as_deref(),
        _ => None,
    };
    ClientAddress::of_source(source_ip.unwrap_or_default())
}

/// All `Accept-Language` headers, as one.
fn accept_language(headers: &HeaderMap) -> String {
    let values = headers.get_all(ACCEPT_LANGUAGE).iter();
    let readable: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    readable.join(",")
}

fn success(representation: Option<String>) -> Response<Body> {
    let Some(representation) = representation else {
        return Response::new(Body::Empty);
    };
    let mut response = Response::new(Body::Text(representation));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(
        PREFERENCE_APPLIED,
        HeaderValue::from_static(RETURN_REPRESENTATION),
    );
    response
}

/// `Prefer` lists preferences in any number of headers, each with optional parameters (RFC 7240,
/// section 2). Of one that is given twice the first counts.
fn prefers_representation(headers: &HeaderMap) -> bool {
    let values = headers
        .get_all(PREFER)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let preferences = values.flat_map(|value| value.split(','));
    let mut returns = preferences.filter_map(|preference| {
        let (name, value) = preference.split(';').next()?.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("return")
            .then(|| value.trim().trim_matches('"'))
    });
    returns
        .next()
        .is_some_and(|value| value.eq_ignore_ascii_case("representation"))
}

/// The one line of a request: a caller's mistake is news, a fault of ours an error.
fn log(outcome: &Result<Option<String>, ApiError>, elapsed: std::time::Duration) {
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    match outcome {
        Ok(_) => tracing::info!(
            outcome = "ok",
            status = 200,
            duration_ms,
            "request answered"
        ),
        Err(error) if error.status() < StatusCode::INTERNAL_SERVER_ERROR => {
            tracing::info!(
                outcome = error.code(),
                status = error.status().as_u16(),
                duration_ms,
                "request refused"
            );
        }
        Err(error) => tracing::error!(
            outcome = error.code(),
            status = error.status().as_u16(),
            duration_ms,
            error = error.internal().unwrap_or_default(),
            "request failed"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefers(values: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(PREFER, HeaderValue::from_static(value));
        }
        prefers_representation(&headers)
    }

    #[test]
    fn a_preference_for_the_representation_is_found_wherever_it_stands() {
        assert!(prefers(&["return=representation"]));
        assert!(prefers(&["Return = \"representation\""]));
        assert!(prefers(&[
            "respond-async, return=representation; foo=bar",
            "wait=5"
        ]));
        assert!(prefers(&["wait=5", "return=representation"]));
        assert!(!prefers(&[]));
        assert!(!prefers(&["return=minimal"]));
        assert!(!prefers(&["return=minimal, return=representation"]));
        assert!(!prefers(&["return"]));
    }

    #[test]
    fn languages_are_read_from_all_headers_and_in_their_order() {
        let mut headers = HeaderMap::new();
        assert_eq!(accept_language(&headers), "");
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static("sv;q=0.9"));
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_bytes(b"\xff").unwrap());
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static("de, fr"));
        assert_eq!(accept_language(&headers), "sv;q=0.9,de, fr");
    }

    const PATH: &str = "/api/users/verify_email";

    #[test]
    fn a_path_is_known_with_and_without_slash_and_below_its_stage() {
        let gateway = Gateway {
            stage: Some("prod"),
            route: Some("$default"),
        };
        for known in [
            "/api/users/verify_email",
            "/api/users/verify_email/",
            "/prod/api/users/verify_email",
            "/prod/api/users/verify_email/",
        ] {
            assert!(is_path_of(PATH, known, &gateway), "{known}");
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
            assert!(!is_path_of(PATH, unknown, &gateway), "{unknown}");
        }
    }

    #[test]
    fn a_base_path_may_stand_in_front_where_the_gateway_found_the_route() {
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
            assert_eq!(is_path_of(PATH, path, &gateway), is_known, "{route:?}");
        }
    }
}
