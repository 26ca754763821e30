//! Opening the page, and where its links lead.

use axum::body::Body;
use axum::http::Method;
use local::functions::Functions;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use shared::text::locale::Locale;

use super::support::{
    BROWSER, HEADING, assert_page, get, get_as_person, heading_of, submit_code, verified_at,
};
use crate::support::app::{PAGE, REQUEST, TestApp, WITHOUT_PAGE, error};
use crate::support::mail::{code_of, link_of};

#[tokio::test]
async fn the_mailed_link_leads_to_the_page() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let link = format!("{}/verify_email?user={uuid}#{token}", app.api_url);
    assert!(
        mail.text
            .as_deref()
            .unwrap()
            .lines()
            .any(|line| line == link)
    );
    assert!(
        mail.html
            .as_deref()
            .unwrap()
            .contains(&format!("href=\"{link}\""))
    );
    assert_page(&get(&app, "en").await, 200, HEADING);
}

#[tokio::test]
async fn opening_the_page_makes_no_call() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let before = app.table().await;
    app.edge.take_calls();
    for method in [Method::GET, Method::HEAD] {
        for path in [
            PAGE.to_owned(),
            format!("{PAGE}/"),
            format!("{PAGE}?uuid={uuid}&token={token}"),
            format!("{PAGE}?user={uuid}&code={}", code_of(&mail)),
            format!("{PAGE}?user={uuid}%23{token}"),
            format!("{PAGE}%3Fuser={uuid}%23{token}"),
            format!("{PAGE}%23{uuid}.{token}"),
        ] {
            let request = app.request(method.clone(), &path);
            let request = request.header("accept", BROWSER);
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, 200, "{method} {path}");
            assert_eq!(answer.body.is_empty(), method == Method::HEAD, "{path}");
            assert!(!answer.body.contains(&token));
        }
    }
    assert!(app.edge.take_calls().is_empty());
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn app_url_is_linked_if_set() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let code = code_of(&mail);
    let without = submit_code(&app, &mail, &code).await;
    let close = "You can close this page now. If <bdi>Acme</bdi> is still open in another tab, you \
                 can go back to it.</p>";
    assert!(without.body.contains(close), "{}", without.body);
    assert!(!without.body.contains("Continue to"));
    let functions = app.restarted_with(&[("APP_URL", "https://app.acme.example/welcome")]);
    let event = include_str!("../../../events/verification_page/form_code.json");
    let answer = functions["verification_page"].invoke(event).await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let body = answer["body"].as_str().unwrap();
    let link = "<a class=\"button\" href=\"https://app.acme.example/welcome\">\
                Continue to <bdi>Acme</bdi></a>";
    assert!(body.contains(link) && body.contains(close), "{body}");
}

/// `#` or `?` was encoded on the way. The page's script finds the token: `tests/browser`.
#[tokio::test]
async fn a_damaged_link_opens_the_page() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    for (path, page) in [
        (format!("{PAGE}?user={uuid}%23{token}"), ""),
        (format!("{PAGE}?user=3D{uuid}"), ""),
        (format!("{PAGE}/?user={uuid}"), ""),
        (format!("{PAGE}%3Fuser={uuid}%23{token}"), "verify_email"),
        (
            format!("{PAGE}%253Fuser%253D{uuid}%2523{token}"),
            "verify_email",
        ),
        (format!("{PAGE}%23{uuid}.{token}"), "verify_email"),
        (format!("{PAGE}/%23{uuid}.{token}"), "../verify_email"),
    ] {
        let answer = get_as_person(&app, &path).await;
        assert_page(&answer, 200, HEADING);
        let form = format!("<form method=\"post\" action=\"{page}?user={uuid}\">");
        assert!(answer.body.contains(&form), "{path}\n{}", answer.body);
        assert!(!answer.body.contains(&token));
    }
    assert!(verified_at(&app, &mail).await.is_none());
}

/// Any path and query gets a page, without a call to AWS.
#[test]
fn no_link_breaks_the_page() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let app = runtime.block_on(TestApp::start());
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "/verify_email",
            "/",
            "?",
            "#",
            "%23",
            "%2523",
            "user",
            "=",
            "3D",
            "&",
            "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11",
            "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let text = || proptest::collection::vec(piece.clone(), 0..8).prop_map(|pieces| pieces.concat());
    let config = Config {
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    };
    app.edge.take_calls();
    TestRunner::new(config)
        .run(&(text(), text()), |(path, query)| {
            let event = include_str!("../../../events/verification_page/open.json");
            let mut event: Value = serde_json::from_str(event).unwrap();
            event["rawPath"] = json!(path);
            event["rawQueryString"] = json!(query);
            let function = &app.functions["verification_page"];
            let answer = runtime.block_on(function.invoke(&event.to_string()));
            let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
            let body = answer["body"].as_str().unwrap();
            prop_assert!([200, 404].map(Value::from).contains(&answer["statusCode"]));
            prop_assert!(heading_of(body).is_some());
            prop_assert_eq!(body.matches("<script").count(), 1);
            Ok(())
        })
        .unwrap();
    assert!(app.edge.take_calls().is_empty());
}

#[tokio::test]
async fn the_page_is_as_small_as_documented() {
    let app = TestApp::start().await;
    let docs = include_str!("../../../docs/operate.md");
    let (_, costs) = docs.split_once("the page is less than ").unwrap();
    let (kilobytes, _) = costs.split_once(" KB").unwrap();
    let limit = kilobytes.parse::<usize>().unwrap() * 1_000;
    for locale in Locale::ALL {
        let length = get(&app, locale.tag()).await.body.len();
        assert!(
            length < limit,
            "docs/operate.md, Costs: {locale:?} has {length} bytes"
        );
    }
}

/// A request as a gateway passes it on, whose headers name another domain.
fn forged(file: &str) -> Value {
    let mut event: Value = serde_json::from_str(file).unwrap();
    for name in [
        "host",
        "Host",
        "x-forwarded-host",
        "forwarded",
        "origin",
        "x-forwarded-proto",
    ] {
        event["headers"][name] = json!("evil.example");
        event["multiValueHeaders"][name] = json!(["evil.example"]);
    }
    event["isBase64Encoded"] = json!(false);
    event
}

fn of_an_http_api() -> Value {
    forged(include_str!(
        "../../../events/request_email_verification/http_api.json"
    ))
}

/// Where the link of the mail leads for which `event` asks, up to its query. `Err`: nothing was
/// mailed, and the answer has this status.
async fn mailed_link(
    app: &TestApp,
    functions: &Functions,
    mut event: Value,
) -> Result<String, u64> {
    let before = app.sent.len();
    event["body"] = json!(format!(r#"{{"email":"ada{before}@example.org"}}"#));
    let function = &functions["request_email_verification"];
    let answer = function.invoke(&event.to_string()).await.unwrap();
    if app.sent.len() == before {
        let answer: Value = serde_json::from_str(&answer).unwrap();
        return Err(answer["statusCode"].as_u64().unwrap());
    }
    let text = app.newest_mail().text.clone().unwrap();
    let link = text.lines().find(|line| line.starts_with("http")).unwrap();
    Ok(link.split('?').next().unwrap().to_owned())
}

#[tokio::test]
async fn links_lead_to_the_gateways_domain() {
    let app = TestApp::start().await;
    let functions = app.restarted_with(&[("PUBLIC_URL", "")]);
    let domain = "abcdef1234.execute-api.eu-central-1.amazonaws.com";
    let mut in_stage = of_an_http_api();
    in_stage["requestContext"]["stage"] = json!("prod");
    in_stage["rawPath"] = json!(format!("/prod{REQUEST}"));
    let mut below_base_path = of_an_http_api();
    below_base_path["requestContext"]["domainName"] = json!("mail.example.com");
    below_base_path["rawPath"] = json!(format!("/auth/v1{REQUEST}/"));
    let mut of_a_rest_api = forged(include_str!(
        "../../../events/request_email_verification/rest_api.json"
    ));
    of_a_rest_api["requestContext"]["domainName"] = json!(domain);
    of_a_rest_api["requestContext"]["path"] = json!(format!("/prod{REQUEST}"));
    of_a_rest_api["requestContext"]["stage"] = json!("prod");
    let mut rest_below_base_path = of_a_rest_api.clone();
    rest_below_base_path["requestContext"]["domainName"] = json!("mail.example.com");
    rest_below_base_path["path"] = json!(format!("/auth/v1{REQUEST}"));
    rest_below_base_path["requestContext"]["path"] = json!(format!("/auth/v1{REQUEST}"));
    for (event, expected) in [
        (of_an_http_api(), format!("https://{domain}/verify_email")),
        (in_stage, format!("https://{domain}/prod/verify_email")),
        (
            below_base_path,
            "https://mail.example.com/auth/v1/verify_email".to_owned(),
        ),
        (of_a_rest_api, format!("https://{domain}/prod/verify_email")),
        (
            rest_below_base_path,
            "https://mail.example.com/auth/v1/verify_email".to_owned(),
        ),
    ] {
        assert_eq!(mailed_link(&app, &functions, event).await, Ok(expected));
    }
}

#[tokio::test]
async fn without_a_domain_nothing_is_mailed() {
    let app = TestApp::start().await;
    let functions = app.restarted_with(&[("PUBLIC_URL", "")]);
    let before = app.table().await;
    for odd in [
        json!(null),
        json!("localhost"),
        json!("a b"),
        json!("evil.example/x#"),
        json!("1.2.3.4"),
    ] {
        let mut event = of_an_http_api();
        event["requestContext"]["domainName"] = odd.clone();
        let link = mailed_link(&app, &functions, event).await;
        assert_eq!(link, Err(500), "{odd}");
    }
    assert_eq!(app.table().await, before, "nothing is counted");
}

#[tokio::test]
async fn without_codes_the_page_asks_for_none() {
    let app = TestApp::start_with(&[("MAIL_CONTENT", "link")]).await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let path = format!("{PAGE}?user={}", link_of(&mail).0);
    let page = get_as_person(&app, &path).await;
    assert_page(&page, 200, HEADING);
    assert!(!page.body.contains("<form"), "{}", page.body);
    assert!(!page.body.contains("enter the code"), "{}", page.body);
    assert!(page.body.contains(" data-verify"), "{}", page.body);
}

/// Somebody may have opened the page while mails had codes.
#[tokio::test]
async fn without_codes_a_code_is_answered() {
    let app = TestApp::start_with(&[("MAIL_CONTENT", "link")]).await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let answer = submit_code(&app, &mail, "123456").await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("id=\"code-error\""), "{}", answer.body);
}

#[tokio::test]
async fn a_code_alone_needs_no_domain() {
    let app = TestApp::start().await;
    let functions = app.restarted_with(&[("PUBLIC_URL", ""), ("MAIL_CONTENT", "code")]);
    let mut event = of_an_http_api();
    event["requestContext"]["domainName"] = json!(null);
    let function = &functions["request_email_verification"];
    let answer = function.invoke(&event.to_string()).await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["statusCode"], 200);
    code_of(&app.newest_mail());
}

/// As deployed: the page's function is not there, so `$default` answers.
#[tokio::test]
async fn without_the_page_its_path_is_unknown() {
    for setting in WITHOUT_PAGE {
        let app = TestApp::start_with(&[setting]).await;
        let unknown = error("invalid_request", "not_found", "Endpoint not found.", None);
        let query = format!("{PAGE}?user=f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
        for method in [Method::GET, Method::POST] {
            for path in [&query, PAGE, "/verify_email/", "/elsewhere", "/"] {
                let request = app.request(method.clone(), path).body(Body::empty());
                let answer = app.send(request.unwrap()).await;
                assert_eq!(
                    (answer.status.as_u16(), answer.json()),
                    (404, unknown.clone())
                );
            }
        }
    }
}
