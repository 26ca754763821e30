//! The limits on attempts: in any window, and in a row.

use std::time::Duration;

use futures_util::future::join_all;
use local::edge::Fault;
use serde_json::json;

use super::support::{
    HALF_AN_HOUR, ONE_SECOND, assert_invalid, assert_too_many, on_the_page, try_wrong,
};
use crate::support::app::{REQUEST, TestApp, VERIFY, error};
use crate::support::http::Answer;
use crate::support::mail::{code_of, code_proof_of, link_of, proof_of, wrong_code};

#[tokio::test]
async fn a_right_code_costs_no_attempt() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    for _ in 0..7 {
        assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    }
}

#[tokio::test]
async fn a_verification_refunds_all_attempts() {
    for by_link in [true, false] {
        let app = TestApp::start().await;
        let mail = app.ask(json!({ "email": "ada@example.org" })).await;
        let uuid = link_of(&mail).0;
        try_wrong(&app, &uuid, &wrong_code(&[&mail]), 4).await;
        let proof = if by_link {
            proof_of(&mail)
        } else {
            code_proof_of(&mail)
        };
        assert_eq!(app.post(VERIFY, proof).await.status, 200);
        try_wrong(&app, &uuid, &wrong_code(&[&mail]), 5).await;
    }
}

#[tokio::test]
async fn verifying_refunds_its_channel() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, wrong) = (link_of(&mail).0, wrong_code(&[&mail]));
    try_wrong(&app, &uuid, &wrong, 5).await;
    let answer = on_the_page(&app, &uuid, &code_of(&mail)).await;
    assert_eq!(answer.status, 200);
    let sixth = json!({ "uuid": uuid, "code": wrong });
    assert_too_many(&app.post(VERIFY, sixth).await, "1800");
}

#[tokio::test]
async fn five_attempts_in_any_half_hour() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, wrong) = (link_of(&mail).0, wrong_code(&[&mail]));
    // One at the start and four right before its window ends: then only one more.
    try_wrong(&app, &uuid, &wrong, 1).await;
    app.pass(Duration::from_secs(30 * 60 - 7));
    try_wrong(&app, &uuid, &wrong, 4).await;
    app.pass(Duration::from_secs(7));
    try_wrong(&app, &uuid, &wrong, 1).await;
    let sixth = json!({ "uuid": uuid, "code": wrong });
    assert_too_many(&app.post(VERIFY, sixth).await, "1793");
}

#[tokio::test]
async fn page_and_api_count_apart() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, wrong) = (link_of(&mail).0, wrong_code(&[&mail]));
    for _ in 0..5 {
        assert_eq!(on_the_page(&app, &uuid, &wrong).await.status, 400);
    }
    assert_eq!(on_the_page(&app, &uuid, &wrong).await.status, 429);
    try_wrong(&app, &uuid, &wrong, 4).await;
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_new_mail_refunds_no_attempts() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97";
    try_wrong(&app, uuid, "000000", 5).await;
    let unknown = app.item(&format!("user#{uuid}")).await.unwrap();
    assert!(unknown.contains_key("expires_at"), "the TTL deletes it");
    let body = json!({ "uuid": uuid, "email": "ada@example.org" });
    assert_eq!(app.post(REQUEST, json!({ "uuid": uuid })).await.status, 404);
    let mail = app.ask(body).await;
    assert_too_many(&app.post(VERIFY, code_proof_of(&mail)).await, "1800");
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_retried_attempt_counts_once() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, wrong) = (link_of(&mail).0, wrong_code(&[&mail]));
    app.post(VERIFY, json!({ "uuid": uuid, "token": "warm" }))
        .await;
    for _ in 0..5 {
        // The record is read; the answer to the reservation is lost.
        app.edge.after(1, Fault::CutAfter, 1);
        try_wrong(&app, &uuid, &wrong, 1).await;
    }
    assert!(app.edge.saw_a_repeated_call());
    let sixth = json!({ "uuid": uuid, "code": wrong });
    assert_too_many(&app.post(VERIFY, sixth).await, "1800");
}

#[tokio::test]
async fn wrong_codes_lock_until_a_link() {
    let app = TestApp::start().await;
    let ask = || json!({ "email": "ada@example.org" });
    let mut mail = app.ask(ask()).await;
    let (uuid, wrong) = (link_of(&mail).0, "000000");
    let mut tried = 0;
    while tried < 100 {
        let on_page = tried % 10 >= 5;
        let body = json!({ "uuid": uuid, "code": wrong });
        let answer = if on_page {
            on_the_page(&app, &uuid, wrong).await
        } else {
            app.post(VERIFY, body).await
        };
        assert_eq!(answer.status, 400, "{tried}");
        tried += 1;
        if tried % 10 == 0 {
            app.pass(HALF_AN_HOUR);
        }
    }
    app.pass(Duration::from_hours(24));
    mail = app.ask(ask()).await;
    let locked = error(
        "validation_error",
        "too_many_attempts",
        "Too many incorrect attempts. Use the link from your email.",
        Some("code"),
    );
    let answer = app.post(VERIFY, code_proof_of(&mail)).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (400, locked));
    assert_eq!(answer.header("retry-after"), None);
    assert_ne!(on_the_page(&app, &uuid, &code_of(&mail)).await.status, 200);
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn the_fifth_attempt_is_compared() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    try_wrong(&app, &link_of(&mail).0, &wrong_code(&[&mail]), 4).await;
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn the_sixth_attempt_is_not_compared() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(Duration::from_mins(10));
    let uuid = link_of(&mail).0;
    try_wrong(&app, &uuid, &wrong_code(&[&mail]), 1).await;
    app.pass(Duration::from_mins(5));
    try_wrong(&app, &uuid, &wrong_code(&[&mail]), 4).await;
    let before = app.table().await;
    assert_too_many(&app.post(VERIFY, code_proof_of(&mail)).await, "1500");
    app.pass(Duration::from_mins(14));
    assert_too_many(&app.post(VERIFY, code_proof_of(&mail)).await, "660");
    assert_eq!(app.table().await, before);
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_window_starts_with_an_attempt() {
    let app = TestApp::start().await;
    let first = app.ask(json!({ "email": "ada@example.org" })).await;
    let uuid = link_of(&first).0;
    try_wrong(&app, &uuid, &wrong_code(&[&first]), 5).await;
    app.pass(Duration::from_mins(20));
    let second = app.ask(json!({ "email": "ada@example.org" })).await;
    // Another mail has a new code, but refunds no attempts.
    assert_too_many(&app.post(VERIFY, code_proof_of(&second)).await, "600");
    app.pass(Duration::from_secs(10 * 60 - 1));
    assert_too_many(&app.post(VERIFY, code_proof_of(&second)).await, "1");
    app.pass(ONE_SECOND);
    assert_eq!(app.post(VERIFY, code_proof_of(&second)).await.status, 200);
}

#[tokio::test]
async fn a_move_keeps_the_attempts() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    let old = app
        .ask(json!({ "uuid": uuid, "email": "old@example.org" }))
        .await;
    try_wrong(&app, uuid, &wrong_code(&[&old]), 5).await;
    let new = app
        .ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    assert_too_many(&app.post(VERIFY, code_proof_of(&new)).await, "1800");
}

#[tokio::test]
async fn an_unknown_user_is_throttled_alike() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let wrong = wrong_code(&[&mail]);
    for email in ["ada@example.org", "nobody@example.org"] {
        let body = json!({ "email": email, "code": wrong });
        for _ in 0..5 {
            assert_invalid(&app.post(VERIFY, body.clone()).await);
        }
        assert_too_many(&app.post(VERIFY, body).await, "1800");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_of_100_codes_are_compared() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let body = json!({ "uuid": link_of(&mail).0, "code": wrong_code(&[&mail]) });
    let answers = join_all((0..100).map(|_| app.post(VERIFY, body.clone()))).await;
    let count = |code: &str| {
        let is_it = |answer: &&Answer| answer.json()["code"] == code;
        answers.iter().filter(is_it).count()
    };
    assert_eq!((count("invalid_code"), count("too_many_attempts")), (5, 95));
    let right = app.post(VERIFY, code_proof_of(&mail)).await;
    assert_eq!(right.json()["code"], "too_many_attempts");
}
