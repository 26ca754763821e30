//! Runs the command, and prepares what it shows and changes.

use admin::{AdminError, Arguments, Console};
use aws_sdk_dynamodb::types::AttributeValue;
use clap::Parser;
use local::stack::TABLE;
use serde_json::{Value, json};
use shared::domain::clock::Clock;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::runtime::settings::Environment;

use crate::support::app::{TestApp, VERIFY};
use crate::support::mail::proof_of;

pub const ADAS: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
pub const BOBS: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";

/// What a command printed, and its result.
pub struct Outcome {
    pub out: String,
    /// What was shown while it ran.
    pub progress: Vec<String>,
    result: Result<(), AdminError>,
}

impl Outcome {
    pub fn text(self) -> String {
        self.result.expect("the command succeeds");
        self.out
    }

    pub fn json(self) -> Value {
        serde_json::from_str(&self.text()).expect("the answer is JSON")
    }

    pub fn exit_code(&self) -> u8 {
        self.result.as_ref().err().map_or(0, AdminError::exit_code)
    }

    /// The exit code, and the text on standard error.
    pub fn error(&self) -> (u8, String) {
        let error = self.result.as_ref().expect_err("the command fails");
        (error.exit_code(), error.text())
    }
}

/// Runs the command without a terminal.
pub async fn run(app: &TestApp, arguments: &[&str]) -> Outcome {
    run_with(app, arguments, None).await
}

/// Runs the command with a person at the terminal.
pub async fn run_with(
    app: &TestApp,
    arguments: &[&str],
    person: Option<&mut dyn FnMut(&str) -> String>,
) -> Outcome {
    let environment = Environment::from_pairs(&app.environment);
    run_in(&environment, &app.clock, arguments, person).await
}

/// Runs the command with this environment.
pub async fn run_in(
    environment: &Environment,
    clock: &Clock,
    arguments: &[&str],
    person: Option<&mut dyn FnMut(&str) -> String>,
) -> Outcome {
    let (mut out, mut progress) = (Vec::new(), Vec::new());
    let mut console = Console::new(&mut out).with_progress(|text| progress.push(text.to_owned()));
    if let Some(person) = person {
        console = console.with_person(|question| Ok(person(question)));
    }
    let arguments = Arguments::try_parse_from(["admin"].iter().chain(arguments)).unwrap();
    let result = admin::run(arguments, environment, clock, &mut console).await;
    drop(console);
    let out = String::from_utf8(out).unwrap();
    Outcome {
        out,
        progress,
        result,
    }
}

pub fn derived(email: &str) -> String {
    UserId::derived_from(&EmailAddress::parse(email).unwrap()).to_string()
}

pub async fn put(app: &TestApp, pk: &str, name: &str, value: AttributeValue) {
    let put = app.client.put_item().table_name(TABLE);
    let put = put.item("pk", AttributeValue::S(pk.to_owned()));
    put.item(name, value).send().await.unwrap();
}

pub async fn verify(app: &TestApp, uuid: &str, email: &str) {
    let mail = app.ask(json!({ "uuid": uuid, "email": email })).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}
