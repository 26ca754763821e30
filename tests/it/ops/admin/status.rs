//! `admin status`, of a user and of an address.

use std::time::Duration;

use admin::MAILS_PER_DAY_TAG;
use aws_sdk_dynamodb::types::{AttributeValue, Tag};
use insta::assert_snapshot;
use local::edge::Fault;
use local::stack::TABLE;
use serde_json::{Value, json};
use shared::domain::link_token::LinkToken;

use super::support::{ADAS, BOBS, derived, run, verify};
use crate::support::app::{TestApp, VERIFY, suppression};
use crate::support::mail::{code_of, link_of, proof_of};

#[tokio::test]
async fn status_shows_a_user_and_no_secret() {
    let app = TestApp::start().await;
    let first = app
        .ask(json!({ "uuid": ADAS, "email": "Ada@example.org" }))
        .await;
    app.pass(Duration::from_hours(25));
    let second = app.ask(json!({ "uuid": ADAS })).await;
    app.pass(Duration::from_mins(1));
    let third = app.ask(json!({ "uuid": ADAS })).await;
    let wrong = json!({ "uuid": ADAS, "code": "000000" });
    app.post(VERIFY, wrong).await;
    let pending = run(&app, &["status", ADAS]).await.text();
    assert_snapshot!(pending, @"
    User 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99
      Address      Ada@example.org
      Verified     no
      Links        2 work, the last until 2026-11-25T13:01:00Z; 1 expired
      Codes        2 work, the last until 2026-11-24T13:31:00Z
      Codes tried  1 of 5 in the app and 0 of 5 on the page in the last 30 minutes; 1 wrong in a row
      Mails        2 in the last 24 hours
      Kept         until 2026-12-02T13:01:00Z
    ");

    app.post(VERIFY, proof_of(&third)).await;
    app.pass(Duration::from_mins(45));
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.com" }))
        .await;
    let moving = run(&app, &["status", &ADAS.to_uppercase()]).await.text();
    assert_snapshot!(moving, @"
    User 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99
      Address      ada@example.com
      Verified     Ada@example.org, at 2026-11-24T13:01:00Z
      Links        1 works until 2026-11-25T13:46:00Z
      Codes        1 works until 2026-11-24T14:16:00Z
      Codes tried  none
      Mails        3 in the last 24 hours
      Kept         until `forget`
    ");

    let scripted = run(&app, &["--json", "status", ADAS]).await.text();
    let everything = [pending, moving, scripted].concat();
    let stored = app.table().await;
    for mail in [&first, &second, &third, &app.newest_mail()] {
        let (_, token) = link_of(mail);
        let digest = LinkToken::parse(&token).unwrap().digest().to_string();
        for secret in [token, code_of(mail), digest] {
            assert!(!everything.contains(&secret));
        }
    }
    let digest = LinkToken::parse(&link_of(&app.newest_mail()).1).unwrap();
    assert!(
        stored.contains(&digest.digest().to_string()),
        "the digests above are encoded as in the table"
    );
}

#[tokio::test]
async fn status_has_json() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "Ada@example.org").await;
    let status = run(&app, &["status", ADAS, "--json"]).await.json();
    let user = json!({
        "uuid": ADAS,
        "email": "Ada@example.org",
        "verified": { "email": "Ada@example.org", "at": "2026-11-23T12:00:00Z" },
        "links": { "live": 1, "live_until": "2026-11-24T12:00:00Z", "expired": 0 },
        "codes": { "live": 1, "live_until": "2026-11-23T12:30:00Z", "expired": 0 },
        "attempts": { "app": 0, "page": 0, "limit": 5, "wrong_in_a_row": 0, "locked": false },
        "mails": 1,
        "mails_per_day": null,
        "leaves_at": null,
    });
    assert_eq!(status, json!({ "uuid": ADAS, "user": user }));

    let status = run(&app, &["status", "ADA@example.org", "--json"])
        .await
        .json();
    let expected = json!({
        "email": "ada@example.org",
        "derived_uuid": derived("ada@example.org"),
        "address": {
            "mails": 1,
            "mails_per_day": null,
            "mails_in_30_days": 1,
            "newest_mail": { "state": "sent", "at": "2026-11-23T12:00:00Z" },
            "suppression": null,
            "unsuppressed_at": null,
            "leaves_at": "2026-12-23T12:00:00Z",
        },
        "users": [user],
    });
    assert_eq!(status, expected);
}

#[tokio::test]
async fn status_shows_users_of_an_address() {
    let app = TestApp::start().await;
    // The derived user has changed to another address, Ada's is verified, Bob's requested it.
    app.ask(json!({ "email": "ada@example.org" })).await;
    let moved = derived("ada@example.org");
    app.ask(json!({ "uuid": moved, "email": "new@example.org" }))
        .await;
    verify(&app, ADAS, "ada@example.org").await;
    app.ask(json!({ "uuid": BOBS, "email": "Ada@example.org" }))
        .await;
    app.ask(json!({ "email": "somebody@else.example" })).await;
    let text = run(&app, &["status", "ada@example.org"]).await.text();
    assert_snapshot!(text, @"
    Address ada@example.org
      Mails        3 in the last 24 hours, 3 in 30 days
      Newest mail  sent, at 2026-11-23T12:00:00Z
      Suppressed   no
      Kept         until 2026-12-23T12:00:00Z

    User b38581a2-f971-54a0-80a9-8aa14e7f2d08 (derived from the address)
      Address      new@example.org
      Verified     no
      Links        1 works until 2026-11-24T12:00:00Z
      Codes        1 works until 2026-11-23T12:30:00Z
      Codes tried  none
      Mails        2 in the last 24 hours
      Kept         until 2026-12-23T12:00:00Z

    User 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98
      Address      Ada@example.org
      Verified     no
      Links        1 works until 2026-11-24T12:00:00Z
      Codes        1 works until 2026-11-23T12:30:00Z
      Codes tried  none
      Mails        1 in the last 24 hours
      Kept         until 2026-12-01T12:00:00Z

    User 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99
      Address      ada@example.org
      Verified     ada@example.org, at 2026-11-23T12:00:00Z
      Links        1 works until 2026-11-24T12:00:00Z
      Codes        1 works until 2026-11-23T12:30:00Z
      Codes tried  none
      Mails        1 in the last 24 hours
      Kept         until `forget`
    ");
}

#[tokio::test]
async fn an_address_without_users_is_shown() {
    let app = TestApp::start().await;
    let update = app.client.update_item().table_name(TABLE);
    update
        .key(
            "pk",
            AttributeValue::S("address#only@example.org".to_owned()),
        )
        .update_expression("SET version = :one, mails = :none, suppression = :bounce")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .expression_attribute_values(":none", AttributeValue::M([].into()))
        .expression_attribute_values(":bounce", suppression("only@example.org"))
        .send()
        .await
        .unwrap();
    let text = run(&app, &["status", "only@example.org"]).await.text();
    assert_snapshot!(text, @"
    Address only@example.org
      Mails        0 in the last 24 hours, 0 in 30 days
      Newest mail  unknown
      Suppressed   bounced, since 2026-11-23T12:00:00Z
      Kept         until `forget`

    No user has it. Its derived UUID is 9d52acb3-6a22-57f1-97fa-1ad04ecb1a51.
    ");
}

#[tokio::test]
async fn status_without_a_record_exits_with_1() {
    let app = TestApp::start().await;
    let outcome = run(&app, &["status", ADAS]).await;
    assert_eq!(outcome.out, "");
    let text = format!(
        "Check the UUID, --table and --region.\n\
         Problem: nothing is on record about the user {ADAS}"
    );
    assert_eq!(outcome.error(), (1, text));

    let derived = derived("nobody@example.org");
    let outcome = run(&app, &["status", "Nobody@example.org", "--json"]).await;
    let printed: Value = serde_json::from_str(&outcome.out).unwrap();
    let expected = json!({
        "email": "nobody@example.org",
        "derived_uuid": derived,
        "address": null,
        "users": [],
    });
    assert_eq!(printed, expected);
    let text = format!(
        "Check the address, --table and --region.\n\
         Problem: nothing is on record about nobody@example.org, whose derived UUID is {derived}"
    );
    assert_eq!(outcome.error(), (1, text));

    let outcome = run(&app, &["status", ADAS, "--json"]).await;
    let printed: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(printed, json!({ "uuid": ADAS, "user": null }));
    assert_eq!(outcome.error().0, 1);

    let error = run(&app, &["status", "ada"]).await.error();
    let text = "Give an address such as ada@example.com, or a UUID.\n\
                Problem: 'ada' is neither an email address nor a UUID";
    assert_eq!(error, (2, text.to_owned()));
}

/// Changes the tag, as deploying the stack with this limit does.
async fn set_mails_per_day(app: &TestApp, limit: &str) {
    let described = app.client.describe_table().table_name(TABLE).send().await;
    let table = described.unwrap().table.unwrap();
    let tag = Tag::builder().key(MAILS_PER_DAY_TAG).value(limit).build();
    let change = app.client.tag_resource().tags(tag.unwrap());
    let change = change.resource_arn(table.table_arn.unwrap());
    change.send().await.unwrap();
}

#[tokio::test]
async fn status_shows_the_limit_of_the_stack() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "ada@example.org").await;
    for (limit, shown) in [("2", json!(2)), ("20", json!(20)), ("21", Value::Null)] {
        set_mails_per_day(&app, limit).await;
        let status = run(&app, &["status", ADAS, "--json"]).await.json();
        assert_eq!(status["user"]["mails_per_day"], shown);
        let arguments = ["status", "ada@example.org", "--json"];
        let status = run(&app, &arguments).await.json();
        assert_eq!(status["address"]["mails_per_day"], shown);
        assert_eq!(status["users"][0]["mails_per_day"], shown);
    }
    set_mails_per_day(&app, "3").await;
    let text = run(&app, &["status", "ada@example.org"]).await.text();
    let mails = text.lines().filter(|line| line.starts_with("  Mails "));
    let mails: Vec<_> = mails.collect();
    assert_eq!(
        mails,
        [
            "  Mails        1 of 3 in the last 24 hours, 1 in 30 days",
            "  Mails        1 of 3 in the last 24 hours",
        ]
    );
}

#[tokio::test]
async fn an_unreadable_limit_is_not_shown() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "ada@example.org").await;
    set_mails_per_day(&app, "3").await;
    // The user is read; then describing the table, or listing its tags, is not allowed.
    for allowed in [1, 2] {
        app.edge.after(allowed, Fault::AccessDenied, 1);
        let text = run(&app, &["status", ADAS]).await.text();
        assert!(
            text.contains("  Mails        1 in the last 24 hours\n"),
            "{text}"
        );
    }
}

#[test]
fn the_template_tags_the_limit() {
    let template = include_str!("../../../../template.yaml");
    let tag = format!("- {{Key: {MAILS_PER_DAY_TAG}, Value: !Ref MailsPerDay}}");
    assert!(template.contains(&tag));
}
