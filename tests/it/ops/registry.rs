//! Each function is registered everywhere: what `local::functions` lists is in `template.yaml`, in
//! the folders, and in the routes of cargo-lambda. `settings.rs` compares the variables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use local::functions::{Definition, FUNCTIONS, Trigger};
use saphyr::YamlOwned;
use serde_json::Value;

use crate::support::lists::assert_same;
use crate::support::openapi::{entries, json_document};
use crate::support::template::{logical_name, root, tagged, template};
use crate::support::workspace::metadata;

fn names() -> BTreeSet<String> {
    let names = FUNCTIONS.iter().map(|definition| definition.name);
    names.map(ToOwned::to_owned).collect()
}

fn folders_in(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let folders = entries
        .map(Result::unwrap)
        .filter(|entry| entry.path().is_dir());
    folders
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// What the template says of a function.
fn declared(definition: &Definition) -> YamlOwned {
    let id = format!("{}Function", logical_name(definition.name));
    template()["Resources"][id.as_str()].clone()
}

/// What invokes a function by itself, as SAM writes it: routes and streams.
fn invocations(definition: &Definition) -> Vec<YamlOwned> {
    let function = declared(definition);
    let events = function["Properties"].as_mapping_get("Events");
    let events = events
        .and_then(YamlOwned::as_mapping)
        .into_iter()
        .flat_map(|all| all.values());
    events.cloned().collect()
}

#[test]
fn each_function_has_its_folders() {
    assert_same(folders_in("functions"), names());
    assert_same(folders_in("events"), names());
}

#[test]
fn the_template_has_each_function() {
    let template = template();
    let resources = template["Resources"].as_mapping().unwrap();
    let is_function =
        |resource: &YamlOwned| resource["Type"].as_str() == Some("AWS::Serverless::Function");
    let functions = resources
        .iter()
        .filter(|(_, resource)| is_function(resource));
    let declared: BTreeMap<_, _> = functions
        .map(|(id, function)| {
            let binary = &function["Metadata"]["BuildProperties"]["Binary"];
            (
                id.as_str().unwrap().to_owned(),
                binary.as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected: BTreeMap<_, _> = FUNCTIONS
        .iter()
        .map(|definition| {
            let id = format!("{}Function", logical_name(definition.name));
            (id, definition.name.to_owned())
        })
        .collect();
    assert_same(declared, expected);
}

#[test]
fn resources_have_the_functions_name() {
    for definition in FUNCTIONS {
        let (function, name) = (declared(definition), logical_name(definition.name));
        let properties = &function["Properties"];
        let role = tagged("GetAtt", &properties["Role"]).and_then(YamlOwned::as_str);
        assert_eq!(role, Some(format!("{name}Role.Arn").as_str()));
        let logs = tagged("Ref", &properties["LoggingConfig"]["LogGroup"]);
        let logs = logs.and_then(YamlOwned::as_str);
        assert_eq!(logs, Some(format!("{name}Logs").as_str()));
        let group = &template()["Resources"][format!("{name}Logs").as_str()]["Properties"];
        let group = tagged("Sub", &group["LogGroupName"]).and_then(YamlOwned::as_str);
        let expected = format!("/aws/lambda/${{AWS::StackName}}/{}", definition.name);
        assert_eq!(group, Some(expected.as_str()));
    }
}

#[test]
fn the_template_routes_each_path() {
    for definition in FUNCTIONS {
        let mut routes = BTreeSet::new();
        for event in invocations(definition) {
            let text = |name| {
                event
                    .as_mapping_get("Properties")?
                    .as_mapping_get(name)?
                    .as_str()
            };
            // One without a path is the route `$default`, which `test_template.py` looks at.
            if let (Some("HttpApi"), Some(path)) = (event["Type"].as_str(), text("Path")) {
                assert_eq!(
                    text("Method"),
                    Some("ANY"),
                    "{path}: the API itself answers 405"
                );
                routes.insert(path.to_owned());
            }
        }
        let mut expected = BTreeSet::new();
        if let Some(path) = definition.path() {
            expected.extend([path.to_owned(), format!("{path}/{{proxy+}}")]);
        }
        if let Trigger::PathAndAnyOther(_) = definition.trigger {
            expected.extend(["/".to_owned(), "/{proxy+}".to_owned()]);
        }
        assert_same(routes, expected);
    }
}

#[test]
fn the_template_invokes_with_events() {
    let template = template();
    let targets = template["Resources"]["MailEventsRule"]["Properties"]["Targets"].as_sequence();
    for definition in FUNCTIONS {
        let arn = format!("{}Function.Arn", logical_name(definition.name));
        let is_it = |target: &YamlOwned| {
            tagged("GetAtt", &target["Arn"]).and_then(YamlOwned::as_str) == Some(&arn)
        };
        let gets_mail_events = targets.unwrap().iter().any(is_it);
        assert_eq!(
            gets_mail_events,
            definition.trigger == Trigger::MailEvents,
            "{arn}"
        );
        let mut invocations = invocations(definition).into_iter();
        let gets_stream = invocations.any(|event| event["Type"].as_str() == Some("DynamoDB"));
        assert_eq!(
            gets_stream,
            definition.trigger == Trigger::TableStream,
            "{arn}"
        );
    }
}

#[test]
fn openapi_describes_each_path_of_the_api() {
    let described: BTreeSet<_> = entries(&json_document()["paths"]).keys().collect();
    let paths = FUNCTIONS
        .iter()
        .filter_map(|definition| match definition.trigger {
            Trigger::Path(path) => Some(path.to_owned()),
            _ => None,
        });
    let paths: BTreeSet<_> = paths.collect();
    assert_same(described, &paths);
}

#[test]
fn cargo_lambda_routes_each_function() {
    let metadata = metadata();
    // cargo-lambda, and SAM through it, look for a binary among the packages of a plain `cargo
    // build`.
    let found_without_a_flag = metadata["workspace_default_members"].as_array().unwrap();
    let mut expected = BTreeMap::new();
    for definition in FUNCTIONS {
        let name = definition.name;
        let is_it = |member: &Value| member.as_str().unwrap().contains(&format!("/{name}#"));
        assert!(found_without_a_flag.iter().any(is_it), "{name}");
        if let Some(path) = definition.path() {
            expected.insert(path.to_owned(), name.into());
            expected.insert(format!("{path}/"), name.into());
        }
    }
    let router = metadata["metadata"]["lambda"]["watch"]["router"].as_object();
    let router: BTreeMap<String, Value> = router.unwrap().clone().into_iter().collect();
    assert_same(router, expected);
}
