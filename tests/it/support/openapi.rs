//! `openapi.yaml`, and whether an answer is one that it describes.

use std::fs;
use std::sync::OnceLock;

use axum::http::{HeaderMap, StatusCode};
use regex_lite::Regex;
use saphyr::{LoadableYamlNode, ScalarOwned, YamlOwned};
use serde_json::{Map, Value, json};

/// The document, in the order in which it is written.
pub fn document() -> &'static YamlOwned {
    static DOCUMENT: OnceLock<YamlOwned> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.yaml");
        let text = fs::read_to_string(path).unwrap();
        YamlOwned::load_from_str(&text).unwrap().remove(0)
    })
}

/// The same as JSON, in which references are found by their pointer.
pub fn json_document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| to_json(document()))
}

/// YAML as JSON.
pub fn to_json(yaml: &YamlOwned) -> Value {
    match yaml {
        YamlOwned::Mapping(mapping) => {
            let entry = |(key, value): (&YamlOwned, &YamlOwned)| {
                (
                    key.as_str().expect("a key is text").to_owned(),
                    to_json(value),
                )
            };
            Value::Object(mapping.iter().map(entry).collect())
        }
        YamlOwned::Sequence(sequence) => sequence.iter().map(to_json).collect(),
        YamlOwned::Value(ScalarOwned::Null) => Value::Null,
        YamlOwned::Value(ScalarOwned::Boolean(value)) => json!(value),
        YamlOwned::Value(ScalarOwned::Integer(value)) => json!(value),
        YamlOwned::Value(ScalarOwned::String(value)) => json!(value),
        other => panic!("not in this document: {other:?}"),
    }
}

/// The target of a `$ref`, or the value itself.
pub fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').expect("all is in one file");
            let target = json_document().pointer(pointer);
            resolve(target.unwrap_or_else(|| panic!("{reference} leads nowhere")))
        }
        None => value,
    }
}

/// The entries of an object; none if there is no object.
pub fn entries(value: &'static Value) -> &'static Map<String, Value> {
    static NONE: OnceLock<Map<String, Value>> = OnceLock::new();
    value
        .as_object()
        .unwrap_or_else(|| NONE.get_or_init(Map::new))
}

/// The operation of a request's path, with or without stage and trailing slash. A path has one
/// operation.
pub fn operation(path: &str) -> Option<&'static Value> {
    let path = path.strip_suffix('/').unwrap_or(path);
    entries(&json_document()["paths"])
        .iter()
        .find(|(documented, _)| path.ends_with(documented.as_str()))
        .and_then(|(_, item)| entries(item).values().next())
}

/// Headers that belong to the connection or the gateway, and not to the API.
const OF_THE_GATEWAY: [&str; 4] = ["apigw-requestid", "content-length", "content-type", "date"];

/// Fails unless `openapi.yaml` describes this answer of an operation: its status, its headers, its
/// body. `body` is `None` for the answer to a HEAD, which has none.
pub fn assert_described(
    operation: &'static Value,
    status: StatusCode,
    headers: &HeaderMap,
    body: Option<&str>,
) {
    let name = &operation["operationId"];
    let what = format!("{name} answered {status} {headers:?} {body:?}");
    let response = resolve(&operation["responses"][status.as_str()]);
    assert!(response.is_object(), "status not in openapi.yaml: {what}");

    let documented = entries(&response["headers"]);
    for (header, declaration) in documented {
        let declaration = resolve(declaration);
        match headers.get(header) {
            Some(value) => {
                let text = value.to_str().unwrap();
                let value = match declaration["schema"]["type"].as_str() {
                    Some("integer") => text
                        .parse()
                        .map_or(json!(text), |number: u64| json!(number)),
                    _ => json!(text),
                };
                let problem = violation(&declaration["schema"], &value);
                assert_eq!(problem, None, "header {header}: {what}");
            }
            None => assert_ne!(declaration["required"], true, "no {header}: {what}"),
        }
    }
    for header in headers.keys() {
        let is_documented = documented
            .keys()
            .any(|name| name.eq_ignore_ascii_case(header.as_str()));
        assert!(
            is_documented || OF_THE_GATEWAY.contains(&header.as_str()),
            "{header} not in openapi.yaml: {what}"
        );
    }

    let Some(body) = body else { return };
    // A gateway adds `text/plain` to an answer without a media type.
    let media_type = headers.get("content-type").map_or("text/plain", |value| {
        value.to_str().unwrap().split(';').next().unwrap()
    });
    let content = &response["content"][media_type];
    assert!(
        content.is_object(),
        "media type not in openapi.yaml: {what}"
    );
    let value = match media_type {
        "application/json" => serde_json::from_str(body).unwrap_or_else(|_| panic!("{what}")),
        _ => json!(body),
    };
    let problem = violation(&content["schema"], &value);
    assert_eq!(problem, None, "{what}");
}

/// The first thing about a value that its schema does not allow. Knows the keywords of JSON Schema
/// that describe answers and parameters, and fails on any other.
pub fn violation(schema: &'static Value, value: &Value) -> Option<String> {
    entries(schema)
        .iter()
        .find_map(|(keyword, rule)| broken(keyword, rule, schema, value))
}

/// How a value breaks a keyword of its schema.
fn broken(
    keyword: &str,
    rule: &'static Value,
    schema: &'static Value,
    value: &Value,
) -> Option<String> {
    let rules = || rule.as_array().unwrap().iter();
    match keyword {
        "$ref" => violation(resolve(schema), value),
        "allOf" => rules().find_map(|schema| violation(schema, value)),
        "anyOf" => {
            let problems: Option<Vec<_>> = rules().map(|schema| violation(schema, value)).collect();
            problems?.into_iter().next()
        }
        "properties" | "required" | "additionalProperties" => {
            broken_by_member(keyword, rule, schema, value)
        }
        "enum" => {
            let is_known = rules().any(|known| known == value);
            (!is_known).then(|| format!("{value} is missing in the enum"))
        }
        _ => {
            (!is_allowed(keyword, rule, value)).then(|| format!("{value} breaks {keyword}: {rule}"))
        }
    }
}

/// How the members of an object break a keyword. A value of another type has no members.
fn broken_by_member(
    keyword: &str,
    rule: &'static Value,
    schema: &'static Value,
    value: &Value,
) -> Option<String> {
    let object = value.as_object()?;
    match keyword {
        "properties" => entries(rule).iter().find_map(|(name, schema)| {
            let problem = violation(schema, object.get(name)?)?;
            Some(format!("{name}: {problem}"))
        }),
        "required" => {
            let mut names = rule.as_array().unwrap().iter().filter_map(Value::as_str);
            let name = names.find(|name| !object.contains_key(*name))?;
            Some(format!("{name} is missing"))
        }
        _ if rule.as_bool().expect("other rules are not understood") => None,
        _ => {
            let known = entries(&schema["properties"]);
            let name = object.keys().find(|name| !known.contains_key(*name))?;
            Some(format!("{name} is not documented"))
        }
    }
}

/// Whether a keyword allows a value as a whole.
fn is_allowed(keyword: &str, rule: &'static Value, value: &Value) -> bool {
    let number = value.as_f64();
    let length = value.as_str().map(|text| text.chars().count() as u64);
    let bound = || rule.as_u64().unwrap();
    match keyword {
        "oneOf" => {
            let fits = |schema: &&'static Value| violation(schema, value).is_none();
            rule.as_array().unwrap().iter().filter(fits).count() == 1
        }
        "not" => violation(rule, value).is_some(),
        "type" => match rule {
            Value::Array(names) => names.iter().any(|name| is_of_type(name, value)),
            name => is_of_type(name, value),
        },
        "const" => value == rule,
        "minLength" => length.is_none_or(|length| length >= bound()),
        "maxLength" => length.is_none_or(|length| length <= bound()),
        "minimum" => number.is_none_or(|number| number >= rule.as_f64().unwrap()),
        "maximum" => number.is_none_or(|number| number <= rule.as_f64().unwrap()),
        "pattern" => value.as_str().is_none_or(|text| {
            let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
            pattern.is_match(text)
        }),
        "deprecated" | "description" | "examples" | "format" => true,
        other => panic!("{other} is not understood"),
    }
}

fn is_of_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}
