//! Stored keys, and calls with them.

use axum::body::Body;
use axum::http::Method;
use serde_json::Value;
use shared::domain::api_key::{ApiKey, ApiKeySecret};
use shared::domain::clock::Timestamp;

use crate::support::app::{TestApp, VERIFY, error};
use crate::support::http::Answer;

/// Stores a key and returns it.
pub async fn key(app: &TestApp, scopes: &[&str], expires_at: Option<Timestamp>) -> ApiKeySecret {
    let secret = ApiKeySecret::presented("evk_a-key-of-this-test");
    let key = ApiKey {
        label: "test".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        created_at: app.now(),
        expires_at,
    };
    app.operator_store()
        .put_api_key(&secret.digest(), &key)
        .await
        .unwrap();
    secret
}

/// Calls `verify_email` with this `Authorization` header and a body that breaks a rule. The
/// answer names the rule only if the key is valid.
pub async fn call(app: &TestApp, authorization: &str) -> Answer {
    let request = app
        .request(Method::POST, VERIFY)
        .header("authorization", authorization);
    app.send(request.body(Body::from("{}")).unwrap()).await
}

pub fn invalid_key() -> Value {
    let detail = "Personal API key found in request Authorization header is invalid.";
    error(
        "authentication_error",
        "authentication_failed",
        detail,
        None,
    )
}
