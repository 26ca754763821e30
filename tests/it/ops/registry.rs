//! Each function is registered everywhere: what `local::functions` lists is in `template.yaml`, in
//! the folders, and in the routes of cargo-lambda. `settings.rs` compares the variables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use local::functions::{Definition, FUNCTIONS, Trigger};
use saphyr::YamlOwned;
use serde_json::Value;

use crate::support::lists::assert_same_in;
use crate::support::openapi::{entries, json_document};
use crate::support::template::{logical_name, property, resource, root, tagged, template};
use crate::support::workspace::metadata;

const LIST: &str = "local/src/functions.rs, FUNCTIONS";

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

/// The function's id in the template.
fn id_of(definition: &Definition) -> String {
    format!("{}Function", logical_name(definition.name))
}

/// What invokes a function by itself, as SAM writes it: routes and streams.
fn invocations(definition: &Definition) -> impl Iterator<Item = &'static YamlOwned> {
    let function = resource(&id_of(definition));
    let events = function["Properties"].as_mapping_get("Events");
    let events = events.and_then(YamlOwned::as_mapping);
    events.into_iter().flat_map(|all| all.values())
}

#[test]
fn each_function_has_its_folders() {
    assert_same_in(LIST, names(), folders_in("functions"));
    assert_same_in("events/", folders_in("events"), names());
}

#[test]
fn the_template_has_each_function() {
    let resources = template()["Resources"].as_mapping().unwrap();
    let is_function =
        |resource: &YamlOwned| resource["Type"].as_str() == Some("AWS::Serverless::Function");
    let functions = resources
        .iter()
        .filter(|(_, resource)| is_function(resource));
    let declared: BTreeSet<_> = functions.map(|(id, _)| id.as_str().unwrap()).collect();
    let expected: BTreeSet<_> = FUNCTIONS.iter().map(id_of).collect();
    let expected: BTreeSet<_> = expected.iter().map(String::as_str).collect();
    assert_same_in("template.yaml, functions", declared, expected);
    for definition in FUNCTIONS {
        let id = id_of(definition);
        let folder = format!("functions/{}", definition.name);
        let code = property(&id, "CodeUri").as_str();
        assert_eq!(
            code,
            Some(folder.as_str()),
            "template.yaml: CodeUri of {id}"
        );
    }
}

#[test]
fn resources_have_the_functions_name() {
    for definition in FUNCTIONS {
        let (id, name) = (id_of(definition), logical_name(definition.name));
        let text = |tag, of: &str, path| {
            let found = tagged(tag, property(of, path)).and_then(YamlOwned::as_str);
            found.unwrap_or_else(|| panic!("template.yaml: {path} of {of} is !{tag}"))
        };
        let log_group = format!("{name}Logs");
        for (found, expected) in [
            (text("GetAtt", &id, "Role"), format!("{name}Role.Arn")),
            (
                text("Ref", &id, "LoggingConfig.LogGroup"),
                log_group.clone(),
            ),
            (
                text("Sub", &log_group, "LogGroupName"),
                format!("/aws/lambda/${{AWS::StackName}}/{}", definition.name),
            ),
        ] {
            assert_eq!(found, expected, "template.yaml: {id}");
        }
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
                    "template.yaml: {path}: the API itself answers 405"
                );
                routes.insert(path.to_owned());
            }
        }
        let mut expected = BTreeSet::new();
        for path in definition.paths() {
            expected.extend([path.to_owned(), format!("{path}/{{proxy+}}")]);
        }
        if let Trigger::PathAndAnyOther(_) = definition.trigger {
            expected.extend(["/".to_owned(), "/{proxy+}".to_owned()]);
        }
        let place = format!("template.yaml, Events of {}", id_of(definition));
        assert_same_in(&place, routes, expected);
    }
}

#[test]
fn the_template_invokes_with_events() {
    let targets = property("MailEventsRule", "Targets").as_sequence().unwrap();
    for definition in FUNCTIONS {
        let id = id_of(definition);
        let arn = format!("{id}.Arn");
        let is_it = |target: &YamlOwned| {
            tagged("GetAtt", &target["Arn"]).and_then(YamlOwned::as_str) == Some(&arn)
        };
        let gets_mail_events = targets.iter().any(is_it);
        assert_eq!(
            gets_mail_events,
            definition.trigger == Trigger::MailEvents,
            "template.yaml: {id} is a target of MailEventsRule"
        );
        let gets_stream =
            invocations(definition).any(|event| event["Type"].as_str() == Some("DynamoDB"));
        assert_eq!(
            gets_stream,
            definition.trigger == Trigger::TableStream,
            "template.yaml: {id} reads the table's stream"
        );
    }
}

#[test]
fn openapi_describes_each_endpoint() {
    let described: BTreeSet<_> = entries(&json_document()["paths"])
        .iter()
        .flat_map(|(path, item)| {
            entries(item)
                .keys()
                .map(move |method| (path.clone(), method))
        })
        .map(|(path, method)| (path, method.to_uppercase()))
        .collect();
    let endpoints = FUNCTIONS.iter().filter_map(Definition::endpoint);
    let expected = endpoints.map(|endpoint| {
        let method = endpoint.method.as_str();
        (endpoint.path.to_owned(), method.to_owned())
    });
    assert_same_in(
        "openapi.yaml, paths",
        described,
        expected.collect::<BTreeSet<_>>(),
    );
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
        assert!(
            found_without_a_flag.iter().any(is_it),
            "Cargo.toml: add {name} to default-members"
        );
        for path in definition.paths() {
            expected.insert(path.to_owned(), name.into());
            expected.insert(format!("{path}/"), name.into());
        }
    }
    let router = metadata["metadata"]["lambda"]["watch"]["router"].as_object();
    let router: BTreeMap<String, Value> = router.unwrap().clone().into_iter().collect();
    assert_same_in(
        "Cargo.toml, workspace.metadata.lambda.watch.router",
        router,
        expected,
    );
}

/// A test in a file without a `mod` line never runs, and nothing else fails.
#[test]
fn each_test_file_is_declared() {
    check_declarations(&root().join("tests/it"), "main.rs");
}

/// Compares the `mod` lines of a file with the files and folders beside it.
fn check_declarations(folder: &Path, declaring: &str) {
    let file = folder.join(declaring);
    let place = file.strip_prefix(root()).unwrap().display();
    let text = fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{place}: {error}: add it, with a mod line for each file"));
    let declared: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "))
        .filter_map(|name| name.strip_suffix(';').map(str::to_owned))
        .collect();
    let mut found = BTreeSet::new();
    for path in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && holds_code(&path) {
            check_declarations(&path, "mod.rs");
            found.insert(name);
        } else if path.extension().is_some_and(|of| of == "rs") && !path.ends_with(declaring) {
            found.insert(name);
        }
    }
    assert_same_in(&format!("{place}, mod lines"), declared, found);
}

/// Snapshots have folders of their own.
fn holds_code(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries.any(|path| {
        path.extension().is_some_and(|of| of == "rs") || path.is_dir() && holds_code(&path)
    })
}
