//! Requests with all parameters.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::api::fields::Field;
use shared::api::parameters::PARAMETERS;

use crate::support::app::TestApp;
use crate::support::lists::assert_same;

/// The parameters that the mail and the table may repeat.
const REPEATED: [&str; 2] = ["first_name", "email"];
/// Shorter texts may occur by chance in a digest.
const SHORTEST: usize = 6;

fn names() -> impl Iterator<Item = &'static str> {
    PARAMETERS.iter().map(Field::name)
}

#[test]
fn the_full_event_has_all_parameters() {
    let event = include_str!("../../../../events/request_email_verification/all_parameters.json");
    let event: Value = serde_json::from_str(event).unwrap();
    let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    assert_same_names(&body);
}

#[tokio::test]
async fn a_full_body_keeps_only_the_address() {
    let app = TestApp::start().await;
    let everything = everything();
    assert_same_names(&everything);
    let mail = app.ask(everything.clone()).await;
    assert_eq!(mail.to, ["ada@example.org"]);
    let (table, text) = (app.table().await, mail.text.clone().unwrap());
    assert!(text.contains("\nHello Ada,\n"), "{text}");
    for name in names().filter(|name| !REPEATED.contains(name)) {
        for said in texts(&everything[name]) {
            let is_kept = table.contains(said) || text.contains(said);
            assert!(!is_kept || said.len() < SHORTEST, "{name}: {said}");
        }
    }
}

fn assert_same_names(body: &Value) {
    let found: BTreeSet<_> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_same(found, names().collect::<BTreeSet<_>>());
}

/// The texts in a value, and the names in its objects.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| [vec![name.as_str()], texts(value)].concat())
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn everything() -> Value {
    json!({
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email": "ada@example.org",
        "notification_settings": { "setting-one": true },
        "anonymize_data": null,
        "allow_impersonation": false,
        "toolbar_mode": "toolbar",
        "is_staff": true,
        "set_current_organization": "org-one",
        "set_current_team": "team-one",
        "password": "hunter2",
        "current_password": "hunter1",
        "events_column_config": ["column-one"],
        "has_seen_product_intro_for": { "intro-one": true },
        "theme_mode": "system",
        "hedgehog_config": { "hedgehog-one": 1 },
        "allow_sidebar_suggestions": true,
        "shortcut_position": "hidden",
        "role_at_organization": "leadership",
        "passkeys_enabled_for_2fa": "off",
        "hide_mcp_hints": "Yes",
    })
}
