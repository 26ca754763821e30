//! The template sets what each function reads, within the bounds that the code allows.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use local::functions::{Definition, Dependencies, FUNCTIONS};
use local::stack::replace;
use mail::Ses;
use saphyr::YamlOwned;
use shared::domain::clock::Clock;
use shared::runtime::aws::Aws;
use shared::runtime::settings::brand::brand;
use shared::runtime::settings::notices::change_notice;
use shared::runtime::settings::proofs::{code_in_subject, lifetimes, mail_content, mail_limit};
use shared::runtime::settings::{Environment, SettingError, stage};

use crate::support::app::TestApp;
use crate::support::template::{logical_name, template};

/// Read with the log and with AWS's clients, before there is a function. Lambda sets most of those
/// named `AWS_`, and `sam local` the others.
pub fn is_of_the_runtime(name: &str) -> bool {
    name.starts_with("AWS_") || ["METRICS_NAMESPACE", "SSL_CERT_FILE"].contains(&name)
}

/// Read with the brand. Only a mail shows it, so the page does not need it.
const OF_MAILS: (&str, &str) = ("verification_page", "POSTAL_LINE");

/// The variables of a function in the template, and their values.
pub fn variables<'t>(
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
pub fn start(
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
        let given = variables(template, definition)
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

/// The parameters that are a variable of a function: the variable's name, and the declaration.
fn parameters<'t>(
    template: &'t YamlOwned,
    definition: &Definition,
) -> Vec<(&'t str, &'t YamlOwned)> {
    let declared = |value: &YamlOwned| {
        let parameter = value.get_tagged_node()?.as_str()?;
        template["Parameters"].as_mapping_get(parameter)
    };
    let variables = variables(template, definition).into_iter();
    variables
        .filter_map(|(name, value)| Some((name, declared(value)?)))
        .collect()
}

/// A text or number of the template, as a function gets it.
fn passed(value: &YamlOwned) -> String {
    let number = value.as_integer().map(|number| number.to_string());
    number.unwrap_or_else(|| value.as_str().unwrap().to_owned())
}

/// Values that a parameter allows: its bounds, or its choices.
fn allowed(parameter: &YamlOwned) -> Vec<String> {
    let choices = parameter.as_mapping_get("AllowedValues");
    if let Some(choices) = choices.and_then(YamlOwned::as_sequence) {
        return choices.iter().map(passed).collect();
    }
    let bounds = ["MinValue", "MaxValue"].map(|bound| parameter.as_mapping_get(bound));
    bounds.into_iter().flatten().map(passed).collect()
}

#[tokio::test]
async fn values_have_the_bounds_of_the_code() {
    let app = TestApp::start().await;
    let template = template();
    let mut checked = 0;
    for definition in FUNCTIONS {
        let id = definition.name;
        for (name, parameter) in parameters(template, definition) {
            let starts_with = |value: &str| {
                let environment = with(&app.environment, name, value);
                start(definition, &environment, &app.clock).is_ok()
            };
            let allowed = allowed(parameter);
            for value in &allowed {
                assert!(starts_with(value), "{id}: {name} may not be {value}");
            }
            let numbers = allowed.iter().map(|value| value.parse::<i64>());
            let numbers: Vec<_> = numbers.filter_map(Result::ok).collect();
            if let (Some(least), Some(most)) = (numbers.iter().min(), numbers.iter().max()) {
                assert!(!starts_with(&(least - 1).to_string()), "{id}: {name}");
                assert!(!starts_with(&(most + 1).to_string()), "{id}: {name}");
                checked += 1;
            }
        }
    }
    assert!(checked > 0);
}

/// The settings that have a default in the code.
fn with_defaults(environment: &Environment) -> String {
    let settings = (
        stage(environment),
        brand(environment),
        mail_content(environment),
        code_in_subject(environment),
        lifetimes(environment),
        mail_limit(environment),
        change_notice(environment),
    );
    format!("{settings:?}")
}

#[tokio::test]
async fn defaults_are_those_of_the_code() {
    let app = TestApp::start().await;
    let template = template();
    let mut checked = BTreeSet::new();
    for definition in FUNCTIONS {
        for (name, parameter) in parameters(template, definition) {
            let default = parameter.as_mapping_get("Default").map(passed);
            let Some(default) = default.filter(|default| !default.is_empty()) else {
                continue;
            };
            let absent = with(&app.environment, name, "");
            if start(definition, &absent, &app.clock).is_err() {
                continue; // The code has no default.
            }
            let read = |value: &str| with_defaults(&with(&app.environment, name, value));
            let others = allowed(parameter)
                .into_iter()
                .chain([default.clone() + "2"]);
            let other = others.into_iter().find(|value| *value != default).unwrap();
            assert_ne!(read(&other), read(""), "{name} is not in with_defaults");
            assert_eq!(read(&default), read(""), "{name}");
            checked.insert(name);
        }
    }
    assert!(!checked.is_empty());
}

/// These settings with another value of one of them.
pub fn with(settings: &[(&'static str, String)], name: &'static str, value: &str) -> Environment {
    let mut changed = settings.to_vec();
    replace(&mut changed, [(name, value)]);
    Environment::from_pairs(&changed)
}
