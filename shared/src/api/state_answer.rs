//! The answer to the page's script: the state that the page shows next.

use lambda_http::http::HeaderValue;
use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::{Body, Response};
use serde::Serialize;

/// Two years, as the preload list requires. Without subdomains, as other services may run there.
pub const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

#[derive(Debug, Serialize)]
pub struct StateAnswer<'a> {
    pub state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl StateAnswer<'_> {
    pub fn response(&self) -> Result<Response<Body>, serde_json::Error> {
        let mut response = Response::new(Body::Text(serde_json::to_string(self)?));
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(response)
    }
}
