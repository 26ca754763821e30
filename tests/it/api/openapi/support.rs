//! What `openapi.yaml` documents.

use local::functions::{Definition, FUNCTIONS};
use serde_json::Value;
use shared::api::{Endpoint, Method};

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

pub fn with_method(method: Method) -> impl Iterator<Item = &'static Endpoint> {
    endpoints().filter(move |endpoint| endpoint.method == method)
}

pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    FUNCTIONS.iter().filter_map(Definition::endpoint)
}

pub fn documented(endpoint: &Endpoint) -> &'static Value {
    let found = operation(endpoint.path);
    found.unwrap_or_else(|| panic!("openapi.yaml: add the path {}", endpoint.path))
}

/// The documented errors of an endpoint: status, name, and body.
pub fn errors_of(
    endpoint: &Endpoint,
) -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let responses = entries(&documented(endpoint)["responses"]).iter();
    responses
        .filter(|(status, _)| *status != "200")
        .flat_map(|(status, response)| {
            let examples = &resolve(response)["content"]["application/json"]["examples"];
            entries(examples)
                .iter()
                .map(|(name, example)| (status.as_str(), name.as_str(), &resolve(example)["value"]))
        })
}
