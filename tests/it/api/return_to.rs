//! `return_to`: the page to which a reader goes back, and no page of another site.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY, error};
use crate::support::mail::{link_of, proof_of};

const RETURN: &str = "https://shop.example.com/checkout?step=2&user=x#pay";
const ENCODED: &str = "https%3A%2F%2Fshop.example.com%2Fcheckout%3Fstep%3D2%26user%3Dx%23pay";

async fn start() -> TestApp {
    TestApp::start_with(&[
        ("APP_URL", "https://app.example.com/welcome"),
        ("RETURN_ORIGINS", "https://shop.example.com"),
    ])
    .await
}

async fn page(app: &TestApp, query: &str) -> String {
    let request = app
        .request(Method::GET, &format!("{PAGE}?{query}"))
        .header("accept", "text/html");
    app.send(request.body(Body::empty()).unwrap()).await.body
}

#[tokio::test]
async fn the_page_leads_back() {
    let app = start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "return_to": RETURN }))
        .await;
    let user = link_of(&mail).0;
    let query = format!("user={user}&next={ENCODED}");
    let link = format!("{}{PAGE}?{query}#", app.api_url);
    let text = mail.text.as_deref().unwrap();
    assert!(text.contains(&link), "{text}");
    let html = page(&app, &query).await;
    let button =
        "class=\"button\" href=\"https://shop.example.com/checkout?step=2&#38;user=x#pay\"";
    assert!(html.contains(button), "{html}");
    assert!(!html.contains("https://app.example.com"));
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_form_keeps_where_it_leads() {
    let app = start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "return_to": RETURN }))
        .await;
    let query = format!("user={}&next={ENCODED}", link_of(&mail).0);
    let html = page(&app, &query).await;
    let action = format!(" action=\"?{}\"", query.replace('&', "&#38;"));
    assert!(html.contains(&action), "{html}");
    let code = crate::support::mail::code_of(&mail);
    let request = app
        .request(Method::POST, &format!("{PAGE}?{query}"))
        .header("accept", "text/html")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("code={code}")));
    let answer = app.send(request.unwrap()).await;
    let location = format!("?verified&next={ENCODED}#");
    assert_eq!(answer.header("location"), Some(location.as_str()));
}

#[tokio::test]
async fn other_sites_are_refused() {
    let app = start().await;
    let before = app.table().await;
    let refused = error(
        "validation_error",
        "invalid_input",
        "This URL is not allowed.",
        Some("return_to"),
    );
    for url in [
        "https://evil.example",
        "//shop.example.com",
        "javascript:alert(1)",
        "https://shop.example.com@evil.example",
        "https://shop.example.com:8443",
        "http://shop.example.com",
        &format!("https://shop.example.com/{}", "x".repeat(1_000)),
    ] {
        let body = json!({ "email": "ada@example.org", "return_to": url });
        let answer = app.post(REQUEST, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, refused.clone())
        );
        // Anybody can write a link.
        let next = percent_encoding::utf8_percent_encode(url, percent_encoding::NON_ALPHANUMERIC);
        let html = page(
            &app,
            &format!("user={}&next={next}", crate::api::parameters::NOBODY),
        )
        .await;
        assert!(
            html.contains("href=\"https://app.example.com/welcome\""),
            "{html}"
        );
        assert!(!html.contains("evil") && !html.contains("shop."), "{html}");
    }
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn an_apps_own_pages_are_allowed() {
    let app = start().await;
    let url = "https://app.example.com/orders";
    app.ask(json!({ "email": "ada@example.org", "return_to": url }))
        .await;
    let app = TestApp::start().await;
    let body = json!({ "email": "ada@example.org", "return_to": url });
    assert_eq!(app.post(REQUEST, body).await.json()["attr"], "return_to");
}
