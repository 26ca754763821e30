//! API Gateway, as callers and functions see it: an HTTP API with payload format 2.0 and the routes
//! of `template.yaml`.

mod answer;
mod event;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use shared::telemetry::chain;

use crate::arrival::Arrival;
use crate::body::read_body;
use crate::functions::{FUNCTIONS, Functions, Trigger};
use crate::lambda::Function;
use answer::read_answer;
use event::event;

/// An HTTP API refuses longer bodies.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// The HTTP API. It needs the peers' addresses, so serve it with
/// `into_make_service_with_connect_info::<SocketAddr>`.
pub fn router(functions: &Functions) -> Router {
    let mut router = Router::new();
    // `$default`: without the built-in page, any other path gets the API's own 404.
    if let Some(function) = functions.get(verify_email::ENDPOINT.name) {
        router = router.fallback_service(any(invoke).with_state(function.clone()));
    }
    for definition in FUNCTIONS {
        let Some(function) = functions.get(definition.name) else {
            continue;
        };
        let function = any(invoke).with_state(function.clone());
        if let Trigger::PathAndAnyOther(_) = definition.trigger {
            router = router.fallback_service(function);
            continue;
        }
        for path in definition.paths() {
            router = router
                .route(path, function.clone())
                .route(&format!("{path}/"), function.clone())
                .route(&format!("{path}/{{*proxy}}"), function.clone());
        }
    }
    router
}

async fn invoke(
    State(function): State<Function>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(body) = read_body(body, MAX_BODY_BYTES).await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let arrival = Arrival::now();
    let event = event(&parts, &body, peer, &arrival).to_string();
    let mut response = answer(&function, &event).await;
    if let Ok(request_id) = HeaderValue::from_str(&request_id(&arrival)) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("apigw-requestid"), request_id);
    }
    response
}

async fn answer(function: &Function, event: &str) -> Response {
    match function.invoke(event).await {
        Ok(answer) => read_answer(&answer).unwrap_or_else(|error| {
            let error = chain(&*error);
            tracing::error!(error, "a function's answer is not in payload format 2.0");
            internal_server_error()
        }),
        Err(error) => {
            tracing::error!(error = chain(&error), "an invocation failed");
            internal_server_error()
        }
    }
}

fn internal_server_error() -> Response {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

/// An answer of the gateway's own.
fn message(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(json!({ "message": message }))).into_response()
}

/// API Gateway's ids have this form: `JKJaXmPLvHcESHA=`.
fn request_id(arrival: &Arrival) -> String {
    STANDARD.encode(&arrival.id.as_bytes()[..11])
}
