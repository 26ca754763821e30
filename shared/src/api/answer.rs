//! The stages that every request of the API goes through.

use std::convert::Infallible;
use std::future::Future;

use lambda_http::http::HeaderValue;
use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::{Body, Request, Response};
use serde::Serialize;

use super::authentication::{Authentication, Denied};
use super::body::{ReadBody, read_body};
use super::endpoint::{Call, Endpoint};
use super::error::ApiError;
use super::idempotency_key::idempotency_key;
use super::nothing_here::nothing_here;
use super::origin::Origin;
use super::prefer::{confirm_representation, prefers_representation};
use super::query::read_query;
use super::respond::{Outcome, accept_language, accepts, respond};
use super::route::{Method, base_path, public_url};
use crate::domain::clock::Clock;
use crate::store::{Store, StoreError};
use crate::telemetry::Source;

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
            idempotency_key: idempotency_key(request.headers()),
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
                confirm_representation(response.headers_mut());
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

fn json(representation: &impl Serialize) -> Result<Response<Body>, ApiError> {
    let body = serde_json::to_string(representation).map_err(ApiError::unforeseen)?;
    let mut response = Response::new(Body::Text(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
