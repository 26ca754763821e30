//! The description agrees with the code and with itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::api::parameters::PARAMETERS;

use super::support::{errors_of, parameter, paths, properties_of, schema};
use crate::support::app::{REQUEST, STATUS, VERIFY};
use crate::support::lists::assert_same;
use crate::support::openapi::{entries, json_document, operation, resolve, violation};

#[test]
fn each_path_has_its_method() {
    let expected = [(STATUS, "get"), (REQUEST, "post"), (VERIFY, "post")];
    let found: BTreeSet<_> = paths().collect();
    assert_same(found, BTreeSet::from(expected));
}

#[test]
fn version_and_license_match_cargo() {
    let info = &json_document()["info"];
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
    let manifest = include_str!("../../../../Cargo.toml");
    let license = info["license"]["identifier"].as_str().unwrap();
    assert!(manifest.contains(&format!("license = \"{license}\"")));
}

#[test]
fn the_body_limit_is_documented() {
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
fn parameters_are_in_checked_order() {
    let published = PARAMETERS.iter().map(shared::api::fields::Field::name);
    let all = published.chain(["uuid", "personal_api_key"]);
    assert_same(properties_of("UserFields"), all);
    assert_same(properties_of("Verification"), ["token", "code"]);
}

#[test]
fn each_parameter_has_its_bounds() {
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
            assert_same(listed, choices.iter().copied());
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
            let code = &schema["properties"]["code"];
            let codes = code["enum"].as_array().into_iter().flatten();
            let codes = codes.chain([&code["const"]]).filter_map(Value::as_str);
            listed.extend(codes.map(|code| (status.as_str(), code)));
        }
        assert_same(shown, listed);
    }
}

#[test]
fn attr_lists_every_field() {
    let fields = properties_of("UserFields")
        .into_iter()
        .chain(properties_of("Verification"));
    let expected: BTreeSet<_> = fields.filter(|name| *name != "personal_api_key").collect();
    let listed = schema("FieldName")["enum"].as_array();
    let listed: BTreeSet<_> = listed.unwrap().iter().filter_map(Value::as_str).collect();
    assert_same(listed, expected);
}

#[test]
fn an_undocumented_attr_is_named() {
    let error = json!({
        "type": "validation_error",
        "code": "required",
        "detail": "This field is required.",
        "attr": "shoe_size",
    });
    let problem = violation(schema("VerificationError"), &error);
    assert_eq!(
        problem.unwrap(),
        r#"attr: "shoe_size" is missing in the enum"#
    );
}
