//! A proxy in front of the gateway: with `ORIGIN_SECRET` set, no request bypasses it.

use axum::body::Body;
use axum::http::Method;
use local::fixtures;
use local::lambda::Function;
use serde_json::{Value, json};

use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY, error};
use crate::support::http::authorized;
use crate::support::logs;

const SECRET: &str = "only-the-proxy-knows-this";
const PREVIOUS: &str = "the-proxy-knew-this-before";

async fn app_behind_a_proxy() -> TestApp {
    TestApp::start_with(&[("ORIGIN_SECRET", SECRET)]).await
}

fn not_reachable() -> Value {
    let detail = "This API is not reachable here.";
    error("authentication_error", "permission_denied", detail, None)
}

/// Adds this header to an event, in the format of the event.
fn with_header(event: &str, name: &str, value: &str) -> String {
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["headers"][name] = json!(value);
    if event["multiValueHeaders"].is_object() {
        event["multiValueHeaders"][name] = json!([value]);
    }
    event.to_string()
}

async fn invoke(function: &Function, event: &str) -> Value {
    serde_json::from_str(&function.invoke(event).await.unwrap()).unwrap()
}

#[tokio::test]
async fn the_api_answers_only_its_proxy() {
    let app = app_behind_a_proxy().await;
    let before = app.table().await;
    for path in [REQUEST, VERIFY] {
        for presented in [None, Some(""), Some("only-the-proxy-knows-thiS")] {
            // A key does not replace the secret, and a bad key or body is not checked.
            for (key, body) in [(fixtures::API_KEY, "{}"), ("evk_wrong", "{")] {
                let mut request = authorized(app.request(Method::POST, path), key);
                if let Some(secret) = presented {
                    request = request.header("x-origin-secret", secret);
                }
                let answer = app.send(request.body(Body::from(body)).unwrap()).await;
                assert_eq!(
                    (answer.status.as_u16(), answer.json()),
                    (403, not_reachable())
                );
            }
        }
        // Path and method come first.
        let elsewhere = app.request(Method::POST, &format!("{path}/more"));
        let answer = app.send(elsewhere.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 404);
        let other_method = app.request(Method::GET, path);
        let answer = app.send(other_method.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 405);
        // Authentication comes after it.
        let request = app
            .request(Method::POST, path)
            .header("x-origin-secret", SECRET);
        let answer = app.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.json()["code"], "not_authenticated");
    }
    assert_eq!(app.table().await, before);
    assert!(app.edge.take_calls().iter().all(|call| call == "Scan"));
}

#[tokio::test]
async fn both_event_formats_have_the_secret() {
    let app = TestApp::start().await;
    for (known, presented, is_admitted) in [
        (SECRET.to_owned(), SECRET, true),
        (SECRET.to_owned(), PREVIOUS, false),
        (format!("{SECRET},{PREVIOUS}"), SECRET, true),
        (format!("{SECRET},{PREVIOUS}"), PREVIOUS, true),
        (String::new(), "anything", true),
    ] {
        let functions = app.restarted_with(&[("ORIGIN_SECRET", &known)]);
        for event in [
            include_str!("../../../events/request_email_verification/http_api.json"),
            include_str!("../../../events/request_email_verification/rest_api.json"),
        ] {
            for name in ["x-origin-secret", "X-Origin-Secret"] {
                let event = with_header(event, name, presented);
                let function = &functions["request_email_verification"];
                let answer = invoke(function, &event).await;
                // A repeated event is throttled at some time.
                let status = answer["statusCode"].as_u64().unwrap();
                let expected: &[u64] = if is_admitted { &[200, 429] } else { &[403] };
                assert!(expected.contains(&status), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn the_page_answers_only_its_proxy() {
    let app = app_behind_a_proxy().await;
    let send = async |method: Method, path: &str, accept: &str, secret: &str| {
        let request = app
            .request(method, path)
            .header("accept", accept)
            .header("content-type", "application/json")
            .header("x-origin-secret", secret);
        app.send(request.body(Body::from("{}")).unwrap()).await
    };
    for method in [Method::GET, Method::POST] {
        let answer = send(method.clone(), PAGE, "text/html", "").await;
        assert_eq!(answer.status, 403);
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("text/html")
        );
        let answer = send(method, PAGE, "application/json", "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (403, json!({ "state": "permission_denied" }))
        );
    }
    let answer = send(Method::HEAD, PAGE, "text/html", "").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (403, ""));
    let answer = send(Method::PUT, PAGE, "text/html", "").await;
    assert_eq!(answer.status, 405);
    let answer = send(Method::GET, PAGE, "text/html", SECRET).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn clients_behind_a_proxy_are_counted() {
    let code = include_str!("../../../events/verification_page/json_code.json");
    let viewer = ("cloudfront-viewer-address", "198.51.100.1:44392");
    let forwarded = ("x-forwarded-for", "192.0.2.1, 198.51.100.2");
    for (secret, headers, client) in [
        (Some(SECRET), vec![viewer, forwarded], "198.51.100.1"),
        (
            Some(SECRET),
            vec![("cloudfront-viewer-address", "2001:db8::1:44392")],
            "2001:db8::/64",
        ),
        (Some(SECRET), vec![forwarded], "198.51.100.2"),
        // Without a proxy the client writes these headers itself: the gateway's address counts.
        (None, vec![viewer, forwarded], "203.0.113.7"),
    ] {
        let app = TestApp::start_with(&[("ORIGIN_SECRET", secret.unwrap_or_default())]).await;
        let mut event = with_header(code, "x-origin-secret", SECRET);
        for (name, value) in headers {
            event = with_header(&event, name, value);
        }
        invoke(&app.functions["verification_page"], &event).await;
        assert!(
            app.item(&format!("client#{client}")).await.is_some(),
            "{client}: {}",
            app.table().await
        );
    }
}

#[tokio::test]
async fn the_secret_is_never_logged() {
    let app = app_behind_a_proxy().await;
    for secret in [SECRET, "a-guess-at-the-proxy's-secret"] {
        for path in [REQUEST, VERIFY, PAGE] {
            let request = authorized(app.request(Method::POST, path), fixtures::API_KEY)
                .header("x-origin-secret", secret);
            app.send(request.body(Body::from("{}")).unwrap()).await;
        }
        assert!(!logs::all().contains(secret));
    }
    assert!(logs::all().contains("permission_denied"));
}
