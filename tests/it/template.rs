//! `template.yaml` and the code agree.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use saphyr::{LoadableYamlNode, YamlOwned};
use serde_json::Value;
use shared::aws::{DYNAMODB_OPERATION, LONGEST_REQUEST};
use shared::locale::Locale;
use shared::proof::ProofLifetimes;
use shared::settings::{Environment, SettingError};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn template() -> YamlOwned {
    let text = fs::read_to_string(root().join("template.yaml")).unwrap();
    YamlOwned::load_from_str(&text).unwrap().remove(0)
}

fn timeout_of(function: &str) -> Duration {
    let seconds = template()["Resources"][function]["Properties"]["Timeout"]
        .as_integer()
        .unwrap();
    Duration::from_secs(u64::try_from(seconds).unwrap())
}

/// What an HTTP API waits for a function at the most.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(30);

#[test]
fn the_slowest_request_ends_before_lambda_does_and_lambda_before_the_gateway() {
    let request = timeout_of("RequestEmailVerificationFunction");
    assert!(LONGEST_REQUEST < request && request < GATEWAY_TIMEOUT);
    let verify = timeout_of("VerifyEmailFunction");
    assert!(DYNAMODB_OPERATION * 2 < verify && verify < GATEWAY_TIMEOUT);
    // Two counts in windows that are open already, and the write of the verification.
    let page = timeout_of("VerificationPageFunction");
    assert!(DYNAMODB_OPERATION * 5 < page && page < GATEWAY_TIMEOUT);
}

#[test]
fn languages_and_lives_are_those_of_the_code() {
    let parameters = &template()["Parameters"];
    let languages = parameters["DefaultLocale"]["AllowedValues"].as_sequence();
    let languages: Vec<_> = languages.unwrap().iter().map(|tag| tag.as_str()).collect();
    assert_eq!(languages, Locale::ALL.map(|locale| Some(locale.tag())));

    let number = |parameter: &str, key: &str| parameters[parameter][key].as_integer().unwrap();
    for key in ["MinValue", "Default", "MaxValue"] {
        let hours = number("LinkLifetimeHours", key);
        let minutes = number("CodeLifetimeMinutes", key);
        let lifetimes = lifetimes(hours, minutes).unwrap();
        if key == "Default" {
            assert_eq!(lifetimes, ProofLifetimes::DEFAULT);
        }
    }
    for (hours, minutes) in [
        (number("LinkLifetimeHours", "MinValue") - 1, 30),
        (number("LinkLifetimeHours", "MaxValue") + 1, 30),
        (24, number("CodeLifetimeMinutes", "MinValue") - 1),
        (24, number("CodeLifetimeMinutes", "MaxValue") + 1),
    ] {
        assert!(lifetimes(hours, minutes).is_err(), "{hours} {minutes}");
    }
}

fn lifetimes(hours: i64, minutes: i64) -> Result<ProofLifetimes, SettingError> {
    let environment = Environment::from_fn(move |name| match name {
        "LINK_LIFETIME_HOURS" => Some(hours.to_string()),
        "CODE_LIFETIME_MINUTES" => Some(minutes.to_string()),
        _ => None,
    });
    ProofLifetimes::from_environment(&environment)
}

#[test]
fn each_function_is_built_from_the_binary_of_its_name() {
    let template = template();
    for (function, binary) in [
        (
            "RequestEmailVerificationFunction",
            "request_email_verification",
        ),
        ("VerifyEmailFunction", "verify_email"),
        ("VerificationPageFunction", "verification_page"),
    ] {
        let declared = &template["Resources"][function]["Metadata"]["BuildProperties"]["Binary"];
        assert_eq!(declared.as_str(), Some(binary));
        assert!(
            root()
                .join("functions")
                .join(binary)
                .join("src/main.rs")
                .exists()
        );
    }
}

#[test]
fn cargo_lambda_finds_each_function_and_serves_each_path_with_and_without_slash() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    // cargo-lambda, and SAM through it, look for a binary among the packages of a plain `cargo build`.
    let found_without_a_flag = metadata["workspace_default_members"].as_array().unwrap();
    let routes = &metadata["metadata"]["lambda"]["watch"]["router"];
    for (name, path) in [
        (
            "request_email_verification",
            "/api/users/request_email_verification",
        ),
        ("verify_email", "/api/users/verify_email"),
        ("verification_page", "/verify_email"),
    ] {
        let is_it = |member: &Value| member.as_str().unwrap().contains(&format!("/{name}#"));
        assert!(found_without_a_flag.iter().any(is_it), "{name}");
        for slash in ["", "/"] {
            assert_eq!(routes[format!("{path}{slash}")], name);
        }
    }
}

#[test]
fn the_metric_of_refused_mails_counts_the_field_that_is_logged() {
    let template = template();
    let pattern = &template["Resources"]["MailsRefusedMetric"]["Properties"]["FilterPattern"];
    // tests/it/faults.rs shows that the log has this field for these mails alone.
    assert_eq!(pattern.as_str(), Some("{ $.span.ses_refused IS TRUE }"));
}
