//! The service answers as documented.

use local::fixtures::ADA;
use serde_json::{Map, Value, json};
use shared::api::parameters::PARAMETERS;
use shared::api::{Endpoint, Method};

use super::provoke::provoke;
use super::support::{documented, endpoints, errors_of, parameter, with_method};
use crate::support::app::{TestApp, VERIFY};
use crate::support::lists::assert_same_in;
use crate::support::openapi::{assert_described, entries, violation};

/// Values of every kind: what a parameter accepts, and values close to it.
fn values() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!([]),
        json!(["x"]),
        json!({}),
        json!({ "a": 1 }),
    ];
    values.extend([true, false].map(Value::from));
    values.extend([-1, 0, 1, 2, 123_456].map(Value::from));
    values.push(json!(1.5));
    values.extend([128, 129, 150, 151, 254, 255].map(|length| json!("x".repeat(length))));
    for word in [
        "x", "1", "2", "t", "true", "yes", "y", "on", "off", "null", "truth",
    ] {
        let (first, rest) = word.split_at(1);
        values.push(json!(word));
        values.push(json!(word.to_uppercase()));
        values.push(json!(first.to_uppercase() + rest));
        values.push(json!(first.to_owned() + &rest.to_uppercase()));
    }
    values.push(json!(""));
    values.push(json!("Off "));
    let choices = PARAMETERS
        .iter()
        .filter_map(shared::api::fields::Field::choices);
    values.extend(choices.flatten().map(|choice| json!(choice)));
    values
}

/// The value that the schema of a parameter is about. A number is read as its text, which is said
/// in prose: a schema for both would give clients a type that nobody wants.
fn as_read(name: &str, value: &Value) -> Value {
    let schema = parameter(name);
    let types = &schema["type"];
    let is_text = types == "string" || types[0] == "string";
    if is_text && schema["format"].is_null() && value.is_number() {
        json!(value.to_string())
    } else {
        value.clone()
    }
}

#[tokio::test]
async fn schema_and_code_accept_the_same() {
    let app = TestApp::start().await;
    for field in PARAMETERS {
        let name = field.name();
        // A schema cannot describe an address, so strings are left out for it.
        for value in values()
            .into_iter()
            .filter(|value| name != "email" || !value.is_string())
        {
            let mut body = json!({ "uuid": ADA.uuid });
            body[name] = value.clone();
            // The proof is missing. It is checked after all parameters.
            let answer = app.post(VERIFY, body).await.json();
            let problem = violation(parameter(name), &as_read(name, &value));
            let taken = answer["attr"] == "token";
            assert_eq!(
                taken,
                problem.is_none(),
                "{name}: {value}: {answer}: {problem:?}"
            );
        }
    }
}

#[tokio::test]
async fn each_request_example_is_answered() {
    for endpoint in with_method(Method::Post) {
        let path = endpoint.path;
        let operation = documented(endpoint);
        let answers = success_examples(endpoint);
        let requests = &operation["requestBody"]["content"]["application/json"]["examples"];
        let place = format!("openapi.yaml, {path}: examples of the request");
        assert_same_in(&place, entries(requests).keys(), answers.keys());
        for (name, request) in entries(requests) {
            let body = &request["value"];
            let app = TestApp::start().await;
            let answer = app.post(path, body.clone()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.body.as_str()),
                (200, ""),
                "{name}"
            );
            let app = TestApp::start().await;
            let answer = app.post_preferring_representation(path, body.clone()).await;
            assert_eq!(
                answer.header("preference-applied"),
                Some("return=representation")
            );
            assert_eq!(
                answer.json(),
                answers[name]["value"],
                "openapi.yaml, {path}: {name}"
            );
        }
    }
}

#[tokio::test]
async fn each_example_of_a_get_is_answered() {
    let app = TestApp::start().await;
    app.store_verified().await;
    for endpoint in with_method(Method::Get) {
        let path = endpoint.path;
        for (name, example) in success_examples(endpoint) {
            let what = format!("openapi.yaml, {path}: {name}");
            let uuid = example["value"]["uuid"].as_str();
            let uuid = uuid.unwrap_or_else(|| panic!("{what} has no uuid to ask for"));
            let answer = app.get(&format!("{path}?uuid={uuid}")).await;
            assert_eq!(answer.status, 200, "{what}");
            assert_eq!(answer.json(), example["value"], "{what}");
        }
    }
}

/// The examples of a 200. Each endpoint has one at least.
fn success_examples(endpoint: &Endpoint) -> &'static Map<String, Value> {
    let content = &documented(endpoint)["responses"]["200"]["content"];
    let examples = entries(&content["application/json"]["examples"]);
    let path = endpoint.path;
    assert!(
        !examples.is_empty(),
        "openapi.yaml, {path}: add an example of a 200"
    );
    examples
}

#[tokio::test]
async fn each_error_example_is_exact() {
    for endpoint in endpoints() {
        for (status, name, error) in errors_of(endpoint) {
            let app = TestApp::start().await;
            let answer = provoke(&app, endpoint, status, name).await;
            let what = format!("openapi.yaml, {}: {name}", endpoint.path);
            assert_eq!(answer.status.as_str(), status, "{what}");
            let expected = format!(
                r#"{{"type":{},"code":{},"detail":{},"attr":{}}}"#,
                error["type"], error["code"], error["detail"], error["attr"]
            );
            assert_eq!(answer.body, expected, "{what}");
            let body = Some(answer.body.as_str());
            assert_described(documented(endpoint), answer.status, &answer.headers, body);
            let says_when = ["throttled", "too_many_attempts", "service_unavailable"];
            let waits = says_when.contains(&error["code"].as_str().unwrap());
            assert_eq!(
                answer.header("retry-after").is_some(),
                waits && name != "codes_locked",
                "{what}"
            );
        }
    }
}
