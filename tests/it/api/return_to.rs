//! `return_to`: the page to which a reader goes back, and no page of another site.

use axum::body::Body;
use axum::http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::brand::return_origins::ReturnOrigins;

use crate::api::parameters::NOBODY;
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY, WITHOUT_PAGE, error};
use crate::support::mail::{code_of, link_of, proof_of};

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
    let code = code_of(&mail);
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

fn refused() -> (u16, Value) {
    let detail = "This URL is not allowed.";
    let attr = Some("return_to");
    (
        400,
        error("validation_error", "invalid_input", detail, attr),
    )
}

async fn ask_with(app: &TestApp, return_to: impl Into<Value>) -> (u16, Value) {
    let body = json!({ "email": "ada@example.org", "return_to": return_to.into() });
    let answer = app.post(REQUEST, body).await;
    (answer.status.as_u16(), answer.json())
}

#[tokio::test]
async fn other_sites_are_refused() {
    let app = start().await;
    let before = app.table().await;
    for url in [
        "https://evil.example",
        "//shop.example.com",
        "///shop.example.com",
        "\\\\shop.example.com",
        "https://evil.example\\@shop.example.com",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://shop.example.com@evil.example",
        "https://ada@shop.example.com",
        "https://shop.example.com.evil.example",
        "https://shop.example.com%2f.evil.example",
        "https://shop.example.com%00.evil.example",
        "https://shop.example.com\t.evil.example",
        "https://shop.example.com.",
        "https://shop.example.com:8443",
        "http://shop.example.com",
        "https://sh\u{43e}p.example.com",
        "https://xn--shp-hmc.example.com",
        "https://shop\u{3002}example.com",
        "https://shop.example.com/\u{202e}",
        "https://shop.example.com/\0",
        "https://[::1]",
        "https://0x7f.1",
    ] {
        assert_eq!(ask_with(&app, url).await, refused(), "{url:?}");
        // Anybody can write a link.
        let next = utf8_percent_encode(url, NON_ALPHANUMERIC);
        let html = page(&app, &format!("user={NOBODY}&next={next}")).await;
        assert!(
            html.contains("href=\"https://app.example.com/welcome\""),
            "{html}"
        );
        assert!(!html.contains("evil") && !html.contains("shop."), "{html}");
    }
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn anything_but_a_url_is_refused() {
    let app = start().await;
    let before = app.table().await;
    for value in [
        json!(""),
        json!(" "),
        json!(null),
        json!(1),
        json!(true),
        json!([RETURN]),
        json!({ "href": RETURN }),
    ] {
        assert_eq!(ask_with(&app, value.clone()).await, refused(), "{value}");
    }
    // `uuid` is checked first.
    let body = json!({ "uuid": "42", "return_to": "" });
    assert_eq!(app.post(REQUEST, body).await.json()["attr"], "uuid");
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_url_has_up_to_1024_characters() {
    const START: &str = "https://shop.example.com?";
    let app = start().await;
    let rest = 1_024 - START.len();
    // The last one has more than 1024 bytes.
    for (text, written, count) in [
        ("x", "x", rest),
        ("'", "%27", rest),
        ("\u{e9}", "%C3%A9", 500),
    ] {
        let url = format!("{START}{}", text.repeat(count));
        assert_eq!(
            ask_with(&app, format!("{url}{}", "x".repeat(525))).await,
            refused()
        );
        app.ask(json!({ "email": "ada@example.org", "return_to": url }))
            .await;
        let mail = app.newest_mail().text.clone().unwrap();
        let (_, link) = mail.split_once(&format!("{PAGE}?")).unwrap();
        let html = page(&app, link.split_once('#').unwrap().0).await;
        let href = format!("https://shop.example.com/?{}\"", written.repeat(count));
        assert!(html.contains(&href.replace('\'', "&#39;")), "{html}");
    }
}

#[tokio::test]
async fn the_first_next_of_a_link_counts() {
    let app = start().await;
    let evil = "next=https%3A%2F%2Fevil.example";
    for query in [
        format!("next={ENCODED}&{evil}"),
        format!("next={ENCODED}%0d%0aset-cookie%3Aa%3Db"),
        format!("next={ENCODED}%23AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"),
    ] {
        let html = page(&app, &format!("user={NOBODY}&{query}")).await;
        assert!(!html.contains("evil.example") && !html.contains("AQEB"));
        assert_eq!(html.contains("#pay\""), !query.contains("%0d"), "{html}");
    }
    let html = page(&app, &format!("user={NOBODY}&{evil}&next={ENCODED}")).await;
    assert!(html.contains("href=\"https://app.example.com/welcome\""));
}

/// Texts that are almost a URL of a listed origin, or just one.
fn nearly_a_listed_url() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "https",
        "HTTPS",
        "http",
        "javascript",
        "data",
        ":",
        "/",
        "//",
        "\\",
        "@",
        "?",
        "#",
        ".",
        "shop",
        "ShOp",
        "example",
        "com",
        "evil",
        "localhost",
        "127.0.0.1",
        "127.1",
        "[::1]",
        "2130706433",
        ":443",
        ":0443",
        ":3000",
        ":03000",
        "%2F",
        "%5C",
        "%40",
        "%00",
        "%2e",
        "%73",
        "\t",
        "\n",
        " ",
        "\0",
        "\u{ff0f}",
        "\u{3002}",
        "\u{ff53}",
        "\u{43e}",
        "\u{ad}",
        "\u{202e}",
        "\u{200b}",
        "xn--",
        "\u{e9}",
        "a",
        "-",
        "*",
        "\"",
        "<",
        "'",
    ]);
    let pieces =
        |count| proptest::collection::vec(piece.clone(), count).prop_map(|pieces| pieces.concat());
    let start = proptest::sample::select(vec![
        "https://shop.example.com",
        "http://localhost:3000",
        "https://",
        "https:",
        "",
    ]);
    let around = (pieces(0..3), start, pieces(0..8));
    around.prop_map(|(before, start, behind)| format!("{before}{start}{behind}"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Behind "https://host/" nothing changes what a browser takes for the host.
    #[test]
    fn what_is_linked_begins_with_an_origin(
        text in prop_oneof![nearly_a_listed_url(), any::<String>()],
    ) {
        let listed = "https://shop.example.com,http://localhost:3000";
        let origins = ReturnOrigins::parse(listed, None).unwrap();
        let Some(url) = origins.admit(&text) else { return Ok(()) };
        let written = url.as_str();
        let begins = |origin: &str| written.starts_with(&format!("{origin}/"));
        prop_assert!(listed.split(',').any(begins), "{text:?}");
        prop_assert!(written.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'));
        prop_assert_eq!(origins.admit(written), Some(url.clone()));
    }
}

#[tokio::test]
async fn an_apps_own_pages_are_allowed() {
    let app = start().await;
    let url = "https://app.example.com/orders";
    app.ask(json!({ "email": "ada@example.org", "return_to": url }))
        .await;
    let app = TestApp::start().await;
    assert_eq!(ask_with(&app, url).await, refused());
}

/// Neither a page of the adopter's own nor a code leads anywhere.
#[tokio::test]
async fn without_the_page_no_url_is_allowed() {
    let url = "https://shop.example.com/";
    let body = json!({ "email": "ada@example.org", "return_to": url });
    assert_eq!(TestApp::start().await.post(REQUEST, body).await.status, 200);
    for setting in WITHOUT_PAGE {
        let app = TestApp::start_with(&[setting]).await;
        assert_eq!(ask_with(&app, url).await, refused(), "{setting:?}");
        assert_eq!(app.sent.len(), 0);
    }
}
