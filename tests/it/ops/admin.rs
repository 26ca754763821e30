//! The operator's command, on the table of the functions.

use std::time::Duration;

use admin::table::MAILS_PER_DAY_TAG;
use admin::{AdminError, Arguments, Console};
use aws_sdk_dynamodb::types::{AttributeValue, Tag};
use axum::body::Body;
use axum::http::Method;
use clap::Parser;
use insta::assert_snapshot;
use local::stack::TABLE;
use serde_json::{Value, json};
use shared::domain::email_address::EmailAddress;
use shared::domain::link_token::LinkToken;
use shared::domain::user_id::UserId;
use shared::runtime::settings::Environment;

use crate::support::app::{
    REQUEST, TestApp, VERIFY, code_of, code_proof_of, link_of, proof_of, suppression,
};
use crate::support::edge::Break;

const ADAS: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const BOBS: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";

/// What a command printed, and its result.
pub struct Outcome {
    pub out: String,
    result: Result<(), AdminError>,
}

impl Outcome {
    pub fn text(self) -> String {
        self.result.expect("the command succeeds");
        self.out
    }

    pub fn json(self) -> Value {
        serde_json::from_str(&self.text()).expect("the answer is JSON")
    }

    /// The exit code, and the line on standard error.
    pub fn error(&self) -> (u8, String) {
        let error = self.result.as_ref().expect_err("the command fails");
        (error.exit_code(), error.line())
    }
}

/// Runs the command without a terminal.
pub async fn run(app: &TestApp, arguments: &[&str]) -> Outcome {
    run_with(app, arguments, None).await
}

/// Runs the command with a person at the terminal.
async fn run_with(
    app: &TestApp,
    arguments: &[&str],
    person: Option<&mut dyn FnMut(&str) -> String>,
) -> Outcome {
    let mut out = Vec::new();
    let mut console = Console::new(&mut out);
    if let Some(person) = person {
        console = console.with_person(|question| Ok(person(question)));
    }
    let arguments = Arguments::try_parse_from(["admin"].iter().chain(arguments)).unwrap();
    let environment = Environment::from_pairs(&app.environment);
    let result = admin::run(arguments, &environment, &app.clock, &mut console).await;
    drop(console);
    let out = String::from_utf8(out).unwrap();
    Outcome { out, result }
}

/// Creates a key and returns the output.
async fn create_key(app: &TestApp, more: &[&str]) -> Value {
    let arguments = ["--json", "keys", "create", "--label", "backend"];
    run(app, &[&arguments, more].concat()).await.json()
}

/// Calls the API with this key and returns the status.
async fn call_with(app: &TestApp, key: &Value) -> u16 {
    let key = key["key"].as_str().unwrap();
    let request = app
        .request(Method::POST, VERIFY)
        .header("authorization", format!("Bearer {key}"))
        .body(Body::from(
            r#"{"email":"nobody@example.org","token":"none"}"#,
        ))
        .unwrap();
    app.send(request).await.status.as_u16()
}

fn derived(email: &str) -> String {
    UserId::derived_from(&EmailAddress::parse(email).unwrap()).to_string()
}

async fn put(app: &TestApp, pk: &str, name: &str, value: AttributeValue) {
    let put = app.client.put_item().table_name(TABLE);
    let put = put.item("pk", AttributeValue::S(pk.to_owned()));
    put.item(name, value).send().await.unwrap();
}

async fn verify(app: &TestApp, uuid: &str, email: &str) {
    let mail = app.ask(json!({ "uuid": uuid, "email": email })).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

// Keys

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
    let text = format!("there is no key with the ID {id}. `keys list` shows all keys");
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
    let text = "the IDs of several keys begin with 000000000000. Give more digits";
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

// Status

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
async fn status_shows_all_users_of_an_address() {
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
      Kept         until 2026-12-01T12:00:00Z

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
    let text = format!("nothing is on record about the user {ADAS}");
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
    let text =
        format!("nothing is on record about nobody@example.org. Its derived UUID is {derived}");
    assert_eq!(outcome.error(), (1, text));

    let outcome = run(&app, &["status", ADAS, "--json"]).await;
    let printed: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(printed, json!({ "uuid": ADAS, "user": null }));
    assert_eq!(outcome.error().0, 1);

    let error = run(&app, &["status", "ada"]).await.error();
    let text = "'ada' is neither an email address nor a UUID";
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
        app.edge.break_after(allowed, Break::AccessDenied, 1);
        let text = run(&app, &["status", ADAS]).await.text();
        assert!(
            text.contains("  Mails        1 in the last 24 hours\n"),
            "{text}"
        );
    }
}

#[test]
fn the_template_tags_the_table_with_the_limit() {
    let template = include_str!("../../../template.yaml");
    let tag = format!("- {{Key: {MAILS_PER_DAY_TAG}, Value: !Ref MailsPerDay}}");
    assert!(template.contains(&tag));
}

// Forget

#[tokio::test]
async fn forget_deletes_one_user_alone() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": BOBS, "email": "bob@example.org" }))
        .await;
    let before = app.table().await;
    verify(&app, ADAS, "ada@example.org").await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.com" }))
        .await;
    app.post(VERIFY, json!({ "uuid": ADAS, "code": "000000" }))
        .await;

    let forgotten = run(&app, &["forget", ADAS, "--yes"]).await.text();
    // A user of the fixtures has ada@example.com too.
    assert_snapshot!(forgotten.replace(ADAS, "<Ada's>"), @"
    deleted  user     <Ada's> (requested ada@example.com, verified ada@example.org)
    deleted  address  ada@example.org
    kept     address  ada@example.com (also of user 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11)
    ");
    let fixture = |line: &&str| !line.contains("address#ada@example.com");
    let after = app.table().await;
    let (after, before): (Vec<_>, Vec<_>) = (
        after.lines().filter(fixture).collect(),
        before.lines().filter(fixture).collect(),
    );
    assert_eq!(after, before);

    let again = run(&app, &["forget", ADAS, "--yes"]).await.text();
    let text = format!("Nothing is on record about the user {ADAS}.\n");
    assert_eq!(again, text);
}

#[tokio::test]
async fn forget_deletes_an_address_and_its_users() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": BOBS, "email": "bob@example.org" }))
        .await;
    let before = app.table().await;
    // The derived user has changed to another address, and Ada's has requested to.
    app.ask(json!({ "email": "ada@example.org" })).await;
    let moved = derived("ada@example.org");
    app.ask(json!({ "uuid": moved, "email": "first@example.org" }))
        .await;
    verify(&app, ADAS, "Ada@example.org").await;
    app.ask(json!({ "uuid": ADAS, "email": "second@example.org" }))
        .await;

    let arguments = ["forget", "ADA@example.org", "--yes", "--json"];
    let forgotten = run(&app, &arguments).await.json();
    let expected = json!({
        "deleted": {
            "users": [ADAS, moved],
            "addresses": ["ada@example.org", "second@example.org", "first@example.org"],
            "attempts": [],
        },
        "withdrawn": [],
        "kept": [],
    });
    assert_eq!(forgotten, expected);
    assert_eq!(app.table().await, before);

    let again = run(&app, &arguments).await.json();
    assert_eq!(again["deleted"]["users"], json!([]));
}

#[tokio::test]
async fn forget_deletes_attempts_without_a_user() {
    let app = TestApp::start().await;
    let before = app.table().await;
    let unknown = derived("nobody@example.org");
    let wrong = json!({ "uuid": unknown, "code": "000000" });
    app.post(VERIFY, wrong).await;
    let status = run(&app, &["status", &unknown]).await;
    assert_eq!(status.error().0, 1, "no request was made for it");
    let forgotten = run(&app, &["forget", "nobody@example.org", "--yes", "--json"]).await;
    let deleted = json!({ "users": [], "addresses": [], "attempts": [unknown] });
    assert_eq!(forgotten.json()["deleted"], deleted);
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn an_address_that_is_now_invalid_works() {
    let app = TestApp::start().await;
    let before = app.table().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@corp.example" }))
        .await;
    // Stored by a release that accepted special-use domains.
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let user = format!("user#{ADAS}");
    app.set(&user, "address", text("ada@corp.local")).await;
    app.set(&user, "email", text("Ada@corp.local")).await;
    app.delete("address#ada@corp.example").await;
    let mails = AttributeValue::M(std::collections::HashMap::new());
    put(&app, "address#ada@corp.local", "mails", mails).await;

    let status = run(&app, &["status", ADAS, "--json"]).await.json();
    assert_eq!(status["user"]["email"], "Ada@corp.local", "{status}");
    let status = run(&app, &["status", "ADA@corp.local", "--json"])
        .await
        .json();
    assert_eq!(status["users"][0]["uuid"], ADAS, "{status}");
    let arguments = ["forget", "ada@corp.local", "--yes", "--json"];
    let forgotten = run(&app, &arguments).await.json();
    assert_eq!(forgotten["deleted"]["users"], json!([ADAS]), "{forgotten}");
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn unlock_resets_attempts() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let item = format!("user#{ADAS}");
    for subject in [ADAS, "ada@example.org"] {
        app.post(VERIFY, json!({ "uuid": ADAS, "code": "000000" }))
            .await;
        let hundred = AttributeValue::N("100".to_owned());
        app.set(&item, "wrong_codes", hundred).await;
        let locked = app.post(VERIFY, code_proof_of(&mail)).await;
        assert_eq!(locked.json()["code"], "too_many_attempts");
        let status = run(&app, &["status", ADAS]).await.text();
        assert!(status.contains("locked after 100 wrong codes in a row"));
        let text = format!("The attempts of {ADAS} are reset.\n");
        assert_eq!(run(&app, &["unlock", subject]).await.text(), text);
        assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    }
    let nobody = run(&app, &["unlock", "nobody@example.org"]).await;
    assert_eq!(nobody.error(), (1, "no attempts are on record".to_owned()));
}

#[tokio::test]
async fn forget_keeps_another_verified_address() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "Ada@example.org").await;
    let mail = app
        .ask(json!({ "uuid": ADAS, "email": "mallory@example.net" }))
        .await;
    let forgotten = run(&app, &["forget", "mallory@example.net", "--yes"])
        .await
        .text();
    assert_snapshot!(forgotten.replace(ADAS, "<Ada's>"), @"
    deleted    address  mallory@example.net
    withdrawn  request  of user <Ada's>, who keeps the verified ada@example.org
    ");
    assert!(!app.table().await.contains("mallory"));
    assert_eq!(
        app.post(VERIFY, proof_of(&mail)).await.json()["code"],
        "invalid_token"
    );
    let status = run(&app, &["status", ADAS, "--json"]).await.json();
    assert_eq!(status["user"]["email"], "Ada@example.org");
    assert_eq!(status["user"]["verified"]["email"], "Ada@example.org");
    assert_eq!(status["user"]["links"]["live"], 0);
    // The record still works.
    let answer = app.post(REQUEST, json!({ "uuid": ADAS })).await;
    assert_eq!(answer.json()["code"], "already_verified");
    verify(&app, ADAS, "new@example.org").await;
}

#[tokio::test]
async fn forget_asks_first() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let before = app.table().await;
    app.edge.take_calls();
    let refused = run(&app, &["forget", ADAS]).await.error();
    let text = "nothing is deleted without confirmation. Run it in a terminal, or add --yes";
    assert_eq!(refused, (2, text.to_owned()));
    assert!(app.edge.take_calls().is_empty());

    let mut question = String::new();
    let mut no = |asked: &str| {
        asked.clone_into(&mut question);
        "\n".to_owned()
    };
    let refused = run_with(&app, &["forget", ADAS], Some(&mut no)).await;
    assert_eq!(refused.out, "");
    assert_eq!(refused.error(), (1, "nothing was deleted".to_owned()));
    assert_snapshot!(question, @"
    In the table mailproof, about the user 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99:

      delete  user     0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99 (requested ada@example.org)
      delete  address  ada@example.org

    This cannot be undone. Continue? [y/N]
    ");
    assert_eq!(app.table().await, before);

    let mut yes = |_: &str| "y\n".to_owned();
    run_with(&app, &["forget", ADAS], Some(&mut yes))
        .await
        .text();
    assert!(!app.table().await.contains("ada@example.org"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_changed_meanwhile_is_kept() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let mut slow_yes = |_: &str| {
        let moved = app.ask(json!({ "uuid": ADAS, "email": "elsewhere@example.org" }));
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(moved));
        "yes\n".to_owned()
    };
    let outcome = run_with(&app, &["forget", "ada@example.org"], Some(&mut slow_yes)).await;
    let text = format!(
        "the record of {ADAS} has changed meanwhile, and was not deleted. Run it again to see it \
         as it is now"
    );
    assert_eq!(outcome.error(), (1, text));
    assert!(app.item(&format!("user#{ADAS}")).await.is_some());
    assert!(app.item("address#ada@example.org").await.is_none());
}

#[tokio::test]
async fn a_lost_answer_to_a_deletion_is_retried() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let address = AttributeValue::S("address#ada@example.org".to_owned());
    let delete = app.client.delete_item().table_name(TABLE);
    delete.key("pk", address).send().await.unwrap();
    app.edge.take_calls();
    let mut yes = |_: &str| {
        app.edge.break_next(Break::LostAnswer);
        "y\n".to_owned()
    };
    let arguments = ["forget", ADAS, "--json"];
    let forgotten = run_with(&app, &arguments, Some(&mut yes)).await.json();
    assert_eq!(forgotten["deleted"]["users"], json!([ADAS]));
    let calls = app.edge.take_calls();
    let deletions = calls.iter().filter(|call| *call == "DeleteItem");
    assert_eq!(deletions.count(), 2, "{calls:?}");
}

// Errors

#[tokio::test]
async fn an_unknown_table_is_named() {
    let app = TestApp::start().await;
    let (code, text) = run(&app, &["keys", "list", "--table", "mailprof"])
        .await
        .error();
    let place = app.setting("AWS_ENDPOINT_URL_DYNAMODB");
    let problem = format!("no table 'mailprof' at {place}: ResourceNotFoundException: ");
    assert_eq!(code, 1);
    assert!(text.starts_with(&problem), "{text}");
    assert!(
        text.ends_with(". Check --table, --region and --profile"),
        "{text}"
    );
}

#[tokio::test]
async fn an_unreachable_dynamodb_is_named() {
    let app = TestApp::start().await;
    let nowhere = "http://127.0.0.1:9";
    let outcome = run(&app, &["keys", "list", "--endpoint-url", nowhere]).await;
    let (code, text) = outcome.error();
    assert_eq!(code, 1);
    assert!(
        text.starts_with("no answer from DynamoDB at http://127.0.0.1:9: "),
        "{text}"
    );
    assert!(text.contains("refused") && !text.contains('{'), "{text}");

    app.edge.break_always(Break::InternalServerError);
    let (code, text) = run(&app, &["keys", "list"]).await.error();
    assert_eq!(code, 1);
    assert!(
        text.contains("InternalServerError: on purpose. Check the network"),
        "{text}"
    );
}
