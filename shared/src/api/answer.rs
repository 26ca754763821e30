//! The stages that every request of the API goes through.

use std::convert::Infallible;
use std::future::Future;

use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use lambda_http::{Body, Request, Response};
use serde::Serialize;

use super::authentication::{Authentication, Denied};
use super::body::{ReadBody, read_body};
use super::error::ApiError;
use super::origin::Origin;
use super::query::read_query;
use super::respond::{Outcome, accept_language, accepts, respond};
use super::route::{Method, base_path, public_url};
use crate::api::fields::Fields;
use crate::brand::public_url::PublicUrl;
use crate::domain::clock::{Clock, Timestamp};
use crate::store::{Store, StoreError};
use crate::telemetry::Source;
use crate::text::locale::Locale;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// The one preference that is understood (RFC 7240, section 4.2).
const RETURN_REPRESENTATION: &str = "return=representation";

const NOTHING_HERE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Nothing here</title>
<h1>There is nothing here</h1>
<p>Please open the link in the email again, or enter its code in the app.</p>
</html>
"#;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name in logs.
    pub name: &'static str,
    pub method: Method,
    /// Its path, without stage and trailing slash.
    pub path: &'static str,
    /// Each suffices, and so does [`ANY_SCOPE`](crate::domain::api_key::ANY_SCOPE). The error of a
    /// caller without any names the first.
    pub scopes: &'static [&'static str],
    /// The detail of its 503.
    pub unavailable: &'static str,
}

/// A request whose path, method, key and body are valid.
#[derive(Debug)]
pub struct Call {
    /// The fields of the body, or of the query.
    pub fields: Fields,
    /// The API's address, as the gateway names it. `None` if it names none.
    pub public_url: Option<PublicUrl>,
    /// `Accept-Language` of the end user, passed on by the caller. Empty without one.
    pub accept_language: String,
    pub now: Timestamp,
}

impl Call {
    /// The preferred language, or `default`.
    #[must_use]
    pub fn locale(&self, default: Locale) -> Locale {
        Locale::preferred(&self.accept_language, default)
    }
}

/// What the endpoints have in common at run time.
#[derive(Debug)]
pub struct Api {
    endpoint: Endpoint,
    origin: Origin,
    authentication: Authentication,
    clock: Clock,
}

impl Api {
    /// The common part of `endpoint`.
    #[must_use]
    pub fn new(endpoint: Endpoint, origin: Origin, store: Store, clock: Clock) -> Self {
        Self {
            endpoint,
            origin,
            authentication: Authentication::new(store),
            clock,
        }
    }

    /// Answers a request. Calls `action`, the endpoint's own part, if all stages before it passed.
    ///
    /// Writes one log line. The result of `action` is the body of the answer to a `GET`, and to a
    /// `POST` that prefers `return=representation`. Any other `POST` gets an empty body.
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
        let work = async {
            if base_path(&request, self.endpoint.path).is_none()
                && accepts(request.headers(), "text/html")
            {
                return nothing_here();
            }
            match self.handle(&request, action).await {
                Ok(response) => Outcome {
                    response,
                    code: "ok",
                    source: None,
                },
                Err(error) => error.into_outcome(),
            }
        };
        Ok(respond(&request, self.endpoint.name, work).await)
    }

    async fn handle<A, F, R>(
        &self,
        request: &Request,
        action: A,
    ) -> Result<Response<Body>, ApiError>
    where
        A: FnOnce(Call) -> F,
        F: Future<Output = Result<R, ApiError>>,
        R: Serialize,
    {
        let call = self.check(request).await?;
        let representation = action(call).await?;
        self.represent(request, &representation)
    }

    /// The stages before the endpoint's own part, in their order.
    async fn check(&self, request: &Request) -> Result<Call, ApiError> {
        if base_path(request, self.endpoint.path).is_none() {
            return Err(ApiError::not_found());
        }
        let method = request.method().as_str();
        if method != self.endpoint.method.as_str() {
            return Err(ApiError::method_not_allowed(method, self.endpoint.method));
        }
        if !self.origin.admits(request) {
            return Err(ApiError::not_reachable());
        }
        // The body may contain the key, so it is read first. Its errors are reported later.
        let now = self.clock.now();
        let body = match self.endpoint.method {
            Method::Get => None,
            Method::Post => Some(read_body(request)),
        };
        let fields = body.as_ref().and_then(ReadBody::fields);
        self.authentication
            .check(request, fields, self.endpoint.scopes, now)
            .await
            .map_err(|denied| match denied {
                Denied::Refused(error) => error,
                Denied::Store(error) => self.store_error(error),
            })?;
        Ok(Call {
            fields: match body {
                Some(body) => body.into_fields()?,
                None => read_query(request),
            },
            public_url: public_url(request, self.endpoint.path),
            accept_language: accept_language(request.headers()),
            now,
        })
    }

    /// A body for every `GET`, and for a `POST` whose caller prefers one.
    fn represent(
        &self,
        request: &Request,
        representation: &impl Serialize,
    ) -> Result<Response<Body>, ApiError> {
        match self.endpoint.method {
            Method::Get => json(representation),
            Method::Post if prefers_representation(request.headers()) => {
                let mut response = json(representation)?;
                response.headers_mut().insert(
                    PREFERENCE_APPLIED,
                    HeaderValue::from_static(RETURN_REPRESENTATION),
                );
                Ok(response)
            }
            Method::Post => Ok(Response::new(Body::Empty)),
        }
    }

    /// 503 if DynamoDB is unavailable, 500 if an item is malformed.
    #[must_use]
    pub fn store_error(&self, error: StoreError) -> ApiError {
        match error {
            StoreError::Malformed(_) => ApiError::unforeseen(error),
            _ => self.unavailable(error),
        }
    }

    /// 503 with this endpoint's text.
    pub fn unavailable(&self, source: impl Into<Source>) -> ApiError {
        ApiError::service_unavailable(self.endpoint.unavailable, source)
    }
}

/// The page for a person who opens a damaged link whose path has no endpoint.
fn nothing_here() -> Outcome {
    let mut response = Response::new(Body::from(NOTHING_HERE));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Outcome {
        response,
        code: "not_found",
        source: None,
    }
}

fn json(representation: &impl Serialize) -> Result<Response<Body>, ApiError> {
    let body = serde_json::to_string(representation).map_err(ApiError::unforeseen)?;
    let mut response = Response::new(Body::Text(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// `Prefer` lists preferences in any number of headers, each with optional parameters (RFC 7240,
/// section 2). If one is repeated, the first counts.
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
    fn a_preference_is_found_in_any_header() {
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
}
