//! A caller of the API, over HTTP.

use std::net::Ipv4Addr;

use axum::body::{Body, Bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use local::stack::Listener;
use serde_json::Value;

use super::openapi;
use super::secrets::Sent;

pub type HttpClient = Client<HttpConnector, Body>;

/// A client with connections of its own.
pub fn client() -> HttpClient {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Any free port, for a server of a test.
pub async fn listen() -> Listener {
    let bound = Listener::bind(Ipv4Addr::LOCALHOST.into(), 0).await;
    bound.unwrap()
}

/// The request with this API key.
pub fn authorized(request: Builder, key: &str) -> Builder {
    request.header("authorization", format!("Bearer {key}"))
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    /// A header's text, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Sends a request and reads the whole answer. Fails if the answer repeats a secret of the request,
/// or is one of the API that `openapi.yaml` does not describe.
pub async fn send(client: &HttpClient, request: Request<Body>) -> Answer {
    let operation = openapi::operation(request.uri().path());
    let has_body = request.method() != Method::HEAD;
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("the body is there").to_bytes();
    let sent = Sent::of(&head.headers, head.uri.query(), &body);
    let request = Request::from_parts(head, Body::from(body));
    let response = client.request(request).await.expect("the server answers");
    let (parts, body) = response.into_parts();
    let body: Bytes = body.collect().await.expect("the body arrives").to_bytes();
    let body = String::from_utf8(body.to_vec()).expect("the body is text");
    if let Some(operation) = operation {
        let body = has_body.then_some(body.as_str());
        openapi::assert_described(operation, parts.status, &parts.headers, body);
    }
    let answer = Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    };
    sent.assert_not_repeated(&answer);
    answer
}
