//! Opening the page, and where its links lead.

use axum::body::Body;
use axum::http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::support::{
    BROWSER, HEADING, assert_page, get, get_as_person, heading_of, submit_code, verified_at,
};
use crate::support::app::{PAGE, REQUEST, TestApp, code_of, link_of};

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
    assert!(without.body.contains("You can close this page now."));
    assert!(!without.body.contains("Continue to"));
    let functions = app.restarted_with(&[("APP_URL", "https://app.acme.example/welcome")]);
    let event = include_str!("../../../events/verification_page/form_code.json");
    let answer = functions["verification_page"].invoke(event).await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let body = answer["body"].as_str().unwrap();
    let link = "<a class=\"button\" href=\"https://app.acme.example/welcome\">\
                Continue to <bdi>Acme</bdi></a>";
    assert!(body.contains(link), "{body}");
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
async fn the_link_begins_with_the_gateways_domain() {
    let app = TestApp::start().await;
    let functions = app.restarted_with(&[("PUBLIC_URL", "")]);
    let http_api = include_str!("../../../events/request_email_verification/http_api.json");
    let rest_api = include_str!("../../../events/request_email_verification/rest_api.json");
    let domain = "abcdef1234.execute-api.eu-central-1.amazonaws.com";
    let mut number = 0;
    let mut link = async |file: &str, change: &dyn Fn(&mut Value)| {
        let mut event: Value = serde_json::from_str(file).unwrap();
        for headers in ["headers", "multiValueHeaders"] {
            for name in [
                "host",
                "Host",
                "x-forwarded-host",
                "forwarded",
                "origin",
                "x-forwarded-proto",
            ] {
                let evil = json!("evil.example");
                event[headers][name] = if headers == "headers" {
                    evil
                } else {
                    json!([evil])
                };
            }
        }
        number += 1;
        event["body"] = json!(format!("{{\"email\":\"ada{number}@example.org\"}}"));
        event["isBase64Encoded"] = json!(false);
        change(&mut event);
        let mails = app.sent.len();
        let answer = functions["request_email_verification"]
            .invoke(&event.to_string())
            .await;
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        if app.sent.len() == mails {
            return answer["statusCode"].to_string();
        }
        let text = app.newest_mail().text.clone().unwrap();
        let link = text.lines().find(|line| line.starts_with("http")).unwrap();
        link.split('?').next().unwrap().to_owned()
    };
    assert_eq!(
        link(http_api, &|_| ()).await,
        format!("https://{domain}/verify_email")
    );
    let in_stage = |event: &mut Value| {
        event["requestContext"]["stage"] = json!("prod");
        event["rawPath"] = json!(format!("/prod{REQUEST}"));
    };
    assert_eq!(
        link(http_api, &in_stage).await,
        format!("https://{domain}/prod/verify_email")
    );
    let below_base_path = |event: &mut Value| {
        event["requestContext"]["domainName"] = json!("mail.example.com");
        event["rawPath"] = json!(format!("/auth/v1{REQUEST}/"));
    };
    let custom = "https://mail.example.com/auth/v1/verify_email";
    assert_eq!(link(http_api, &below_base_path).await, custom);
    let rest = |event: &mut Value| {
        event["requestContext"]["domainName"] = json!(domain);
        event["requestContext"]["path"] = json!(format!("/prod{REQUEST}"));
        event["requestContext"]["stage"] = json!("prod");
    };
    assert_eq!(
        link(rest_api, &rest).await,
        format!("https://{domain}/prod/verify_email")
    );
    // Without a usable domain nothing is mailed or counted.
    let before = app.table().await;
    for odd in [
        json!(null),
        json!("localhost"),
        json!("a b"),
        json!("evil.example/x#"),
        json!("1.2.3.4"),
    ] {
        let change = |event: &mut Value| event["requestContext"]["domainName"] = odd.clone();
        assert_eq!(link(http_api, &change).await, "500", "{odd}");
    }
    assert_eq!(app.table().await, before);
}
