//! Runs the command on a healthy stack, in which a test breaks one thing.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::cloud::Cloud;
use crate::ops::admin::support::{Outcome, run};
use crate::support::app::TestApp;

pub async fn deployed() -> (TestApp, Cloud) {
    let mut app = TestApp::start().await;
    let cloud = Cloud::start(&mut app).await;
    put_dig(&mut app, "\"v=DMARC1; p=none\"", 0);
    (app, cloud)
}

/// Puts a `dig` into the path that prints this for `_dmarc.acme.example`, and nothing for other
/// names.
pub fn put_dig(app: &mut TestApp, prints: &str, code: u8) {
    let (_, port) = app.api_url.rsplit_once(':').unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("dig-{port}"));
    fs::create_dir_all(&folder).unwrap();
    let dig = folder.join("dig");
    let script = format!(
        "#!/bin/sh\nfor name; do :; done\n[ \"$name\" = _dmarc.acme.example ] && echo '{prints}'\n\
         exit {code}\n"
    );
    // By a child, as no file can be run that is open for writing: a child of another test, forked
    // now, would hold it open until its own program starts.
    let written = Command::new("sh")
        .args(["-c", "printf %s \"$1\" >\"$0\" && chmod +x \"$0\""])
        .arg(&dig)
        .arg(script)
        .status();
    assert!(written.unwrap().success());
    app.environment.retain(|(name, _)| *name != "PATH");
    let folder = folder.to_str().unwrap().to_owned();
    app.environment.push(("PATH", folder));
}

pub async fn doctor(app: &TestApp) -> Outcome {
    run(app, &["doctor"]).await
}

/// The results of all checks, by their ids.
pub async fn results(app: &TestApp) -> BTreeMap<String, Value> {
    let report = run(app, &["doctor", "--json"]).await.out;
    let results: Vec<Value> = serde_json::from_str(&report).unwrap();
    let by_id = |result: Value| (result["id"].as_str().unwrap().to_owned(), result);
    results.into_iter().map(by_id).collect()
}

/// The lines that are not OK, and the exit code. Ports are replaced, which change.
pub async fn complaints(app: &TestApp) -> String {
    let outcome = run(app, &["doctor", "--json"]).await;
    let code = outcome.exit_code();
    let findings: Value = serde_json::from_str(&outcome.out).unwrap();
    let findings = findings.as_array().unwrap().iter();
    let wrong = findings.filter(|finding| finding["status"] != "ok");
    let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
    let lines = wrong.map(|finding| {
        let [status, id, what, command] =
            ["status", "id", "text", "command"].map(|name| text(&finding[name]));
        let command = if command.is_empty() {
            command
        } else {
            format!("\n  $ {command}")
        };
        format!("{status} {id}: {what}{command}\n")
    });
    lines.collect::<String>() + &format!("exit code {code}")
}
