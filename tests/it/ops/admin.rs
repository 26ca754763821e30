//! The operator's command, against the table that the functions work on.

use std::time::Duration;

use admin::{AdminError, Arguments, Console};
use aws_sdk_dynamodb::types::AttributeValue;
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

/// What came of a command: what it printed, and how it ended.
pub struct Outcome {
    pub out: String,
    ended: Result<(), AdminError>,
}

impl Outcome {
    pub fn text(self) -> String {
        self.ended.expect("the command succeeds");
        self.out
    }

    pub fn json(self) -> Value {
        serde_json::from_str(&self.text()).expect("the answer is JSON")
    }

    /// What it ends with, and the line that it ends with.
    pub fn error(&self) -> (u8, String) {
        let error = self.ended.as_ref().expect_err("the command fails");
        (error.exit_code(), error.to_string())
    }
}

/// Runs the command where nobody can be asked.
pub async fn run(app: &TestApp, arguments: &[&str]) -> Outcome {
    run_with(app, arguments, None).await
}

/// Runs the command in front of a person.
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
    let ended = admin::run(arguments, &environment, &app.clock, &mut console).await;
    drop(console);
    let out = String::from_utf8(out).unwrap();
    Outcome { out, ended }
}

/// Makes a key and gives back what is said about it.
async fn create_key(app: &TestApp, more: &[&str]) -> Value {
    let arguments = ["--json", "keys", "create", "--label", "backend"];
    run(app, &[&arguments, more].concat()).await.json()
}

/// Calls the API with this key and gives back the status.
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

/// Verifies this address for this user.
async fn verify(app: &TestApp, uuid: &str, email: &str) {
    let mail = app.ask(json!({ "uuid": uuid, "email": email })).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

// Keys

/// The answers of the API to a key that works, to one that may not, and to one that does not.
const WORKS: u16 = 400;
const REFUSED: u16 = 401;

#[tokio::test]
async fn a_new_key_works_and_is_listed_without_its_secret() {
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
    assert_eq!(listed.len(), 3, "two came with the fixtures");
}

#[tokio::test]
async fn people_are_shown_the_key_once_and_told_so() {
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

    This is the key. It is shown this once and stored nowhere, so put it where it belongs now.

    ID       <the ID>
    Label    Ada's büro
    Scopes   user:write
    Expires  2027-02-21T12:00:00Z
    ");
}

#[tokio::test]
async fn keys_are_listed_in_the_order_they_were_made_and_expired_ones_are_marked() {
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
    assert_snapshot!(none, @"There are no keys yet. Make one with `keys create --label backend`.");

    let mut ids = Vec::new();
    for (label, more) in [
        ("first", &["--expires", "12h"][..]),
        ("second, with a longer name", &["--scopes", "*,user:write"]),
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
    ID            LABEL                       SCOPES        CREATED               EXPIRES
    0123456789ab  first                       user:write    2026-11-23T12:00:00Z  2026-11-24T00:00:00Z (expired)
    0123456789ab  second, with a longer name  *,user:write  2026-11-23T18:00:00Z  never
    0123456789ab  third                       *             2026-11-24T00:00:00Z  2026-12-08T00:00:00Z
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
async fn a_revoked_key_works_nowhere_within_60_seconds() {
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
        format!("Revoked {id} (backend). Within 60 seconds it works nowhere any more.\n")
    );
    app.pass(Duration::from_mins(1));
    assert_eq!(call_with(&app, &created).await, REFUSED);
    assert_eq!(call_with(&app, &other).await, WORKS);
    let again = run(&app, &["keys", "revoke", id]).await;
    let text = format!("there is no key with the ID {id}. `keys list` shows those that there are");
    assert_eq!(again.error(), (1, text));
}

#[tokio::test]
async fn an_id_that_could_be_two_keys_revokes_neither() {
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
    let text = "more than one key has an ID that begins with 000000000000. Give more digits";
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
async fn a_key_in_place_of_its_id_is_refused_without_a_call() {
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
async fn what_cannot_be_meant_makes_no_key() {
    let app = TestApp::start().await;
    for arguments in [
        &["--label", " "][..],
        &["--label", "a\u{1b}[2J"],
        &["--label", "backend", "--scopes", "user:read"],
        &["--label", "backend", "--expires", "soon"],
    ] {
        let arguments = [&["keys", "create"], arguments].concat();
        assert_eq!(run(&app, &arguments).await.error().0, 2, "{arguments:?}");
    }
    assert!(app.edge.take_calls().is_empty());
}

#[tokio::test]
async fn a_label_that_somebody_else_stored_cannot_steer_the_terminal() {
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
        let steering = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(steering), "{text:?}");
    }
}

#[tokio::test]
async fn a_table_of_many_pages_is_read_to_its_end() {
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
async fn status_shows_what_is_on_record_of_a_user_and_never_a_secret() {
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
      Kept         until it is forgotten
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
        "digests are looked for as they are stored"
    );
}

#[tokio::test]
async fn status_in_json_says_the_same() {
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
async fn status_of_an_address_shows_every_user_who_has_to_do_with_it() {
    let app = TestApp::start().await;
    // The derived user has moved on, Ada's is verified for it, Bob asks for it.
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
      Kept         until it is forgotten
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
      Newest mail  nothing is known
      Suppressed   bounced, since 2026-11-23T12:00:00Z
      Kept         until it is forgotten

    No user has it. Its derived id is 9d52acb3-6a22-57f1-97fa-1ad04ecb1a51.
    ");
}

#[tokio::test]
async fn whoever_is_unknown_is_said_to_be() {
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
        format!("nothing is on record about nobody@example.org. Its derived id is {derived}");
    assert_eq!(outcome.error(), (1, text));

    let outcome = run(&app, &["status", ADAS, "--json"]).await;
    let printed: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(printed, json!({ "uuid": ADAS, "user": null }));
    assert_eq!(outcome.error().0, 1);

    let error = run(&app, &["status", "ada"]).await.error();
    let text = "'ada' is neither an email address nor a UUID";
    assert_eq!(error, (2, text.to_owned()));
}

// Forget

#[tokio::test]
async fn a_user_who_is_forgotten_leaves_nothing_and_others_lose_nothing() {
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
    // ada@example.com belongs to a user of the fixtures, too.
    assert_snapshot!(forgotten, @"
    deleted  user     0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99 (asked for ada@example.com, verified ada@example.org)
    deleted  address  ada@example.org
    kept     address  ada@example.com (user 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11 has it, too)
    ");
    let fixture = |line: &&str| !line.contains("address#ada@example.com");
    let after = app.table().await;
    let (after, before): (Vec<_>, Vec<_>) = (
        after.lines().filter(fixture).collect(),
        before.lines().filter(fixture).collect(),
    );
    assert_eq!(after, before);

    let again = run(&app, &["forget", ADAS, "--yes"]).await.text();
    let text =
        format!("Nothing is on record about the user {ADAS}, so there is nothing to delete.\n");
    assert_eq!(again, text);
}

#[tokio::test]
async fn an_address_that_is_forgotten_takes_its_users_along() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": BOBS, "email": "bob@example.org" }))
        .await;
    let before = app.table().await;
    // The derived user has moved on; Ada's is verified for it and moves to another address.
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
async fn codes_tried_for_an_unknown_id_are_forgotten() {
    let app = TestApp::start().await;
    let before = app.table().await;
    let unknown = derived("nobody@example.org");
    let wrong = json!({ "uuid": unknown, "code": "000000" });
    app.post(VERIFY, wrong).await;
    let status = run(&app, &["status", &unknown]).await;
    assert_eq!(status.error().0, 1, "nobody asked to verify it");
    let forgotten = run(&app, &["forget", "nobody@example.org", "--yes", "--json"]).await;
    let deleted = json!({ "users": [], "addresses": [], "attempts": [unknown] });
    assert_eq!(forgotten.json()["deleted"], deleted);
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn an_address_of_before_is_shown_and_forgotten() {
    let app = TestApp::start().await;
    let before = app.table().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@corp.example" }))
        .await;
    // Taken before special-use domains were refused.
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

/// "Until a link verifies or an operator resets it."
#[tokio::test]
async fn unlock_gives_all_attempts_back() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let item = format!("user#{ADAS}");
    for whom in [ADAS, "ada@example.org"] {
        app.post(VERIFY, json!({ "uuid": ADAS, "code": "000000" }))
            .await;
        let hundred = AttributeValue::N("100".to_owned());
        app.set(&item, "wrong_codes", hundred).await;
        let locked = app.post(VERIFY, code_proof_of(&mail)).await;
        assert_eq!(locked.json()["code"], "too_many_attempts");
        let status = run(&app, &["status", ADAS]).await.text();
        assert!(status.contains("locked after 100 wrong codes in a row"));
        let text = format!("All attempts at a code are given back to {ADAS}.\n");
        assert_eq!(run(&app, &["unlock", whom]).await.text(), text);
        assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    }
    let nobody = run(&app, &["unlock", "nobody@example.org"]).await;
    assert_eq!(nobody.error(), (1, "no codes were tried".to_owned()));
}

#[tokio::test]
async fn who_verified_another_address_keeps_it_when_the_one_asked_for_is_forgotten() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "Ada@example.org").await;
    let mail = app
        .ask(json!({ "uuid": ADAS, "email": "mallory@example.net" }))
        .await;
    let forgotten = run(&app, &["forget", "mallory@example.net", "--yes"])
        .await
        .text();
    assert_snapshot!(forgotten, @"
    deleted    address  mallory@example.net
    withdrawn  request  of user 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99 to move here; ada@example.org stays verified
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
    // The record works on.
    let answer = app.post(REQUEST, json!({ "uuid": ADAS })).await;
    assert_eq!(answer.json()["code"], "already_verified");
    verify(&app, ADAS, "new@example.org").await;
}

#[tokio::test]
async fn nothing_is_deleted_without_a_yes() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let before = app.table().await;
    app.edge.take_calls();
    let refused = run(&app, &["forget", ADAS]).await.error();
    let text = "nothing is deleted without a yes. Run it in a terminal, or add --yes";
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

      delete  user     0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99 (asked for ada@example.org)
      delete  address  ada@example.org

    This cannot be undone. Go on? [y/N]
    ");
    assert_eq!(app.table().await, before);

    let mut yes = |_: &str| "y\n".to_owned();
    run_with(&app, &["forget", ADAS], Some(&mut yes))
        .await
        .text();
    assert!(!app.table().await.contains("ada@example.org"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_changes_while_the_operator_thinks_is_left_alone() {
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
        "what is on record about {ADAS} changed while you looked at it, and was left alone. Do it \
         again to see what is there now"
    );
    assert_eq!(outcome.error(), (1, text));
    assert!(app.item(&format!("user#{ADAS}")).await.is_some());
    assert!(app.item("address#ada@example.org").await.is_none());
}

#[tokio::test]
async fn a_deletion_whose_answer_is_lost_is_done_all_the_same() {
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

// What goes wrong

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let app = TestApp::start().await;
    let (code, text) = run(&app, &["keys", "list", "--table", "mailprof"])
        .await
        .error();
    let place = app
        .environment
        .iter()
        .find(|(name, _)| *name == "AWS_ENDPOINT_URL_DYNAMODB")
        .map(|(_, url)| url.as_str())
        .unwrap();
    let expected =
        format!("there is no table 'mailprof' at {place}. Check --table, --region and --profile");
    assert_eq!((code, text), (1, expected));
}

#[tokio::test]
async fn a_dynamodb_that_does_not_answer_is_named_in_one_line() {
    let app = TestApp::start().await;
    let nowhere = "http://127.0.0.1:9";
    let outcome = run(&app, &["keys", "list", "--endpoint-url", nowhere]).await;
    let (code, text) = outcome.error();
    assert_eq!(code, 1);
    assert!(
        text.starts_with("DynamoDB at http://127.0.0.1:9 does not answer: "),
        "{text}"
    );
    assert!(text.contains("refused") && !text.contains('{'), "{text}");

    app.edge.break_always(Break::InternalServerError);
    let (code, text) = run(&app, &["keys", "list"]).await.error();
    assert_eq!(code, 1);
    assert!(
        text.contains("does not answer: InternalServerError: on purpose"),
        "{text}"
    );
}
