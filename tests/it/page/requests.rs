//! Requests that the page does not expect, its headers and its log lines.

use axum::body::Body;
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local::edge::Fault;
use serde_json::json;
use sha2::{Digest, Sha256};
use shared::brand::public_url::NEW_MAIL_PATH;

use super::support::{
    BAD_REQUEST, BROWSER, FORM, HEADING, NO_LINK, OPEN_LINK, VERIFIED, assert_page, fetch, get,
    get_as_person, inline, page_of, submit, submit_code,
};
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY, error};
use crate::support::http::Answer;
use crate::support::logs;
use crate::support::mail::{code_of, link_of, proof_of, wrong_code};

async fn send(
    app: &TestApp,
    method: Method,
    path: &str,
    media_type: &str,
    body: impl Into<Body>,
) -> Answer {
    let request = app
        .request(method, path)
        .header("accept", BROWSER)
        .header("content-type", media_type);
    app.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn bad_requests_get_a_page() {
    let app = TestApp::start().await;
    let too_long = format!("code={}", "1".repeat(4_096));
    for (method, path, media_type, body, status) in [
        (Method::PUT, PAGE, FORM, "", 405),
        (Method::DELETE, PAGE, FORM, "", 405),
        (Method::OPTIONS, PAGE, FORM, "", 405),
        (Method::GET, "/verify_email/more", FORM, "", 404),
        (Method::POST, "/verify_email//", FORM, "", 404),
        (Method::POST, PAGE, FORM, too_long.as_str(), 413),
        (Method::POST, PAGE, "text/plain", "code=123456", 415),
        (
            Method::POST,
            PAGE,
            "multipart/form-data; boundary=x",
            "--x--",
            415,
        ),
        (Method::POST, PAGE, "", "", 415),
        (Method::POST, PAGE, "application/json", "", 400),
        (Method::POST, PAGE, "application/json", "{\"uuid\":{}}", 400),
        (
            Method::POST,
            PAGE,
            "application/json; charset=utf-8",
            "null",
            400,
        ),
    ] {
        let answer = send(&app, method.clone(), path, media_type, body.to_owned()).await;
        let heading = if status == 404 { NO_LINK } else { BAD_REQUEST };
        assert_page(&answer, status, heading);
        let allow = (status == 405).then_some("GET, HEAD, POST");
        assert_eq!(answer.header("allow"), allow, "{method}");
    }
}

#[tokio::test]
async fn bad_bodies_get_a_page() {
    let app = TestApp::start().await;
    let nested = format!("{{\"token\":{}1{}}}", "[".repeat(2_000), "]".repeat(2_000));
    for body in [
        nested.as_bytes(),
        b"\xff\xfe",
        b"{\"token\":\"\\ud800\"}",
        b"\0",
    ] {
        let answer = send(&app, Method::POST, PAGE, "application/json", body.to_vec()).await;
        assert_page(&answer, 400, BAD_REQUEST);
    }
    for body in [&b"\xff=\xff&code=\xff"[..], b"%", b"&&&==&%zz", b"\0"] {
        let answer = send(&app, Method::POST, PAGE, FORM, body.to_vec()).await;
        assert_page(&answer, 400, HEADING);
    }
}

#[tokio::test]
async fn unknown_paths_answer_people_in_html() {
    let app = TestApp::start().await;
    for path in ["/", "/nothing", "/verify_email/more", "/api", "/api/users"] {
        for method in [Method::GET, Method::POST] {
            let request = app.request(method, path).header("accept", BROWSER);
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            assert_page(&answer, 404, NO_LINK);
            assert!(answer.body.contains(OPEN_LINK));
        }
        for accept in ["*/*", "application/json"] {
            let request = app.request(Method::GET, path).header("accept", accept);
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            let not_found = error("invalid_request", "not_found", "Endpoint not found.", None);
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (404, not_found),
                "{path}"
            );
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
    }
}

#[tokio::test]
async fn paths_below_an_endpoint_are_html() {
    let app = TestApp::start().await;
    for path in [format!("{REQUEST}/x"), format!("{VERIFY}/x/y")] {
        let request = app.request(Method::GET, &path).header("accept", BROWSER);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        let media_type = answer.header("content-type");
        assert_eq!(answer.status, 404);
        assert_eq!(media_type, Some("text/html; charset=utf-8"));
        assert!(answer.body.contains("open the link in the email again"));
    }
}

#[tokio::test]
async fn cross_site_posts_change_nothing() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let before = app.table().await;
    app.edge.take_calls();
    let path = page_of(&link_of(&mail).0);
    let (code, wrong) = (code_of(&mail), wrong_code(&[&mail]));
    let post = async |site: &str, media_type: &str, accept: &str, body: String| {
        let request = app
            .request(Method::POST, &path)
            .header("accept", accept)
            .header("content-type", media_type)
            .header("sec-fetch-site", site);
        app.send(request.body(Body::from(body)).unwrap()).await
    };
    let json = "application/json";
    for site in ["cross-site", "same-site", "same-origin,cross-site", "", "?"] {
        for code in [&code, &wrong] {
            let answer = post(site, FORM, BROWSER, format!("code={code}")).await;
            assert_page(&answer, 403, BAD_REQUEST);
        }
        let answer = post(site, json, json, proof_of(&mail).to_string()).await;
        let expected = json!({ "state": "cross_site" });
        assert_eq!((answer.status.as_u16(), answer.json()), (403, expected));
    }
    assert!(app.edge.take_calls().is_empty());
    assert_eq!(app.table().await, before);
    // Posts of the page itself, and those without a page, such as a reload.
    let answer = post("same-origin", FORM, BROWSER, format!("code={wrong}")).await;
    assert_page(&answer, 400, HEADING);
    let answer = post("none", FORM, BROWSER, format!("code={code}")).await;
    assert_page(&answer, 200, VERIFIED);
}

/// Three different pages.
async fn pages(app: &TestApp) -> [Answer; 3] {
    let request = app.request(Method::DELETE, PAGE).body(Body::empty());
    [
        get(app, "en").await,
        submit(app, &[]).await,
        app.send(request.unwrap()).await,
    ]
}

#[tokio::test]
async fn every_page_has_its_security_headers() {
    let app = TestApp::start().await;
    for answer in pages(&app).await {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-robots-tag", "noindex"),
            ("strict-transport-security", "max-age=63072000"),
            ("content-language", "en"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}");
        }
        assert!(!answer.header("x-request-id").unwrap().is_empty());
        let mut names = answer.headers.keys();
        assert!(names.all(|name| !name.as_str().starts_with("access-control")));
    }
    let answer = fetch(&app, &json!({})).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn a_page_runs_its_own_script_alone() {
    let app = TestApp::start_with(&[("ACCENT_COLOR", "#7a1fa2")]).await;
    for answer in pages(&app).await {
        let [script] = inline(&answer.body, "script")[..] else {
            panic!("one script")
        };
        let [style] = inline(&answer.body, "style")[..] else {
            panic!("one style")
        };
        assert!(style.contains("#7a1fa2"));
        let [script, style] = [script, style].map(|text| STANDARD.encode(Sha256::digest(text)));
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(
            answer.header("content-security-policy"),
            Some(policy.as_str())
        );
        // The policy blocks these.
        for forbidden in [
            " style=",
            " onclick=",
            "javascript:",
            " src=",
            "url(",
            "@import",
            "innerHTML",
        ] {
            assert!(!answer.body.contains(forbidden), "{forbidden}");
        }
    }
}

#[tokio::test]
async fn the_cause_of_an_outage_is_logged() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let proof = proof_of(&mail).to_string();
    app.edge.always(Fault::Error);
    for path in [PAGE, NEW_MAIL_PATH] {
        let answer = send(&app, Method::POST, path, "application/json", proof.clone()).await;
        assert_eq!(answer.status, 503, "{path}");
        let lines = logs::of_request(answer.header("x-request-id").unwrap());
        let error = lines.last().unwrap()["error"].as_str().unwrap();
        assert!(error.starts_with("DynamoDB is unavailable"), "{error}");
    }
}

#[tokio::test]
async fn no_path_or_query_is_logged() {
    let app = TestApp::start().await;
    let token = "a-token-that-a-damaged-link-told-the-server";
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c96";
    for path in [
        format!("{PAGE}?user={uuid}%23{token}"),
        format!("{PAGE}%3Fuser={uuid}%23{token}"),
        format!("{PAGE}%23{uuid}.{token}"),
        format!("{PAGE}/{uuid}/{token}"),
        format!("/{token}?token={token}"),
    ] {
        let answer = get_as_person(&app, &path).await;
        let lines = logs::of_request(answer.header("x-request-id").unwrap());
        assert_eq!(lines.len(), 1, "{path}");
    }
    assert!(!logs::all().contains(token));
}

#[tokio::test]
async fn a_request_is_one_safe_log_line() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "page.keeper@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let code = code_of(&mail);
    let wrong = wrong_code(&[&mail]);
    let answers = [
        ("open", 200, get(&app, "en").await),
        ("code_wrong", 400, submit_code(&app, &mail, &wrong).await),
        ("verified", 200, submit_code(&app, &mail, &code).await),
        ("already_verified", 200, fetch(&app, &proof_of(&mail)).await),
        (
            "invalid",
            400,
            fetch(&app, &json!({ "uuid": uuid, "token": "x" })).await,
        ),
    ];
    for (outcome, status, answer) in answers {
        let lines = logs::of_request(answer.header("x-request-id").unwrap());
        assert_eq!(lines.len(), 1, "{outcome}: {lines:?}");
        let line = &lines[0];
        assert_eq!(
            (&line["outcome"], &line["status"]),
            (&json!(outcome), &json!(status))
        );
        assert_eq!(line["span"]["route"], "verification_page");
        if outcome.ends_with("verified") {
            assert_eq!(line["span"]["user"], json!(uuid));
            assert_eq!(line["span"]["address"], "p***@e***.org");
        }
    }
    let logged = logs::all();
    for secret in [token.as_str(), "page.keeper@"] {
        assert!(!logged.contains(secret), "{secret}");
    }
}
