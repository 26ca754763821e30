//! What the published tests of other verification services ask, asked here. `docs/security.md`,
//! "Tests of others", says which answers differ on purpose.

use std::time::Duration;

use serde_json::{Value, json};

use super::codes::support::on_the_page;
use crate::events::publish_events::published;
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY};
use crate::support::mail::{code_of, code_proof_of, link_of, proof_of, wrong_code};

const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const OTHER: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";

async fn code_after(app: &TestApp, path: &str, body: Value) -> Value {
    app.post(path, body).await.json()["code"].take()
}

fn ada() -> Value {
    json!({ "uuid": UUID, "email": "ada@example.org" })
}

/// PostHog: request, mail, link, verified user, event.
#[tokio::test]
async fn a_mail_by_uuid_leads_to_an_event() {
    let app = TestApp::start().await;
    app.ask(ada()).await;
    let mail = app.ask(json!({ "uuid": UUID })).await;
    assert_eq!(mail.to, ["ada@example.org"]);
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    let events = published(&app).await;
    let [(kind, detail)] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (kind.as_str(), &detail["uuid"]),
        ("Email Verified", &json!(UUID))
    );
}

/// PostHog: a token without its last character, a word, the uuid, and an expired one.
#[tokio::test]
async fn nearly_right_tokens_are_invalid() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    let (uuid, token) = link_of(&mail);
    for wrong in [&token[..token.len() - 1], "not_a_token", uuid.as_str()] {
        let body = json!({ "uuid": uuid, "token": wrong });
        assert_eq!(code_after(&app, VERIFY, body).await, "invalid_token");
    }
    app.pass(Duration::from_secs(86_401));
    assert_eq!(
        code_after(&app, VERIFY, proof_of(&mail)).await,
        "expired_token"
    );
}

/// PostHog: six mails for a user, and no seventh.
#[tokio::test]
async fn a_uuid_alone_is_mailed_six_times() {
    let app = TestApp::start().await;
    app.ask(ada()).await;
    for _ in 1..6 {
        app.ask(json!({ "uuid": UUID })).await;
    }
    let answer = app.post(REQUEST, json!({ "uuid": UUID })).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.json()["type"], "throttled_error");
    assert_eq!(app.sent.len(), 6);
}

/// Kratos: what is no address, and a list of two.
#[tokio::test]
async fn wrong_addresses_mail_nobody() {
    let app = TestApp::start().await;
    for email in ["\\", "ada", "...", "ada@example.com,bob@example.org"] {
        let answer = code_after(&app, REQUEST, json!({ "email": email })).await;
        assert_eq!(answer, "invalid_input", "{email}");
    }
    assert_eq!(code_after(&app, REQUEST, json!({})).await, "required");
    assert_eq!(app.sent.len(), 0);
}

/// Kratos refuses the first code after a resend. Mails arrive out of order, so it works here.
#[tokio::test]
async fn a_first_code_works_after_a_resend() {
    let app = TestApp::start().await;
    let first = app.ask(ada()).await;
    let second = app.ask(ada()).await;
    assert_eq!(app.post(VERIFY, code_proof_of(&first)).await.status, 200);
    assert_eq!(app.post(VERIFY, code_proof_of(&second)).await.status, 200);
}

/// Kratos asks for another code after five wrong ones. Here the link is the way out.
#[tokio::test]
async fn a_new_code_opens_no_shut_door() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    let wrong = json!({ "uuid": UUID, "code": wrong_code(&[&mail]) });
    for _ in 0..5 {
        assert_eq!(
            code_after(&app, VERIFY, wrong.clone()).await,
            "invalid_code"
        );
    }
    let again = app.ask(ada()).await;
    let answer = code_after(&app, VERIFY, code_proof_of(&again)).await;
    assert_eq!(answer, "too_many_attempts");
    assert_eq!(app.post(VERIFY, proof_of(&again)).await.status, 200);
}

/// Kratos answers 410 to a used code, and mails a verified address again.
#[tokio::test]
async fn a_used_code_is_accepted_again() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    for _ in 0..2 {
        assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
    }
    assert_eq!(published(&app).await.len(), 1);
    assert_eq!(code_after(&app, REQUEST, ada()).await, "already_verified");
    assert_eq!(app.sent.len(), 1);
}

/// Kratos and django-allauth: opening a link shows a page, and its form verifies, in any browser.
#[tokio::test]
async fn opening_shows_a_page_and_posting_verifies() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    let page = app.get(&format!("{PAGE}?user={UUID}")).await;
    assert_eq!(page.status, 200);
    assert!(published(&app).await.is_empty());
    let answer = on_the_page(&app, UUID, &code_of(&mail)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(published(&app).await.len(), 1);
}

/// Better Auth: a lifetime that was set.
#[tokio::test]
async fn a_set_lifetime_ends_a_link() {
    let app = TestApp::start_with(&[("LINK_LIFETIME_HOURS", "1")]).await;
    let mail = app.ask(ada()).await;
    app.pass(Duration::from_hours(1));
    assert_eq!(
        code_after(&app, VERIFY, proof_of(&mail)).await,
        "expired_token"
    );
}

/// Better Auth: parameters of the URL that leads back stay its own.
#[tokio::test]
async fn a_return_url_keeps_its_parameters() {
    let app = TestApp::start_with(&[("APP_URL", "https://app.example.com/")]).await;
    let url = "https://app.example.com/in?redirect=/board&as=ada%2Bx%40example.org";
    let mut body = ada();
    body["return_to"] = json!(url);
    let mail = app.ask(body).await;
    let text = mail.text.as_deref().unwrap();
    let (_, query) = text.split_once(&format!("{PAGE}?")).unwrap();
    let (query, _) = query.split_once('#').unwrap();
    let page = app.get(&format!("{PAGE}?{query}")).await;
    let href = format!("href=\"{}\"", url.replace('&', "&#38;"));
    assert!(page.body.contains(&href), "{}", page.body);
}

/// Better Auth and django-allauth: a new address counts once it is verified.
#[tokio::test]
async fn a_new_address_counts_once_verified() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    app.post(VERIFY, proof_of(&mail)).await;
    let new = json!({ "uuid": UUID, "email": "new@example.org" });
    let mail = app.ask(new).await;
    let path = format!("/api/users/email_verification_status?uuid={UUID}");
    assert_eq!(app.get(&path).await.json()["email"], "ada@example.org");
    app.post(VERIFY, code_proof_of(&mail)).await;
    assert_eq!(app.get(&path).await.json()["email"], "new@example.org");
}

/// django-allauth refuses an address that another user has verified. Here, that is a rule of yours.
#[tokio::test]
async fn two_users_may_verify_one_address() {
    let app = TestApp::start().await;
    for uuid in [UUID, OTHER] {
        let body = json!({ "uuid": uuid, "email": "ada@example.org" });
        let mail = app.ask(body).await;
        assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    }
}

/// django-allauth: a blank code is missing, a short one is named.
#[tokio::test]
async fn a_blank_or_short_code_is_named() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    for (code, error) in [("", "required"), ("123", "invalid_input")] {
        let body = json!({ "uuid": UUID, "code": code });
        assert_eq!(code_after(&app, VERIFY, body).await, error);
    }
    assert_eq!(app.post(VERIFY, code_proof_of(&mail)).await.status, 200);
}
