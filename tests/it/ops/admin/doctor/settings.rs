//! Settings of the deployed functions that are wrong or contradict each other.

use local::functions::{Definition, FUNCTIONS};
use serde_json::json;

use super::cloud::Cloud;
use super::support::{deployed, doctor};
use crate::ops::settings::{is_of_the_runtime, start, variables, with};
use crate::support::app::TestApp;
use crate::support::template::{logical_name, template};

const REQUEST: &str = "RequestEmailVerificationFunction";
const VERIFY: &str = "VerifyEmailFunction";

/// A function, a setting of it, a value, and the problem.
const WRONG: [(&str, &str, &str, &str); 4] = [
    (
        REQUEST,
        "TABLE_NAME",
        "other",
        "the functions use another table than mailproof",
    ),
    (
        REQUEST,
        "VERIFICATION_URL",
        "https://app.example.com/#{uuid}/{token}",
        "VERIFICATION_URL and PUBLIC_URL are both set",
    ),
    (
        REQUEST,
        "CONFIGURATION_SET",
        "",
        "CONFIGURATION_SET is not set",
    ),
    (
        REQUEST,
        "CONFIGURATION_SET",
        "other",
        "CONFIGURATION_SET is not the stack's",
    ),
];

/// The line about the settings, with this one changed.
async fn line_with(
    (app, cloud): &(TestApp, Cloud),
    function: &str,
    name: &str,
    value: &str,
) -> String {
    let change = |value: &str| {
        let mut before = None;
        cloud.change(|stack| {
            let settings = stack.settings.get_mut(function).unwrap();
            before = settings.insert(name.to_owned(), value.to_owned());
        });
        before.unwrap_or_default()
    };
    let before = change(value);
    let line = line(app).await;
    change(&before);
    line
}

/// The line about the settings.
async fn line(app: &TestApp) -> String {
    let report = doctor(app).await.out;
    let line = report
        .lines()
        .find(|line| line.split_whitespace().nth(1) == Some("settings"));
    line.unwrap_or_else(|| panic!("{report}")).to_owned()
}

#[tokio::test]
async fn contradictions_are_named() {
    let stack = deployed().await;
    for (function, name, value, problem) in WRONG {
        let line = line_with(&stack, function, name, value).await;
        assert!(line.starts_with("PROBLEM"), "{name} of {function}: {line}");
        assert!(line.contains(problem), "{line}");
    }
}

/// The function's name in `template.yaml`.
fn id_of(definition: &Definition) -> String {
    format!("{}Function", logical_name(definition.name))
}

/// The names of the function's settings.
fn names_of(definition: &Definition) -> impl Iterator<Item = &'static str> {
    let variables = variables(template(), definition).into_iter();
    variables.map(|(name, _)| name)
}

/// A value with which the function does not start, and its error.
fn refused(app: &TestApp, definition: &Definition, name: &'static str) -> (&'static str, String) {
    let error = |value: &&'static str| {
        let environment = with(&app.environment, name, value);
        let started = start(definition, &environment, &app.clock);
        Some((*value, started.err()?.to_string()))
    };
    let refused = ["", "\u{7f}"].iter().find_map(error);
    refused.unwrap_or_else(|| panic!("add a value of {name} that {} refuses", definition.name))
}

#[tokio::test]
async fn each_setting_is_checked() {
    let stack = deployed().await;
    for definition in FUNCTIONS {
        let function = id_of(definition);
        for name in names_of(definition).filter(|name| !is_of_the_runtime(name)) {
            let (value, error) = refused(&stack.0, definition, name);
            let line = line_with(&stack, &function, name, value).await;
            let expected = format!("{error} (in {function})");
            assert!(line.starts_with("PROBLEM"), "{name} of {function}: {line}");
            assert!(line.contains(&expected), "{expected}: {line}");
        }
    }
}

#[tokio::test]
async fn shared_settings_are_compared() {
    let stack = deployed().await;
    let all = FUNCTIONS
        .iter()
        .flat_map(|definition| names_of(definition).map(move |name| (definition, name)));
    let all: Vec<_> = all.filter(|(_, name)| !is_of_the_runtime(name)).collect();
    let is_of_two = |name| all.iter().filter(|(_, other)| *other == name).count() > 1;
    for (definition, name) in all.iter().filter(|(_, name)| is_of_two(*name)) {
        let function = id_of(definition);
        let line = line_with(&stack, &function, name, "other").await;
        let expected = format!("{name} differs between functions");
        assert!(line.contains(&expected), "{function}: {line}");
    }
}

#[tokio::test]
async fn endpoints_of_local_runs_are_named() {
    let stack = deployed().await;
    for definition in FUNCTIONS {
        let function = id_of(definition);
        for name in names_of(definition).filter(|name| name.starts_with("AWS_ENDPOINT_URL")) {
            let line = line_with(&stack, &function, name, "http://127.0.0.1:8025").await;
            let expected = format!("{name} is set, which is for local runs");
            assert!(line.contains(&expected), "{function}: {line}");
        }
    }
}

#[tokio::test]
async fn a_notice_names_whom_to_write_to() {
    let (app, cloud) = deployed().await;
    let warning = "an email about a change of address names nobody to write to";
    for (notice, support, reply_to, sender, expected) in [
        ("", "", "", "Acme <no-reply@acme.example>", true),
        ("asked", "", "", "Acme <no-reply@acme.example>", true),
        ("off", "", "", "Acme <no-reply@acme.example>", false),
        (
            "done",
            "",
            "noreply@acme.example",
            "Acme <no-reply@acme.example>",
            true,
        ),
        (
            "done",
            "",
            "team@acme.example",
            "Acme <no-reply@acme.example>",
            false,
        ),
        (
            "done",
            "help@acme.example",
            "",
            "Acme <no-reply@acme.example>",
            false,
        ),
        ("done", "", "", "Acme <hello@acme.example>", false),
    ] {
        cloud.change(|stack| {
            for settings in stack.settings.values_mut() {
                for (name, value) in [
                    ("CHANGE_NOTICE", notice),
                    ("SUPPORT_ADDRESS", support),
                    ("REPLY_TO", reply_to),
                    ("SENDER", sender),
                ] {
                    if let Some(setting) = settings.get_mut(name) {
                        value.clone_into(setting);
                    }
                }
            }
        });
        let line = line(&app).await;
        assert_eq!(line.contains(warning), expected, "{line}");
        assert!(
            line.starts_with(if expected { "WARNING" } else { "OK" }),
            "{line}"
        );
    }
}

#[tokio::test]
async fn hidden_settings_are_unknown() {
    let (app, cloud) = deployed().await;
    let hidden = json!({ "Environment": { "Error": {
        "ErrorCode": "AccessDeniedException",
        "Message": "Lambda was unable to decrypt the variables",
    } } });
    cloud.change(|stack| {
        stack.states.insert(VERIFY.to_owned(), hidden);
    });
    let line = line(&app).await;
    assert!(line.starts_with("UNKNOWN"), "{line}");
    assert!(
        line.contains("Lambda does not show the settings of VerifyEmailFunction"),
        "{line}"
    );
}

#[tokio::test]
async fn a_secret_needs_a_public_url() {
    let (app, cloud) = deployed().await;
    let set = |name: &str, value: &str| {
        cloud.change(|stack| {
            for settings in stack.settings.values_mut() {
                settings.insert(name.to_owned(), value.to_owned());
            }
        });
    };
    set("ORIGIN_SECRET", "a-secret-of-the-origin");
    set("PUBLIC_URL", "");
    let problem = "ORIGIN_SECRET is set without PUBLIC_URL";
    for (content, is_problem) in [("both", true), ("link", true), ("code", false)] {
        set("MAIL_CONTENT", content);
        let line = line(&app).await;
        assert_eq!(line.contains(problem), is_problem, "{content}: {line}");
    }
}
