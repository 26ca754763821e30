//! The six-digit code: beside the link in the same mail, with a limit on attempts.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::domain::code_attempts::Channel;
use shared::domain::link_token::LinkToken;
use shared::domain::mail_id::MailId;
use shared::domain::user_id::UserId;
use shared::store::VerificationWrite;

use crate::support::app::{
    PAGE, REQUEST, TestApp, VERIFY, code_of, code_proof_of, error, link_of, proof_of, wrong_code,
};
use crate::support::edge::Break;
use crate::support::http::Answer;

const HALF_AN_HOUR: Duration = Duration::from_mins(30);
const ONE_SECOND: Duration = Duration::from_secs(1);

fn assert_invalid(answer: &Answer) {
    let detail = "This code is invalid or has expired.";
    let expected = error("validation_error", "invalid_code", detail, Some("code"));
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
}

fn assert_expired(answer: &Answer) {
    let detail = "This code has expired. Enter the newest one, or request a new email.";
    let expected = error("validation_error", "expired_code", detail, Some("code"));
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
}

/// Posts the page's form.
async fn on_the_page(app: &TestApp, uuid: &str, code: &str) -> Answer {
    let request = app
        .request(Method::POST, &format!("{PAGE}?user={uuid}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(format!("code={code}").into());
    app.send(request.unwrap()).await
}

fn assert_too_many(answer: &Answer, retry_after: &str) {
    let detail = "Too many incorrect attempts. Try again later.";
    let expected = error(
        "validation_error",
        "too_many_attempts",
        detail,
        Some("code"),
    );
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
    assert_eq!(answer.header("retry-after"), Some(retry_after));
}

/// Guesses wrong that many times.
async fn try_wrong(app: &TestApp, uuid: &str, code: &str, times: usize) {
    for _ in 0..times {
        let answer = app
            .post(VERIFY, json!({ "uuid": uuid, "code": code }))
            .await;
        assert_invalid(&answer);
    }
}

#[tokio::test]
async fn the_code_verifies_like_the_link() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "Ada@example.org" })).await;
    let (uuid, _) = link_of(&mail);
    let body = json!({ "email": "ada@EXAMPLE.org", "code": code_of(&mail) });
    let answer = app.post_preferring_representation(VERIFY, body).await;
    let expected = format!(
        r#"{{"uuid":"{uuid}","email":"Ada@example.org","verified_at":"2026-11-23T12:00:00Z"}}"#
    );
    assert_eq!((answer.status.as_u16(), answer.body), (200, expected));
    let user = app.item(&format!("user#{uuid}")).await.unwrap();
    assert_eq!(user["verified_address"].as_s().unwrap(), "ada@example.org");
    assert!(!user.contains_key("expires_at"), "what is verified stays");
}

#[tokio::test]
async fn a_code_is_taken_as_people_type_and_paste_it() {
    for between in [
        " ", "-", "\u{a0}", "\u{200b}", "\u{ad}", "\u{2060}", "\u{feff}", "\t", "–", "\u{2212}",
        "\u{2068}", "\u{fe0f}",
    ] {
        let app = TestApp::start().await;
        let mail = app.ask(json!({ "email": "ada@example.org" })).await;
        let code = code_of(&mail);
        let (front, back) = code.split_at(3);
        let typed = format!(" {front}{between}{back}\n");
        let answer = app
            .post(VERIFY, json!({ "email": "ada@example.org", "code": typed }))
            .await;
        assert_eq!(answer.status, 200, "{between:?}");
    }
    // Full-width, Arabic, Persian, Hindi, Thai, bold.
    for zero in ['０', '٠', '۰', '०', '๐', '𝟎'] {
        let app = TestApp::start().await;
        let mail = app.ask(json!({ "email": "ada@example.org" })).await;
        let typed: String = code_of(&mail)
            .chars()
            .map(|digit| char::from_u32(u32::from(digit) - 0x30 + u32::from(zero)).unwrap())
            .collect();
        let answer = app
            .post(VERIFY, json!({ "email": "ada@example.org", "code": typed }))
            .await;
        assert_eq!(answer.status, 200, "{typed}");
    }
}

#[tokio::test]
async fn a_malformed_code_costs_no_attempt() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let before = app.table().await;
    let detail = "Enter the 6-digit code from your email.";
    let expected = error("validation_error", "invalid_input", detail, Some("code"));
    for code in [
        json!("12345"),
        json!("1234567"),
        json!("12345a"),
        json!("-"),
        json!("一二三四五六"),
        json!("abcdef"),
        json!("12.456"),
        json!(12345),
        json!(1.5),
    ] {
        let answer = app
            .post(VERIFY, json!({ "email": "ada@example.org", "code": code }))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, expected.clone()),
            "{code}"
        );
    }
    assert_eq!(app.table().await, before);
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_code_may_come_as_a_number() {
    let app = TestApp::start().await;
    // About one code in ten begins with a zero, which no JSON number has.
    let mut mails = Vec::new();
    for number in 0..20 {
        mails.push(
            app.ask(json!({ "email": format!("ada{number}@example.org") }))
                .await,
        );
    }
    let mail = mails
        .iter()
        .find(|mail| !code_of(mail).starts_with('0'))
        .unwrap();
    let number: u32 = code_of(mail).parse().unwrap();
    let answer = app
        .post(VERIFY, json!({ "uuid": link_of(mail).0, "code": number }))
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn wrong_codes_get_the_same_bytes() {
    let app = TestApp::start().await;
    let ada = app.ask(json!({ "email": "ada@example.org" })).await;
    let bob = app.ask(json!({ "email": "bob@example.org" })).await;
    let foreign = json!({ "uuid": link_of(&ada).0, "code": wrong_code(&[&ada]) });
    let unknown = json!({ "email": "nobody@example.org", "code": code_of(&bob) });
    let answers = [
        app.post(VERIFY, foreign).await,
        app.post(VERIFY, unknown).await,
    ];
    for answer in &answers {
        assert_invalid(answer);
        assert_eq!(answer.body, answers[0].body);
    }
}

#[tokio::test]
async fn a_late_code_is_expired_for_a_day() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(HALF_AN_HOUR);
    // It costs no attempt, however often it is typed.
    for _ in 0..7 {
        assert_expired(&app.post(VERIFY, code_proof_of(&mail)).await);
    }
    let fresh = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(Duration::from_secs(24 * 3600 - 1801));
    if code_of(&fresh) != code_of(&mail) {
        assert_expired(&app.post(VERIFY, code_proof_of(&mail)).await);
        app.pass(ONE_SECOND);
        assert_invalid(&app.post(VERIFY, code_proof_of(&mail)).await);
    }
}

#[tokio::test]
async fn expired_codes_lock_nothing() {
    let app = TestApp::start().await;
    let late = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(HALF_AN_HOUR);
    let fresh = app.ask(json!({ "email": "ada@example.org" })).await;
    if code_of(&late) != code_of(&fresh) {
        for _ in 0..5 {
            assert_expired(&app.post(VERIFY, code_proof_of(&late)).await);
        }
    }
    assert_eq!(app.post(VERIFY, code_proof_of(&fresh)).await.status, 200);
}

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
async fn a_verification_refunds_its_own_channel() {
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
async fn no_half_hour_has_more_than_five_attempts() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, wrong) = (link_of(&mail).0, wrong_code(&[&mail]));
    // One at the start, four right before the half hour is over: then one more, and not five.
    try_wrong(&app, &uuid, &wrong, 1).await;
    app.pass(Duration::from_secs(30 * 60 - 7));
    try_wrong(&app, &uuid, &wrong, 4).await;
    app.pass(Duration::from_secs(7));
    try_wrong(&app, &uuid, &wrong, 1).await;
    let sixth = json!({ "uuid": uuid, "code": wrong });
    assert_too_many(&app.post(VERIFY, sixth).await, "1793");
}

#[tokio::test]
async fn the_page_spends_no_attempt_of_the_app() {
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
async fn known_and_unknown_users_cost_the_same_calls() {
    let app = TestApp::start().await;
    let pending = app.ask(json!({ "email": "ada@example.org" })).await;
    let verified = app.ask(json!({ "email": "bob@example.org" })).await;
    app.post(VERIFY, proof_of(&verified)).await;
    let unknown = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97".to_owned();
    let wrong = wrong_code(&[&pending, &verified]);
    let mut seen = Vec::new();
    for uuid in [link_of(&pending).0, link_of(&verified).0, unknown] {
        app.edge.take_calls();
        let mut answers = Vec::new();
        for _ in 0..7 {
            let body = json!({ "uuid": uuid, "code": wrong });
            let answer = app.post(VERIFY, body).await;
            answers.push((answer.status, answer.body, app.edge.take_calls()));
        }
        for _ in 0..7 {
            let answer = on_the_page(&app, &uuid, &wrong).await;
            let calls = app.edge.take_calls();
            // The client's own count is not about the user.
            let calls: Vec<_> = calls.into_iter().rev().take(2).collect();
            answers.push((answer.status, answer.body.replace(&uuid, ""), calls));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0][0].2, ["GetItem", "UpdateItem"]);
    assert_eq!(seen[0][6].2, ["GetItem"]);
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test]
async fn a_new_mail_brings_no_new_attempts() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97";
    try_wrong(&app, uuid, "000000", 5).await;
    let unknown = app.item(&format!("user#{uuid}")).await.unwrap();
    assert!(unknown.contains_key("expires_at"), "it leaves by itself");
    let body = json!({ "uuid": uuid, "email": "ada@example.org" });
    assert_eq!(app.post(REQUEST, json!({ "uuid": uuid })).await.status, 404);
    let mail = app.ask(body).await;
    assert_too_many(&app.post(VERIFY, code_proof_of(&mail)).await, "1800");
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn an_attempt_that_the_sdk_repeats_counts_once() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, wrong) = (link_of(&mail).0, wrong_code(&[&mail]));
    app.post(VERIFY, json!({ "uuid": uuid, "token": "warm" }))
        .await;
    for _ in 0..5 {
        // The record is read; the answer to the reservation is lost.
        app.edge.break_after(1, Break::LostAnswer, 1);
        try_wrong(&app, &uuid, &wrong, 1).await;
    }
    assert!(app.edge.saw_a_repeated_call());
    let sixth = json!({ "uuid": uuid, "code": wrong });
    assert_too_many(&app.post(VERIFY, sixth).await, "1800");
}

#[tokio::test]
async fn a_hundred_wrong_codes_lock_until_a_link() {
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
async fn a_code_expires_to_the_second() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(Duration::from_secs(30 * 60 - 1));
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
async fn the_window_starts_at_the_first_attempt() {
    let app = TestApp::start().await;
    let first = app.ask(json!({ "email": "ada@example.org" })).await;
    let uuid = link_of(&first).0;
    try_wrong(&app, &uuid, &wrong_code(&[&first]), 5).await;
    app.pass(Duration::from_mins(20));
    let second = app.ask(json!({ "email": "ada@example.org" })).await;
    // A resend brings a new code, and no new attempts.
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

#[tokio::test]
async fn a_fourth_code_displaces_the_oldest() {
    for survivor in 1..4 {
        let app = TestApp::start().await;
        let mut mails = Vec::new();
        for _ in 0..4 {
            mails.push(app.ask(json!({ "email": "ada@example.org" })).await);
            app.pass(ONE_SECOND);
        }
        let codes: Vec<_> = mails.iter().map(|mail| code_of(mail)).collect();
        // One run in some hundred thousand draws the same code twice.
        if !codes[1..].contains(&codes[0]) {
            assert_expired(&app.post(VERIFY, code_proof_of(&mails[0])).await);
        }
        assert_eq!(
            app.post(VERIFY, code_proof_of(&mails[survivor]))
                .await
                .status,
            200
        );
        assert_eq!(
            app.post(VERIFY, proof_of(&mails[0])).await.status,
            200,
            "links live on"
        );
    }
}

#[tokio::test]
async fn a_code_that_dies_meanwhile_proves_nothing() {
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    // By a move to another address, and by one mail more than have a code.
    for (mails, newest, code) in [
        (1, "grace@example.org", "invalid_code"),
        (3, "ada@example.org", "expired_code"),
    ] {
        let app = TestApp::start().await;
        let ada = || json!({ "uuid": uuid, "email": "ada@example.org" });
        let mailed = app.ask(ada()).await;
        for _ in 1..mails {
            app.ask(ada()).await;
        }
        let event = include_str!("../../../events/request_email_verification/http_api.json");
        let mut event: Value = serde_json::from_str(event).unwrap();
        event["body"] = json!(json!({ "uuid": uuid, "email": newest }).to_string());
        let function = app.functions["request_email_verification"].clone();
        app.edge.take_calls();
        // The API key is looked up, the attempt is reserved and right, and the verification about
        // to be written.
        app.edge.meanwhile(3, async move {
            let answer = function.invoke(&event.to_string()).await.unwrap();
            assert!(answer.contains("\"statusCode\":200"), "{answer}");
        });
        let answer = app.post(VERIFY, code_proof_of(&mailed)).await;
        assert_eq!(answer.json()["code"], code);
        let calls = app.edge.take_calls();
        assert_eq!(calls[..3], ["GetItem", "GetItem", "UpdateItem"]);
        assert_eq!(app.sent.len(), mails + 1, "it came between");
        let user = app.item(&format!("user#{uuid}")).await.unwrap();
        assert!(!user.contains_key("verified_address"), "{newest}");
    }
}

#[tokio::test]
async fn a_move_kills_the_earlier_codes() {
    let app = TestApp::start().await;
    let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
    let old = app
        .ask(json!({ "uuid": uuid, "email": "old@example.org" }))
        .await;
    let new = app
        .ask(json!({ "uuid": uuid, "email": "new@example.org" }))
        .await;
    if code_of(&old) != code_of(&new) {
        assert_invalid(&app.post(VERIFY, code_proof_of(&old)).await);
    }
    assert_eq!(app.post(VERIFY, code_proof_of(&new)).await.status, 200);
}

#[tokio::test]
async fn a_repeated_code_gets_the_same_answer() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let first = app
        .post_preferring_representation(VERIFY, code_proof_of(&mail))
        .await;
    app.pass(Duration::from_mins(1));
    let again = app
        .post_preferring_representation(VERIFY, code_proof_of(&mail))
        .await;
    assert_eq!((again.status.as_u16(), &again.body), (200, &first.body));
    // The link of the same mail proves the same.
    let by_link = app
        .post_preferring_representation(VERIFY, proof_of(&mail))
        .await;
    assert_eq!((by_link.status.as_u16(), &by_link.body), (200, &first.body));
    app.pass(Duration::from_mins(29));
    assert_expired(&app.post(VERIFY, code_proof_of(&mail)).await);
}

#[tokio::test]
async fn a_token_takes_precedence_over_a_code() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let ((uuid, token), code) = (link_of(&mail), code_of(&mail));
    let before = app.table().await;
    let wrong_token = json!({ "uuid": uuid, "token": "x", "code": code });
    assert_eq!(
        app.post(VERIFY, wrong_token).await.json()["code"],
        "invalid_token"
    );
    assert_eq!(app.table().await, before, "no attempt is counted");
    let odd_code = json!({ "uuid": uuid, "token": token, "code": "no digits" });
    assert_eq!(app.post(VERIFY, odd_code).await.status, 200);
}

#[tokio::test]
async fn a_blank_token_leaves_the_code() {
    let app = TestApp::start().await;
    for token in [json!(null), json!(""), json!("  ")] {
        let mail = app.ask(json!({ "email": "ada@example.org" })).await;
        let body = json!({ "uuid": link_of(&mail).0, "token": token, "code": code_of(&mail) });
        assert_eq!(app.post(VERIFY, body).await.status, 200);
        app.delete(&format!("user#{}", link_of(&mail).0)).await;
    }
}

#[tokio::test]
async fn a_code_of_the_previous_key_works() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let event = |body: &Value| {
        let file = include_str!("../../../events/verify_email/http_api.json");
        let mut event: Value = serde_json::from_str(file).unwrap();
        event["body"] = json!(body.to_string());
        event.to_string()
    };
    let rotated = "a-new-key-for-codes-0123456789-0123,local-only-key-of-codes-0123456789";
    let later = "another-key-for-codes-0123456789-01,a-new-key-for-codes-0123456789-0123";
    for (keys, status) in [(later, 400), (rotated, 200)] {
        let functions = app.restarted_with(&[("CODE_KEYS", keys)]);
        let event = event(&code_proof_of(&mail));
        let answer: Value =
            serde_json::from_str(&functions["verify_email"].invoke(&event).await.unwrap()).unwrap();
        assert_eq!(answer["statusCode"], status, "{keys}");
    }
}

#[tokio::test]
async fn a_right_code_is_one_read_and_two_writes() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    app.post(VERIFY, json!({ "email": "x@example.org", "token": "warm" }))
        .await;
    app.edge.take_calls();
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    assert_eq!(
        app.edge.take_calls(),
        ["GetItem", "UpdateItem", "UpdateItem"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_of_100_parallel_codes_are_compared() {
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

#[tokio::test]
async fn each_mail_has_a_new_code() {
    let app = TestApp::start().await;
    let mut codes = Vec::new();
    for number in 0..10 {
        let mail = app
            .ask(json!({ "email": format!("ada{number}@example.org") }))
            .await;
        codes.push(code_of(&mail));
    }
    codes.sort();
    codes.dedup();
    assert!(codes.len() > 5, "{codes:?}");
    assert_eq!(
        app.post(REQUEST, json!({ "email": "ada@example.org" }))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_write_refuses_an_expired_or_old_code() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let user = UserId::parse(&uuid).unwrap();
    let mail = MailId::of(&LinkToken::parse(&token).unwrap().digest());
    let before = app.table().await;
    for (version, at) in [(1, app.now().plus(HALF_AN_HOUR)), (2, app.now())] {
        let written = app
            .store
            .verify_by_code(&user, &mail, version, Channel::Api, at)
            .await;
        let refused = matches!(written.unwrap(), VerificationWrite::Refused(_));
        assert!(refused, "{version}");
    }
    assert_eq!(app.table().await, before);
    let written = app
        .store
        .verify_by_code(&user, &mail, 1, Channel::Api, app.now())
        .await;
    assert!(matches!(written.unwrap(), VerificationWrite::Written(_)));
}

#[tokio::test]
async fn a_late_code_beside_a_right_one() {
    // The right code ends the row of wrong ones while the late one waits for its refund.
    let app = Arc::new(TestApp::start().await);
    let late = app.ask(json!({ "email": "ada@example.org" })).await;
    app.pass(HALF_AN_HOUR);
    let fresh = app.ask(json!({ "email": "ada@example.org" })).await;
    if code_of(&late) == code_of(&fresh) {
        return;
    }
    let right = code_proof_of(&fresh);
    for channel in Channel::ALL {
        let (other, proof, uuid) = (Arc::clone(&app), right.clone(), link_of(&fresh).0);
        let code = code_of(&fresh);
        app.edge.meanwhile(2, async move {
            let answer = match channel {
                Channel::Api => other.post(VERIFY, proof).await,
                Channel::Page => on_the_page(&other, &uuid, &code).await,
            };
            assert_eq!(answer.status, 200);
        });
        assert_expired(&app.post(VERIFY, code_proof_of(&late)).await);
        assert_eq!(app.post(VERIFY, right.clone()).await.status, 200);
    }
}
