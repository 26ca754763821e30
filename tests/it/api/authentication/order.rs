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
    let (get, post, text, json) = (Method::GET, Method::POST, "text/plain", "application/json");
    // Each request breaks the rule that its answer names, and every rule after it.
    for (method, path, key, media_type, body, code) in [
        (&get, "/nowhere", "Bearer x", text, &*too_large, "not_found"),
        (
            &get,
            VERIFY,
            "Bearer x",
            text,
            &too_large,
            "method_not_allowed",
        ),
        (&post, VERIFY, "", text, &too_large, "not_authenticated"),
        (
            &post,
            VERIFY,
            "Bearer x",
            text,
            &too_large,
            "authentication_failed",
        ),
        (
            &post,
            VERIFY,
            &unscoped,
            text,
            &too_large,
            "permission_denied",
        ),
        (&post, VERIFY, &good, text, &too_large, "request_too_large"),
        (&post, VERIFY, &good, text, "{", "unsupported_media_type"),
        (&post, VERIFY, &good, json, "{", "parse_error"),
        (&post, VERIFY, &good, json, "[]", "invalid_input"),
        (&post, VERIFY, &good, json, "{}", "required"),
    ] {
        let request = app
            .request(method.clone(), path)
            .header("authorization", key)
            .header("content-type", media_type);
        let answer = app
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await;
        assert_eq!(answer.json()["code"], code);
    }
}
