//! The template sets what each function reads, within the bounds that the code allows.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use local::functions::{Definition, Dependencies, FUNCTIONS};
use mail::Ses;
use saphyr::YamlOwned;
use shared::domain::clock::Clock;
use shared::runtime::aws::Aws;
use shared::runtime::settings::{Environment, SettingError};

use crate::support::app::TestApp;
use crate::support::template::{logical_name, template};

/// Read with the log and with AWS's clients, before there is a function. Lambda sets most of those
/// named `AWS_`, and `sam local` the others.
fn is_of_the_runtime(name: &str) -> bool {
    name.starts_with("AWS_") || ["METRICS_NAMESPACE", "SSL_CERT_FILE"].contains(&name)
}

/// Read with the brand. Only a mail shows it, so the page does not need it.
const OF_MAILS: (&str, &str) = ("verification_page", "POSTAL_LINE");

/// The variables of a function in the template, and their values.
fn variables<'t>(
    template: &'t YamlOwned,
    definition: &Definition,
) -> Vec<(&'t str, &'t YamlOwned)> {
    let id = format!("{}Function", logical_name(definition.name));
    let function = &template["Resources"][id.as_str()];
    let variables = function["Properties"]["Environment"]["Variables"].as_mapping();
    let variables = variables.into_iter().flatten();
    variables
        .map(|(name, value)| (name.as_str().unwrap(), value))
        .collect()
}

/// Starts a function, as its `main` does.
fn start(
    definition: &Definition,
    environment: &Environment,
    clock: &Clock,
) -> Result<(), SettingError> {
    let aws = &Aws::from_environment(environment)?;
    let with = Dependencies {
        environment,
        aws,
        ses: &Ses::new(aws, environment),
        clock,
    };
    definition.start(&with).map(drop)
}

#[tokio::test]
async fn each_function_gets_what_it_reads() {
    let app = TestApp::start().await;
    let template = template();
    for definition in FUNCTIONS {
        let read = Arc::new(Mutex::new(BTreeSet::new()));
        let recorded = Arc::clone(&read);
        let settings = Environment::from_pairs(&app.environment);
        let environment = Environment::from_fn(move |name| {
            recorded.lock().unwrap().insert(name.to_owned());
            settings.optional(name)
        });
        start(definition, &environment, &app.clock).unwrap();
        let read = read.lock().unwrap();
        let read = read.iter().map(String::as_str);
        let read =
            read.filter(|name| !is_of_the_runtime(name) && (definition.name, *name) != OF_MAILS);
        let given = variables(&template, definition)
            .into_iter()
            .map(|(name, _)| name);
        let given = given.filter(|name| !is_of_the_runtime(name));
        assert_eq!(
            given.collect::<BTreeSet<_>>(),
            read.collect::<BTreeSet<_>>(),
            "{}",
            definition.name
        );
    }
}

#[tokio::test]
async fn numbers_have_the_bounds_of_the_code() {
    let app = TestApp::start().await;
    let template = template();
    let mut checked = 0;
    for definition in FUNCTIONS {
        let id = definition.name;
        let starts_with = |name, number: i64| {
            let mut settings = app.environment.clone();
            settings.retain(|(known, _)| *known != name);
            settings.push((name, number.to_string()));
            start(definition, &Environment::from_pairs(&settings), &app.clock).is_ok()
        };
        for (name, value) in variables(&template, definition) {
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
