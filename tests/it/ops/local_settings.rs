//! `--set`, `--env-file` and the environment of `cargo run`.

use std::collections::BTreeSet;
use std::fs;

use axum::body::Body;
use axum::http::Request;
use local::functions::FUNCTIONS;
use local::stack::{Options, Overrides, Stack, StartError, TABLE, settings};
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

fn read(file: &str, flags: &[&str]) -> Result<Overrides, String> {
    read_with(&environment(), file, flags)
}

fn read_with(environment: &Environment, file: &str, flags: &[&str]) -> Result<Overrides, String> {
    let folder = Folder::new("settings");
    fs::create_dir_all(&folder.0).unwrap();
    let path = folder.0.join(".env");
    fs::write(&path, file).unwrap();
    let flags: Vec<_> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let overrides = Overrides::read(environment, Some(&path), &flags);
    overrides.map_err(|error| without_folder(&chain(&error)))
}

fn without_folder(error: &str) -> String {
    match error.split_once("/.env") {
        Some((_, rest)) => format!("FILE{rest}"),
        None => error.to_owned(),
    }
}

/// The error of a start with these settings.
async fn error_with(overrides: Overrides) -> String {
    let options = Options {
        overrides,
        ..options()
    };
    without_folder(&chain(&Stack::start(&options).await.unwrap_err()))
}

async fn start_with(overrides: Overrides) -> Stack {
    start(Options {
        overrides,
        ..options()
    })
    .await
}

#[tokio::test]
async fn flags_precede_file_and_environment() {
    let file = "PRODUCT_NAME=File\nSTAGE=file\nSTAGE=later\nMAILS_PER_DAY=2";
    let flags = ["PRODUCT_NAME=Flag", "MAILS_PER_DAY=3", "SUPPORT_ADDRESS="];
    let stack = start_with(read(file, &flags).unwrap()).await;
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
async fn the_environment_sets_the_brand() {
    let stack = start_with(Overrides::read(&environment(), None, &[]).unwrap()).await;
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
    let overrides = read("", &["PUBLIC_URL=https://mail.acme.example"]).unwrap();
    let stack = start_with(overrides).await;
    let environment = Environment::from_pairs(&stack.environment);
    let public_url = environment.optional("PUBLIC_URL");
    assert_eq!(public_url.as_deref(), Some("https://mail.acme.example"));
}

#[test]
fn the_templates_variables_are_known() {
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
            "--set: there is no setting PRODUCTNAME; did you mean PRODUCT_NAME?",
        ),
        (
            "# ours\nTABLE_NAME=mine",
            "STAGE=x",
            "FILE, line 2: remove TABLE_NAME; this program uses its own table and emulates AWS",
        ),
        (
            "STAGE='x",
            "STAGE=x",
            "FILE, line 1: the value of STAGE has no closing quote",
        ),
    ] {
        assert_eq!(read(file, &[flag]).unwrap_err(), error);
    }
}

#[tokio::test]
async fn a_wrong_value_stops_the_start() {
    const SECRET: &str = "short secret";
    for (name, value, problem) in [
        ("MAILS_PER_DAY", "0", "must be a whole number from 1 to 20"),
        ("ACCENT_COLOR", "yellow", "must be a colour such as #1f4fd8"),
        (
            "ALLOWED_DOMAINS",
            "acme.example;b.example",
            "must be domains such as acme.example",
        ),
        ("CODE_KEYS", SECRET, ""),
        ("ORIGIN_SECRET", SECRET, ""),
    ] {
        let overrides = read("", &[&format!("{name}={value}")]).unwrap();
        let error = error_with(overrides).await;
        assert!(
            error.starts_with(&format!("--set: setting {name}: {problem}")),
            "{error}"
        );
        assert!(!error.contains(SECRET), "{error}");
    }
}

#[tokio::test]
async fn contradictions_stop_the_start() {
    for (without, problem) in [
        (
            "VERIFICATION_URL=https://a.example/#{uuid}/{token}",
            "must not be set if VERIFICATION_URL is, as it is for the built-in page",
        ),
        (
            "MAIL_CONTENT=code",
            "must not be set if MAIL_CONTENT is code, as there is no page",
        ),
    ] {
        for name in ["PUBLIC_URL", "APP_URL", "RETURN_ORIGINS"] {
            let set = format!("{name}=https://a.example");
            let error = error_with(read("", &[without, &set]).unwrap()).await;
            assert_eq!(error, format!("--set: setting {name}: {problem}"));
        }
        let empty = ["PUBLIC_URL=", "APP_URL=", "RETURN_ORIGINS=", without];
        start_with(read("", &empty).unwrap()).await;
        let stack = start_with(read("", &[without]).unwrap()).await;
        let page = Request::get(url(&stack, PAGE)).body(Body::empty());
        let page = http::send(&http::client(), page.unwrap()).await;
        assert_eq!(page.status, 404);
    }
}

/// The value of a setting that comes last is the one that is wrong.
#[tokio::test]
async fn a_wrong_value_is_located() {
    for (file, flags, place) in [
        ("ACCENT_COLOR=#000", &["ACCENT_COLOR=red"][..], "--set"),
        ("# ours\n\nACCENT_COLOR=red", &[], "FILE, line 3"),
        ("ACCENT_COLOR=#000\nACCENT_COLOR=red", &[], "FILE, line 2"),
        ("", &[], "environment"),
    ] {
        let environment = Environment::from_pairs(&[("ACCENT_COLOR", "red")]);
        let overrides = read_with(&environment, file, flags).unwrap();
        let error = error_with(overrides).await;
        let start = format!("{place}: setting ACCENT_COLOR: must be a colour");
        assert!(error.starts_with(&start), "{error}");
    }
}

#[tokio::test]
async fn a_value_is_checked_before_ports() {
    let running = start(options()).await;
    let (_, port) = running.inbox_url.rsplit_once(':').unwrap();
    let error = Stack::start(&Options {
        inbox_port: port.parse().unwrap(),
        overrides: read("", &["MAILS_PER_DAY=0"]).unwrap(),
        ..options()
    })
    .await
    .unwrap_err();
    assert!(matches!(error, StartError::Setting(_)), "{error}");
}
