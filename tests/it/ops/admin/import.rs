//! `admin import`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use insta::assert_snapshot;
use local::edge::Fault;
use serde_json::json;

use super::support::{ADAS, BOBS, Outcome, derived, run, verify};
use crate::events::publish_events::published;
use crate::support::app::TestApp;

/// A file that the test owns.
fn file(name: &str, text: &str) -> String {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

async fn import(app: &TestApp, file: &str, more: &[&str]) -> Outcome {
    run(app, &[&["import", file], more].concat()).await
}

/// Forty users without a UUID.
fn forty() -> String {
    let rows = (0..40).map(|user| format!("user{user}@acme.test,2026-01-01T00:00:00Z\n"));
    format!("email,verified_at\n{}", rows.collect::<String>())
}

#[tokio::test]
async fn import_records_verification_dates() {
    let app = TestApp::start().await;
    let csv = format!(
        "id,uuid,email,verified_at\n\
         1,{ADAS},Ada@acme.test,2024-05-01 10:00:00+00\n\
         2,,grace@acme.test,2023-01-01T00:00:00+02:00\n"
    );
    let csv = file("dates.csv", &csv);
    assert_snapshot!(
        "import_dry_run",
        import(&app, &csv, &["--dry-run"]).await.text()
    );
    let outcome = import(&app, &csv, &[]).await;
    let bar = "[##############################] 100 %  2 of 2";
    assert_eq!(outcome.progress, [bar, ""]);
    assert_snapshot!("import_first", outcome.text());
    assert_snapshot!("import_again", import(&app, &csv, &[]).await.text());
    let mut events = published(&app).await;
    events.sort_by_key(|(_, detail)| detail["email"].to_string());
    let event = |uuid: &str, email: &str, at: &str| {
        let detail = json!({
            "stage": "local",
            "uuid": uuid,
            "email": email,
            "previous_email": null,
            "verified_at": at,
            "method": "operator",
        });
        ("Email Verified".to_owned(), detail)
    };
    let expected = [
        event(ADAS, "Ada@acme.test", "2024-05-01T10:00:00Z"),
        event(
            &derived("grace@acme.test"),
            "grace@acme.test",
            "2022-12-31T22:00:00Z",
        ),
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn a_newer_verification_is_kept() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "ada@acme.test").await;
    run(&app, &["verify", BOBS, "bob@acme.test"]).await.text();
    let lines = format!(
        "{{\"uuid\":\"{ADAS}\",\"email\":\"old@acme.test\",\"verified_at\":\"2024-05-01T00:00:00Z\"}}\n\
         {{\"uuid\":\"{BOBS}\",\"email\":\"BOB@acme.test\",\"verified_at\":\"2024-05-01T00:00:00Z\"}}\n"
    );
    let report = import(&app, &file("newer.jsonl", &lines), &["--json"]).await;
    let expected = json!({
        "dry_run": false, "users": 2, "verified": 0, "known": 1, "kept": 1, "refused": [],
    });
    assert_eq!(report.json(), expected);
    let status = run(&app, &["status", ADAS, "--json"]).await.json();
    assert_eq!(status["user"]["verified"]["email"], "ada@acme.test");
    assert_eq!(status["user"]["verified"]["at"], "2026-11-23T12:00:00Z");
}

#[tokio::test]
async fn wrong_lines_stop_the_import() {
    let app = TestApp::start().await;
    let before = app.table().await;
    let csv = file(
        "wrong.csv",
        "email,verified_at\n\
         ada@acme.test,2026-01-01T00:00:00Z\n\
         ada,2026-01-01T00:00:00Z\n\
         bob@acme.test,never\n",
    );
    app.edge.take_calls();
    let outcome = import(&app, &csv, &[]).await;
    assert_eq!(outcome.out, "");
    let text = "Correct the lines, or leave them out with --skip-refused.\n\
                Problem: 2 lines are wrong, and nothing was written\n  \
                line 3  'ada' is not an email address\n  \
                line 4  verified_at must be like 2026-11-23T12:00:00Z, and not 'never'";
    assert_eq!(outcome.error(), (1, text.to_owned()));
    assert!(app.edge.take_calls().is_empty());
    assert_eq!(app.table().await, before);

    let outcome = import(&app, &csv, &["--skip-refused"]).await;
    assert_snapshot!("import_skip_refused", outcome.text());
    let missing = import(&app, "/nowhere.csv", &[]).await.error();
    assert_eq!(missing.0, 1);
    let start = "Check the name of the file.\nProblem: /nowhere.csv cannot be read: ";
    assert!(missing.1.starts_with(start), "{}", missing.1);
}

#[tokio::test]
async fn a_stopped_import_continues() {
    let app = TestApp::start().await;
    let csv = file("stopped.csv", &forty());
    // The first users are written.
    app.edge.after(40, Fault::AccessDenied, 1);
    let (code, text) = import(&app, &csv, &[]).await.error();
    assert_eq!(code, 1);
    let (advice, problem) = text.split_once(".\nProblem: ").unwrap();
    assert!(
        advice.ends_with(". Run it again: it continues with the rest"),
        "{text}"
    );
    assert!(
        problem.contains(" of 40 users are done, then AWS does not allow it: "),
        "{text}"
    );
    let report = import(&app, &csv, &["--json"]).await.json();
    let count = |name: &str| report[name].as_u64().unwrap();
    assert!(count("known") >= 16, "{report}");
    assert_eq!(count("verified") + count("known"), 40);
    assert_eq!(published(&app).await.len(), 40);
}

#[tokio::test]
async fn two_imports_write_each_user_once() {
    let app = TestApp::start().await;
    let csv = file("twice.csv", &forty());
    let (first, second) = tokio::join!(
        import(&app, &csv, &["--json"]),
        import(&app, &csv, &["--json"])
    );
    let (first, second) = (first.json(), second.json());
    let sum = |name: &str| first[name].as_u64().unwrap() + second[name].as_u64().unwrap();
    assert_eq!((sum("verified"), sum("known")), (40, 40));
    let events = published(&app).await;
    let ids = events.iter().map(|(_, detail)| detail["uuid"].to_string());
    let ids: BTreeSet<_> = ids.collect();
    assert_eq!((ids.len(), events.len()), (40, 40));
}
