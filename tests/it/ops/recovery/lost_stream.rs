//! docs/operate.md, "Unpublished events": changes of a day that the stream no longer has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use crate::events::publish_events::{ids, let_through, publish};
use crate::ops::admin::{run, verify};
use crate::support::app::TestApp;

const USERS: [&str; 3] = [
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99",
];

/// The verified users of `admin list` since a timestamp, by uuid.
async fn verified_since(app: &TestApp, since: &str) -> BTreeMap<String, Value> {
    let listed = run(app, &["--json", "list"]).await.text();
    let lines = listed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let verified = lines.filter(|user: &Value| user["verified"]["at"].as_str() >= Some(since));
    verified
        .map(|user| (user["uuid"].as_str().unwrap().to_owned(), user))
        .collect()
}

/// Publishing the changes again, from the queue of unpublished events, repeats ids: a consumer that
/// knows ids sees each verification once.
#[tokio::test]
async fn a_day_is_published_again_by_id() {
    let app = TestApp::start().await;
    for uuid in USERS {
        verify(&app, uuid, &format!("{uuid}@example.org")).await;
    }
    let records = let_through(&app).await;
    assert_eq!(records.len(), USERS.len());
    // One batch was published before the function failed for good, and the operator sends all.
    let _ = app.take_published();
    assert_eq!(publish(&app, &records[..1]).await, [] as [String; 0]);
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    let published = ids(&app.take_published());
    assert_eq!(published.len(), USERS.len() + 1);
    let known: BTreeSet<_> = published.into_iter().collect();
    assert_eq!(known.len(), USERS.len());
}

/// Once the stream has trimmed them, the table says who verified, and the adopter compares.
#[tokio::test]
async fn a_trimmed_day_is_in_the_list() {
    let app = TestApp::start().await;
    verify(&app, USERS[0], "before@example.org").await;
    app.pass(Duration::from_hours(24));
    let since = app.now().to_string();
    verify(&app, USERS[1], "One@example.org").await;
    app.ask(json!({ "email": "nobody@example.org" })).await;
    verify(&app, USERS[2], "Two@example.org").await;
    let found = verified_since(&app, &since).await;
    let found: Vec<_> = found
        .iter()
        .map(|(uuid, user)| (uuid.as_str(), user["verified"]["email"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [(USERS[1], "One@example.org"), (USERS[2], "Two@example.org")]
    );
}
