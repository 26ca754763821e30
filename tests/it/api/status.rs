//! `email_verification_status`: what it shows of each state, to whom, and what it costs.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use local::edge::Fault;
use local::fixtures::{ADA as FIXTURE, API_KEY, API_KEY_FOR_READING, API_KEY_WITHOUT_SCOPE};
use local::ses::DeliveryOutcome;
use serde_json::{Value, json};

use crate::api::faults::assert_unavailable;
use crate::api::parameters::NOBODY;
use crate::events::mail_events::{ADA, mail_to_ada, record_outcome, ses_event};
use crate::ops::admin::run;
use crate::support::app::{REQUEST, TestApp, VERIFY, error};
use crate::support::http::{Answer, authorized};
use crate::support::logs;
use crate::support::mail::{code_proof_of, link_of, proof_of};

pub(super) const STATUS: &str = email_verification_status::ENDPOINT.path;

const NOON: &str = "2026-11-23T12:00:00Z";
const NEXT_NOON: &str = "2026-11-24T12:00:00Z";

async fn answer_for(app: &TestApp, query: &str) -> Answer {
    app.get(&format!("{STATUS}?{query}")).await
}

/// The status of Ada.
async fn status(app: &TestApp) -> Value {
    let answer = answer_for(app, "email=ada%40example.org").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn assert_no_such_user(answer: &Answer) {
    let expected = error("invalid_request", "not_found", "No such user.", None);
    assert_eq!((answer.status.as_u16(), answer.json()), (404, expected));
}

#[tokio::test]
async fn a_user_who_never_asked_is_unknown() {
    let app = TestApp::start().await;
    assert_no_such_user(&answer_for(&app, "email=ada%40example.org").await);
    assert_no_such_user(&answer_for(&app, &format!("uuid={NOBODY}")).await);
    // Attempts at codes make an item, and no user.
    app.post(VERIFY, json!({ "uuid": NOBODY, "code": "000000" }))
        .await;
    assert!(app.item(&format!("user#{NOBODY}")).await.is_some());
    assert_no_such_user(&answer_for(&app, &format!("uuid={NOBODY}")).await);
}

#[tokio::test]
async fn a_pending_address_is_shown() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "Ada@example.org" })).await;
    let answer = answer_for(&app, "email=ada%40example.org").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let expected = format!(
        "{{\"uuid\":\"{}\",\"email\":null,\"verified_at\":null,\
         \"pending_email\":\"Ada@example.org\",\"pending_until\":\"{NEXT_NOON}\",\
         \"delivery\":{{\"state\":\"sent\",\"at\":\"{NOON}\"}},\"suppressed\":null}}",
        link_of(&mail).0
    );
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn pending_until_is_of_the_last_link() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": ADA })).await;
    app.pass(Duration::from_hours(1));
    app.ask(json!({ "email": ADA })).await;
    assert_eq!(status(&app).await["pending_until"], "2026-11-24T13:00:00Z");
}

#[tokio::test]
async fn a_verified_address_is_not_pending() {
    for prove in [proof_of, code_proof_of] {
        let app = TestApp::start().await;
        let mail = app.ask(json!({ "email": ADA })).await;
        app.pass(Duration::from_mins(1));
        assert_eq!(app.post(VERIFY, prove(&mail)).await.status, 200);
        let shown = status(&app).await;
        assert_eq!(shown["email"], ADA);
        assert_eq!(shown["verified_at"], "2026-11-23T12:01:00Z");
        assert_eq!(
            (&shown["pending_email"], &shown["pending_until"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[tokio::test]
async fn a_move_shows_both_addresses() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": ADA })).await;
    let uuid = link_of(&mail).0;
    app.post(VERIFY, proof_of(&mail)).await;
    let moved = app
        .ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    let shown = status(&app).await;
    assert_eq!(
        (&shown["email"], &shown["verified_at"]),
        (&json!(ADA), &json!(NOON))
    );
    assert_eq!(shown["pending_email"], "new@example.org");
    assert_eq!(shown["pending_until"], NEXT_NOON);

    // The delivery status is that of the last mailed address.
    record_outcome(&app, &ses_event(&moved, DeliveryOutcome::Bounced, 5)).await;
    let shown = status(&app).await;
    assert_eq!(shown["delivery"]["state"], "bounced");
    assert_eq!(shown["suppressed"]["reason"], "bounced");
    assert_eq!(shown["email"], ADA);
}

#[tokio::test]
async fn a_move_replaces_a_pending_address() {
    let app = TestApp::start().await;
    let uuid = link_of(&*app.ask(json!({ "email": ADA })).await).0;
    app.ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    let shown = status(&app).await;
    assert_eq!(
        (&shown["email"], &shown["pending_email"]),
        (&Value::Null, &json!("new@example.org"))
    );
}

#[tokio::test]
async fn an_expired_link_is_not_pending() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": ADA })).await;
    app.pass(Duration::from_hours(24) - Duration::from_secs(1));
    assert_eq!(status(&app).await["pending_email"], ADA);
    app.pass(Duration::from_secs(1));
    let shown = status(&app).await;
    assert_eq!(
        (&shown["pending_email"], &shown["pending_until"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(shown["delivery"], json!({ "state": "sent", "at": NOON }));
}

#[tokio::test]
async fn expired_items_count_as_absent() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": ADA })).await;
    // The lifetime of the link, and the week in which it counts as expired.
    app.pass(Duration::from_hours(8 * 24) - Duration::from_secs(1));
    assert_eq!(status(&app).await["email"], Value::Null);
    app.pass(Duration::from_secs(1));
    let pk = format!("user#{}", link_of(&mail).0);
    assert!(app.item(&pk).await.is_some(), "DynamoDB has not removed it");
    assert_no_such_user(&answer_for(&app, "email=ada%40example.org").await);

    let app = TestApp::start().await;
    app.post(VERIFY, proof_of(&*app.ask(json!({ "email": ADA })).await))
        .await;
    app.pass(Duration::from_hours(30 * 24) - Duration::from_secs(1));
    assert_eq!(status(&app).await["delivery"]["state"], "sent");
    app.pass(Duration::from_secs(1));
    assert!(app.item("address#ada@example.org").await.is_some());
    let shown = status(&app).await;
    assert_eq!(
        (&shown["email"], &shown["delivery"]),
        (&json!(ADA), &Value::Null)
    );
}

#[tokio::test]
async fn each_delivery_status_is_shown() {
    for (outcome, state, reason) in [
        (DeliveryOutcome::Delivered, "delivered", Value::Null),
        (DeliveryOutcome::Delayed, "delayed", Value::Null),
        (DeliveryOutcome::Expired, "soft_bounced", Value::Null),
        (DeliveryOutcome::Bounced, "bounced", json!("bounced")),
        (
            DeliveryOutcome::Complained,
            "complained",
            json!("complained"),
        ),
        (
            DeliveryOutcome::AuthenticationFailed,
            "complained",
            Value::Null,
        ),
    ] {
        let app = TestApp::start().await;
        let mail = mail_to_ada(&app).await;
        record_outcome(&app, &ses_event(&mail, outcome, 5)).await;
        let shown = status(&app).await;
        let at = "2026-11-23T12:00:05Z";
        assert_eq!(shown["delivery"], json!({ "state": state, "at": at }));
        let suppressed = match reason {
            Value::Null => Value::Null,
            reason => json!({ "reason": reason, "at": at }),
        };
        assert_eq!(shown["suppressed"], suppressed, "{state}");
    }
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    record_outcome(&app, &ses_event(&mail, DeliveryOutcome::Rejected, 5)).await;
    // A reject event has no timestamp of its own, so that of the mail counts.
    let rejected = json!({ "state": "rejected", "at": NOON });
    assert_eq!(status(&app).await["delivery"], rejected);
}

#[tokio::test]
async fn the_newest_mail_counts() {
    let app = TestApp::start().await;
    let first = mail_to_ada(&app).await;
    record_outcome(&app, &ses_event(&first, DeliveryOutcome::Delivered, 5)).await;
    app.pass(Duration::from_mins(1));
    app.ask(json!({ "email": ADA })).await;
    let sent = json!({ "state": "sent", "at": "2026-11-23T12:01:00Z" });
    assert_eq!(status(&app).await["delivery"], sent);
}

#[tokio::test]
async fn unsuppressed_is_not_suppressed() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    record_outcome(&app, &ses_event(&mail, DeliveryOutcome::Bounced, 5)).await;
    app.pass(Duration::from_hours(1));
    run(&app, &["unsuppress", ADA]).await.text();
    let shown = status(&app).await;
    assert_eq!(shown["suppressed"], Value::Null);
    assert_eq!(shown["delivery"]["state"], "bounced");
}

#[tokio::test]
async fn an_answer_costs_two_reads_at_most() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": ADA })).await;
    let before = app.table().await;
    // The first call looks the key up, which is cached then.
    status(&app).await;
    app.edge.take_calls();
    status(&app).await;
    assert_eq!(app.edge.take_calls(), ["GetItem", "GetItem"]);
    answer_for(&app, &format!("uuid={NOBODY}")).await;
    assert_eq!(app.edge.take_calls(), ["GetItem"]);
    for query in ["", "uuid=42", "email=ada"] {
        assert_eq!(answer_for(&app, query).await.status, 400);
        assert_eq!(app.edge.take_calls(), [""; 0]);
    }
    assert_eq!(app.table().await, before, "nothing is written");
}

#[tokio::test]
async fn a_key_for_reading_suffices() {
    let app = TestApp::start().await;
    app.store_verified().await;
    for (key, status) in [
        (API_KEY, 200),
        (API_KEY_FOR_READING, 200),
        (API_KEY_WITHOUT_SCOPE, 403),
    ] {
        let request = app.request(Method::GET, &format!("{STATUS}?uuid={}", FIXTURE.uuid));
        let request = authorized(request, key);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status);
    }
    for path in [REQUEST, VERIFY] {
        let request = authorized(app.request(Method::POST, path), API_KEY_FOR_READING);
        let answer = app.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_key_with_user_write_suffices() {
    let app = TestApp::start().await;
    let created = run(&app, &["keys", "create", "--label", "backend", "--json"]).await;
    let key = created.json()["key"].as_str().unwrap().to_owned();
    let path = format!("{STATUS}?uuid={}&personal_api_key={key}", FIXTURE.uuid);
    let request = app.request(Method::GET, &path);
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let app = TestApp::start().await;
    for method in [
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let request = app.request(method, &format!("{STATUS}?uuid={}", FIXTURE.uuid));
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), Some("GET"));
    }
}

#[tokio::test]
async fn a_preference_changes_nothing() {
    let app = TestApp::start().await;
    for preference in ["return=representation", "return=minimal"] {
        let request = app.request(Method::GET, &format!("{STATUS}?uuid={}", FIXTURE.uuid));
        let request = authorized(request, API_KEY).header("prefer", preference);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.json()["uuid"], FIXTURE.uuid);
        assert_eq!(answer.header("preference-applied"), None);
    }
}

#[tokio::test]
async fn a_fault_of_either_read_is_503() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": ADA })).await;
    status(&app).await;
    for passing in [0, 1] {
        app.edge.after(passing, Fault::AccessDenied, 1);
        let answer = answer_for(&app, "email=ada%40example.org").await;
        assert_unavailable(&answer, "Could not look up the status. Try again shortly.");
    }
    assert_eq!(status(&app).await["pending_email"], ADA);
}

#[tokio::test]
async fn the_query_is_not_logged() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "query.keeper@example.org" }))
        .await;
    let query = format!("email=query.keeper%40example.org&personal_api_key={API_KEY}");
    let request = app.request(Method::GET, &format!("{STATUS}?{query}"));
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
    let lines = logs::of_request(answer.header("x-request-id").unwrap());
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(line["span"]["route"], "email_verification_status");
    assert_eq!(line["span"]["address"], "q***@e***.org");
    let logs = logs::all();
    for secret in ["query.keeper", API_KEY] {
        assert!(!logs.contains(secret), "{secret}");
    }
}
