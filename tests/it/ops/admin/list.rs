//! `admin list`.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::support::{ADAS, BOBS, put, run, verify};
use crate::support::app::{TestApp, suppression};

/// A verified user who is changing, one who waits, one whose link has expired, and two suppressed
/// addresses.
async fn people(app: &TestApp) {
    app.ask(json!({ "uuid": BOBS, "email": "bob@Acme.test" }))
        .await;
    app.pass(Duration::from_hours(25));
    verify(app, ADAS, "Ada@acme.test").await;
    app.ask(json!({ "uuid": ADAS, "email": "new@acme.test" }))
        .await;
    app.ask(json!({ "email": "grace@other.test" })).await;
    for email in ["bob@acme.test", "eve@other.test"] {
        let pk = format!("address#{email}");
        put(app, &pk, "suppression", suppression(email)).await;
    }
}

/// Without the users of the fixtures, sorted: a scan has no order.
fn lines(out: &str) -> String {
    let mut lines: Vec<_> = out
        .lines()
        .filter(|it| !it.contains("example.com"))
        .collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[tokio::test]
async fn list_shows_users_in_every_state() {
    let app = TestApp::start().await;
    people(&app).await;
    assert_snapshot!(lines(&run(&app, &["list"]).await.text()));
}

#[tokio::test]
async fn list_filters_users_and_addresses() {
    let app = TestApp::start().await;
    people(&app).await;
    let mut shown = String::new();
    for arguments in [
        &["list", "--unverified"][..],
        &["list", "--domain", "ACME.test"],
        &["list", "--unverified", "--domain", "acme.test"],
        &["list", "--suppressed"],
        &["list", "--suppressed", "--domain", "other.test"],
    ] {
        let out = run(&app, arguments).await.text();
        shown += &[&arguments.join(" "), "\n", &lines(&out), "\n\n"].concat();
    }
    assert_snapshot!(shown);
    let nobody = run(&app, &["list", "--domain", "nobody.test"]).await;
    assert_eq!(nobody.text(), "");
    let error = run(&app, &["list", "--domain", "ada@acme.test"]).await;
    let text = "Give --domain a domain such as example.com.\n\
                Problem: 'ada@acme.test' is not a domain";
    assert_eq!(error.error(), (2, text.to_owned()));
}

#[tokio::test]
async fn list_has_json_lines() {
    let app = TestApp::start().await;
    people(&app).await;
    let out = run(&app, &["list", "--json", "--domain", "acme.test"]).await;
    let mut users: Vec<Value> = out
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    users.sort_by_key(|user| user["uuid"].to_string());
    let bob = json!({
        "uuid": BOBS, "email": "bob@Acme.test", "verified": null, "pending_until": null,
    });
    let ada = json!({
        "uuid": ADAS,
        "email": "new@acme.test",
        "verified": { "email": "Ada@acme.test", "at": "2026-11-24T13:00:00Z" },
        "pending_until": "2026-11-25T13:00:00Z",
    });
    assert_eq!(users, [bob, ada]);
}

#[tokio::test]
async fn list_names_what_it_cannot_read() {
    let app = TestApp::start().await;
    people(&app).await;
    app.set(
        &format!("user#{ADAS}"),
        "links",
        aws_sdk_dynamodb::types::AttributeValue::S("odd".to_owned()),
    )
    .await;
    let outcome = run(&app, &["list"]).await;
    assert!(outcome.out.contains(BOBS), "the others are listed");
    let text = format!(
        "Use the `admin` of the deployed release: another one may have written them.\n\
         Problem: the list is not complete: this version cannot read 1 item of the table \
         mailproof\n  user#{ADAS}  the attribute links is missing or of another kind"
    );
    assert_eq!(outcome.error(), (1, text));
}
