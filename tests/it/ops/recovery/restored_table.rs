//! docs/operate.md, "Restoring the table": what was made after the restore point is lost.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::stack::TABLE;
use serde_json::{Value, json};

use crate::events::publish_events::published;
use crate::ops::admin::{run, verify};
use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::mail::{code_proof_of, proof_of};

const STATUS: &str = email_verification_status::ENDPOINT.path;
const BEFORE: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
const AFTER: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

type Items = Vec<HashMap<String, AttributeValue>>;

async fn items(app: &TestApp) -> Items {
    let scan = app.client.scan().table_name(TABLE).consistent_read(true);
    scan.send().await.unwrap().items.unwrap()
}

/// The table as it was, as after `copy_missing_items.py` into a new one.
async fn restore(app: &TestApp, backup: Items) {
    for item in items(app).await {
        app.delete(item["pk"].as_s().unwrap()).await;
    }
    for item in backup {
        let put = app.client.put_item().table_name(TABLE);
        put.set_item(Some(item)).send().await.unwrap();
    }
}

async fn verified(app: &TestApp, uuid: &str) -> Value {
    let answer = app.get(&format!("{STATUS}?uuid={uuid}")).await;
    match answer.status.as_u16() {
        200 => json!(answer.json()["verified_at"].is_string()),
        status => json!(status),
    }
}

/// Of the events that verify this user, each of which has an id of its own.
async fn methods(app: &TestApp, uuid: &str) -> Vec<String> {
    let events = published(app).await.into_iter();
    let of_user = events.filter(|(_, detail)| detail["uuid"] == uuid);
    of_user
        .map(|(_, detail)| detail["method"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_restore_loses_what_came_after_it() {
    let app = TestApp::start().await;
    let early = app
        .ask(json!({ "uuid": BEFORE, "email": "early@example.org" }))
        .await;
    let backup = items(&app).await;
    // After the restore point: one user verifies, one asks, one is verified and one key is made.
    assert_eq!(app.post(VERIFY, proof_of(&early)).await.status, 200);
    let late = app.ask(json!({ "email": "late@example.org" })).await;
    verify(&app, AFTER, "after@example.org").await;
    restore(&app, backup).await;

    // A mail from before works: its verification is lost, and its link verifies again.
    assert_eq!(verified(&app, BEFORE).await, json!(false));
    assert_eq!(app.post(VERIFY, proof_of(&early)).await.status, 200);
    assert_eq!(verified(&app, BEFORE).await, json!(true));
    assert_eq!(methods(&app, BEFORE).await, ["link", "link"]);
    // A mail from after is not on record: its user sees an invalid link, and needs a new one.
    for (proof, code) in [
        (proof_of(&late), "invalid_token"),
        (code_proof_of(&late), "invalid_code"),
    ] {
        let answer = app.post(VERIFY, proof).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].clone()),
            (400, json!(code))
        );
    }
    let again = app.ask(json!({ "email": "late@example.org" })).await;
    assert_eq!(app.post(VERIFY, proof_of(&again)).await.status, 200);
}

/// The adopter's own database has the verifications, by the events: `admin import` records them.
#[tokio::test]
async fn an_import_repairs_lost_verifications() {
    let app = TestApp::start().await;
    let backup = items(&app).await;
    verify(&app, AFTER, "After@example.org").await;
    app.pass(Duration::from_hours(1));
    restore(&app, backup).await;
    assert_eq!(verified(&app, AFTER).await, json!(404));
    let file = std::env::temp_dir().join(format!("restored-{}.jsonl", std::process::id()));
    let line = json!({
        "uuid": AFTER,
        "email": "After@example.org",
        "verified_at": "2026-11-23T12:00:00Z",
    });
    std::fs::write(&file, line.to_string()).unwrap();
    let path = file.to_str().unwrap();
    let imported = run(&app, &["--json", "import", path]).await.json();
    assert_eq!(imported["verified"], 1, "{imported}");
    // A second run changes nothing.
    let again = run(&app, &["--json", "import", path]).await.json();
    assert_eq!(
        (&again["verified"], &again["known"]),
        (&json!(0), &json!(1))
    );
    std::fs::remove_file(file).unwrap();
    assert_eq!(verified(&app, AFTER).await, json!(true));
    assert_eq!(methods(&app, AFTER).await, ["link", "operator"]);
    let answer = app
        .post(
            REQUEST,
            json!({ "uuid": AFTER, "email": "after@example.org" }),
        )
        .await;
    assert_eq!(answer.json()["code"], "already_verified");
}
