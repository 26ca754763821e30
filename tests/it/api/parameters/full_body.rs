//! Requests with all parameters.

use serde_json::{Value, json};
use shared::api::parameters::PARAMETERS;

use crate::support::app::TestApp;

#[test]
fn the_event_with_all_has_each_parameter() {
    let event = include_str!("../../../../events/request_email_verification/all_parameters.json");
    for parameter in PARAMETERS {
        let name = parameter.name();
        assert!(event.contains(&format!(r#"\"{name}\": "#)), "{name}");
    }
}

#[tokio::test]
async fn a_full_body_keeps_only_the_address() {
    let app = TestApp::start().await;
    let everything = everything();
    for parameter in PARAMETERS {
        let name = parameter.name();
        assert!(everything.get(name).is_some(), "{name} is not sent");
    }
    let mail = app.ask(everything).await;
    assert_eq!(mail.to, ["ada@example.org"]);
    let (table, text) = (app.table().await, mail.text.clone().unwrap());
    assert!(text.contains("\nHello Ada,\n"), "{text}");
    for said in [
        "Lovelace",
        "org-one",
        "team-one",
        "hunter2",
        "hunter1",
        "column-one",
        "intro-one",
        "hedgehog-one",
        "setting-one",
        "leadership",
    ] {
        assert!(!table.contains(said) && !text.contains(said), "{said}");
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
        "theme_mode": "dark",
        "hedgehog_config": { "hedgehog-one": 1 },
        "allow_sidebar_suggestions": true,
        "shortcut_position": "above",
        "role_at_organization": "leadership",
        "passkeys_enabled_for_2fa": "off",
        "hide_mcp_hints": "Yes",
    })
}
