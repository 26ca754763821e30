//! `ApiAccess=public`: for browsers, which cannot hold a secret. Anybody may ask, so nobody is told
//! anything about an address, and each client may ask only so often.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::app::{
    Otherwise, REQUEST, TestApp, VERIFY, code_of, error, link_of, proof_of, suppression, wrong_code,
};
use crate::support::http::Answer;

async fn public() -> TestApp {
    TestApp::start_in_public_mode().await
}

#[tokio::test]
async fn in_public_mode_a_verified_address_is_mailed_like_any_other() {
    let app = TestApp::start_in_public_mode().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.post(VERIFY, proof_of(&mail)).await;
    let again = app.ask(json!({ "email": "ada@example.org" })).await;
    assert_eq!(app.post(VERIFY, proof_of(&again)).await.status, 200);
}

#[tokio::test]
async fn in_public_mode_no_key_is_needed_and_a_bad_one_is_still_refused() {
    let app = TestApp::start_in_public_mode().await;
    let body = || Body::from(r#"{"email":"ada@example.org"}"#);
    let without = app
        .send(app.request(Method::POST, REQUEST).body(body()).unwrap())
        .await;
    assert_eq!(without.status, 200);
    let wrong = app
        .request(Method::POST, REQUEST)
        .header("authorization", "Bearer evk_wrong");
    assert_eq!(app.send(wrong.body(body()).unwrap()).await.status, 401);
}

/// What a browser asks in advance for a page of `origin`.
pub async fn preflight(app: &TestApp, path: &str, origin: &str) -> Answer {
    let question = app
        .request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    app.send(question.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_browser_is_told_that_pages_of_the_allowed_origins_may_call_and_no_others() {
    let origins = "https://app.acme.example,http://localhost:5173";
    let with = |api_access| Otherwise {
        api_access: Some(api_access),
        settings: vec![("ALLOWED_ORIGINS", origins)],
    };
    let app = TestApp::start_with(with("public")).await;
    for path in [REQUEST, VERIFY] {
        for origin in origins.split(',') {
            let answer = preflight(&app, path, origin).await;
            assert_eq!(answer.status, 204);
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
            assert_eq!(answer.header("vary"), Some("origin"));
        }
        for origin in [
            "https://acme.example",
            "null",
            "https://app.acme.example.evil.example",
        ] {
            assert_eq!(preflight(&app, path, origin).await.status, 405, "{origin}");
        }
    }
    let elsewhere = preflight(&app, "/api/users", "http://localhost:5173").await;
    assert_eq!(elsewhere.status, 404);
    // A page may not hold a key, so with keys there is nobody to say yes to.
    let app = TestApp::start_with(with("key")).await;
    assert_eq!(
        preflight(&app, REQUEST, "http://localhost:5173")
            .await
            .status,
        405
    );
}

/// An event of a client at this address, in the format of an HTTP API or of a REST API.
fn event(file: &str, source_ip: &str, email: &str) -> String {
    let mut event: Value = serde_json::from_str(file).unwrap();
    let context = &mut event["requestContext"];
    let holder = if context["http"].is_object() {
        "http"
    } else {
        "identity"
    };
    context[holder]["sourceIp"] = json!(source_ip);
    // What a client says of itself is not believed.
    event["headers"]["x-forwarded-for"] = json!(email);
    event["body"] = json!(json!({ "email": email }).to_string());
    event.to_string()
}

const HTTP_API: &str = include_str!("../../events/request_email_verification/http_api.json");
const REST_API: &str = include_str!("../../events/request_email_verification/rest_api.json");

/// Asks from `source_ip` and returns status, `Retry-After` and the error's code.
async fn ask_from(app: &TestApp, file: &str, source_ip: &str, email: &str) -> (u64, String, Value) {
    let event = event(file, source_ip, email);
    let answer = app
        .functions
        .request_email_verification
        .invoke(&event)
        .await
        .unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let header = ["headers", "multiValueHeaders"]
        .iter()
        .find_map(|headers| answer[headers].get("retry-after"));
    let retry_after = header.map(|value| value.as_str().or(value[0].as_str()).unwrap().to_owned());
    let body = answer["body"].as_str().unwrap_or_default();
    let error: Value = serde_json::from_str(body).unwrap_or_default();
    (
        answer["statusCode"].as_u64().unwrap(),
        retry_after.unwrap_or_default(),
        error["code"].clone(),
    )
}

#[tokio::test]
async fn a_client_may_ask_30_times_in_5_minutes_whatever_it_says_of_itself() {
    let app = public().await;
    let ask = async |number: u32, source_ip: &str| {
        ask_from(
            &app,
            HTTP_API,
            source_ip,
            &format!("ada{number}@example.org"),
        )
        .await
    };
    for number in 0..30 {
        assert_eq!(ask(number, "203.0.113.7").await.0, 200);
        app.pass(Duration::from_secs(2));
    }
    let before = app.table().await;
    let throttled = (429, "240".to_owned(), json!("throttled"));
    assert_eq!(ask(30, "203.0.113.7").await, throttled);
    assert_eq!(
        (app.table().await, app.mailbox.len()),
        (before, 30),
        "a refusal costs nothing"
    );
    assert_eq!(
        ask(31, "203.0.113.8").await.0,
        200,
        "another client may ask"
    );
    app.pass(Duration::from_secs(239));
    assert_eq!(
        ask(32, "203.0.113.7").await,
        (429, "1".to_owned(), json!("throttled"))
    );
    app.pass(Duration::from_secs(1));
    assert_eq!(ask(33, "203.0.113.7").await.0, 200);
}

#[tokio::test]
async fn a_network_of_ipv6_is_one_client_behind_either_kind_of_gateway() {
    let app = public().await;
    let mut number = 0;
    let mut ask = async |file: &str, source_ip: &str| {
        number += 1;
        ask_from(&app, file, source_ip, &format!("ada{number}@example.org"))
            .await
            .0
    };
    for last in 0..15 {
        assert_eq!(ask(HTTP_API, &format!("2001:db8:1:2::{last:x}")).await, 200);
        assert_eq!(
            ask(REST_API, &format!("2001:db8:1:2:ffff::{last:x}")).await,
            200
        );
    }
    assert_eq!(ask(HTTP_API, "2001:db8:1:2:3:4:5:6").await, 429);
    assert_eq!(ask(REST_API, "2001:db8:1:2:3:4:5:6").await, 429);
    assert_eq!(ask(REST_API, "2001:db8:1:3::1").await, 200);
}

#[tokio::test]
async fn a_malformed_body_costs_none_of_a_clients_requests() {
    let app = public().await;
    let before = app.table().await;
    for _ in 0..31 {
        assert_eq!(
            app.post(REQUEST, json!({ "email": "ada" })).await.status,
            400
        );
    }
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn in_key_mode_a_client_is_not_counted() {
    let app = TestApp::start().await;
    for number in 0..31 {
        app.ask(json!({ "email": format!("ada{number}@example.org") }))
            .await;
    }
}

/// Marks an address as one that SES would not deliver to.
async fn suppress(app: &TestApp, address: &str) {
    let pk = format!("address#{address}");
    app.set(&pk, "suppression", suppression(address)).await;
}

#[tokio::test]
async fn a_suppressed_address_is_told_to_a_key_holder_and_costs_nothing() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "ada@example.org" })).await;
    suppress(&app, "ada@example.org").await;
    let before = app.table().await;
    let expected = error(
        "validation_error",
        "email_address_suppressed",
        "This address cannot receive our mail. Use a different one.",
        Some("email"),
    );
    for _ in 0..7 {
        let answer = app
            .post(REQUEST, json!({ "email": "Ada@example.org" }))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, expected.clone())
        );
    }
    assert_eq!((app.table().await, app.mailbox.len()), (before, 1));
}

#[tokio::test]
async fn in_public_mode_a_suppressed_address_is_answered_like_any_other_and_not_mailed() {
    let app = public().await;
    for email in ["ada@example.org", "bob@example.org"] {
        app.ask(json!({ "email": email })).await;
    }
    suppress(&app, "ada@example.org").await;
    let mut answers = Vec::new();
    for email in ["ada@example.org", "bob@example.org"] {
        let mut bodies = Vec::new();
        for _ in 0..6 {
            let body = json!({ "email": email });
            let answer = app.post_preferring_representation(REQUEST, body).await;
            let body = answer.body.replace(email, "[email]");
            // The id differs as the address does.
            let body = body
                .split_once(r#""email""#)
                .map_or(body.clone(), |(_, rest)| rest.to_owned());
            bodies.push((
                answer.status,
                body,
                answer.header("retry-after").map(str::to_owned),
            ));
        }
        answers.push(bodies);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(
        answers[0].last().unwrap().0,
        429,
        "also the limit is met alike"
    );
    let to_ada = app
        .mailbox
        .newest_first()
        .iter()
        .filter(|mail| mail.to == ["ada@example.org"])
        .count();
    assert_eq!(to_ada, 1, "none after the bounce");
}

#[tokio::test]
async fn in_public_mode_an_id_alone_tells_no_address() {
    let app = public().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, _) = link_of(&mail);
    let unknown = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    for id in [uuid.as_str(), unknown] {
        let answer = app
            .post_preferring_representation(REQUEST, json!({ "uuid": id }))
            .await;
        let expected = format!(r#"{{"uuid":"{id}","email":null,"expires_at":null}}"#);
        assert_eq!((answer.status.as_u16(), answer.body), (200, expected));
    }
    assert_eq!(app.mailbox.len(), 2, "the user on record is mailed");
    assert_eq!(
        app.post(VERIFY, proof_of(&app.newest_mail())).await.status,
        200
    );
}

#[tokio::test]
async fn in_public_mode_guesses_are_counted_like_in_key_mode() {
    let app = public().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let body = json!({ "email": "ada@example.org", "code": wrong_code(&[&mail]) });
    for _ in 0..5 {
        assert_eq!(
            app.post(VERIFY, body.clone()).await.json()["code"],
            "invalid_code"
        );
    }
    let right = json!({ "email": "ada@example.org", "code": code_of(&mail) });
    assert_eq!(
        app.post(VERIFY, right).await.json()["code"],
        "too_many_attempts"
    );
}

#[tokio::test]
async fn in_public_mode_an_id_alone_does_not_tell_by_its_wait_whether_it_is_known() {
    let app = public().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    for _ in 0..7 {
        let answer = app.post(REQUEST, json!({ "uuid": link_of(&mail).0 })).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    }
    assert_eq!(app.mailbox.len(), 6);
}

#[tokio::test]
async fn an_address_may_be_suppressed_and_let_go_although_nobody_ever_asked_for_it() {
    let app = TestApp::start().await;
    suppress(&app, "ada@example.org").await;
    let body = json!({ "email": "ada@example.org" });
    let answer = app.post(REQUEST, body.clone()).await;
    assert_eq!(answer.json()["code"], "email_address_suppressed");
    app.remove("address#ada@example.org", "suppression").await;
    for _ in 0..6 {
        app.ask(body.clone()).await;
    }
    assert_eq!(app.post(REQUEST, body).await.status, 429);
}
