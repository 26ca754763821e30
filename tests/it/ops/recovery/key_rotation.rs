//! docs/operate.md, "The key of codes", with mails on their way.

use std::sync::Arc;
use std::time::Duration;

use local::captured_mails::CapturedMail;
use serde_json::{Value, json};

use crate::support::app::{TestApp, VERIFY};
use crate::support::http::Answer;
use crate::support::mail::{code_proof_of, proof_of};

/// The key of the local stack, which the mails before the rotation have.
const OLD: &str = "local-only-key-of-codes-0123456789";
const ADDED: &str = "a-new-key-of-codes-0123456789-0123,local-only-key-of-codes-0123456789";
const NEW: &str = "a-new-key-of-codes-0123456789-0123";

async fn ask(app: &TestApp, name: &str) -> Arc<CapturedMail> {
    app.ask(json!({ "email": format!("{name}@example.org") }))
        .await
}

async fn assert_verifies(app: &TestApp, proof: Value) {
    let answer = app.post(VERIFY, proof).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn code_of_answer(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["code"].clone())
}

#[tokio::test]
async fn a_rotation_refuses_no_mailed_proof() {
    let mut app = TestApp::start().await;
    assert_eq!(app.setting("CODE_KEYS"), OLD);
    let by_code = ask(&app, "code").await;
    let by_link = ask(&app, "link").await;
    let late = ask(&app, "late").await;
    // Step 1: the new key is added.
    let _added = app.restart_with(("CODE_KEYS", ADDED)).await;
    assert_verifies(&app, code_proof_of(&by_code)).await;
    let meanwhile = ask(&app, "meanwhile").await;
    // Step 2: after CodeLifetimeMinutes, the old key is dropped.
    app.pass(Duration::from_mins(29));
    let in_time = ask(&app, "in_time").await;
    app.pass(Duration::from_mins(1));
    let expired = app.post(VERIFY, code_proof_of(&late)).await;
    assert_eq!(code_of_answer(&expired), (400, json!("expired_code")));
    let _new = app.restart_with(("CODE_KEYS", NEW)).await;
    // Its code of the old key is no longer known as one that has expired.
    let unknown = app.post(VERIFY, code_proof_of(&late)).await;
    assert_eq!(code_of_answer(&unknown), (400, json!("invalid_code")));
    assert_verifies(&app, code_proof_of(&in_time)).await;
    assert_verifies(&app, proof_of(&by_link)).await;
    assert_verifies(&app, proof_of(&late)).await;
    assert_verifies(&app, proof_of(&meanwhile)).await;
}

/// While `CloudFormation` deploys, one function has the new key and another does not.
#[tokio::test]
async fn a_second_attempt_works_once_deployed() {
    let mut app = TestApp::start().await;
    let _new = app.restart_with(("CODE_KEYS", ADDED)).await;
    let mail = ask(&app, "ada").await;
    let _not_yet = app.restart_with(("CODE_KEYS", OLD)).await;
    let answer = app.post(VERIFY, code_proof_of(&mail)).await;
    assert_eq!(code_of_answer(&answer), (400, json!("invalid_code")));
    let _deployed = app.restart_with(("CODE_KEYS", ADDED)).await;
    assert_verifies(&app, code_proof_of(&mail)).await;
}

/// "The key of codes has leaked": the key is replaced at once.
#[tokio::test]
async fn a_replaced_key_leaves_links_alone() {
    let mut app = TestApp::start().await;
    let mail = ask(&app, "ada").await;
    let _new = app.restart_with(("CODE_KEYS", NEW)).await;
    let answer = app.post(VERIFY, code_proof_of(&mail)).await;
    assert_eq!(code_of_answer(&answer), (400, json!("invalid_code")));
    // A new mail to the same user has a code that works, and the earlier link still does.
    let again = ask(&app, "ada").await;
    assert_verifies(&app, code_proof_of(&again)).await;
    assert_verifies(&app, proof_of(&mail)).await;
}
