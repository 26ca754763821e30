//! The event `Email Verified`: one per verification of an address.

use std::time::Duration;

use axum::http::Method;
use futures_util::future::join_all;
use local::edge::Fault;
use serde_json::{Value, json};

use super::support::{UUID, events, published};
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY};
use crate::support::mail::{code_of, code_proof_of, link_of, proof_of, wrong_code};

const NOON: &str = "2026-11-23T12:00:00Z";

/// A first verification, by link.
fn verified(uuid: &str, email: &str, at: &str) -> (String, Value) {
    verified_by(uuid, email, at, None, "link")
}

fn verified_by(
    uuid: &str,
    email: &str,
    at: &str,
    previous: Option<&str>,
    method: &str,
) -> (String, Value) {
    let detail = json!({
        "stage": "local",
        "uuid": uuid,
        "email": email,
        "previous_email": previous,
        "verified_at": at,
        "method": method,
    });
    ("Email Verified".to_owned(), detail)
}

#[tokio::test]
async fn a_replay_is_no_event() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "Ada@Example.com", "uuid": UUID, "first_name": "Ada" }))
        .await;
    assert_eq!(published(&app).await, [], "nothing is verified yet");

    for _ in 0..3 {
        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
        assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    }
    // The whole event: no token, code or name.
    let expected = verified(UUID, "Ada@Example.com", "2026-11-23T12:00:00Z");
    assert_eq!(published(&app).await, [expected]);
}

#[tokio::test]
async fn a_forgotten_user_is_another_event() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        let mail = app
            .ask(json!({ "email": "ada@example.org", "uuid": UUID }))
            .await;
        app.post(VERIFY, proof_of(&mail)).await;
        app.post(VERIFY, proof_of(&mail)).await;
        for item in [format!("user#{UUID}"), "address#ada@example.org".to_owned()] {
            app.delete(&item).await;
        }
    }
    let expected = verified(UUID, "ada@example.org", "2026-11-23T12:00:00Z");
    assert_eq!(published(&app).await, [expected.clone(), expected]);
}

#[tokio::test]
async fn parallel_proofs_are_one_event() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let answers = join_all((0..100).map(|_| app.post(VERIFY, proof_of(&mail)))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(events(&app).await.len(), 1);
}

/// Posts a proof as the page's form does.
async fn post_on_page(app: &TestApp, uuid: &str, form: String) {
    let request = app
        .request(Method::POST, &format!("{PAGE}?user={uuid}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into())
        .unwrap();
    assert_eq!(app.send(request).await.status, 200);
}

#[tokio::test]
async fn api_and_page_name_the_method() {
    let app = TestApp::start().await;
    let mut expected = Vec::new();
    for (email, method, is_on_page) in [
        ("a@example.org", "link", false),
        ("b@example.org", "code", false),
        ("c@example.org", "link", true),
        ("d@example.org", "code", true),
    ] {
        let mail = app.ask(json!({ "email": email })).await;
        let (uuid, token) = link_of(&mail);
        match (method, is_on_page) {
            ("link", false) => assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200),
            ("code", false) => assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200),
            ("link", true) => post_on_page(&app, &uuid, format!("token={token}")).await,
            _ => post_on_page(&app, &uuid, format!("code={}", code_of(&mail))).await,
        }
        expected.push(verified_by(&uuid, email, NOON, None, method));
    }
    assert_eq!(published(&app).await, expected);
}

#[tokio::test]
async fn a_move_names_the_previous_email() {
    let app = TestApp::start().await;
    let mut expected = Vec::new();
    let mut previous: Option<String> = None;
    for (minute, email) in ["Old@example.org", "new@example.org", "old@Example.org"]
        .into_iter()
        .enumerate()
    {
        let mail = app.ask(json!({ "uuid": UUID, "email": email })).await;
        assert_eq!(events(&app).await.len(), minute, "a request is no event");
        // The second one by code.
        let (proof, method) = match minute {
            1 => (code_proof_of(&mail), "code"),
            _ => (proof_of(&mail), "link"),
        };
        app.post(VERIFY, proof.clone()).await;
        app.post(VERIFY, proof).await;
        let at = app.now().to_string();
        expected.push(verified_by(
            UUID,
            &mail.to[0],
            &at,
            previous.as_deref(),
            method,
        ));
        previous = Some(mail.to[0].clone());
        app.pass(Duration::from_mins(1));
    }
    assert_eq!(published(&app).await, expected);
}

#[tokio::test]
async fn a_withdrawn_move_is_no_event() {
    let app = TestApp::start().await;
    let body = |email: &str| json!({ "uuid": UUID, "email": email });
    let old = app.ask(body("old@example.org")).await;
    app.post(VERIFY, proof_of(&old)).await;
    app.ask(body("typo@example.org")).await;
    // The old address is verified already, so the request ends the move.
    assert_eq!(app.post(REQUEST, body("old@example.org")).await.status, 400);
    app.post(VERIFY, proof_of(&old)).await;
    assert_eq!(events(&app).await.len(), 1);

    let new = app.ask(body("new@example.org")).await;
    app.post(VERIFY, proof_of(&new)).await;
    assert_eq!(events(&app).await.len(), 2);
}

#[tokio::test]
async fn other_user_writes_are_no_events() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "uuid": UUID }))
        .await;
    app.ask(json!({ "uuid": UUID })).await;
    let wrong = json!({ "uuid": UUID, "code": wrong_code(&[&mail, &app.newest_mail()]) });
    assert_eq!(app.post(VERIFY, wrong.clone()).await.status, 400);
    app.ses_faults.next(Fault::Paused);
    assert_eq!(app.post(REQUEST, json!({ "uuid": UUID })).await.status, 503);
    assert_eq!(events(&app).await, []);

    app.post(VERIFY, proof_of(&mail)).await;
    // On the verified record: an attempt, a pending move, its withdrawal, and erasure.
    assert_eq!(app.post(VERIFY, wrong).await.status, 400);
    app.ask(json!({ "email": "grace@example.org", "uuid": UUID }))
        .await;
    app.ses_faults.next(Fault::Paused);
    assert_eq!(app.post(REQUEST, json!({ "uuid": UUID })).await.status, 503);
    app.delete(&format!("user#{UUID}")).await;
    assert_eq!(events(&app).await.len(), 1);
}
