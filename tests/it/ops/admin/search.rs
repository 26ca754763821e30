//! How the users with an address are found: by the index, or by reading the whole table.

use std::time::Duration;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use serde_json::{Value, json};

use super::support::{ADAS, BOBS, derived, put, run, verify};
use crate::support::app::TestApp;
use crate::support::template::property;

const MONTH: Duration = Duration::from_hours(31 * 24);

async fn users_of(app: &TestApp, arguments: &[&str]) -> Vec<Value> {
    let status = run(app, &[&["status", "--json"], arguments].concat())
        .await
        .json();
    let users = status["users"].as_array().unwrap();
    users.iter().map(|user| user["uuid"].clone()).collect()
}

/// A verified user who requested a change to this address, whose record has expired since.
async fn abandoned_move(app: &TestApp, address: &str) {
    verify(app, ADAS, "ada@example.org").await;
    app.ask(json!({ "uuid": ADAS, "email": address })).await;
    app.pass(MONTH);
    app.delete(&format!("address#{address}")).await;
}

#[tokio::test]
async fn users_are_found_without_a_scan() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "ada@example.org").await;
    // Ada's user is changing to another address, and no record of the verified one is left.
    app.ask(json!({ "uuid": ADAS, "email": "new@example.org" }))
        .await;
    app.pass(MONTH);
    app.delete("address#ada@example.org").await;
    app.ask(json!({ "uuid": BOBS, "email": "Ada@example.org" }))
        .await;
    app.ask(json!({ "email": "ada@example.org" })).await;
    app.edge.take_calls();
    let users = users_of(&app, &["ADA@example.org"]).await;
    assert_eq!(users, [&derived("ada@example.org"), BOBS, ADAS]);
    for command in ["unlock", "forget"] {
        let arguments = [command, "nobody@example.org", "--json"];
        let arguments: Vec<_> = match command {
            "forget" => arguments.into_iter().chain(["--yes"]).collect(),
            _ => arguments.to_vec(),
        };
        run(&app, &arguments).await;
    }
    let calls = app.edge.take_calls();
    assert!(calls.contains(&"Query".to_owned()), "{calls:?}");
    assert!(!calls.contains(&"Scan".to_owned()), "{calls:?}");
}

#[tokio::test]
async fn a_user_who_moved_on_is_not_shown() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    app.ask(json!({ "uuid": ADAS, "email": "new@example.org" }))
        .await;
    assert_eq!(users_of(&app, &["ada@example.org"]).await, [""; 0]);
    assert_eq!(users_of(&app, &["new@example.org"]).await, [ADAS]);
}

#[tokio::test]
async fn an_abandoned_move_needs_a_scan() {
    let app = TestApp::start().await;
    abandoned_move(&app, "new@example.org").await;
    let nothing = run(&app, &["status", "new@example.org"]).await;
    assert_eq!(nothing.error().0, 1);
    let users = users_of(&app, &["new@example.org", "--scan"]).await;
    assert_eq!(users, [ADAS]);
    let arguments = ["forget", "new@example.org", "--scan", "--yes"];
    let forgotten = run(&app, &arguments).await.text();
    let text = format!(
        "  withdrawn  request  of user {ADAS}, who keeps the verified ada@example.org
"
    );
    assert_eq!(forgotten, text);
    assert!(!app.table().await.contains("new@example.org"));
}

#[tokio::test]
async fn a_table_without_the_index_is_scanned() {
    let app = TestApp::start().await;
    let key = KeySchemaElement::builder();
    let key = key.attribute_name("pk").key_type(KeyType::Hash).build();
    let attribute = AttributeDefinition::builder().attribute_name("pk");
    let attribute = attribute.attribute_type(ScalarAttributeType::S).build();
    let create = app.client.create_table().table_name("older");
    let create = create.billing_mode(BillingMode::PayPerRequest);
    let create = create.key_schema(key.unwrap());
    let create = create.attribute_definitions(attribute.unwrap());
    create.send().await.unwrap();

    let arguments = ["status", "ada@example.org", "--table", "older"];
    let (code, text) = run(&app, &arguments).await.error();
    let expected = "Add --scan, or deploy this release, which creates the index.\n\
                    Problem: the table older has no index of verified addresses: \
                    ValidationException: The table does not have the specified index: \
                    verified_address";
    assert_eq!((code, text.as_str()), (1, expected));
    let nothing = run(&app, &[&arguments[..], &["--scan"]].concat()).await;
    let text = nothing.error().1;
    assert!(
        text.contains("Problem: nothing is on record about "),
        "{text}"
    );
}

#[tokio::test]
async fn no_role_may_use_the_index() {
    let index = &property("Table", "GlobalSecondaryIndexes")[0];
    assert_eq!(index["IndexName"].as_str(), Some("verified_address"));
    let projection = index["Projection"]["ProjectionType"].as_str();
    assert_eq!(projection, Some("KEYS_ONLY"), "no attribute is copied");
    let template = include_str!("../../../../template.yaml");
    assert!(!template.contains("/index/"));
    // Attempts of an unknown user, keys and addresses are in no index.
    let app = TestApp::start().await;
    let label = AttributeValue::S("backend".to_owned());
    put(&app, "key#0", "label", label).await;
    let found = app.client.scan().table_name(local::stack::TABLE);
    let found = found.index_name("verified_address").send().await.unwrap();
    for item in found.items() {
        assert!(item["pk"].as_s().unwrap().starts_with("user#"));
        let names: std::collections::BTreeSet<_> = item.keys().map(String::as_str).collect();
        assert_eq!(names, ["pk", "verified_address"].into());
    }
}
