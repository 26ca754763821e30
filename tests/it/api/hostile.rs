//! Hostile bodies: each gets an error of `openapi.yaml`.

use local::fixtures;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::http::Answer;

/// The errors of a bad body, in the API's envelope.
fn check(answer: &Answer) -> Result<(), TestCaseError> {
    let body: Value = answer.json();
    let keys: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    prop_assert_eq!(keys, ["attr", "code", "detail", "type"]);
    prop_assert!([400, 413].contains(&answer.status.as_u16()), "{answer:?}");
    prop_assert!(!answer.body.contains(fixtures::API_KEY));
    Ok(())
}

#[tokio::test]
async fn hostile_json_gets_documented_errors() {
    let app = TestApp::start().await;
    let before = app.table().await;
    let fill = |piece: &str| piece.repeat(60_000 / piece.len());
    let deep = |field: &str| {
        let (open, close) = ("[".repeat(30_000), "]".repeat(30_000));
        format!(r#"{{"uuid":"0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99","{field}":{open}{close}}}"#)
    };
    for (body, attr) in [
        (deep("email"), "email"),
        (deep("toolbar_mode"), "toolbar_mode"),
        (deep("notification_settings"), "notification_settings"),
        (format!(r#"{{"email":"{}"}}"#, fill(r"\u0061")), "email"),
        (format!(r#"{{"email":1{}}}"#, fill("0")), "email"),
        (
            format!(
                r#"{{"email":"ada@example.org","is_staff":1e{}}}"#,
                fill("9")
            ),
            "is_staff",
        ),
        (
            format!(
                r#"{{{}"email":null}}"#,
                fill(r#""email":"ada@example.org","#)
            ),
            "email",
        ),
        (
            format!(r#"{{"first_name":"{}"}}"#, fill("\u{fdfa}")),
            "first_name",
        ),
        (
            format!(r#"{{"uuid":"{}","email":"a@b.de"}}"#, fill("0")),
            "uuid",
        ),
    ] {
        let answer = app.post_text(REQUEST, body).await;
        check(&answer).unwrap();
        assert_eq!(answer.json()["attr"], attr);
    }
    // Not even JSON.
    for body in [
        fill("{"),
        fill("["),
        fill(r#"{"a":"#),
        fill("\""),
        fill("\u{0}"),
        fill("-"),
    ] {
        let answer = app.post_text(REQUEST, body).await;
        check(&answer).unwrap();
        assert_eq!(answer.json()["code"], "parse_error");
    }
    assert_eq!((app.table().await, app.sent.len()), (before, 0));
}

/// JSON of a few levels, with the names that the endpoints read.
fn json() -> impl Strategy<Value = Value> {
    let name = proptest::sample::select(vec![
        "email",
        "uuid",
        "token",
        "code",
        "first_name",
        "password",
        "is_staff",
        "theme_mode",
        "personal_api_key",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let any_json = leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    proptest::collection::btree_map(name.prop_map(str::to_owned), any_json, 0..6)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

#[test]
fn a_random_body_gets_an_error() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let app = runtime.block_on(TestApp::start());
    let config = || Config {
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    };
    let refuses = |body: Vec<u8>| {
        for path in [REQUEST, VERIFY] {
            let answer = runtime.block_on(app.post_text(path, body.clone()));
            check(&answer)?;
        }
        Ok(())
    };
    // A random value is no address and no proof, so each of these bodies has an error.
    let objects = json().prop_map(|json| json.to_string().into_bytes());
    TestRunner::new(config()).run(&objects, refuses).unwrap();
    let bytes = proptest::collection::vec(any::<u8>(), 0..200);
    TestRunner::new(config()).run(&bytes, refuses).unwrap();
}
