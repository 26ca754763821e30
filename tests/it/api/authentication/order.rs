//! The order of the checks of a request.

use axum::body::Body;
use axum::http::Method;
use local::fixtures;

use crate::support::app::{TestApp, VERIFY};

#[tokio::test]
async fn the_checks_keep_their_order() {
    let app = TestApp::start().await;
    let too_large = "x".repeat(65_537);
    let good = format!("Bearer {}", fixtures::API_KEY);
    let unscoped = format!("Bearer {}", fixtures::API_KEY_WITHOUT_SCOPE);
    // Each request breaks the rule that its answer names, and every rule after it.
    for (path, method, key, media_type, body, code) in [
        (
            "/nowhere",
            Method::GET,
            "Bearer x",
            "text/plain",
            &*too_large,
            "not_found",
        ),
        (
            VERIFY,
            Method::GET,
            "Bearer x",
            "text/plain",
            &*too_large,
            "method_not_allowed",
        ),
        (
            VERIFY,
            Method::POST,
            "",
            "text/plain",
            &*too_large,
            "not_authenticated",
        ),
        (
            VERIFY,
            Method::POST,
            "Bearer x",
            "text/plain",
            &*too_large,
            "authentication_failed",
        ),
        (
            VERIFY,
            Method::POST,
            &*unscoped,
            "text/plain",
            &*too_large,
            "permission_denied",
        ),
        (
            VERIFY,
            Method::POST,
            &*good,
            "text/plain",
            &*too_large,
            "request_too_large",
        ),
        (
            VERIFY,
            Method::POST,
            &*good,
            "text/plain",
            "{",
            "unsupported_media_type",
        ),
        (
            VERIFY,
            Method::POST,
            &*good,
            "application/json",
            "{",
            "parse_error",
        ),
        (
            VERIFY,
            Method::POST,
            &*good,
            "application/json",
            "[]",
            "invalid_input",
        ),
        (
            VERIFY,
            Method::POST,
            &*good,
            "application/json",
            "{}",
            "required",
        ),
    ] {
        let request = app
            .request(method, path)
            .header("authorization", key)
            .header("content-type", media_type);
        let answer = app
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await;
        assert_eq!(answer.json()["code"], code);
    }
}
