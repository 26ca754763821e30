//! Lengths, booleans and choices.

use serde_json::json;

use super::support::{FIELDS_ARE_FINE, NOBODY};
use crate::support::app::{REQUEST, TestApp, error};

#[tokio::test]
async fn length_limits_are_exact() {
    let app = TestApp::start().await;
    for (field, limit) in [("first_name", 150), ("last_name", 150), ("password", 128)] {
        for (longest, one_more) in [
            ("x".repeat(limit), "x".repeat(limit + 1)),
            ("😀".repeat(limit), "😀".repeat(limit + 1)),
        ] {
            let answer = app
                .post(REQUEST, json!({ "uuid": NOBODY, field: longest }))
                .await;
            assert_eq!(answer.status, FIELDS_ARE_FINE, "{field}");
            let answer = app
                .post(REQUEST, json!({ "uuid": NOBODY, field: one_more }))
                .await;
            assert_eq!(answer.json()["code"], "max_length", "{field}");
        }
    }
    // Outer white space counts for a password alone.
    let padded = |text: &str, limit: usize| format!(" {} ", text.repeat(limit - 1));
    let name = json!({ "uuid": NOBODY, "first_name": padded("x", 151) });
    assert_eq!(app.post(REQUEST, name).await.status, FIELDS_ARE_FINE);
    let password = json!({ "uuid": NOBODY, "password": padded("x", 128) });
    assert_eq!(
        app.post(REQUEST, password).await.json()["code"],
        "max_length"
    );
}

#[tokio::test]
async fn usual_spellings_of_booleans_are_read() {
    let app = TestApp::start().await;
    let send = async |field: &str, value: &str| {
        let body = format!(r#"{{"uuid":"{NOBODY}","{field}":{value}}}"#);
        app.post_text(REQUEST, body).await.status
    };
    let booleans = r#"
        true false 1 0 "1" "0" "t" "T" "f" "F" "true" "True" "TRUE" "false" "False" "FALSE"
        "yes" "Yes" "YES" "no" "No" "NO" "y" "Y" "n" "N" "on" "On" "ON" "off" "Off" "OFF"
    "#;
    for value in booleans.split_whitespace() {
        for field in ["is_staff", "anonymize_data"] {
            assert_eq!(send(field, value).await, FIELDS_ARE_FINE, "{value}");
        }
    }
    for value in [
        "2",
        "-1",
        "10",
        r#""tRUE""#,
        r#""oN""#,
        r#"" true""#,
        r#""2""#,
        r#""ja""#,
    ] {
        for field in ["is_staff", "anonymize_data"] {
            assert_eq!(send(field, value).await, 400, "{value}");
        }
    }
    // Only one of them is nullable.
    for value in ["null", r#""""#, r#""null""#, r#""Null""#, r#""NULL""#] {
        assert_eq!(send("is_staff", value).await, 400, "{value}");
        let accepted = send("anonymize_data", value).await;
        assert_eq!(accepted, FIELDS_ARE_FINE, "{value}");
    }
}

#[tokio::test]
async fn a_choice_is_matched_exactly() {
    let app = TestApp::start().await;
    let roles = "engineering data product founder leadership marketing sales other";
    for (field, choices) in [
        ("toolbar_mode", "disabled toolbar"),
        ("theme_mode", "light dark system"),
        ("shortcut_position", "above below hidden"),
        ("role_at_organization", roles),
    ] {
        for choice in choices.split(' ') {
            let answer = app
                .post(REQUEST, json!({ "uuid": NOBODY, field: choice }))
                .await;
            assert_eq!(answer.status, FIELDS_ARE_FINE, "{field}: {choice}");
            for other in [
                choice.to_uppercase(),
                format!("{choice} "),
                format!("{choice}s"),
            ] {
                let answer = app
                    .post(REQUEST, json!({ "uuid": NOBODY, field: other }))
                    .await;
                let detail = format!("\"{other}\" is not a valid choice.");
                let expected = error("validation_error", "invalid_choice", &detail, Some(field));
                assert_eq!(answer.json(), expected);
            }
        }
    }
}
