//! Where a request may have its key.

use axum::body::Body;
use axum::http::Method;
use local::fixtures;
use serde_json::{Value, json};

use crate::support::app::{REQUEST, TestApp, VERIFY, error};

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
async fn an_oversize_body_has_no_key() {
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
