//! `--set`, `--env-file` and the environment of `cargo run`.

use std::collections::BTreeSet;
use std::fs;

use axum::body::Body;
use axum::http::Request;
use local::functions::FUNCTIONS;
use local::stack::{Options, Setting, Stack, TABLE, given_settings, settings};
use shared::runtime::settings::Environment;
use shared::telemetry::chain;

use super::local_stack::{Folder, options, start, url};
use crate::support::app::PAGE;
use crate::support::http;
use crate::support::template::{logical_name, template};

/// An environment with settings of the brand and others.
fn environment() -> Environment {
    Environment::from_pairs(&[
        ("PRODUCT_NAME", "Environment"),
        ("ACCENT_COLOR", "#ffcc00"),
        ("REPLY_TO", "reply@acme.example"),
        ("POSTAL_LINE", " "),
        ("TABLE_NAME", "another"),
        ("MAILS_PER_DAY", "1"),
    ])
}

fn given(file: &str, flags: &[&str]) -> Result<Vec<Setting>, String> {
    let folder = Folder::new(&format!("settings-{}", file.len()));
    fs::create_dir_all(&folder.0).unwrap();
    let path = folder.0.join(".env");
    fs::write(&path, file).unwrap();
    let flags: Vec<_> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let given = given_settings(&environment(), Some(&path), &flags);
    given.map_err(|error| chain(&error).replace(path.to_str().unwrap(), "FILE"))
}

async fn start_with(settings: Vec<Setting>) -> Stack {
    start(Options {
        settings,
        ..options()
    })
    .await
}

#[tokio::test]
async fn flags_precede_file_and_environment() {
    let file = "PRODUCT_NAME=File\nSTAGE=file\nSTAGE=later\nMAILS_PER_DAY=2";
    let flags = ["PRODUCT_NAME=Flag", "MAILS_PER_DAY=3", "SUPPORT_ADDRESS="];
    let stack = start_with(given(file, &flags).unwrap()).await;
    let environment = Environment::from_pairs(&stack.environment);
    for (name, value) in [
        ("PRODUCT_NAME", Some("Flag")),
        ("MAILS_PER_DAY", Some("3")),
        ("STAGE", Some("later")),
        ("ACCENT_COLOR", Some("#ffcc00")),
        ("REPLY_TO", Some("reply@acme.example")),
        ("SUPPORT_ADDRESS", None),
        ("TABLE_NAME", Some(TABLE)),
        // Blank in the environment is the same as absent.
        (
            "POSTAL_LINE",
            Some("Acme Inc., 1 Example Street, Springfield"),
        ),
    ] {
        assert_eq!(environment.optional(name).as_deref(), value, "{name}");
    }
}

#[tokio::test]
async fn the_environment_sets_the_brand_alone() {
    let stack = start_with(given_settings(&environment(), None, &[]).unwrap()).await;
    let environment = Environment::from_pairs(&stack.environment);
    assert_eq!(environment.optional("MAILS_PER_DAY"), None);
    let page = Request::get(url(&stack, PAGE)).body(Body::empty());
    let page = http::send(&http::client(), page.unwrap()).await.body;
    assert!(
        page.contains("Environment") && page.contains("--accent:#907300"),
        "{page}"
    );
}

#[tokio::test]
async fn a_public_url_is_where_links_lead() {
    let settings = given("", &["PUBLIC_URL=https://mail.acme.example"]).unwrap();
    let stack = start_with(settings).await;
    let environment = Environment::from_pairs(&stack.environment);
    let public_url = environment.optional("PUBLIC_URL");
    assert_eq!(public_url.as_deref(), Some("https://mail.acme.example"));
}

#[test]
fn each_variable_of_the_template_is_known() {
    let template = template();
    let mut variables = BTreeSet::new();
    for definition in FUNCTIONS {
        let id = format!("{}Function", logical_name(definition.name));
        let function = &template["Resources"][id.as_str()];
        let of_function = function["Properties"]["Environment"]["Variables"].as_mapping();
        let names = of_function.into_iter().flatten();
        variables.extend(names.map(|(name, _)| name.as_str().unwrap()));
    }
    // They are this program's own.
    variables.retain(|name| !name.starts_with("AWS_") && *name != "TABLE_NAME");
    let known: BTreeSet<_> = settings().collect();
    assert_eq!(known, variables);
}

#[test]
fn a_wrong_name_is_refused() {
    for (file, flag, error) in [
        (
            "",
            "PRODUCTNAME=x",
            "--set: did you mean PRODUCT_NAME? There is no setting PRODUCTNAME",
        ),
        (
            "# ours\nTABLE_NAME=mine",
            "STAGE=x",
            "FILE, line 2: leave TABLE_NAME out; this program has its own table and its own AWS",
        ),
        (
            "STAGE='x",
            "STAGE=x",
            "FILE, line 1: close the quote of the value of STAGE",
        ),
    ] {
        assert_eq!(given(file, &[flag]).unwrap_err(), error);
    }
}

#[tokio::test]
async fn a_wrong_value_stops_the_start() {
    const SECRET: &str = "short secret";
    for (name, value, problem) in [
        ("MAILS_PER_DAY", "0", "must be a whole number from 1 to 20"),
        ("ACCENT_COLOR", "yellow", "must be a colour such as #1f4fd8"),
        ("CODE_KEYS", SECRET, ""),
        ("ORIGIN_SECRET", SECRET, ""),
    ] {
        let settings = given("", &[&format!("{name}={value}")]).unwrap();
        let error = Stack::start(&Options {
            settings,
            ..options()
        })
        .await
        .unwrap_err();
        let error = chain(&error);
        assert!(
            error.starts_with(&format!("setting {name}: {problem}")),
            "{error}"
        );
        assert!(!error.contains(SECRET), "{error}");
    }
}
