//! How a code may be written, and a code beside a token.

use serde_json::json;

use crate::support::app::{TestApp, VERIFY, error};
use crate::support::mail::{code_of, code_proof_of, link_of};

#[tokio::test]
async fn typed_and_pasted_codes_verify() {
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
async fn a_blank_token_is_ignored() {
    let app = TestApp::start().await;
    for token in [json!(null), json!(""), json!("  ")] {
        let mail = app.ask(json!({ "email": "ada@example.org" })).await;
        let body = json!({ "uuid": link_of(&mail).0, "token": token, "code": code_of(&mail) });
        assert_eq!(app.post(VERIFY, body).await.status, 200);
        app.delete(&format!("user#{}", link_of(&mail).0)).await;
    }
}
