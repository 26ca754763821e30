//! What `openapi.yaml` documents.

use serde_json::Value;

use crate::support::openapi::{document, entries, json_document, operation, resolve};

pub fn schema(name: &str) -> &'static Value {
    &json_document()["components"]["schemas"][name]
}

/// The names in a schema, in the order in which they are written. What a schema adds to others is
/// the last part of its `allOf`.
pub fn properties_of(name: &str) -> Vec<&'static str> {
    let schema = &document()["components"]["schemas"][name];
    let parts = schema
        .as_mapping_get("allOf")
        .and_then(|parts| parts.as_sequence());
    let own = parts.and_then(|parts| parts.last()).unwrap_or(schema);
    let properties = own["properties"].as_mapping().unwrap().keys();
    properties.map(|name| name.as_str().unwrap()).collect()
}

pub fn parameter(name: &str) -> &'static Value {
    &schema("UserFields")["properties"][name]
}

/// Every documented path, with its one method.
pub fn paths() -> impl Iterator<Item = (&'static str, &'static str)> {
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

/// The documented errors of a path: status, name, and body.
pub fn errors_of(path: &str) -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
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
