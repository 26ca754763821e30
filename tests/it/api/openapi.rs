//! `openapi.yaml` and the service agree. That each answer of every other test is one that it
//! describes is checked where answers arrive, in `support::http`.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::http::Method;
use local::fixtures::{ADA, API_KEY_WITHOUT_SCOPE, GRACE, PendingUser};
use local::ses::Fault;
use local::stack::TABLE;
use serde_json::{Value, json};
use shared::api::parameters::PARAMETERS;

use crate::api::parameters::NOBODY;
use crate::support::app::{REQUEST, STATUS, TestApp, VERIFY, suppression};
use crate::support::edge::Break;
use crate::support::http::Answer;
use crate::support::openapi::{
    assert_described, document, entries, json_document, operation, resolve, violation,
};

fn schema(name: &str) -> &'static Value {
    &json_document()["components"]["schemas"][name]
}

/// The names in a schema, in the order in which they are written.
fn properties_of(name: &str) -> Vec<&'static str> {
    let properties = &document()["components"]["schemas"][name]["properties"];
    let properties = properties.as_mapping().unwrap().keys();
    properties.map(|name| name.as_str().unwrap()).collect()
}

fn parameter(name: &str) -> &'static Value {
    &schema("Parameters")["properties"][name]
}

/// Every documented path, with its one method.
fn paths() -> impl Iterator<Item = (&'static str, &'static str)> {
    entries(&json_document()["paths"])
        .iter()
        .map(|(path, item)| {
            let methods: Vec<_> = entries(item).keys().collect();
            let [method] = methods.as_slice() else {
                panic!("{path} has {methods:?}");
            };
            (path.as_str(), method.as_str())
        })
}

#[test]
fn each_path_has_its_method() {
    let expected = [(STATUS, "get"), (REQUEST, "post"), (VERIFY, "post")];
    assert_eq!(paths().collect::<BTreeSet<_>>(), expected.into());
}

#[test]
fn the_version_and_the_license_are_those_of_the_workspace() {
    let info = &json_document()["info"];
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
    let manifest = include_str!("../../../Cargo.toml");
    let license = info["license"]["identifier"].as_str().unwrap();
    assert!(manifest.contains(&format!("license = \"{license}\"")));
}

#[test]
fn the_longest_body_is_named_wherever_bodies_are_explained() {
    let examples = &json_document()["components"]["examples"];
    let detail = examples["request_too_large"]["value"]["detail"].as_str();
    let limit = detail
        .unwrap()
        .strip_prefix("Request body exceeds ")
        .unwrap();
    let limit = limit.trim_end_matches('.');
    for text in [
        &json_document()["info"]["description"],
        &json_document()["components"]["responses"]["ContentTooLarge"]["description"],
    ] {
        assert!(text.as_str().unwrap().contains(limit), "{text}");
    }
}

#[test]
fn the_parameters_stand_in_the_order_in_which_they_are_checked() {
    let published = PARAMETERS.iter().map(shared::api::fields::Field::name);
    let all: Vec<_> = published.chain(["uuid", "personal_api_key"]).collect();
    assert_eq!(properties_of("Parameters"), all);
    assert_eq!(properties_of("Verification"), ["token", "code"]);
}

#[test]
fn each_parameter_has_its_length_its_choices_and_its_null() {
    for field in PARAMETERS {
        let (name, documented) = (field.name(), resolve(parameter(field.name())));
        let length = documented["maxLength"].as_u64();
        assert_eq!(length, field.limit().map(|limit| limit as u64), "{name}");
        let takes_null = violation(documented, &Value::Null).is_none();
        assert_eq!(takes_null, field.is_nullable(), "{name}");
        if let Some(choices) = field.choices() {
            let listed = documented["enum"].as_array().unwrap().iter();
            let listed = listed
                .filter_map(Value::as_str)
                .filter(|text| !text.is_empty());
            assert_eq!(listed.collect::<Vec<_>>(), choices, "{name}");
        }
    }
}

/// Values of every kind, near to and at what some parameter takes.
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

#[tokio::test]
async fn a_value_is_taken_exactly_when_it_is_described() {
    let app = TestApp::start().await;
    for field in PARAMETERS {
        let name = field.name();
        // A schema cannot say what an address is, so of this one only the other kinds are told
        // apart.
        for value in values()
            .into_iter()
            .filter(|value| name != "email" || !value.is_string())
        {
            let mut body = json!({ "uuid": ADA.uuid });
            body[name] = value.clone();
            // Whoever gets as far as the proof, which is missing, got past all parameters.
            let answer = app.post(VERIFY, body).await.json();
            let problem = violation(parameter(name), &value);
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
async fn each_documented_request_gets_the_documented_answer() {
    for path in [REQUEST, VERIFY] {
        let operation = operation(path).unwrap();
        let content = &operation["responses"]["200"]["content"]["application/json"];
        let requests = &operation["requestBody"]["content"]["application/json"]["examples"];
        let names = |examples| entries(examples).keys().collect::<Vec<_>>();
        assert_eq!(names(requests), names(&content["examples"]));
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
            assert_eq!(answer.json(), content["examples"][name]["value"], "{name}");
        }
    }
}

#[tokio::test]
async fn each_documented_status_is_answered() {
    let content = &operation(STATUS).unwrap()["responses"]["200"]["content"];
    let examples = entries(&content["application/json"]["examples"]);
    let app = TestApp::start().await;
    app.store_verified().await;
    for (name, example) in examples {
        let uuid = example["value"]["uuid"].as_str().unwrap();
        let answer = app.get(&format!("{STATUS}?uuid={uuid}")).await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.json(), example["value"], "{name}");
    }
}

/// The documented errors of a path: status, name, and body.
fn errors_of(path: &str) -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let responses = entries(&operation(path).unwrap()["responses"]).iter();
    responses
        .filter(|(status, _)| *status != "200")
        .flat_map(|(status, response)| {
            let examples = &resolve(response)["content"]["application/json"]["examples"];
            entries(examples)
                .iter()
                .map(|(name, example)| (status.as_str(), name.as_str(), &resolve(example)["value"]))
        })
}

#[tokio::test]
async fn each_documented_error_is_answered_byte_for_byte() {
    for (path, _) in paths() {
        for (status, name, error) in errors_of(path) {
            let app = TestApp::start().await;
            let answer = provoke(&app, path, name).await;
            let what = format!("{path}: {name}");
            assert_eq!(answer.status.as_str(), status, "{what}");
            let expected = format!(
                r#"{{"type":{},"code":{},"detail":{},"attr":{}}}"#,
                error["type"], error["code"], error["detail"], error["attr"]
            );
            assert_eq!(answer.body, expected, "{what}");
            let body = Some(answer.body.as_str());
            assert_described(
                operation(path).unwrap(),
                answer.status,
                &answer.headers,
                body,
            );
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

#[test]
fn each_documented_code_has_an_example() {
    for (path, _) in paths() {
        let shown: BTreeSet<_> = errors_of(path)
            .map(|(status, _, error)| (status, error["code"].as_str().unwrap()))
            .collect();
        let mut listed = BTreeSet::new();
        for (status, response) in entries(&operation(path).unwrap()["responses"]) {
            let schema = resolve(&resolve(response)["content"]["application/json"]["schema"]);
            for part in schema["allOf"].as_array().into_iter().flatten() {
                let codes = part["properties"]["code"]["enum"].as_array();
                let codes = codes
                    .into_iter()
                    .flatten()
                    .map(|code| code.as_str().unwrap());
                listed.extend(codes.map(|code| (status.as_str(), code)));
            }
        }
        assert_eq!(shown, listed, "{path}");
    }
}

#[test]
fn an_error_is_about_any_of_the_fields_or_about_none() {
    let fields = properties_of("Parameters")
        .into_iter()
        .chain(properties_of("Verification"));
    let expected: BTreeSet<_> = fields.filter(|name| *name != "personal_api_key").collect();
    let listed = schema("BadRequest")["allOf"][1]["properties"]["attr"]["enum"].as_array();
    let listed: BTreeSet<_> = listed.unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(listed, expected);
}

/// Brings a documented error about, by its name.
async fn provoke(app: &TestApp, path: &str, name: &str) -> Answer {
    if path == STATUS {
        return provoke_on_status(app, name).await;
    }
    if let Some(body) = bad_body(name) {
        return app.post_text(path, body).await;
    }
    if let Some((field, value)) = bad_field(name) {
        let mut body = good_body(path);
        body[field] = value;
        return app.post(path, body).await;
    }
    match path {
        REQUEST => provoke_on_request(app, name).await,
        _ => provoke_on_verify(app, name).await,
    }
}

fn good_body(path: &str) -> Value {
    match path {
        REQUEST => json!({ "email": "katherine@example.com" }),
        _ => link_of(ADA),
    }
}

fn link_of(user: PendingUser) -> Value {
    json!({ "uuid": user.uuid, "token": user.token().encode() })
}

fn bad_body(name: &str) -> Option<Vec<u8>> {
    let body = match name {
        "empty_body" => Vec::new(),
        "broken_json" => br#"{"email":"#.to_vec(),
        "form_encoded" => b"email=ada%40example.com".to_vec(),
        "not_utf8" => vec![0xff],
        "byte_order_mark" => b"\xef\xbb\xbf{}".to_vec(),
        "not_an_object" => b"[]".to_vec(),
        "no_user" => b"{}".to_vec(),
        "request_too_large" => vec![b' '; 65_537],
        _ => return None,
    };
    Some(body)
}

fn bad_field(name: &str) -> Option<(&'static str, Value)> {
    let field = match name {
        "not_a_string" => ("email", json!(["ada@example.com"])),
        "null_value" => ("first_name", json!(null)),
        "blank" => ("email", json!(" ")),
        "too_long" => ("first_name", json!("x".repeat(151))),
        "null_character" => ("first_name", json!("A\u{0}da")),
        "control_character" => ("first_name", json!("Ada\nLovelace")),
        "invisible_character" => ("first_name", json!("A\u{200b}da")),
        "angle_bracket" => ("first_name", json!("<b>Ada</b>")),
        "url" => ("first_name", json!("evil.com")),
        "not_an_address" => ("email", json!("ada")),
        "not_a_dictionary" => ("notification_settings", json!("all")),
        "not_a_boolean" => ("is_staff", json!("perhaps")),
        "not_a_choice" => ("theme_mode", json!("sepia")),
        "not_a_uuid" => ("uuid", json!("42")),
        _ => return None,
    };
    Some(field)
}

/// What both endpoints answer alike, whatever the fields are.
async fn provoke_anywhere(app: &TestApp, path: &str, name: &str) -> Answer {
    let (mut method, mut path, mut body) = (Method::POST, path.to_owned(), good_body(path));
    let (mut key, mut media_type) = (None, "application/json");
    match name {
        "not_authenticated" => {}
        "bad_key_in_header" => key = Some("evk_wrong"),
        "bad_key_in_body" => body["personal_api_key"] = json!("evk_wrong"),
        "bad_key_in_query" => path.push_str("?personal_api_key=evk_wrong"),
        "permission_denied" => key = Some(API_KEY_WITHOUT_SCOPE),
        "not_reachable" => {
            let behind_a_proxy = [("ORIGIN_SECRET", "only-the-proxy-knows-this")];
            let app = TestApp::start_with(&behind_a_proxy).await;
            return app.post(&path, body).await;
        }
        "not_found" => path.push_str("/more"),
        "no_such_user" => return app.post(&path, json!({ "uuid": NOBODY })).await,
        "method_not_allowed" => method = Method::GET,
        "unsupported_media_type" => {
            key = Some(local::fixtures::API_KEY);
            media_type = "text/plain";
        }
        "unforeseen" => {
            let pk = format!("user#{}", GRACE.uuid);
            put(app, &pk, &[("version", AttributeValue::Bool(true))]).await;
            return app
                .post(&path, json!({ "uuid": GRACE.uuid, "code": GRACE.code }))
                .await;
        }
        other => panic!("nobody knows how to bring {other} about"),
    }
    let mut request = app
        .request(method, &path)
        .header("content-type", media_type);
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    app.send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

async fn provoke_on_request(app: &TestApp, name: &str) -> Answer {
    let body = good_body(REQUEST);
    match name {
        "already_verified" => {
            app.post(VERIFY, link_of(ADA)).await;
            app.post(REQUEST, json!({ "uuid": ADA.uuid })).await
        }
        "email_address_suppressed" => {
            let suppressed = [
                ("version", AttributeValue::N("1".to_owned())),
                ("mails", AttributeValue::M([].into())),
                ("suppression", suppression("katherine@example.com")),
            ];
            put(app, "address#katherine@example.com", &suppressed).await;
            app.post(REQUEST, body).await
        }
        "throttled" | "throttled_for_a_second" => {
            for _ in 0..6 {
                app.ask(body.clone()).await;
            }
            if name == "throttled_for_a_second" {
                app.pass(Duration::from_hours(24) - Duration::from_secs(1));
            }
            app.post(REQUEST, body).await
        }
        "could_not_send" => {
            app.ses_faults.always(Fault::Unavailable);
            app.post(REQUEST, body).await
        }
        other => provoke_anywhere(app, REQUEST, other).await,
    }
}

async fn provoke_on_verify(app: &TestApp, name: &str) -> Answer {
    let code = |code: &str| json!({ "uuid": ADA.uuid, "code": code });
    let body = match name {
        "no_proof" => json!({ "uuid": ADA.uuid }),
        "not_a_code" => code("12345"),
        "invalid_token" => json!({ "uuid": ADA.uuid, "token": GRACE.token().encode() }),
        "expired_token" => link_of(GRACE),
        "invalid_code" => code("000000"),
        "too_many_attempts" => {
            for _ in 0..5 {
                app.post(VERIFY, code("000000")).await;
            }
            code(ADA.code)
        }
        "expired_code" => {
            app.pass(Duration::from_mins(31));
            code(ADA.code)
        }
        "codes_locked" => {
            let hundred = AttributeValue::N("100".to_owned());
            let user = format!("user#{}", ADA.uuid);
            app.set(&user, "wrong_codes", hundred).await;
            code(ADA.code)
        }
        "could_not_check" => {
            app.edge.break_always(Break::InternalServerError);
            link_of(ADA)
        }
        other => return provoke_anywhere(app, VERIFY, other).await,
    };
    app.post(VERIFY, body).await
}

async fn provoke_on_status(app: &TestApp, name: &str) -> Answer {
    let good = format!("{STATUS}?uuid={}", ADA.uuid);
    let email = |email: &str| format!("{STATUS}?email={email}");
    let (mut method, mut key) = (Method::GET, Some(local::fixtures::API_KEY));
    let path = match name {
        "neither_uuid_nor_email" => STATUS.to_owned(),
        "not_a_uuid" => format!("{STATUS}?uuid=42"),
        "not_an_address" => email("ada"),
        "blank" => email(""),
        "long_address" => email(&"x".repeat(255)),
        "null_character_in_address" => email("ada%00@example.com"),
        "no_such_user" => format!("{STATUS}?uuid={NOBODY}"),
        "not_found" => format!("{STATUS}/more"),
        "bad_key_in_query" => {
            key = None;
            format!("{good}&personal_api_key=evk_wrong")
        }
        "not_authenticated" => {
            key = None;
            good
        }
        "bad_key_in_header" => {
            key = Some("evk_wrong");
            good
        }
        "permission_denied_to_read" => {
            key = Some(API_KEY_WITHOUT_SCOPE);
            good
        }
        "not_reachable" => {
            let behind_a_proxy = [("ORIGIN_SECRET", "only-the-proxy-knows-this")];
            return TestApp::start_with(&behind_a_proxy).await.get(&good).await;
        }
        "post_not_allowed" => {
            method = Method::POST;
            good
        }
        "unforeseen" => {
            let pk = format!("user#{}", ADA.uuid);
            put(app, &pk, &[("version", AttributeValue::Bool(true))]).await;
            good
        }
        "could_not_look_up" => {
            app.edge.break_always(Break::InternalServerError);
            good
        }
        other => panic!("nobody knows how to bring {other} about"),
    };
    let mut request = app.request(method, &path);
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Puts an item in place of the one that was there.
async fn put(app: &TestApp, pk: &str, attributes: &[(&str, AttributeValue)]) {
    let mut put = app
        .client
        .put_item()
        .table_name(TABLE)
        .item("pk", AttributeValue::S(pk.to_owned()));
    for (name, value) in attributes {
        put = put.item(*name, value.clone());
    }
    put.send().await.unwrap();
}
