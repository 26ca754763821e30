//! What the texts and commands refer to exists: sections of the docs, resources and outputs of the
//! stack, programs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use local::ses::DnsStatus;
use regex_lite::Regex;

use super::support::{deployed, results};
use crate::ops::admin::support::run;
use crate::support::template::{resource, root, template};

/// The code of a folder, with the texts that are written on several lines joined.
fn code_in(folder: &Path) -> String {
    let continuation = Regex::new(r"\\\n\s*").unwrap();
    let mut code = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            code += &code_in(&path);
        } else {
            let text = fs::read_to_string(path).unwrap();
            code += &continuation.replace_all(&text, "");
        }
    }
    code
}

#[test]
fn cited_sections_exist() {
    let code = code_in(&root().join("admin/src"));
    let cited = Regex::new(r#"(docs/\w+\.md)(, \\"([^"\\]+)\\")?"#).unwrap();
    let mut sections = 0;
    for citation in cited.captures_iter(&code) {
        let file = &citation[1];
        let text = fs::read_to_string(root().join(file)).expect(file);
        if let Some(section) = citation.get(3).map(|section| section.as_str()) {
            let mut headings = text.lines().filter(|line| line.starts_with('#'));
            let is_it =
                |line: &str| line.trim_start_matches(['#', ' ']).replace('`', "") == section;
            assert!(headings.any(is_it), "{file} has no section \"{section}\"");
            sections += 1;
        }
    }
    assert!(sections > 5, "{sections}");
}

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
