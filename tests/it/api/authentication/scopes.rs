//! What a key allows, and its id in the log.

use local::fixtures;
use shared::domain::api_key::ApiKeySecret;

use super::support::{call, key};
use crate::support::app::{TestApp, error};
use crate::support::logs;

#[tokio::test]
async fn a_key_needs_the_scope_or_the_star() {
    let app = TestApp::start().await;
    let expected = error(
        "authentication_error",
        "permission_denied",
        "API key missing required scope 'user:write'",
        None,
    );
    for (scopes, status) in [
        (&["user:read"][..], 403),
        (&["user:write"][..], 400),
        (&["user:read", "*"][..], 400),
    ] {
        let app = TestApp::start().await;
        let secret = key(&app, scopes, None).await;
        let answer = call(&app, &format!("Bearer {}", secret.expose_secret())).await;
        assert_eq!(answer.status, status, "{scopes:?}");
    }
    let secret = key(&app, &["user:read"], None).await;
    let answer = call(&app, &format!("Bearer {}", secret.expose_secret())).await;
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn the_log_names_the_key_by_its_id() {
    let app = TestApp::start().await;
    let without_scope = key(&app, &["user:read"], None).await;
    let id = |key: &str| ApiKeySecret::presented(key).digest().encode()[..12].to_owned();
    for (presented, named) in [
        (fixtures::API_KEY, Some(id(fixtures::API_KEY))),
        (
            without_scope.expose_secret(),
            Some(id(without_scope.expose_secret())),
        ),
        // What is no key may be a password.
        ("hunter2", None),
    ] {
        let answer = call(&app, &format!("Bearer {presented}")).await;
        let lines = logs::of_request(answer.header("x-request-id").unwrap());
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["span"]["api_key"].as_str(), named.as_deref());
    }
    assert!(!logs::all().contains(&id("hunter2")));
}
