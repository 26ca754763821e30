//! The description agrees with the code and with itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::api::Method;
use shared::api::parameters::PARAMETERS;
use shared::domain::api_key::{ANY_SCOPE, SCOPES};

use super::support::{
    documented, endpoints, errors_of, parameter, properties_of, schema, with_method,
};
use crate::support::lists::{assert_same, assert_same_in};
use crate::support::openapi::{entries, json_document, resolve, violation};

#[test]
fn each_endpoint_names_its_scopes() {
    for endpoint in endpoints() {
        let path = endpoint.path;
        let own = &documented(endpoint)["security"];
        let security = if own.is_null() {
            &json_document()["security"]
        } else {
            own
        };
        let schemes = security.as_array().unwrap().iter();
        let mut schemes = schemes.flat_map(|scheme| scheme.as_object().unwrap().keys());
        let schemes = &mut schemes;
        let described = |name: &String| {
            let scheme = &json_document()["components"]["securitySchemes"][name];
            (scheme["scheme"] == "bearer").then(|| scheme["description"].as_str().unwrap())
        };
        let description = schemes.find_map(described);
        let description =
            description.unwrap_or_else(|| panic!("openapi.yaml, {path}: security has no key"));
        let named = SCOPES.into_iter();
        let named = named.filter(|scope| description.contains(&format!("`{scope}`")));
        let accepted = SCOPES.into_iter();
        let accepted =
            accepted.filter(|scope| endpoint.scopes.contains(scope) || *scope == ANY_SCOPE);
        assert_same_in(
            &format!("openapi.yaml, {path}: scopes of its security"),
            named,
            accepted,
        );
    }
}

#[test]
fn each_query_parameter_has_an_error() {
    for endpoint in with_method(Method::Get) {
        let path = endpoint.path;
        let parameters = documented(endpoint)["parameters"].as_array();
        let documented: BTreeSet<_> = parameters
            .into_iter()
            .flatten()
            .map(resolve)
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let refused: BTreeSet<_> = errors_of(endpoint)
            .filter_map(|(_, _, error)| error["attr"].as_str())
            .collect();
        let place = format!("openapi.yaml, {path}: parameters that the examples of 400 name");
        assert_same_in(&place, documented, refused);
    }
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
        let listed = documented["enum"].as_array().into_iter().flatten();
        let listed = listed
            .filter_map(Value::as_str)
            .filter(|text| !text.is_empty());
        assert_same(listed, field.choices().unwrap_or_default().iter().copied());
    }
}

#[test]
fn each_documented_code_has_an_example() {
    for endpoint in endpoints() {
        let shown: BTreeSet<_> = errors_of(endpoint)
            .map(|(status, _, error)| (status, error["code"].as_str().unwrap()))
            .collect();
        let mut listed = BTreeSet::new();
        for (status, response) in entries(&documented(endpoint)["responses"]) {
            let schema = resolve(&resolve(response)["content"]["application/json"]["schema"]);
            let code = &schema["properties"]["code"];
            let codes = code["enum"].as_array().into_iter().flatten();
            let codes = codes.chain([&code["const"]]).filter_map(Value::as_str);
            listed.extend(codes.map(|code| (status.as_str(), code)));
        }
        let place = format!("openapi.yaml, {}: codes of the examples", endpoint.path);
        assert_same_in(&place, shown, listed);
    }
}

#[test]
fn attr_lists_every_field() {
    let fields = properties_of("UserFields")
        .into_iter()
        .chain(properties_of("VerificationRequest"))
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
