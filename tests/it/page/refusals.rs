//! A reader stops mail to their address, and allows it again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use futures_util::future::join_all;
use local::captured_mails::CapturedMail;
use local::edge::Fault;
use local::ses::DeliveryOutcome;
use serde_json::{Value, json};

use super::support::{BROWSER, assert_page, fetch, get_as_person, press};
use crate::events::mail_events::{record_of, ses_event};
use crate::events::publish_events::published;
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY};
use crate::support::http::Answer;
use crate::support::logs;
use crate::support::mail::{code_proof_of, link_of, proof_of};

const ADA: &str = "Ada@example.org";
const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
const OTHER: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
/// A second less than 30 days.
const ALMOST_A_MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60 - 1);

/// The state that a press leads to.
async fn state_after(app: &TestApp, mail: &CapturedMail, action: &str) -> Value {
    press(app, mail, action).await.json()["state"].take()
}

fn is(state: &str) -> Value {
    json!({ "state": state, "email": ADA })
}

async fn fetch_status(app: &TestApp, mail: &CapturedMail) -> u16 {
    fetch(app, &proof_of(mail)).await.status.as_u16()
}

async fn suppressed(app: &TestApp) -> Value {
    let path = format!("/api/users/email_verification_status?uuid={UUID}");
    app.get(&path).await.json()["suppressed"].take()
}

async fn ask_ada(app: &TestApp) -> Arc<CapturedMail> {
    app.ask(json!({ "uuid": UUID, "email": ADA })).await
}

#[tokio::test]
async fn a_press_stops_mail_for_30_days() {
    let app = TestApp::start().await;
    let first = ask_ada(&app).await;
    let second = ask_ada(&app).await;
    app.edge.take_calls();
    let answer = press(&app, &first, "stop").await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, is("stopped"))
    );
    assert_eq!(
        app.edge.take_calls(),
        ["GetItem", "GetItem", "TransactWriteItems"]
    );
    for mail in [&first, &second] {
        let code = |answer: Answer| answer.json()["code"].take();
        assert_eq!(
            code(app.post(VERIFY, proof_of(mail)).await),
            "invalid_token"
        );
        assert_eq!(
            code(app.post(VERIFY, code_proof_of(mail)).await),
            "invalid_code"
        );
        let answer = fetch(&app, &proof_of(mail)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, is("link_refused"))
        );
    }
    app.assert_suppressed(ADA).await;
    let since = json!({ "reason": "refused", "at": "2026-11-23T12:00:00Z" });
    assert_eq!(suppressed(&app).await, since);
    app.pass(ALMOST_A_MONTH);
    app.assert_suppressed(ADA).await;
    assert_eq!(suppressed(&app).await, since);
    app.pass(Duration::from_secs(1));
    let again = ask_ada(&app).await;
    assert_eq!(suppressed(&app).await, Value::Null);
    assert_eq!(app.post(VERIFY, proof_of(&again)).await.status, 200);
}

#[tokio::test]
async fn a_repeated_press_writes_nothing() {
    let app = TestApp::start().await;
    let first = ask_ada(&app).await;
    let second = ask_ada(&app).await;
    press(&app, &first, "stop").await;
    let table = app.table().await;
    app.pass(Duration::from_mins(1));
    for mail in [&first, &second] {
        app.edge.take_calls();
        assert_eq!(
            press(&app, mail, "stop").await.json(),
            is("already_stopped")
        );
        assert_eq!(app.edge.take_calls(), ["GetItem", "GetItem"]);
    }
    assert_eq!(app.table().await, table);
    assert_eq!(published(&app).await.len(), 1);
}

#[tokio::test]
async fn a_press_takes_it_back() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    press(&app, &mail, "stop").await;
    app.edge.take_calls();
    for _ in 0..2 {
        let answer = press(&app, &mail, "allow").await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, is("allowed"))
        );
        assert_eq!(app.edge.take_calls(), ["GetItem", "UpdateItem"]);
    }
    assert_eq!(suppressed(&app).await, Value::Null);
    let answer = app.post(VERIFY, proof_of(&mail)).await;
    assert_eq!(
        answer.json()["code"],
        "invalid_token",
        "proofs stay invalid"
    );
    let again = ask_ada(&app).await;
    // The old link stops the new mail's proofs as well.
    assert_eq!(state_after(&app, &mail, "stop").await, "stopped");
    assert_eq!(fetch(&app, &proof_of(&again)).await.status, 400);
    assert_eq!(published(&app).await.len(), 2);
}

#[tokio::test]
async fn an_expired_link_stops_mail_too() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    app.pass(Duration::from_hours(3 * 24));
    assert_eq!(state_after(&app, &mail, "stop").await, "stopped");
    app.pass(Duration::from_hours(20 * 24));
    assert_eq!(state_after(&app, &mail, "allow").await, "allowed");
}

#[tokio::test]
async fn a_verified_address_stays_verified() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    app.post(VERIFY, proof_of(&mail)).await;
    assert_eq!(state_after(&app, &mail, "stop").await, "stopped");
    let status = app
        .get(&format!("/api/users/email_verification_status?uuid={UUID}"))
        .await
        .json();
    assert_eq!(status["verified_at"], "2026-11-23T12:00:00Z");
    assert_eq!(status["suppressed"]["reason"], "refused");
    let events: Vec<_> = published(&app).await;
    let types: Vec<_> = events.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(types, ["Email Verified", "Verification Refused"]);
    // Another user's request mails nothing to it.
    app.assert_suppressed(ADA).await;
}

#[tokio::test]
async fn two_users_refuse_one_address() {
    let app = TestApp::start().await;
    let first = ask_ada(&app).await;
    let second = app.ask(json!({ "uuid": OTHER, "email": ADA })).await;
    assert_eq!(state_after(&app, &first, "stop").await, "stopped");
    assert_eq!(
        fetch_status(&app, &second).await,
        200,
        "the proof of another user"
    );
    app.pass(Duration::from_mins(1));
    assert_eq!(state_after(&app, &second, "stop").await, "stopped");
    assert_eq!(state_after(&app, &first, "stop").await, "already_stopped");
    assert_eq!(suppressed(&app).await["at"], "2026-11-23T12:01:00Z");
    let refused: Vec<_> = published(&app).await;
    let refused = refused
        .iter()
        .filter(|(kind, _)| kind == "Verification Refused");
    let users: Vec<_> = refused.map(|(_, detail)| &detail["uuid"]).collect();
    assert_eq!(users, [UUID, OTHER]);
    // Either link allows mail again.
    assert_eq!(state_after(&app, &first, "allow").await, "allowed");
    ask_ada(&app).await;
}

/// Moves the user to Bob's address.
async fn ask_bob(app: &TestApp) -> Arc<CapturedMail> {
    app.ask(json!({ "uuid": UUID, "email": "bob@example.org" }))
        .await
}

#[tokio::test]
async fn a_moved_user_s_mail_can_be_refused() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    let moved = ask_bob(&app).await;
    app.edge.take_calls();
    assert_eq!(press(&app, &mail, "stop").await.json(), is("stopped"));
    assert_eq!(
        app.edge.take_calls(),
        ["GetItem", "GetItem", "TransactWriteItems"]
    );
    assert_eq!(
        press(&app, &mail, "stop").await.json(),
        is("already_stopped")
    );
    app.assert_suppressed(ADA).await;
    assert_eq!(suppressed(&app).await, Value::Null, "Bob gets mail");
    let events = published(&app).await;
    let [(kind, detail)] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(kind, "Verification Refused");
    assert_eq!(
        (&detail["uuid"], &detail["email"]),
        (&json!(UUID), &json!(ADA))
    );
    assert_eq!(press(&app, &mail, "allow").await.json(), is("allowed"));
    let to_another = app.ask(json!({ "uuid": OTHER, "email": ADA })).await;
    assert_eq!(fetch_status(&app, &to_another).await, 200);
    // No press touched the proofs of the address that the user has now.
    let answer = app.post(VERIFY, proof_of(&mail)).await;
    assert_eq!(answer.json()["code"], "invalid_token");
    assert_eq!(app.post(VERIFY, code_proof_of(&moved)).await.status, 200);
}

#[tokio::test]
async fn a_refused_link_outlives_a_move() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    press(&app, &mail, "stop").await;
    let moved = ask_bob(&app).await;
    assert_eq!(state_after(&app, &mail, "stop").await, "already_stopped");
    assert_eq!(state_after(&app, &mail, "allow").await, "allowed");
    assert_eq!(app.post(VERIFY, proof_of(&moved)).await.status, 200);
    // A verified record stays, and does not keep a stranger's address.
    assert!(!app.table().await.contains("invalidated_links"));
    assert_eq!(state_after(&app, &mail, "stop").await, "invalid");
}

#[tokio::test]
async fn a_withdrawn_move_can_be_refused() {
    let app = TestApp::start().await;
    let of_ada = ask_ada(&app).await;
    app.post(VERIFY, proof_of(&of_ada)).await;
    let first = ask_bob(&app).await;
    let second = app.ask(json!({ "uuid": UUID })).await;
    let back = json!({ "uuid": UUID, "email": ADA });
    assert_eq!(
        app.post(REQUEST, back).await.json()["code"],
        "already_verified"
    );
    for (mail, state) in [(&first, "stopped"), (&second, "already_stopped")] {
        let answer = app.post(VERIFY, proof_of(mail)).await;
        assert_eq!(answer.json()["code"], "invalid_token");
        let stopped = press(&app, mail, "stop").await.json();
        assert_eq!(
            stopped,
            json!({ "state": state, "email": "bob@example.org" })
        );
    }
    app.assert_suppressed("bob@example.org").await;
    assert_eq!(suppressed(&app).await, Value::Null, "Ada gets mail");
    assert_eq!(state_after(&app, &second, "allow").await, "allowed");
    ask_bob(&app).await;
}

#[tokio::test]
async fn a_mail_during_a_withdrawal_can_be_refused() {
    let app = Arc::new(TestApp::start().await);
    let of_ada = ask_ada(&app).await;
    app.post(VERIFY, proof_of(&of_ada)).await;
    ask_bob(&app).await;
    // The request back finds the move, and then the move's address gets one more mail.
    app.edge.meanwhile(1, {
        let app = Arc::clone(&app);
        async move { drop(ask_bob(&app).await) }
    });
    let back = json!({ "uuid": UUID, "email": ADA });
    let answer = app.post(REQUEST, back).await;
    assert_eq!(answer.json()["code"], "already_verified");
    assert_eq!(
        state_after(&app, &app.newest_mail(), "stop").await,
        "stopped"
    );
}

#[tokio::test]
async fn a_late_press_can_be_taken_back() {
    let month = Duration::from_hours(30 * 24);
    for moves_back in [false, true] {
        let app = TestApp::start().await;
        let mail = ask_ada(&app).await;
        ask_bob(&app).await;
        if moves_back {
            ask_ada(&app).await;
        }
        // DynamoDB removes expired items late.
        app.pass(month);
        assert_eq!(state_after(&app, &mail, "stop").await, "stopped");
        assert_eq!(state_after(&app, &mail, "allow").await, "allowed");
    }
}

#[tokio::test]
async fn a_moved_link_leaves_after_30_days() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    let of_bob = ask_bob(&app).await;
    let item = app.item(&format!("user#{UUID}")).await.unwrap();
    let expires_at: i64 = item["expires_at"].as_n().unwrap().parse().unwrap();
    assert_eq!(expires_at, app.now().unix_seconds() + 30 * 24 * 60 * 60);
    app.pass(ALMOST_A_MONTH);
    assert_eq!(state_after(&app, &mail, "stop").await, "stopped");
    app.pass(Duration::from_secs(1));
    ask_bob(&app).await;
    assert_eq!(state_after(&app, &mail, "allow").await, "allowed");
    assert_eq!(state_after(&app, &of_bob, "stop").await, "invalid");
}

#[tokio::test]
async fn strangers_get_one_answer() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    let bob = app.ask(json!({ "email": "bob@example.org" })).await;
    let (_, token) = link_of(&mail);
    let (_, foreign) = link_of(&bob);
    let table = app.table().await;
    for action in ["stop", "allow"] {
        let mut answers = Vec::new();
        for (uuid, token, calls) in [
            (UUID, foreign.as_str(), 1),
            (OTHER, &token, 1),
            (UUID, &"A".repeat(43), 1),
            ("malformed", &token, 0),
            ("", &token, 0),
            (UUID, "", 0),
            (UUID, "malformed", 0),
        ] {
            app.edge.take_calls();
            let body = json!({ "uuid": uuid, "token": token, "action": action });
            let answer = fetch(&app, &body).await;
            assert_eq!(app.edge.take_calls(), vec!["GetItem"; calls], "{body}");
            answers.push((answer.status.as_u16(), answer.body));
        }
        let one = (400, json!({ "state": "invalid" }).to_string());
        assert!(answers.iter().all(|answer| *answer == one), "{answers:?}");
    }
    assert_eq!(app.table().await, table);
}

#[tokio::test]
async fn only_the_script_stops_mail() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    let (uuid, token) = link_of(&mail);
    let table = app.table().await;
    // Opening it changes nothing, and without a script it says that nothing is needed.
    let answer = get_as_person(&app, &format!("{PAGE}?user={uuid}&stop")).await;
    assert_page(&answer, 200, "Nothing has changed");
    assert!(answer.body.contains("this page needs JavaScript"));
    for (site, content_type, action, status) in [
        ("cross-site", "application/json", "stop", 403),
        ("same-origin", "application/json", "start", 400),
        ("same-origin", "text/plain", "stop", 415),
    ] {
        let body = json!({ "uuid": uuid, "token": token, "action": action });
        let request = app
            .request(Method::POST, PAGE)
            .header("accept", "application/json")
            .header("sec-fetch-site", site)
            .header("content-type", content_type);
        let answer = app
            .send(request.body(Body::from(body.to_string())).unwrap())
            .await;
        assert_eq!(answer.status, status, "{site} {content_type} {action}");
    }
    // A form that names an action is none of the page's.
    let form = format!("uuid={uuid}&token={token}&action=stop");
    let request = app
        .request(Method::POST, PAGE)
        .header("accept", BROWSER)
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = app.send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(app.table().await, table);
}

/// The page promises no end and no mail if a bounce or a complaint suppresses the address.
#[tokio::test]
async fn a_bounce_outlasts_a_take_back() {
    for (outcome, reason) in [
        (DeliveryOutcome::Bounced, "bounced"),
        (DeliveryOutcome::Complained, "complained"),
    ] {
        let app = TestApp::start().await;
        let mail = ask_ada(&app).await;
        press(&app, &mail, "stop").await;
        app.record(&ses_event(&mail, outcome, 5)).await.unwrap();
        for action in ["stop", "allow", "allow"] {
            let answer = press(&app, &mail, action).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (200, is("suppressed"))
            );
        }
        assert_eq!(record_of(&app, ADA).await.unwrap().refusal, None, "allowed");
        app.assert_suppressed(ADA).await;
        assert_eq!(suppressed(&app).await["reason"], reason);
        // Another press records the refusal again.
        assert_eq!(press(&app, &mail, "stop").await.json(), is("suppressed"));
        let types: Vec<_> = published(&app).await;
        let types: Vec<_> = types.iter().map(|(kind, _)| kind.as_str()).collect();
        let refused = "Verification Refused";
        assert_eq!(types, [refused, "Email Undeliverable", refused]);
    }
}

#[tokio::test]
async fn a_refused_link_says_so() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    press(&app, &mail, "stop").await;
    for state in ["stopped", "allowed", "moved"] {
        match state {
            "allowed" => drop(press(&app, &mail, "allow").await),
            "moved" => {
                let email = "bob@example.org";
                app.ask(json!({ "uuid": UUID, "email": email })).await;
            }
            _ => {}
        }
        app.edge.take_calls();
        assert_eq!(
            fetch(&app, &proof_of(&mail)).await.json(),
            is("link_refused"),
            "{state}"
        );
        assert_eq!(app.edge.take_calls(), ["UpdateItem"]);
        let code = app.post(VERIFY, proof_of(&mail)).await.json()["code"].take();
        assert_eq!(code, "invalid_token", "{state}");
    }
}

#[tokio::test]
async fn fifty_presses_are_one_refusal() {
    let app = TestApp::start().await;
    let mails = [ask_ada(&app).await, ask_ada(&app).await];
    let presses = (0..50).map(|number| press(&app, &mails[number % 2], "stop"));
    let states: Vec<_> = join_all(presses)
        .await
        .into_iter()
        .map(|answer| answer.json()["state"].as_str().unwrap().to_owned())
        .collect();
    let stopped = states.iter().filter(|state| *state == "stopped").count();
    let before = states.iter().filter(|state| *state == "already_stopped");
    assert_eq!((stopped, before.count()), (1, 49));
    assert_eq!(published(&app).await.len(), 1);
}

#[tokio::test]
async fn a_request_in_flight_decides_again() {
    let app = Arc::new(TestApp::start().await);
    let mail = ask_ada(&app).await;
    // The first write assumes that nothing is on record.
    app.edge.meanwhile(1, {
        let (app, mail) = (Arc::clone(&app), Arc::clone(&mail));
        async move { assert_eq!(press(&app, &mail, "stop").await.json(), is("stopped")) }
    });
    let answer = app
        .post(REQUEST, json!({ "uuid": UUID, "email": ADA }))
        .await;
    assert_eq!(answer.json()["code"], "email_address_suppressed");
    assert_eq!(app.sent.len(), 1);
}

/// The press removes the link by which the request would know that its write was applied.
#[tokio::test]
async fn a_press_after_a_lost_answer_is_refunded() {
    let app = Arc::new(TestApp::start().await);
    let mail = ask_ada(&app).await;
    app.edge.after(1, Fault::CutAfter, 1);
    // The SDK's other two attempts.
    app.edge.after(0, Fault::InProgress, 2);
    app.edge.meanwhile(4, {
        let (app, mail) = (Arc::clone(&app), Arc::clone(&mail));
        async move { assert_eq!(press(&app, &mail, "stop").await.json(), is("stopped")) }
    });
    let answer = app
        .post(REQUEST, json!({ "uuid": UUID, "email": ADA }))
        .await;
    assert_eq!(answer.json()["code"], "email_address_suppressed");
    for pk in [&*format!("user#{UUID}"), "address#ada@example.org"] {
        let item = app.item(pk).await.unwrap();
        assert_eq!(item["mails"].as_m().unwrap().len(), 1, "{pk}");
    }
}

#[tokio::test]
async fn a_press_in_flight_decides_again() {
    let app = Arc::new(TestApp::start().await);
    let mail = ask_ada(&app).await;
    app.edge.meanwhile(2, {
        let app = Arc::clone(&app);
        async move { drop(ask_ada(&app).await) }
    });
    assert_eq!(press(&app, &mail, "stop").await.json(), is("stopped"));
    assert_eq!(app.sent.len(), 2);
    for mail in app.sent.newest_first() {
        let answer = app.post(VERIFY, proof_of(&mail)).await;
        assert_eq!(answer.json()["code"], "invalid_token");
    }
}

#[tokio::test]
async fn a_lost_answer_may_be_retried() {
    for broken in [Fault::CutAfter, Fault::Error] {
        let app = TestApp::start().await;
        let mail = ask_ada(&app).await;
        app.edge.after(2, broken, 10);
        let answer = press(&app, &mail, "stop").await;
        let unavailable = json!({ "state": "unavailable", "retry_after": 5 });
        assert_eq!((answer.status.as_u16(), answer.json()), (503, unavailable));
        app.edge.clear();
        let state = match broken {
            Fault::CutAfter => "already_stopped",
            _ => "stopped",
        };
        assert_eq!(press(&app, &mail, "stop").await.json(), is(state));
        app.assert_suppressed(ADA).await;
        assert_eq!(published(&app).await.len(), 1);
        app.edge.after(1, broken, 10);
        assert_eq!(press(&app, &mail, "allow").await.status, 503);
        app.edge.clear();
        assert_eq!(press(&app, &mail, "allow").await.json(), is("allowed"));
    }
}

#[tokio::test]
async fn a_busy_item_is_tried_again() {
    let app = TestApp::start().await;
    let mail = ask_ada(&app).await;
    app.edge.after(2, Fault::Conflict, 2);
    assert_eq!(press(&app, &mail, "stop").await.json(), is("stopped"));
}

#[tokio::test]
async fn no_log_has_the_link_or_the_address() {
    let app = TestApp::start().await;
    let email = "quiet.reader@example.org";
    let mail = app.ask(json!({ "email": email })).await;
    for action in ["stop", "stop", "allow"] {
        press(&app, &mail, action).await;
    }
    published(&app).await;
    let logs = logs::all();
    for state in ["\"stopped\"", "\"already_stopped\"", "\"allowed\""] {
        assert!(logs.contains(state), "{state}");
    }
    for secret in [link_of(&mail).1.as_str(), "quiet.reader@"] {
        assert!(!logs.contains(secret), "{secret}");
        assert!(secret.contains('@') || !app.table().await.contains(secret));
    }
}

/// A complaint outranks a bounce, and both a refusal, in whatever order they come.
#[tokio::test]
async fn the_order_of_events_does_not_matter() {
    let app = TestApp::start().await;
    let kinds = ["stop", "allow", "bounce", "complaint"];
    for number in 0..64 {
        let order = [number / 16, number / 4 % 4, number % 4].map(|kind| kinds[kind]);
        let email = format!("reader{number}@example.org");
        let mail = app.ask(json!({ "email": email })).await;
        for kind in order {
            let outcome = match kind {
                "bounce" => DeliveryOutcome::Bounced,
                "complaint" => DeliveryOutcome::Complained,
                action => {
                    assert_eq!(press(&app, &mail, action).await.status, 200);
                    continue;
                }
            };
            app.record(&ses_event(&mail, outcome, 5)).await.unwrap();
        }
        let last_press = order
            .iter()
            .rev()
            .find(|kind| ["stop", "allow"].contains(kind));
        let expected = if order.contains(&"complaint") {
            Some("complained")
        } else if order.contains(&"bounce") {
            Some("bounced")
        } else {
            last_press
                .filter(|kind| **kind == "stop")
                .map(|_| "refused")
        };
        let record = record_of(&app, &email).await.unwrap();
        let suppression = record.suppression_at(app.now());
        let reason = suppression.map(|suppression| suppression.reason.as_str());
        assert_eq!(reason, expected, "{order:?}");
    }
}
