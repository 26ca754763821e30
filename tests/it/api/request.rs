//! `POST /api/users/request_email_verification`: what it refuses, and what it answers.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::app::{REQUEST, TestApp, VERIFY, error, suppression};
use crate::support::mail::proof_of;

/// The body of a refusal of one field.
fn field_error(field: &str, code: &str, detail: &str) -> Value {
    error("validation_error", code, detail, Some(field))
}

async fn refused(body: Value) -> Value {
    let app = TestApp::start().await;
    let before = app.table().await;
    let answer = app.post(REQUEST, body).await;
    assert_eq!(answer.status, 400);
    assert_eq!(app.table().await, before, "bad input changes nothing");
    assert_eq!(app.sent.len(), 0, "bad input mails nothing");
    answer.json()
}

#[tokio::test]
async fn an_address_or_uuid_is_required() {
    let expected = field_error("email", "required", "This field is required.");
    assert_eq!(refused(json!({})).await, expected);
}

#[tokio::test]
async fn each_wrong_address_has_its_error() {
    const INVALID: &str = "Enter a valid email address.";
    let cases = [
        (json!(null), "null", "This field may not be null."),
        (json!(""), "blank", "This field may not be blank."),
        (json!("   "), "blank", "This field may not be blank."),
        (json!(true), "invalid_input", "Not a valid string."),
        (
            json!(["ada@example.com"]),
            "invalid_input",
            "Not a valid string.",
        ),
        (json!({ "a": 1 }), "invalid_input", "Not a valid string."),
        (json!(12), "invalid_input", INVALID),
        (json!("ada"), "invalid_input", INVALID),
        (json!("a@x.example,b@y.example"), "invalid_input", INVALID),
        (
            json!("ada@example.com\r\nBcc: eve@example.com"),
            "invalid_input",
            INVALID,
        ),
        (
            json!("a\u{0}@example.com"),
            "null_characters_not_allowed",
            "Null characters are not allowed.",
        ),
        (
            json!("a".repeat(255)),
            "max_length",
            "Ensure this field has no more than 254 characters.",
        ),
    ];
    for (email, code, detail) in cases {
        let expected = field_error("email", code, detail);
        assert_eq!(
            refused(json!({ "email": email })).await,
            expected,
            "{email}"
        );
    }
}

#[tokio::test]
async fn a_lone_surrogate_is_no_text() {
    let app = TestApp::start().await;
    let answer = app
        .post_text(REQUEST, r#"{"email":"\ud800@example.com"}"#)
        .await;
    let expected = field_error("email", "invalid_input", "Not a valid string.");
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn a_malformed_uuid_is_refused() {
    for uuid in [
        json!("42"),
        json!(42),
        json!(null),
        json!(""),
        json!([]),
        json!("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c1"),
    ] {
        let expected = field_error("uuid", "invalid_input", "Must be a valid UUID.");
        let body = json!({ "uuid": uuid, "email": "ada@example.org" });
        assert_eq!(refused(body).await, expected, "{uuid}");
    }
}

#[tokio::test]
async fn only_the_first_error_is_reported() {
    let body = json!({ "uuid": "42", "email": "ada", "first_name": "x".repeat(151) });
    assert_eq!(refused(body).await["attr"], "first_name");
    assert_eq!(
        refused(json!({ "uuid": "42", "email": "ada" })).await["attr"],
        "email"
    );
    assert_eq!(refused(json!({ "is_staff": 2 })).await["attr"], "email");
}

#[tokio::test]
async fn the_last_of_two_equal_fields_counts() {
    let app = TestApp::start().await;
    let answer = app
        .post_text(
            REQUEST,
            r#"{"email":"first@example.org","email":"last@example.org"}"#,
        )
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(app.newest_mail().to, ["last@example.org"]);
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let app = TestApp::start().await;
    let deep = format!(
        r#"{{"email":"ada@example.org","x":{}{}}}"#,
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert_eq!(app.post_text(REQUEST, deep).await.status, 200);
    let huge = format!(
        r#"{{"email":"ada@example.org","x":1{}e999999999}}"#,
        "0".repeat(50_000)
    );
    assert_eq!(app.post_text(REQUEST, huge).await.status, 200);
}

#[tokio::test]
async fn a_body_holds_64_kib_at_most() {
    let app = TestApp::start().await;
    let body = |length: usize| {
        let frame = r#"{"email":"ada@example.org","x":""}"#.len();
        format!(
            r#"{{"email":"ada@example.org","x":"{}"}}"#,
            "x".repeat(length - frame)
        )
    };
    assert_eq!(app.post_text(REQUEST, body(65_536)).await.status, 200);
    let answer = app.post_text(REQUEST, body(65_537)).await;
    assert_eq!(answer.status, 413);
    let expected = error(
        "invalid_request",
        "request_too_large",
        "Request body exceeds 65536 bytes.",
        None,
    );
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn json_of_another_type_is_named() {
    let app = TestApp::start().await;
    for (body, name) in [
        ("[]", "list"),
        ("\"x\"", "str"),
        ("1", "int"),
        ("1.5", "float"),
        ("1e5", "float"),
        ("true", "bool"),
        ("null", "NoneType"),
    ] {
        let answer = app.post_text(REQUEST, body).await;
        let detail = format!("Invalid data. Expected a dictionary, but got {name}.");
        assert_eq!(
            answer.json(),
            error("validation_error", "invalid_input", &detail, None),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_parse_error_says_where() {
    let app = TestApp::start().await;
    for (body, detail) in [
        ("{", "JSON parse error - unexpected end at line 1 column 1."),
        (
            "{\"email\":\n x}",
            "JSON parse error - unexpected character at line 2 column 2.",
        ),
        (
            "{\"email\": \"a\"} x",
            "JSON parse error - unexpected character at line 1 column 16.",
        ),
        (
            "[1, 2",
            "JSON parse error - unexpected end at line 1 column 5.",
        ),
        (
            "[1,2] x",
            "JSON parse error - unexpected character at line 1 column 7.",
        ),
        (
            "\n\n[1,\n2",
            "JSON parse error - unexpected end at line 4 column 1.",
        ),
        (
            "12x",
            "JSON parse error - unexpected character at line 1 column 3.",
        ),
        (
            "true false",
            "JSON parse error - unexpected character at line 1 column 6.",
        ),
        (
            "{\"\\ud800\":1}",
            "JSON parse error - unexpected character at line 1 column 9.",
        ),
        (
            "\u{feff}{}",
            "JSON parse error - unexpected byte order mark at line 1 column 1. Send UTF-8 \
             without one.",
        ),
        (
            "",
            "JSON parse error - the body is empty. Send a JSON object.",
        ),
    ] {
        let answer = app.post_text(REQUEST, body).await;
        assert_eq!(
            answer.json(),
            error("invalid_request", "parse_error", detail, None),
            "{body:?}"
        );
    }
    let answer = app
        .post_text(REQUEST, vec![b'{', b'"', 0xff, b'"', b'}'])
        .await;
    let expected = error(
        "invalid_request",
        "parse_error",
        "JSON parse error - byte 2 is not UTF-8.",
        None,
    );
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn the_key_is_checked_before_the_body() {
    let app = TestApp::start().await;
    let request = app
        .request(Method::POST, REQUEST)
        .header("authorization", "Bearer evk_wrong");
    let answer = app.send(request.body(Body::from("{")).unwrap()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert_eq!(answer.json()["code"], "authentication_failed");
}

#[tokio::test]
async fn another_method_is_a_405() {
    let app = TestApp::start().await;
    for method in [
        Method::GET,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ] {
        let answer = app
            .send(
                app.request(method.clone(), REQUEST)
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow")),
            (405, Some("POST")),
            "{method}"
        );
        let detail = format!("Method \"{method}\" not allowed.");
        assert_eq!(
            answer.json(),
            error("invalid_request", "method_not_allowed", &detail, None)
        );
    }
}

#[tokio::test]
async fn every_answer_has_the_common_headers() {
    let app = TestApp::start().await;
    for (path, status) in [(REQUEST, 400), (VERIFY, 400), ("/nowhere", 404)] {
        let answer = app.post(path, json!({})).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(
            answer.header("x-request-id"),
            answer.header("apigw-requestid")
        );
        assert!(!answer.body.is_empty());
    }
}

#[tokio::test]
async fn the_body_is_returned_if_preferred() {
    let app = TestApp::start().await;
    let answer = app
        .post_preferring_representation(REQUEST, json!({ "email": "Ada@Example.org" }))
        .await;
    assert_eq!(
        answer.header("preference-applied"),
        Some("return=representation")
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let uuid = answer.json()["uuid"].as_str().unwrap().to_owned();
    let expected = format!(
        r#"{{"uuid":"{uuid}","email":"Ada@Example.org","expires_at":"2026-11-24T12:00:00Z"}}"#
    );
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn an_unknown_uuid_alone_is_404() {
    let app = TestApp::start().await;
    let before = app.table().await;
    let body = json!({ "uuid": "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99" });
    for answer in [
        app.post(REQUEST, body.clone()).await,
        app.post_preferring_representation(REQUEST, body).await,
    ] {
        let expected = error("invalid_request", "not_found", "No such user.", None);
        assert_eq!((answer.status.as_u16(), answer.json()), (404, expected));
    }
    assert_eq!((app.table().await, app.sent.len()), (before, 0));
}

#[tokio::test]
async fn a_verified_address_is_not_mailed() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.post(VERIFY, proof_of(&mail)).await;
    let before = app.table().await;
    let answer = app
        .post(REQUEST, json!({ "email": "ADA@example.org" }))
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json(),
        error(
            "validation_error",
            "already_verified",
            "Email is already verified.",
            None
        )
    );
    assert_eq!((app.sent.len(), app.table().await), (1, before));
}

async fn suppress(app: &TestApp, address: &str) {
    let pk = format!("address#{address}");
    app.set(&pk, "suppression", suppression(address)).await;
}

#[tokio::test]
async fn a_suppressed_address_costs_nothing() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "ada@example.org" })).await;
    suppress(&app, "ada@example.org").await;
    let before = app.table().await;
    let detail = "This address cannot receive our mail. Use a different one.";
    let expected = field_error("email", "email_address_suppressed", detail);
    for _ in 0..7 {
        let answer = app
            .post(REQUEST, json!({ "email": "Ada@example.org" }))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, expected.clone())
        );
    }
    assert_eq!((app.table().await, app.sent.len()), (before, 1));
}

#[tokio::test]
async fn an_unknown_address_may_be_suppressed() {
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

#[tokio::test]
async fn a_call_without_a_key_is_a_401() {
    let app = TestApp::start().await;
    for path in [REQUEST, VERIFY] {
        let request = app.request(Method::POST, path);
        let request = request.body(Body::from(r#"{"email":"ada@example.org"}"#));
        assert_eq!(app.send(request.unwrap()).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn browsers_of_other_sites_may_not_call() {
    let app = TestApp::start().await;
    for (method, status) in [(Method::POST, 401), (Method::OPTIONS, 405)] {
        let request = app
            .request(method.clone(), REQUEST)
            .header("origin", "https://app.acme.example")
            .header("access-control-request-method", "POST");
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        let cors = answer.header("access-control-allow-origin");
        let found = (answer.status.as_u16(), cors);
        assert_eq!(found, (status, None), "{method}");
    }
}
