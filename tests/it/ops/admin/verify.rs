//! `admin verify`, and the event that it makes.

use local::edge::Fault;
use serde_json::{Value, json};

use super::support::{ADAS, run, verify};
use crate::events::publish_events::published;
use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::mail::{code_proof_of, proof_of};

fn event(email: &str, previous: Option<&str>, at: &str, method: &str) -> (String, Value) {
    let detail = json!({
        "stage": "local",
        "uuid": ADAS,
        "email": email,
        "previous_email": previous,
        "verified_at": at,
        "method": method,
    });
    ("Email Verified".to_owned(), detail)
}

#[tokio::test]
async fn an_unknown_user_is_verified() {
    let app = TestApp::start().await;
    let text = run(&app, &["verify", ADAS, "Ada@example.org"]).await.text();
    assert_eq!(
        text,
        format!("Ada@example.org is verified for the user {ADAS}.\n")
    );
    let status = run(&app, &["status", "ada@example.org", "--json"]).await;
    let status = status.json();
    assert_eq!(status["users"][0]["uuid"], ADAS, "{status}");
    assert_eq!(status["users"][0]["verified"]["email"], "Ada@example.org");
    assert_eq!(status["users"][0]["leaves_at"], Value::Null);
    let answer = app
        .post(REQUEST, json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    assert_eq!(answer.json()["code"], "already_verified");

    let arguments = ["verify", ADAS, "ada@example.org", "--json"];
    let again = run(&app, &arguments).await.json();
    let expected = json!({
        "uuid": ADAS,
        "email": "Ada@example.org",
        "verified_at": "2026-11-23T12:00:00Z",
        "written": false,
    });
    assert_eq!(again, expected);
    let noon = "2026-11-23T12:00:00Z";
    let expected = event("Ada@example.org", None, noon, "operator");
    assert_eq!(published(&app).await, [expected]);
}

#[tokio::test]
async fn later_changes_are_no_event() {
    let app = TestApp::start().await;
    run(&app, &["verify", ADAS, "ada@example.org"]).await.text();
    let wrong = json!({ "uuid": ADAS, "code": "000000" });
    app.post(VERIFY, wrong).await;
    // A change to another address, which is withdrawn, and one which is verified.
    app.ask(json!({ "uuid": ADAS, "email": "first@example.org" }))
        .await;
    app.post(REQUEST, json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    verify(&app, ADAS, "new@example.org").await;
    run(&app, &["verify", ADAS, "ada@example.org"]).await.text();
    let noon = "2026-11-23T12:00:00Z";
    let expected = [
        event("ada@example.org", None, noon, "operator"),
        event("new@example.org", Some("ada@example.org"), noon, "link"),
        event("ada@example.org", Some("new@example.org"), noon, "operator"),
    ];
    assert_eq!(published(&app).await, expected);
    let status = run(&app, &["status", ADAS, "--json"]).await.json();
    assert_eq!(
        status["user"]["links"]["live"], 0,
        "they were of the other address"
    );
}

#[tokio::test]
async fn a_pending_user_is_verified() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "uuid": ADAS, "email": "Ada@example.org" }))
        .await;
    run(&app, &["verify", ADAS, "ada@example.org"]).await.text();
    let item = app.item(&format!("user#{ADAS}")).await.unwrap();
    assert!(!item.contains_key("pending"), "{item:?}");
    // Its link and code are right again, and change nothing.
    for proof in [proof_of(&mail), code_proof_of(&mail)] {
        assert_eq!(app.post(VERIFY, proof).await.status, 200);
    }
    let noon = "2026-11-23T12:00:00Z";
    let expected = event("ada@example.org", None, noon, "operator");
    assert_eq!(published(&app).await, [expected]);
}

#[tokio::test]
async fn a_change_stays_pending() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "uuid": ADAS, "email": "new@example.org" }))
        .await;
    run(&app, &["verify", ADAS, "ada@example.org"]).await.text();
    let status = run(&app, &["status", ADAS, "--json"]).await.json();
    assert_eq!(status["user"]["email"], "new@example.org");
    assert_eq!(status["user"]["verified"]["email"], "ada@example.org");
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    let noon = "2026-11-23T12:00:00Z";
    let expected = [
        event("ada@example.org", None, noon, "operator"),
        event("new@example.org", Some("ada@example.org"), noon, "link"),
    ];
    assert_eq!(published(&app).await, expected);
}

#[tokio::test]
async fn a_lost_answer_is_written_once() {
    let app = TestApp::start().await;
    app.edge.after(1, Fault::CutAfter, 1);
    let arguments = ["verify", ADAS, "ada@example.org", "--json"];
    let report = run(&app, &arguments).await.json();
    assert_eq!(report["verified_at"], "2026-11-23T12:00:00Z");
    app.edge.after(1, Fault::Conflict, 1);
    let arguments = ["verify", ADAS, "new@example.org", "--json"];
    assert_eq!(run(&app, &arguments).await.json()["written"], true);
    assert_eq!(published(&app).await.len(), 2);
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    let app = TestApp::start().await;
    app.edge.take_calls();
    for (uuid, email, text) in [
        (
            "ada",
            "ada@example.org",
            "Give the UUID of the user, as `status ADDRESS` shows it.\n\
             Problem: 'ada' is not a UUID",
        ),
        (
            ADAS,
            "ada@",
            "Give an address such as ada@example.com.\n\
             Problem: 'ada@' is not an email address",
        ),
        (
            ADAS,
            "ada@printer.local",
            "Give an address such as ada@example.com.\n\
             Problem: 'ada@printer.local' is not an email address",
        ),
    ] {
        let error = run(&app, &["verify", uuid, email]).await.error();
        assert_eq!(error, (2, text.to_owned()));
    }
    assert!(app.edge.take_calls().is_empty());
}
