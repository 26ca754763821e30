//! Personal API keys: where a request may have them, their scopes and their lifetimes.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use local::fixtures;
use serde_json::{Value, json};
use shared::domain::api_key::{ApiKey, ApiKeySecret};
use shared::domain::clock::Timestamp;

use crate::support::app::{REQUEST, TestApp, VERIFY, error};
use crate::support::http::Answer;
use crate::support::logs;

/// The id of no user.
const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

#[tokio::test]
async fn a_key_comes_in_header_body_or_query() {
    let app = TestApp::start().await;
    let key = fixtures::API_KEY;
    let send = async |header: Option<&str>, in_body: Option<&str>, in_query: Option<&str>| {
        let path = in_query.map_or_else(
            || REQUEST.to_owned(),
            |key| format!("{REQUEST}?personal_api_key={key}"),
        );
        let mut request = app.request(Method::POST, &path);
        if let Some(key) = header {
            request = request.header("authorization", format!("bEaReR {key}"));
        }
        let body = json!({ "email": "ada@example.org", "personal_api_key": in_body });
        let answer = app
            .send(request.body(Body::from(body.to_string())).unwrap())
            .await;
        (answer.status.as_u16(), answer.body)
    };
    assert_eq!(send(Some(key), None, None).await.0, 200);
    assert_eq!(send(None, Some(key), None).await.0, 200);
    assert_eq!(send(None, None, Some(key)).await.0, 200);
    // The first one found wins.
    assert_eq!(
        send(Some(key), Some("evk_wrong"), Some("evk_wrong"))
            .await
            .0,
        200
    );
    for (header, in_body, in_query, found_in) in [
        (
            Some("evk_wrong"),
            Some(key),
            Some(key),
            "Authorization header",
        ),
        (None, Some("evk_wrong"), Some(key), "body"),
        (None, None, Some("evk_wrong"), "query string"),
    ] {
        let (status, body) = send(header, in_body, in_query).await;
        let detail = format!("Personal API key found in request {found_in} is invalid.");
        assert_eq!(status, 401);
        assert!(body.contains(&detail), "{body}");
    }
}

#[tokio::test]
async fn white_space_around_a_key_is_dropped() {
    let app = TestApp::start().await;
    let key = fixtures::API_KEY;
    let body = |key: &str| json!({ "uuid": UUID, "token": "x", "personal_api_key": key });
    let send = async |path: &str, header: Option<String>, body: Value| {
        let mut request = app.request(Method::POST, path);
        if let Some(value) = header {
            request = request.header("authorization", value);
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        app.send(request).await.json()["code"].clone()
    };
    for header in [
        format!("Bearer   {key}"),
        format!("Bearer {key} \t"),
        format!("Bearer\t{key}"),
        format!("  Bearer {key}\u{a0}"),
    ] {
        let code = send(VERIFY, Some(header.clone()), body("")).await;
        assert_eq!(code, "invalid_token", "{header:?}");
    }
    for in_body in [
        format!("{key}\n"),
        format!(" {key}\r\n"),
        format!("\u{3000}{key}\t"),
    ] {
        assert_eq!(
            send(VERIFY, None, body(&in_body)).await,
            "invalid_token",
            "{in_body:?}"
        );
    }
    for in_query in [
        format!("{key}%0A"),
        format!("+{key}%20"),
        format!("%C2%A0{key}%0D%0A"),
    ] {
        let path = format!("{VERIFY}?personal_api_key={in_query}");
        assert_eq!(
            send(&path, None, body("")).await,
            "invalid_token",
            "{in_query}"
        );
    }
    // White space alone is no key, so the next place counts.
    let path = format!("{VERIFY}?personal_api_key={key}");
    assert_eq!(
        send(&path, Some("Bearer \t ".to_owned()), body(" \n")).await,
        "invalid_token"
    );
    let path = format!("{VERIFY}?personal_api_key=%20");
    assert_eq!(send(&path, None, body("\u{a0}")).await, "not_authenticated");
}

/// Stores a key and returns it.
async fn key(app: &TestApp, scopes: &[&str], expires_at: Option<Timestamp>) -> ApiKeySecret {
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
async fn call(app: &TestApp, authorization: &str) -> Answer {
    let request = app
        .request(Method::POST, VERIFY)
        .header("authorization", authorization);
    app.send(request.body(Body::from("{}")).unwrap()).await
}

fn invalid_key() -> Value {
    let detail = "Personal API key found in request Authorization header is invalid.";
    error(
        "authentication_error",
        "authentication_failed",
        detail,
        None,
    )
}

#[tokio::test]
async fn a_missing_key_is_not_authenticated() {
    let app = TestApp::start().await;
    let expected = error(
        "authentication_error",
        "not_authenticated",
        "Authentication credentials were not provided.",
        None,
    );
    for path in [REQUEST, VERIFY] {
        for authorization in [
            None,
            Some(""),
            Some("Bearer"),
            Some("Bearer  "),
            Some("Basic YTpi"),
        ] {
            let mut request = app.request(Method::POST, path);
            if let Some(value) = authorization {
                request = request.header("authorization", value);
            }
            let answer = app.send(request.body(Body::from("{")).unwrap()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (401, expected.clone())
            );
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
}

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
async fn a_cached_key_expires_to_the_second() {
    let app = TestApp::start().await;
    let expires_at = app.now().plus(Duration::from_secs(10));
    let secret = key(&app, &["user:write"], Some(expires_at)).await;
    let bearer = format!("Bearer {}", secret.expose_secret());
    assert_eq!(call(&app, &bearer).await.status, 400);
    app.pass(Duration::from_secs(9));
    assert_eq!(call(&app, &bearer).await.status, 400);
    app.pass(Duration::from_secs(1));
    let answer = call(&app, &bearer).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (401, invalid_key())
    );
}

#[tokio::test]
async fn a_revoked_key_stops_within_60_seconds() {
    let app = TestApp::start().await;
    let secret = key(&app, &["user:write"], None).await;
    let bearer = format!("Bearer {}", secret.expose_secret());
    assert_eq!(call(&app, &bearer).await.status, 400);
    let pk = format!("key#{}", secret.digest().encode());
    app.delete(&pk).await;
    app.pass(Duration::from_secs(59));
    let answer = call(&app, &bearer).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (401, invalid_key())
    );
    let answer = call(&app, "Bearer evk_never-made").await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (401, invalid_key())
    );
}

#[tokio::test]
async fn a_key_is_cached_for_most_of_a_minute() {
    let app = TestApp::start().await;
    let bearer = format!("Bearer {}", fixtures::API_KEY);
    for _ in 0..3 {
        call(&app, &bearer).await;
        app.pass(Duration::from_secs(10));
    }
    assert_eq!(app.edge.take_calls(), ["GetItem"]);
    app.pass(Duration::from_secs(30));
    call(&app, &bearer).await;
    assert_eq!(app.edge.take_calls(), ["GetItem"]);
}

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

#[tokio::test]
async fn the_key_cache_is_bounded() {
    let app = TestApp::start().await;
    let key = |number: u32| ApiKeySecret::presented(&format!("evk_number-{number}"));
    let use_it = async |number: u32| {
        app.edge.take_calls();
        let answer = call(&app, &format!("Bearer {}", key(number).expose_secret())).await;
        assert_eq!(answer.status, 400);
        !app.edge.take_calls().is_empty()
    };
    for number in 0..33 {
        let stored = ApiKey {
            label: "test".to_owned(),
            scopes: vec!["user:write".to_owned()],
            created_at: app.now(),
            expires_at: None,
        };
        app.operator_store()
            .put_api_key(&key(number).digest(), &stored)
            .await
            .unwrap();
        assert!(use_it(number).await, "the first use looks it up");
    }
    assert!(!use_it(32).await, "the newest is cached");
    assert!(use_it(0).await, "the oldest was evicted");
}

#[tokio::test]
async fn a_key_is_found_in_a_wrong_body() {
    let app = TestApp::start().await;
    let key = fixtures::API_KEY;
    let small = format!(r#"{{"personal_api_key":"{key}"}}"#);
    for (media_type, body, status) in [
        ("text/plain", small.clone(), 415),
        ("application/x-www-form-urlencoded", small, 415),
        (
            "text/plain",
            r#"{"personal_api_key":"evk_wrong"}"#.to_owned(),
            401,
        ),
        ("text/plain", "hello".to_owned(), 401),
    ] {
        let request = app
            .request(Method::POST, VERIFY)
            .header("content-type", media_type);
        let answer = app.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, status, "{media_type}");
    }
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

#[tokio::test]
async fn a_key_in_an_oversize_body_is_not_found() {
    let app = TestApp::start().await;
    let key = fixtures::API_KEY;
    let body = |length: usize| {
        let start = format!(r#"{{"personal_api_key":"{key}"}}"#);
        let padding = " ".repeat(length - start.len());
        start + &padding
    };
    for (path, authorization, length, status, code) in [
        (VERIFY, "", 65_536, 400, "required"),
        (VERIFY, "", 65_537, 401, "not_authenticated"),
        (REQUEST, "", 6_000_000, 401, "not_authenticated"),
        (
            VERIFY,
            "Bearer evk_wrong",
            65_537,
            401,
            "authentication_failed",
        ),
        (
            VERIFY,
            &format!("Bearer {key}"),
            65_537,
            413,
            "request_too_large",
        ),
        (
            REQUEST,
            &format!("Bearer {key}"),
            6_000_000,
            413,
            "request_too_large",
        ),
    ] {
        // The gateway sends the second one as base64.
        for media_type in ["application/json", "application/octet-stream"] {
            if length == 65_536 && media_type != "application/json" {
                continue;
            }
            let request = app
                .request(Method::POST, path)
                .header("authorization", authorization)
                .header("content-type", media_type);
            let answer = app
                .send(request.body(Body::from(body(length))).unwrap())
                .await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["code"]),
                (status, &json!(code)),
                "{length} {media_type}"
            );
        }
    }
}
