//! `Idempotency-Key`: a request that arrives again mails nothing and is answered as the first one.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::join_all;
use local::edge::Fault;
use serde_json::{Value, json};

use crate::api::faults::assert_unavailable;
use crate::support::app::{REQUEST, TestApp, VERIFY, error, suppression};
use crate::support::http::Answer;
use crate::support::mail::{link_of, proof_of};

const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const OTHER_UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
const COULD_NOT_SEND: &str = "Could not send the verification email. Try again shortly.";

fn ada() -> Value {
    json!({ "email": "ada@example.org" })
}

/// Requests with a key that is mailed. Returns the answer.
async fn mailed(app: &TestApp, key: &str, body: Value) -> Answer {
    let before = app.sent.len();
    let answer = app.post_keyed(key, body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(app.sent.len(), before + 1, "one mail is sent");
    answer
}

/// Repeats a request, which changes nothing and gets the answer of the first one.
async fn assert_duplicate(app: &TestApp, key: &str, body: Value, first: &Answer) {
    let (mails, table) = (app.sent.len(), app.table().await);
    let answer = app.post_keyed(key, body).await;
    assert_eq!((answer.status.as_u16(), &answer.body), (200, &first.body));
    assert_eq!(app.sent.len(), mails, "no mail is sent");
    assert_eq!(app.table().await, table);
}

#[tokio::test]
async fn a_duplicate_mails_nothing() {
    let app = TestApp::start().await;
    let first = mailed(&app, "k", ada()).await;
    assert_eq!(first.json()["expires_at"], "2026-11-24T12:00:00Z");
    app.pass(Duration::from_hours(1));
    for _ in 0..10 {
        assert_duplicate(&app, "k", ada(), &first).await;
    }
    let without_body = app.post_with(REQUEST, &[("idempotency-key", "k")], ada().to_string());
    assert_eq!(without_body.await.body, "");
    // The ten cost nothing of the limit.
    for _ in 0..5 {
        app.ask(ada()).await;
    }
    assert_eq!(app.post(REQUEST, ada()).await.status, 429);
    assert_duplicate(&app, "k", ada(), &first).await;
}

#[tokio::test]
async fn a_duplicate_costs_no_further_call() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    app.edge.take_calls();
    app.post_keyed("k", ada()).await;
    assert_eq!(app.edge.take_calls(), ["TransactWriteItems"]);
    app.post_keyed("k", ada()).await;
    assert_eq!(app.edge.take_calls(), ["TransactWriteItems"]);
    app.post_keyed("another", ada()).await;
    assert_eq!(app.edge.take_calls(), ["TransactWriteItems"; 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_mail_once() {
    let app = TestApp::start().await;
    let body = json!({ "uuid": UUID, "email": "ada@example.org" });
    for key in ["first", "second"] {
        let before = app.sent.len();
        let answers = join_all((0..50).map(|_| app.post_keyed(key, body.clone()))).await;
        for answer in &answers {
            let answered = (answer.status.as_u16(), &answer.body);
            assert_eq!(answered, (200, &answers[0].body));
        }
        assert_eq!(app.sent.len(), before + 1);
        app.pass(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_duplicate_may_overtake_the_first() {
    let app = Arc::new(TestApp::start().await);
    app.ask(json!({ "email": "warm@example.org" })).await;
    let (overtaking, answered) = (Arc::clone(&app), Arc::new(OnceLock::new()));
    let to_be_set = Arc::clone(&answered);
    app.edge.meanwhile(0, async move {
        let answer = overtaking.post_keyed("k", ada()).await;
        to_be_set.set(answer).unwrap();
    });
    let overtaken = app.post_keyed("k", ada()).await;
    assert_eq!(overtaken.body, answered.get().unwrap().body);
    assert_eq!((overtaken.status.as_u16(), app.sent.len()), (200, 2));
}

#[tokio::test]
async fn a_key_is_free_after_24_hours() {
    let app = TestApp::start().await;
    let first = mailed(&app, "k", ada()).await;
    app.pass(Duration::from_secs(86_399));
    assert_duplicate(&app, "k", ada(), &first).await;
    app.pass(Duration::from_secs(1));
    let next_day = mailed(&app, "k", ada()).await;
    assert_duplicate(&app, "k", ada(), &next_day).await;
}

#[tokio::test]
async fn old_keys_leave_with_the_next_write() {
    let app = TestApp::start().await;
    let keys = async || {
        let item = app.item(&format!("user#{UUID}")).await.unwrap();
        item["requests"].as_m().unwrap().len()
    };
    let body = json!({ "uuid": UUID, "email": "ada@example.org" });
    for key in ["one", "two", "three"] {
        mailed(&app, key, body.clone()).await;
    }
    assert_eq!(keys().await, 3);
    app.pass(Duration::from_hours(24));
    app.ask(body).await;
    assert_eq!(keys().await, 0);
}

#[tokio::test]
async fn another_user_is_another_request() {
    let app = TestApp::start().await;
    let of = |uuid: &str| json!({ "uuid": uuid, "email": "ada@example.org" });
    let first = mailed(&app, "k", of(UUID)).await;
    let other = mailed(&app, "k", of(OTHER_UUID)).await;
    mailed(&app, "k", ada()).await;
    mailed(&app, "K", of(UUID)).await;
    assert_duplicate(&app, "k", of(UUID), &first).await;
    assert_duplicate(&app, "k", of(OTHER_UUID), &other).await;
}

#[tokio::test]
async fn spellings_of_an_address_are_one() {
    let app = TestApp::start().await;
    let first = mailed(&app, "k", json!({ "email": "Ada@example.org" })).await;
    app.ask(json!({ "email": "ADA@example.org" })).await;
    assert_eq!(first.json()["email"], "Ada@example.org");
    assert_duplicate(&app, "k", ada(), &first).await;
}

#[tokio::test]
async fn a_move_keeps_the_first_spelling() {
    let app = TestApp::start().await;
    let of = |email: &str| json!({ "uuid": UUID, "email": email });
    let first = mailed(&app, "k", of("Ada@example.org")).await;
    app.ask(of("bob@example.org")).await;
    assert_duplicate(&app, "k", of("ADA@example.org"), &first).await;
}

#[tokio::test]
async fn a_uuid_alone_means_the_address_on_record() {
    let app = TestApp::start().await;
    let whole = json!({ "uuid": UUID, "email": "ada@example.org" });
    let alone = json!({ "uuid": UUID });
    let unknown = app.post_keyed("k", alone.clone()).await;
    assert_eq!(unknown.status, 404);
    let first = mailed(&app, "k", whole.clone()).await;
    assert_duplicate(&app, "k", alone.clone(), &first).await;
    app.pass(Duration::from_hours(1));
    let again = mailed(&app, "again", alone.clone()).await;
    assert_duplicate(&app, "again", alone.clone(), &again).await;
    assert_duplicate(&app, "again", whole, &again).await;
    // Another address is on record by now.
    app.ask(json!({ "uuid": UUID, "email": "bob@example.org" }))
        .await;
    let of_bob = mailed(&app, "again", alone.clone()).await;
    assert_eq!(of_bob.json()["email"], "bob@example.org");
    assert_duplicate(&app, "again", alone, &of_bob).await;
}

#[tokio::test]
async fn a_verified_user_gets_the_first_answer() {
    let app = TestApp::start().await;
    let first = mailed(&app, "k", ada()).await;
    app.post(VERIFY, proof_of(&app.newest_mail())).await;
    assert_duplicate(&app, "k", ada(), &first).await;
    let other = app.post_keyed("other", ada()).await;
    assert_eq!(other.json()["code"], "already_verified");
    assert_eq!(
        app.post(REQUEST, ada()).await.json()["code"],
        "already_verified"
    );
}

#[tokio::test]
async fn a_bounced_address_gets_the_first_answer() {
    let app = TestApp::start().await;
    let first = mailed(&app, "k", ada()).await;
    let bounced = suppression("ada@example.org");
    app.set("address#ada@example.org", "suppression", bounced)
        .await;
    app.assert_suppressed("ada@example.org").await;
    assert_duplicate(&app, "k", ada(), &first).await;
}

#[tokio::test]
async fn a_duplicate_moves_nobody_back() {
    let app = TestApp::start().await;
    let of = |email: &str| json!({ "uuid": UUID, "email": email });
    let ada = mailed(&app, "k", of("Ada@example.org")).await;
    let proof_of_ada = proof_of(&app.newest_mail());
    app.pass(Duration::from_hours(1));
    let bob = mailed(&app, "k", of("bob@example.org")).await;
    let proof_of_bob = proof_of(&app.newest_mail());
    assert_duplicate(&app, "k", of("Ada@example.org"), &ada).await;
    assert_duplicate(&app, "k", of("bob@example.org"), &bob).await;
    assert_eq!(
        app.post(VERIFY, proof_of_ada).await.json()["code"],
        "invalid_token"
    );
    assert_eq!(app.post(VERIFY, proof_of_bob).await.status, 200);
    assert_duplicate(&app, "k", of("Ada@example.org"), &ada).await;
    // Another key moves the user back.
    mailed(&app, "back", of("Ada@example.org")).await;
    assert_eq!(
        app.post(VERIFY, proof_of(&app.newest_mail())).await.status,
        200
    );
}

#[tokio::test]
async fn a_duplicate_withdraws_no_move() {
    let app = TestApp::start().await;
    let of = |email: &str| json!({ "uuid": UUID, "email": email });
    let ada = mailed(&app, "k", of("ada@example.org")).await;
    app.post(VERIFY, proof_of(&app.newest_mail())).await;
    app.ask(of("bob@example.org")).await;
    assert_duplicate(&app, "k", of("ada@example.org"), &ada).await;
    assert_eq!(
        app.post(VERIFY, proof_of(&app.newest_mail())).await.status,
        200
    );
}

#[tokio::test]
async fn a_refunded_mail_frees_its_key() {
    let faults = [
        Fault::Throttled,
        Fault::Rejected,
        Fault::Paused,
        Fault::Unavailable,
        Fault::Error,
    ];
    for fault in faults {
        let app = TestApp::start().await;
        app.ses_faults.always(fault);
        for _ in 0..2 {
            assert_unavailable(&app.post_keyed("k", ada()).await, COULD_NOT_SEND);
        }
        app.ses_faults.clear();
        let first = mailed(&app, "k", ada()).await;
        assert_duplicate(&app, "k", ada(), &first).await;
    }
}

#[tokio::test]
async fn a_refused_request_frees_its_key() {
    let app = TestApp::start_with(&[("MAILS_PER_DAY", "1")]).await;
    app.ask(ada()).await;
    assert_eq!(app.post_keyed("k", ada()).await.status, 429);
    app.pass(Duration::from_hours(24));
    mailed(&app, "k", ada()).await;
}

#[tokio::test]
async fn a_mail_with_a_lost_answer_keeps_its_key() {
    let app = TestApp::start().await;
    app.ses_faults.next(Fault::CutAfter);
    assert_unavailable(&app.post_keyed("k", ada()).await, COULD_NOT_SEND);
    let lost = app.newest_mail();
    app.pass(Duration::from_mins(1));
    let answer = app.post_keyed("k", ada()).await;
    assert_eq!((answer.status.as_u16(), app.sent.len()), (200, 1));
    assert_eq!(answer.json()["uuid"], link_of(&lost).0);
    assert_eq!(answer.json()["expires_at"], "2026-11-24T12:00:00Z");
    mailed(&app, "another", ada()).await;
    assert_eq!(app.post(VERIFY, proof_of(&lost)).await.status, 200);
}

#[tokio::test]
async fn a_write_with_a_lost_answer_mails_once() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    app.edge.next(Fault::CutAfter);
    let first = mailed(&app, "k", ada()).await;
    assert!(app.edge.saw_a_repeated_call());
    assert_duplicate(&app, "k", ada(), &first).await;
}

#[tokio::test]
async fn a_lost_write_frees_its_key() {
    for lost in [Fault::CutAfter, Fault::Error] {
        let app = TestApp::start().await;
        app.ask(json!({ "email": "warm@example.org" })).await;
        // All answers to the write are lost, and then DynamoDB answers again.
        app.edge.after(0, lost, 3);
        assert_unavailable(&app.post_keyed("k", ada()).await, COULD_NOT_SEND);
        let first = mailed(&app, "k", ada()).await;
        assert_duplicate(&app, "k", ada(), &first).await;
    }
}

#[tokio::test]
async fn a_request_is_no_duplicate_of_itself() {
    let app = Arc::new(TestApp::start().await);
    app.ask(json!({ "email": "warm@example.org" })).await;
    let of = |email: &str| json!({ "uuid": UUID, "email": email });
    // The answer to the write is lost, the SDK's retry meets a transaction, and another request
    // moves the user before the next attempt.
    app.edge.next(Fault::CutAfter);
    app.edge.next(Fault::Conflict);
    let moving = Arc::clone(&app);
    let body = of("bob@example.org");
    app.edge.meanwhile(2, async move {
        moving.ask(body).await;
    });
    let ada = app.post_keyed("k", of("ada@example.org")).await;
    assert_eq!(ada.status, 200);
    let mails = app.sent.newest_first();
    let to_ada = mails.iter().filter(|mail| mail.to == ["ada@example.org"]);
    assert_eq!(to_ada.count(), 1);
    assert_duplicate(&app, "k", of("ada@example.org"), &ada).await;
}

#[tokio::test]
async fn an_invalid_key_is_refused() {
    let app = TestApp::start().await;
    let before = app.table().await;
    let detail = "Enter a valid Idempotency-Key.";
    let invalid = error("validation_error", "invalid_input", detail, None);
    let too_long = "k".repeat(256);
    for key in ["", "two words", &too_long] {
        let answer = app.post_keyed(key, ada()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, invalid.clone())
        );
        // Fields are checked first.
        let answer = app.post_keyed(key, json!({ "uuid": "42" })).await;
        assert_eq!(answer.json()["attr"], "uuid");
    }
    assert_eq!(app.table().await, before);
    mailed(&app, &"k".repeat(255), ada()).await;
    // Other endpoints do not know the header.
    let proof = proof_of(&app.newest_mail()).to_string();
    let verified = app.post_with(VERIFY, &[("idempotency-key", "")], proof);
    assert_eq!(verified.await.status, 200);
}

/// A REST API has each header in a list, and an HTTP API joins them by commas.
#[tokio::test]
async fn a_key_is_the_same_in_a_rest_api() {
    let app = TestApp::start().await;
    let event = include_str!("../../../events/request_email_verification/rest_api.json");
    let event: Value = serde_json::from_str(event).unwrap();
    let ask = async |keys: &[&str]| {
        let mut event = event.clone();
        event["body"] = json!(ada().to_string());
        event["headers"]["Idempotency-Key"] = json!(keys.last());
        event["multiValueHeaders"]["idempotency-key"] = json!(keys);
        let function = &app.functions["request_email_verification"];
        let answer = function.invoke(&event.to_string()).await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer["statusCode"].as_u64().unwrap()
    };
    let first = mailed(&app, "k", ada()).await;
    mailed(&app, "k,l", ada()).await;
    for keys in [&["k"][..], &["k", "l"]] {
        assert_eq!(ask(keys).await, 200);
    }
    assert_eq!(app.sent.len(), 2, "both keys were known");
    assert_eq!(ask(&["l", "k"]).await, 200);
    assert_eq!(app.sent.len(), 3, "another order is another key");
    for keys in [&["\u{e9}"][..], &["k l"], &[""], &["k", "\u{e9}"]] {
        assert_eq!(ask(keys).await, 400, "{keys:?}");
    }
    assert_duplicate(&app, "k", ada(), &first).await;
}

#[tokio::test]
async fn a_key_survives_a_move_and_its_return() {
    let app = TestApp::start().await;
    let of = |email: &str| json!({ "uuid": UUID, "email": email });
    let ada = mailed(&app, "k", of("ada@example.org")).await;
    app.ask(of("bob@example.org")).await;
    app.ask(of("ada@example.org")).await;
    assert_duplicate(&app, "k", of("ada@example.org"), &ada).await;
    assert_duplicate(&app, "k", json!({ "uuid": UUID }), &ada).await;
    app.pass(Duration::from_hours(24));
    mailed(&app, "k", json!({ "uuid": UUID })).await;
}
