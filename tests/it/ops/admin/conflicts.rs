//! A command writes while a transaction holds the item.

use local::edge::Fault;
use serde_json::json;

use super::support::{ADAS, run};
use crate::support::app::{TestApp, VERIFY, suppression};

const COMMANDS: [&[&str]; 3] = [
    &["unlock", ADAS],
    &["unsuppress", "gone@example.org"],
    &["forget", ADAS, "--yes"],
];

/// A user with a wrong code, and a suppressed address.
async fn with_all_to_change() -> TestApp {
    let app = TestApp::start().await;
    let body = json!({ "uuid": ADAS, "email": "ada@example.org" });
    app.ask(body).await;
    let wrong = json!({ "uuid": ADAS, "code": "000000" });
    app.post(VERIFY, wrong).await;
    let gone = suppression("gone@example.org");
    app.set("address#gone@example.org", "suppression", gone)
        .await;
    app.edge.take_calls();
    app
}

#[tokio::test]
async fn a_write_in_conflict_is_retried() {
    for command in COMMANDS {
        let app = with_all_to_change().await;
        run(&app, command).await.text();
        let calls = app.edge.take_calls();
        let is_write = |call: &String| call == "UpdateItem" || call == "DeleteItem";
        let reads = calls.iter().position(is_write).unwrap();

        let app = with_all_to_change().await;
        app.edge.after(reads, Fault::Conflict, 1);
        run(&app, command).await.text();
        let retried = app.edge.take_calls();
        assert_eq!(retried.len(), calls.len() + 1, "{command:?}: {retried:?}");
    }
}
