//! `CHANGE_NOTICE=asked`: the verified address learns of a change that somebody asked for.

use serde_json::json;

use super::support::{FUNCTION, NEW, OLD, UUID, notices, notify, verify};
use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::mail::proof_of;

/// The user verified the old address, and asks to change to the new one.
async fn asked(setting: &'static str) -> TestApp {
    let app = TestApp::start_with(&[("CHANGE_NOTICE", setting)]).await;
    verify(&app, OLD).await;
    app.ask(json!({ "uuid": UUID, "email": NEW })).await;
    app
}

/// The kinds of the notices, the oldest first.
fn kinds(app: &TestApp) -> Vec<String> {
    let mut kinds: Vec<_> = notices(app)
        .iter()
        .map(|mail| mail.tags[0].value.clone())
        .collect();
    kinds.reverse();
    kinds
}

#[tokio::test]
async fn a_request_and_a_change_are_mailed() {
    let app = asked("asked").await;
    notify(&app).await;
    assert_eq!(kinds(&app), ["address_change_requested"]);
    let notice = &notices(&app)[0];
    assert_eq!(notice.to, [OLD]);
    let text = notice.text.as_deref().unwrap();
    assert!(text.contains("12:00"), "{text}");
    for part in [text, notice.html.as_deref().unwrap()] {
        assert!(
            !part.contains("example.net"),
            "it does not name the new address"
        );
        assert!(!part.contains("/verify_email"), "it has no link");
    }
    verify(&app, NEW).await;
    notify(&app).await;
    assert_eq!(kinds(&app), ["address_change_requested", "address_changed"]);
}

#[tokio::test]
async fn a_repeated_request_is_mailed_once() {
    let app = asked("asked").await;
    app.ask(json!({ "uuid": UUID, "email": NEW })).await;
    app.ask(json!({ "uuid": UUID })).await;
    notify(&app).await;
    notify(&app).await;
    assert_eq!(kinds(&app).len(), 1);
    // The way back is no change, and another way is one.
    let old = json!({ "uuid": UUID, "email": OLD });
    assert_eq!(app.post(REQUEST, old).await.status, 400);
    notify(&app).await;
    assert_eq!(kinds(&app).len(), 1);
    app.ask(json!({ "uuid": UUID, "email": "third@example.net" }))
        .await;
    notify(&app).await;
    assert_eq!(kinds(&app).len(), 2);
}

/// Under the default the event is ignored: see `events::fixtures`.
#[tokio::test]
async fn the_event_of_a_request_is_mailed() {
    let app = TestApp::start_with(&[("CHANGE_NOTICE", "asked")]).await;
    let event = include_str!("../../../../events/notify_previous_address/requested.json");
    for outcome in ["mailed", "known"] {
        let answer = app.functions[FUNCTION].invoke(event).await.unwrap();
        assert_eq!(answer, json!({ "outcomes": [outcome] }).to_string());
    }
    assert_eq!(notices(&app)[0].to, ["joan@example.com"]);
}

#[tokio::test]
async fn done_waits_for_the_change() {
    let app = asked("done").await;
    notify(&app).await;
    assert_eq!(kinds(&app), [] as [&str; 0]);
}

#[tokio::test]
async fn many_requests_leave_the_last_notice() {
    let app = asked("asked").await;
    for number in 0..3 {
        let other = format!("n{number}@example.net");
        app.ask(json!({ "uuid": UUID, "email": other })).await;
    }
    let mail = app.ask(json!({ "uuid": UUID, "email": NEW })).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    notify(&app).await;
    let requested = vec!["address_change_requested"; 3];
    assert_eq!(kinds(&app), [requested, vec!["address_changed"]].concat());
}
