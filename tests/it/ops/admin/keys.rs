//! `admin keys`: create, list and revoke.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::http::Method;
use insta::assert_snapshot;
use local::stack::TABLE;
use serde_json::{Value, json};

use super::support::{put, run};
use crate::support::app::{TestApp, VERIFY};
use crate::support::http::authorized;

/// Creates a key and returns the output.
async fn create_key(app: &TestApp, more: &[&str]) -> Value {
    let arguments = ["--json", "keys", "create", "--label", "backend"];
    run(app, &[&arguments, more].concat()).await.json()
}

/// Calls the API with this key and returns the status.
async fn call_with(app: &TestApp, key: &Value) -> u16 {
    let key = key["key"].as_str().unwrap();
    let request = authorized(app.request(Method::POST, VERIFY), key)
        .body(Body::from(
            r#"{"email":"nobody@example.org","token":"none"}"#,
        ))
        .unwrap();
    app.send(request).await.status.as_u16()
}

/// The API's status for a request that fails after authentication, and for a wrong key.
const WORKS: u16 = 400;
const REFUSED: u16 = 401;

#[tokio::test]
async fn a_new_key_works_and_is_listed() {
    let app = TestApp::start().await;
    let created = create_key(&app, &[]).await;
    assert_eq!(call_with(&app, &created).await, WORKS);

    let key = created["key"].as_str().unwrap();
    assert!(key.starts_with("evk_") && key.len() == 47, "{key}");
    assert!(!app.table().await.contains(key));
    let listed = run(&app, &["keys", "list", "--json"]).await.text();
    assert!(!listed.contains("evk_"));
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let id = created["id"].as_str().unwrap();
    assert_eq!(id.len(), 12);
    let expected = json!({
        "id": id,
        "label": "backend",
        "scopes": ["user:write"],
        "created_at": "2026-11-23T12:00:00Z",
        "expires_at": null,
        "expired": false,
    });
    let listed = listed.as_array().unwrap();
    assert!(listed.contains(&expected), "{listed:?}");
    assert_eq!(listed.len(), 3, "two are fixtures");
}

#[tokio::test]
async fn a_new_key_is_printed_with_its_id() {
    let app = TestApp::start().await;
    let text = run(
        &app,
        &[
            "keys",
            "create",
            "--label",
            "Ada's büro",
            "--expires",
            "90d",
        ],
    )
    .await
    .text();
    let mut lines = text.lines();
    let key = lines.next().unwrap();
    let made = json!({ "key": key });
    assert_eq!(call_with(&app, &made).await, WORKS);
    let id = lines
        .clone()
        .find_map(|line| line.strip_prefix("ID       "))
        .unwrap();
    assert_snapshot!(text.replace(key, "<the key>").replace(id, "<the ID>"), @"
    <the key>

    This is the key. Save it now: it cannot be shown again.

    ID       <the ID>
    Label    Ada's büro
    Scopes   user:write
    Expires  2027-02-21T12:00:00Z
    ");
}

#[tokio::test]
async fn keys_are_listed_by_age() {
    let app = TestApp::start().await;
    for listed in run(&app, &["keys", "list", "--json"])
        .await
        .json()
        .as_array()
        .unwrap()
    {
        let id = listed["id"].as_str().unwrap();
        run(&app, &["keys", "revoke", id]).await.text();
    }
    let none = run(&app, &["keys", "list"]).await.text();
    assert_snapshot!(none, @"There are no keys. Create one with `keys create --label backend`.");

    let mut ids = Vec::new();
    for (label, more) in [
        ("first", &["--expires", "12h"][..]),
        ("second, longer", &["--scopes", "*,user:write"]),
        ("third", &["--expires", "2w", "--scopes", "*"]),
    ] {
        let arguments = ["--json", "keys", "create", "--label", label];
        let created = run(&app, &[&arguments, more].concat()).await.json();
        ids.push(created["id"].as_str().unwrap().to_owned());
        app.pass(Duration::from_hours(6));
    }
    let list = run(&app, &["keys", "list"]).await.text();
    let list = ids
        .iter()
        .fold(list, |list, id| list.replace(id, "0123456789ab"));
    assert_snapshot!(list, @"
    ID            LABEL           SCOPES        CREATED               EXPIRES
    0123456789ab  first           user:write    2026-11-23T12:00:00Z  2026-11-24T00:00:00Z (expired)
    0123456789ab  second, longer  *,user:write  2026-11-23T18:00:00Z  never
    0123456789ab  third           *             2026-11-24T00:00:00Z  2026-12-08T00:00:00Z
    ");
}

#[tokio::test]
async fn a_key_works_until_it_expires() {
    let app = TestApp::start().await;
    let created = create_key(&app, &["--expires", "1h"]).await;
    assert_eq!(created["expires_at"], "2026-11-23T13:00:00Z");
    app.pass(Duration::from_hours(1) - Duration::from_secs(1));
    assert_eq!(call_with(&app, &created).await, WORKS);
    app.pass(Duration::from_secs(1));
    assert_eq!(call_with(&app, &created).await, REFUSED);
}

#[tokio::test]
async fn a_revoked_key_stops_within_a_minute() {
    let app = TestApp::start().await;
    let created = create_key(&app, &[]).await;
    let other = create_key(&app, &[]).await;
    assert_eq!(call_with(&app, &created).await, WORKS);
    let id = created["id"].as_str().unwrap();
    let text = run(&app, &["keys", "revoke", &id[..8].to_uppercase()])
        .await
        .text();
    assert_eq!(
        text,
        format!("Revoked {id} (backend). It stops working within 60 seconds.\n")
    );
    app.pass(Duration::from_mins(1));
    assert_eq!(call_with(&app, &created).await, REFUSED);
    assert_eq!(call_with(&app, &other).await, WORKS);
    let again = run(&app, &["keys", "revoke", id]).await;
    let text =
        format!("Look for the ID in `keys list`.\nProblem: there is no key with the ID {id}");
    assert_eq!(again.error(), (1, text));
}

#[tokio::test]
async fn an_ambiguous_id_revokes_nothing() {
    let app = TestApp::start().await;
    for (last, label) in [("a", "one"), ("b", "two")] {
        let put = app.client.put_item().table_name(TABLE);
        put.item(
            "pk",
            AttributeValue::S(format!("key#{}{last}", "0".repeat(63))),
        )
        .item("label", AttributeValue::S(label.to_owned()))
        .item("scopes", AttributeValue::Ss(vec!["*".to_owned()]))
        .item("created_at", AttributeValue::N("1".to_owned()))
        .send()
        .await
        .unwrap();
    }
    let before = app.table().await;
    let error = run(&app, &["keys", "revoke", "000000000000"]).await.error();
    let text = "Give more digits of the ID.\n\
                Problem: the IDs of several keys begin with 000000000000";
    assert_eq!(error, (1, text.to_owned()));
    assert_eq!(app.table().await, before);
    let whole = format!("{}b", "0".repeat(63));
    assert!(
        run(&app, &["keys", "revoke", &whole])
            .await
            .text()
            .contains("(two)")
    );
}

#[tokio::test]
async fn a_key_is_not_an_id() {
    let app = TestApp::start().await;
    let created = create_key(&app, &[]).await;
    let key = created["key"].as_str().unwrap();
    app.edge.take_calls();
    let (code, text) = run(&app, &["keys", "revoke", key]).await.error();
    assert_eq!(code, 2);
    assert!(
        !text.contains(key) && text.contains("`keys list`"),
        "{text}"
    );
    assert!(app.edge.take_calls().is_empty());
}

#[tokio::test]
async fn wrong_arguments_create_no_key() {
    let app = TestApp::start().await;
    for arguments in [
        &["--label", " "][..],
        &["--label", "a\u{1b}[2J"],
        &["--label", "backend", "--scopes", "user:delete"],
        &["--label", "backend", "--expires", "soon"],
    ] {
        let arguments = [&["keys", "create"], arguments].concat();
        assert_eq!(run(&app, &arguments).await.error().0, 2, "{arguments:?}");
    }
    assert!(app.edge.take_calls().is_empty());
}

#[tokio::test]
async fn a_stored_label_is_printed_escaped() {
    let app = TestApp::start().await;
    let put = app.client.put_item().table_name(TABLE);
    put.item("pk", AttributeValue::S(format!("key#{}", "0".repeat(64))))
        .item("label", AttributeValue::S("\u{1b}[2J\u{9b}2J".to_owned()))
        .item("scopes", AttributeValue::Ss(vec!["\u{202e}".to_owned()]))
        .item("created_at", AttributeValue::N("1".to_owned()))
        .send()
        .await
        .unwrap();
    for arguments in [
        &["keys", "list"][..],
        &["keys", "list", "--json"],
        &["keys", "revoke", "00000000"],
    ] {
        let text = run(&app, arguments).await.text();
        let controls = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(controls), "{text:?}");
    }
}

#[tokio::test]
async fn every_page_of_a_scan_is_read() {
    let app = TestApp::start().await;
    for number in 0..8 {
        let padding = AttributeValue::S("x".repeat(300_000));
        put(&app, &format!("padding#{number}"), "x", padding).await;
    }
    app.edge.take_calls();
    let listed = run(&app, &["keys", "list", "--json"]).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let calls = app.edge.take_calls();
    assert!(
        calls.len() > 1 && calls.iter().all(|call| call == "Scan"),
        "{calls:?}"
    );
}
