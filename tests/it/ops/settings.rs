//! The template sets what each function reads, within the bounds that the code allows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use mail::Ses;
use publish_events::PublishEvents;
use record_mail_events::RecordMailEvents;
use request_email_verification::RequestEmailVerification;
use saphyr::{LoadableYamlNode, YamlOwned};
use shared::domain::clock::Clock;
use shared::runtime::aws::Aws;
use shared::runtime::settings::{Environment, SettingError};
use verification_page::VerificationPage;
use verify_email::VerifyEmail;

use crate::support::app::TestApp;

/// Read with the log and with AWS's clients, before there is a function. Lambda sets most of those
/// named `AWS_`, and `sam local` the others.
fn is_of_the_runtime(name: &str) -> bool {
    name.starts_with("AWS_") || ["METRICS_NAMESPACE", "SSL_CERT_FILE"].contains(&name)
}

/// Read with the brand. Only a mail shows it, so the page does not need it.
const OF_MAILS: (&str, &str) = ("VerificationPageFunction", "POSTAL_LINE");

fn template() -> YamlOwned {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    let template = fs::read_to_string(template).unwrap();
    YamlOwned::load_from_str(&template).unwrap().remove(0)
}

/// The ids of all functions, each with its variables and their values.
fn functions(template: &YamlOwned) -> Vec<(&str, Vec<(&str, &YamlOwned)>)> {
    let resources = template["Resources"].as_mapping().unwrap().iter();
    let functions =
        resources.filter(|(_, of)| of["Type"].as_str() == Some("AWS::Serverless::Function"));
    functions
        .map(|(id, function)| {
            let variables = function["Properties"]["Environment"]["Variables"].as_mapping();
            let variables = variables.into_iter().flatten();
            let variables = variables.map(|(name, value)| (name.as_str().unwrap(), value));
            (id.as_str().unwrap(), variables.collect())
        })
        .collect()
}

/// Starts a function, as its `main` does.
fn start(id: &str, environment: &Environment, clock: Clock) -> Result<(), SettingError> {
    let aws = &Aws::from_environment(environment)?;
    match id {
        "RequestEmailVerificationFunction" => {
            let ses = Ses::new(aws, environment);
            RequestEmailVerification::from_environment(environment, aws, &ses, clock).map(drop)
        }
        "VerifyEmailFunction" => VerifyEmail::from_environment(environment, aws, clock).map(drop),
        "VerificationPageFunction" => {
            VerificationPage::from_environment(environment, aws, clock).map(drop)
        }
        "RecordMailEventsFunction" => {
            RecordMailEvents::from_environment(environment, aws).map(drop)
        }
        "PublishEventsFunction" => PublishEvents::from_environment(environment, aws).map(drop),
        other => panic!("{other} is not started here"),
    }
}

#[tokio::test]
async fn each_function_gets_what_it_reads() {
    let app = TestApp::start().await;
    for (id, variables) in functions(&template()) {
        let read = Arc::new(Mutex::new(BTreeSet::new()));
        let recorded = Arc::clone(&read);
        let settings = Environment::from_pairs(&app.environment);
        let environment = Environment::from_fn(move |name| {
            recorded.lock().unwrap().insert(name.to_owned());
            settings.optional(name)
        });
        start(id, &environment, app.clock.clone()).unwrap();
        let read = read.lock().unwrap();
        let read = read.iter().map(String::as_str);
        let read = read.filter(|name| !is_of_the_runtime(name) && (id, *name) != OF_MAILS);
        let given = variables.iter().map(|(name, _)| *name);
        let given = given.filter(|name| !is_of_the_runtime(name));
        assert_eq!(
            given.collect::<BTreeSet<_>>(),
            read.collect::<BTreeSet<_>>(),
            "{id}"
        );
    }
}

#[tokio::test]
async fn numbers_have_the_bounds_of_the_code() {
    let app = TestApp::start().await;
    let template = template();
    let mut checked = 0;
    for (id, variables) in functions(&template) {
        let starts_with = |name, number: i64| {
            let mut settings = app.environment.clone();
            settings.retain(|(known, _)| *known != name);
            settings.push((name, number.to_string()));
            start(id, &Environment::from_pairs(&settings), app.clock.clone()).is_ok()
        };
        for (name, value) in variables {
            let parameter = value.get_tagged_node().and_then(YamlOwned::as_str);
            let declared = parameter.and_then(|name| template["Parameters"].as_mapping_get(name));
            let Some(declared) = declared.filter(|of| of["Type"].as_str() == Some("Number")) else {
                continue;
            };
            let bound = |key: &str| declared[key].as_integer().unwrap();
            let (least, most) = (bound("MinValue"), bound("MaxValue"));
            assert!(
                starts_with(name, least) && starts_with(name, most),
                "{id}: {name}"
            );
            assert!(!starts_with(name, least - 1), "{id}: {name} may be less");
            assert!(!starts_with(name, most + 1), "{id}: {name} may be more");
            checked += 1;
        }
    }
    assert!(checked > 0);
}
