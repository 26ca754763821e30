//! How many mails a day.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::app::{REQUEST, TestApp, VERIFY, error};
use crate::support::mail::{link_of, proof_of};

#[tokio::test]
async fn the_seventh_mail_is_throttled() {
    let app = TestApp::start().await;
    for _ in 0..6 {
        app.ask(json!({ "email": "ada@example.org" })).await;
        app.pass(Duration::from_mins(10));
    }
    let before = app.table().await;
    let answer = app
        .post(REQUEST, json!({ "email": "ada@example.org" }))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (429, Some("82800"))
    );
    let detail = "Request was throttled. Expected available in 82800 seconds.";
    assert_eq!(
        answer.json(),
        error("throttled_error", "throttled", detail, None)
    );
    assert_eq!(app.table().await, before, "a refusal costs nothing");

    app.pass(Duration::from_secs(82_799));
    let answer = app
        .post(REQUEST, json!({ "email": "ada@example.org" }))
        .await;
    assert_eq!(answer.header("retry-after"), Some("1"));
    let detail = "Request was throttled. Expected available in 1 second.";
    assert_eq!(
        answer.json(),
        error("throttled_error", "throttled", detail, None)
    );

    app.pass(Duration::from_secs(1));
    app.ask(json!({ "email": "ada@example.org" })).await;
}

#[tokio::test]
async fn an_address_gets_six_mails_a_day() {
    let app = TestApp::start().await;
    let uuid = |number: u8| format!("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c{number:02}");
    for number in 0..6 {
        let email = ["ada@example.org", "ADA@Example.ORG"][usize::from(number % 2)];
        app.ask(json!({ "uuid": uuid(number), "email": email }))
            .await;
    }
    let seventh = json!({ "uuid": uuid(6), "email": "Ada@example.org" });
    assert_eq!(app.post(REQUEST, seventh).await.status, 429);
    app.ask(json!({ "uuid": uuid(6), "email": "ada+tag@example.org" }))
        .await;
}

#[tokio::test]
async fn a_uuid_gets_six_mails_a_day() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    for number in 0..6 {
        app.ask(json!({ "uuid": uuid, "email": format!("ada{number}@example.org") }))
            .await;
    }
    let before = app.table().await;
    let seventh = json!({ "uuid": uuid.to_uppercase(), "email": "ada6@example.org" });
    assert_eq!(app.post(REQUEST, seventh).await.status, 429);
    assert_eq!(app.post(REQUEST, json!({ "uuid": uuid })).await.status, 429);
    assert_eq!(
        app.table().await,
        before,
        "a refusal moves no pending verification"
    );
}

#[tokio::test]
async fn the_longer_wait_counts() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    for number in 0..6 {
        app.ask(json!({ "uuid": uuid, "email": format!("ada{number}@example.org") }))
            .await;
    }
    app.pass(Duration::from_hours(1));
    for _ in 0..6 {
        app.ask(json!({ "email": "bob@example.org" })).await;
    }
    let answer = app
        .post(REQUEST, json!({ "uuid": uuid, "email": "bob@example.org" }))
        .await;
    assert_eq!(answer.header("retry-after"), Some("86400"));

    // Also when the address is not given but on record.
    let app = TestApp::start().await;
    for _ in 0..5 {
        app.ask(json!({ "uuid": uuid, "email": "ada@example.org" }))
            .await;
    }
    app.pass(Duration::from_hours(1));
    app.ask(json!({ "uuid": uuid, "email": "bob@example.org" }))
        .await;
    for _ in 0..5 {
        app.ask(json!({ "email": "bob@example.org" })).await;
    }
    let answer = app.post(REQUEST, json!({ "uuid": uuid })).await;
    assert_eq!(answer.header("retry-after"), Some("86400"));
}

#[tokio::test]
async fn mails_per_day_is_a_setting() {
    let app = TestApp::start_with(&[("MAILS_PER_DAY", "2")]).await;
    for email in ["ada@example.org", "bob@example.org"] {
        for _ in 0..2 {
            app.ask(json!({ "email": email })).await;
        }
        let third = app.post(REQUEST, json!({ "email": email })).await;
        assert_eq!(third.header("retry-after"), Some("86400"));
    }
}

fn nth_user(number: u32) -> String {
    format!("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d{number:04}")
}

/// Mails the address for that many users, as fast as the daily limit allows.
async fn mail_for_users(app: &TestApp, email: &str, users: std::ops::Range<u32>) {
    for number in users {
        if number > 0 && number.is_multiple_of(6) {
            app.pass(Duration::from_hours(24));
        }
        app.ask(json!({ "uuid": nth_user(number), "email": email }))
            .await;
    }
}

#[tokio::test]
async fn unverified_gets_30_mails_a_month() {
    let app = TestApp::start().await;
    mail_for_users(&app, "ada@example.org", 0..30).await;
    app.pass(Duration::from_hours(24));
    // The first six went five days ago.
    for uuid in [nth_user(30), nth_user(0)] {
        let body = json!({ "uuid": uuid, "email": "Ada@example.org" });
        let answer = app.post(REQUEST, body).await;
        let seconds = (25 * 86_400).to_string();
        let expected = (429, Some(seconds.as_str()));
        assert_eq!(
            (answer.status.as_u16(), answer.header("retry-after")),
            expected
        );
    }
    app.ask(json!({ "email": "bob@example.org" })).await;
    app.pass(Duration::from_hours(25 * 24));
    app.ask(json!({ "uuid": nth_user(30), "email": "ada@example.org" }))
        .await;
}

#[tokio::test]
async fn a_verified_address_gets_more_than_30() {
    let app = TestApp::start().await;
    mail_for_users(&app, "ada@example.org", 0..29).await;
    let mail = app
        .ask(json!({ "uuid": nth_user(29), "email": "ada@example.org" }))
        .await;
    app.post(VERIFY, proof_of(&mail)).await;
    mail_for_users(&app, "ada@example.org", 30..60).await;
    // The limit applies again 30 days after the verification.
    app.pass(Duration::from_hours(25 * 24));
    let body = json!({ "uuid": nth_user(60), "email": "ada@example.org" });
    assert_eq!(app.post(REQUEST, body).await.status, 429);
}

#[tokio::test]
async fn a_clock_set_back_waits_one_window() {
    let app = TestApp::start().await;
    app.pass(Duration::from_hours(48));
    for _ in 0..6 {
        app.ask(json!({ "email": "ada@example.org" })).await;
    }
    app.set_back(Duration::from_hours(47));
    let answer = app
        .post(REQUEST, json!({ "email": "ada@example.org" }))
        .await;
    assert_eq!(answer.header("retry-after"), Some("86400"));
}

#[tokio::test]
async fn a_refused_request_costs_nothing() {
    let app = TestApp::start().await;
    let before = app.table().await;
    for body in [
        "{",
        "[]",
        "{}",
        r#"{"email":"ada"}"#,
        r#"{"email":"ada@example.org","is_staff":2}"#,
    ] {
        for _ in 0..7 {
            assert_eq!(app.post_text(REQUEST, body).await.status, 400);
        }
    }
    assert_eq!(app.table().await, before);
    for _ in 0..6 {
        app.ask(json!({ "email": "ada@example.org" })).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_of_100_requests_are_mailed() {
    let app = TestApp::start().await;
    let uuids = (0..100_u32).map(|number| match number % 3 {
        // Different users, the same user, and no user.
        0 => {
            let uuid = format!("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d{number:04}");
            json!({ "uuid": uuid, "email": "ada@example.org" })
        }
        1 => json!({ "uuid": "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d9999", "email": "ada@example.org" }),
        _ => json!({ "email": "ada@example.org" }),
    });
    let answers = join_all(uuids.map(|body| app.post(REQUEST, body))).await;
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((count(200), app.sent.len()), (6, 6));
    // DynamoDB may be too busy to answer some of the others.
    assert_eq!(count(429) + count(503), 94);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_links_verify_once() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let pk = format!("user#{}", link_of(&mail).0);
    let version = async || {
        let item = app.item(&pk).await.unwrap();
        item["version"].as_n().unwrap().parse::<u64>().unwrap()
    };
    let before = version().await;
    let answers = join_all((0..100).map(|_| app.post(VERIFY, proof_of(&mail)))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(version().await, before + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_parallel_moves_wins() {
    for _ in 0..5 {
        let app = TestApp::start().await;
        let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
        let addresses = ["old@example.org", "one@example.org", "two@example.org"];
        let body = |email: &str| json!({ "uuid": uuid, "email": email });
        app.ask(body(addresses[0])).await;
        let changes = addresses[1..]
            .iter()
            .map(|email| app.post(REQUEST, body(email)));
        let answers = join_all(changes).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        let user = app.item(&format!("user#{uuid}")).await.unwrap();
        let on_record = user["email"].as_s().unwrap().clone();
        let mails = app.sent.newest_first();
        assert_eq!(mails.len(), 3);
        for mail in mails.iter().filter(|mail| mail.to != [on_record.as_str()]) {
            assert_eq!(
                app.post(VERIFY, proof_of(mail)).await.json()["code"],
                "invalid_token"
            );
        }
        let right = mails
            .iter()
            .find(|mail| mail.to == [on_record.as_str()])
            .unwrap();
        let verified: Value = app
            .post_preferring_representation(VERIFY, proof_of(right))
            .await
            .json();
        assert_eq!(verified["email"], on_record.as_str());
    }
}

/// The limit of the address that the user left no longer counts.
#[tokio::test]
async fn a_resend_follows_a_parallel_move() {
    let app = Arc::new(TestApp::start().await);
    let uuid = nth_user(0);
    app.ask(json!({ "uuid": uuid, "email": "ada@example.org" }))
        .await;
    let (moving, moved) = (Arc::clone(&app), uuid.clone());
    app.edge.meanwhile(2, async move {
        mail_for_users(&moving, "ada@example.org", 1..6).await;
        moving
            .ask(json!({ "uuid": moved, "email": "bob@example.org" }))
            .await;
    });
    let resent = app.post(REQUEST, json!({ "uuid": uuid })).await;
    assert_eq!(resent.status, 200);
    assert_eq!(app.newest_mail().to, ["bob@example.org"]);
}
