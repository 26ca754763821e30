//! What the commands name exists: resources and outputs of the stack, programs. `.ci/check_docs.py`
//! compares the sections that the texts cite.

use std::collections::BTreeSet;
use std::fs;

use local::ses::DnsStatus;
use regex_lite::Regex;

use super::support::{deployed, results};
use crate::ops::admin::support::run;
use crate::support::template::{resource, root, template};

/// The commands of a report with every alarm and without DNS records, and of one without the table.
async fn commands() -> String {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| {
        for state in stack.alarms.values_mut() {
            *state = "ALARM";
        }
    });
    app.ses.identities.with(|all| {
        let identity = all.get_mut("acme.example").unwrap();
        identity.dkim = DnsStatus::Failed;
        identity.mail_from.as_mut().unwrap().status = DnsStatus::Failed;
    });
    let results = results(&app).await.into_values();
    let commands = results.filter_map(|result| Some(result["command"].as_str()?.to_owned()));
    let without_table = run(&app, &["doctor", "--table", "other"]).await.out;
    commands.collect::<Vec<_>>().join("\n") + &without_table
}

#[tokio::test]
async fn commands_name_what_exists() {
    let commands = Box::pin(commands()).await;
    let names = |pattern: &str| {
        let pattern = Regex::new(pattern).unwrap();
        let names = pattern.captures_iter(&commands);
        let names: BTreeSet<_> = names.map(|name| name[1].to_owned()).collect();
        assert!(!names.is_empty(), "{pattern} in\n{commands}");
        names
    };
    for name in names(r"\$\(resource (\w+)\)") {
        resource(&name);
    }
    let outputs = template()["Outputs"].as_mapping().unwrap().keys();
    let outputs: Vec<_> = outputs.map(|name| name.as_str().unwrap()).collect();
    for name in names(r"OutputKey=='(\w+)'") {
        assert!(outputs.contains(&name.as_str()), "{name}");
    }
    for start in names(r"starts_with\(OutputKey,'(\w+)'\)") {
        assert!(
            outputs.iter().any(|name| name.starts_with(&start)),
            "{start}"
        );
    }
    let operations = root().join("docs/operations");
    for program in names(r"operation (\S+)") {
        assert!(operations.join(&program).is_file(), "{program}");
    }
    for file in names(r"; \. (\S+);") {
        assert!(root().join(&file).is_file(), "{file}");
    }
    let functions = fs::read_to_string(operations.join("functions.sh")).unwrap();
    for function in names(r"functions\.sh; (\w+) ") {
        assert!(
            functions.contains(&format!("\n{function}() {{")),
            "{function}"
        );
    }
}
