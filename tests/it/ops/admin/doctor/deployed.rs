//! What is deployed: the stack that `template.yaml` declares, without a fault.

use std::collections::{BTreeMap, BTreeSet};

use local::stack::TABLE;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::template::template;

pub const STACK: &str = "mailproof";
/// The configuration set of the emulated SES.
const CONFIGURATION_SET: &str = "local";
pub const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:mailproof-AlarmTopic";
pub const ACCOUNT: &str = "123456789012";

/// What the stack is like. Tests change it.
#[derive(Clone, Debug)]
pub struct Deployed {
    pub status: String,
    pub parameters: BTreeMap<&'static str, String>,
    /// The kinds of the stack's resources, by their names in `template.yaml`.
    pub resources: BTreeMap<&'static str, &'static str>,
    /// The settings of each function, by its name in `template.yaml`.
    pub settings: BTreeMap<String, BTreeMap<String, String>>,
    /// What Lambda says of a function beside its settings.
    pub states: BTreeMap<String, Value>,
    /// The readers of the table's stream, that of `publish_events` first.
    pub mappings: Vec<Value>,
    pub alarms: BTreeMap<String, &'static str>,
    /// When functions failed, in seconds since the Unix epoch.
    pub failures: Vec<i64>,
    pub subscriptions: Vec<(&'static str, &'static str)>,
    pub recovery: &'static str,
    /// Actions that are not allowed.
    pub denied: BTreeSet<&'static str>,
    /// Actions that fail with this code and message.
    pub failing: BTreeMap<&'static str, (&'static str, &'static str)>,
}

impl Deployed {
    pub fn healthy(app: &TestApp) -> Self {
        let of_kind = |wanted: &'static str| {
            let all = resources().filter(move |(_, kind)| *kind == wanted);
            all.map(|(name, _)| name.to_owned())
        };
        let settings = of_kind("AWS::Lambda::Function").map(|function| {
            let settings = settings_of(app, &function);
            (function, settings)
        });
        Self {
            status: "CREATE_COMPLETE".to_owned(),
            parameters: [("Sender", app.setting("SENDER").to_owned())].into(),
            resources: resources().collect(),
            settings: settings.collect(),
            states: BTreeMap::new(),
            mappings: [
                (
                    "PublishEventsFunction",
                    "6bd4b0a8-3b1e-4b0c-9d5a-1c2d3e4f5a6b",
                ),
                (
                    "NotifyPreviousAddressFunction",
                    "b2f0c6de-8a47-4f13-a5d9-70c1e2f3a4b5",
                ),
            ]
            .map(|(function, uuid)| {
                let name = physical(function);
                json!({
                    "UUID": uuid,
                    "FunctionArn": format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"),
                    "State": "Enabled",
                    "LastProcessingResult": "OK",
                })
            })
            .into(),
            alarms: of_kind("AWS::CloudWatch::Alarm")
                .map(|name| (name, "OK"))
                .collect(),
            failures: Vec::new(),
            subscriptions: vec![(
                "ops@acme.example",
                "arn:aws:sns:us-east-1:1:topic:subscription",
            )],
            recovery: "ENABLED",
            denied: BTreeSet::new(),
            failing: BTreeMap::new(),
        }
    }
}

/// The names and types of the template's resources.
fn resources() -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = template()["Resources"].as_mapping().unwrap().iter();
    all.map(|(name, resource)| {
        let kind = match resource["Type"].as_str().unwrap() {
            "AWS::Serverless::Function" => "AWS::Lambda::Function",
            kind => kind,
        };
        (name.as_str().unwrap(), kind)
    })
}

pub fn physical(logical: &str) -> String {
    match logical {
        "Table" => TABLE.to_owned(),
        "ConfigurationSet" => CONFIGURATION_SET.to_owned(),
        "AlarmTopic" => TOPIC.to_owned(),
        other => format!("{STACK}-{other}-1A2B3C"),
    }
}

pub fn logical(physical: &str) -> &str {
    let parts = physical.split('-').nth(1);
    parts.expect("a name of the stack")
}

/// The settings of a function as the template declares them, with the values of this service.
fn settings_of(app: &TestApp, function: &str) -> BTreeMap<String, String> {
    let resource = &template()["Resources"][function]["Properties"];
    let variables = resource["Environment"]["Variables"].as_mapping().unwrap();
    let names = variables.iter().map(|(name, _)| name.as_str().unwrap());
    names
        .map(|name| {
            let value = app.environment.iter().find(|(known, _)| *known == name);
            let value = match name {
                "CONFIGURATION_SET" => CONFIGURATION_SET.to_owned(),
                name if name.starts_with("AWS_") => String::new(),
                _ => value.map_or_else(String::new, |(_, value)| value.clone()),
            };
            (name.to_owned(), value)
        })
        .collect()
}
