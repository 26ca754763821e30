//! Passes calls on to a server of this program.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use shared::telemetry::chain;

#[derive(Clone, Debug)]
struct Backend {
    /// Without a slash at the end.
    url: String,
    client: Client<HttpConnector, Body>,
}

/// Everything is passed on to the server at this URL.
pub(super) fn router(url: String) -> Router {
    let client = Client::builder(TokioExecutor::new()).build_http();
    Router::new()
        .fallback(pass_on)
        .with_state(Backend { url, client })
}

async fn pass_on(State(backend): State<Backend>, mut request: Request) -> Response {
    let Ok(uri) = format!("{}{}", backend.url, request.uri().path()).parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    match backend.client.request(request).await {
        Ok(response) => response.map(Body::new).into_response(),
        Err(error) => {
            tracing::error!(error = chain(&error), "a call could not be passed on");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}
