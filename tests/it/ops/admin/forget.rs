//! `admin forget`: what it deletes, what it keeps, and its confirmation.

use aws_sdk_dynamodb::types::AttributeValue;
use insta::assert_snapshot;
use local::edge::Fault;
use local::stack::TABLE;
use serde_json::json;

use super::support::{ADAS, BOBS, derived, put, run, run_with, verify};
use crate::events::notices::notify;
use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::mail::proof_of;

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
async fn forget_deletes_users_of_an_address() {
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
async fn forget_deletes_notices() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "ada@example.org").await;
    verify(&app, ADAS, "ada@example.net").await;
    assert_eq!(notify(&app).await, ["mailed"]);
    let item = "address#ada@example.org";
    assert!(app.item(item).await.unwrap().contains_key("notices"));
    run(&app, &["forget", "ada@example.org", "--yes"]).await;
    assert_eq!(app.item(item).await, None);
}

#[tokio::test]
async fn attempts_alone_are_deleted() {
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
async fn an_old_invalid_address_is_managed() {
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
    let arguments = ["status", "ADA@corp.local", "--scan", "--json"];
    let status = run(&app, &arguments).await.json();
    assert_eq!(status["users"][0]["uuid"], ADAS, "{status}");
    let arguments = ["forget", "ada@corp.local", "--scan", "--yes", "--json"];
    let forgotten = run(&app, &arguments).await.json();
    assert_eq!(forgotten["deleted"]["users"], json!([ADAS]), "{forgotten}");
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_verified_address_is_kept() {
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
    let text = "Run it in a terminal, or add --yes.\n\
                Problem: nothing is deleted without confirmation";
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
async fn a_user_changed_meanwhile_is_kept() {
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
        "Run it again to see it as it is now.\n\
         Problem: the record of {ADAS} has changed meanwhile, and was not deleted"
    );
    assert_eq!(outcome.error(), (1, text));
    assert!(app.item(&format!("user#{ADAS}")).await.is_some());
    assert!(app.item("address#ada@example.org").await.is_none());
}

#[tokio::test]
async fn a_lost_deletion_is_retried() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let address = AttributeValue::S("address#ada@example.org".to_owned());
    let delete = app.client.delete_item().table_name(TABLE);
    delete.key("pk", address).send().await.unwrap();
    app.edge.take_calls();
    let mut yes = |_: &str| {
        app.edge.next(Fault::CutAfter);
        "y\n".to_owned()
    };
    let arguments = ["forget", ADAS, "--json"];
    let forgotten = run_with(&app, &arguments, Some(&mut yes)).await.json();
    assert_eq!(forgotten["deleted"]["users"], json!([ADAS]));
    let calls = app.edge.take_calls();
    let deletions = calls.iter().filter(|call| *call == "DeleteItem");
    assert_eq!(deletions.count(), 2, "{calls:?}");
}

fn subjects(name: &str, text: &str) -> String {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn forget_deletes_all_of_a_file() {
    let app = TestApp::start().await;
    let before = app.table().await;
    verify(&app, ADAS, "ada@example.org").await;
    app.ask(json!({ "uuid": BOBS, "email": "bob@example.org" }))
        .await;
    let text = format!("# March\n\n{ADAS}\nbob@example.org\nBOB@example.org\neve@example.org\n");
    let file = subjects("erasures.txt", &text);
    let arguments = ["forget", "--file", &file];

    let error = run(&app, &arguments).await.error();
    assert_eq!(error.0, 2, "nobody can be asked");
    let mut question = String::new();
    let mut yes = |asked: &str| {
        question += asked;
        "y\n".to_owned()
    };
    let outcome = run_with(&app, &arguments, Some(&mut yes)).await;
    assert_eq!(outcome.progress[2], "3 of 3 looked up");
    assert_snapshot!("forget_file_done", outcome.text());
    assert_snapshot!("forget_file_question", question);
    assert_eq!(app.table().await, before);

    let again = run(&app, &[&arguments[..], &["--yes", "--json"]].concat()).await;
    let again = again.json();
    assert_eq!(again[0]["subject"], ADAS);
    assert_eq!(again[1]["subject"], "bob@example.org");
    assert_eq!(again[1]["deleted"]["users"], json!([]));
    assert_eq!(again.as_array().unwrap().len(), 3, "each subject once");
}

#[tokio::test]
async fn a_wrong_line_stops_forget() {
    let app = TestApp::start().await;
    let file = subjects("wrong.txt", "ada@example.com\nada\n\nbob@\n");
    app.edge.take_calls();
    let error = run(&app, &["forget", "--file", &file, "--yes"]).await;
    let text = "Correct the file.\n\
                Problem: 2 lines are wrong, and nothing was deleted\n  \
                line 2  'ada' is neither an email address nor a UUID\n  \
                line 4  'bob@' is neither an email address nor a UUID";
    assert_eq!(error.error(), (2, text.to_owned()));
    let empty = subjects("empty.txt", "# nobody\n");
    let error = run(&app, &["forget", "--file", &empty, "--yes"]).await;
    let text = "Give a file with an address or a UUID on each line.\n\
                Problem: the file has no address and no UUID";
    assert_eq!(error.error(), (2, text.to_owned()));
    assert!(app.edge.take_calls().is_empty());
}
