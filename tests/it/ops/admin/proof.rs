//! `admin proof create`.

use std::time::Duration;

use serde_json::{Value, json};
use shared::runtime::settings::Environment;

use super::support::{ADAS, BOBS, derived, run, run_in, verify};
use crate::support::app::{REQUEST, TestApp, VERIFY, suppression};

async fn create(app: &TestApp, arguments: &[&str]) -> Value {
    let arguments = [&["proof", "create", "--json"], arguments].concat();
    run(app, &arguments).await.json()
}

/// What the API is called with for the link of a proof.
fn token_of(proof: &Value) -> Value {
    let (_, token) = proof["link"].as_str().unwrap().split_once('#').unwrap();
    json!({ "uuid": proof["uuid"], "token": token })
}

fn code_of(proof: &Value) -> Value {
    json!({ "uuid": proof["uuid"], "code": proof["code"] })
}

#[tokio::test]
async fn a_printed_proof_verifies() {
    for proof_of in [token_of, code_of] {
        let app = TestApp::start().await;
        let proof = create(&app, &["Ada@example.org", "--uuid", ADAS]).await;
        assert!(app.sent.is_empty(), "nothing is mailed");
        let link = format!("{}/verify_email?user={ADAS}#", app.setting("PUBLIC_URL"));
        assert!(
            proof["link"].as_str().unwrap().starts_with(&link),
            "{proof}"
        );
        assert_eq!(proof["link_expires_at"], "2026-11-24T12:00:00Z");
        assert_eq!(proof["code_expires_at"], "2026-11-23T12:30:00Z");
        let answer = app
            .post_preferring_representation(VERIFY, proof_of(&proof))
            .await;
        assert_eq!(answer.json()["email"], "Ada@example.org");
        let arguments = ["proof", "create", "ada@example.org", "--uuid", ADAS];
        let text = format!("ada@example.org is verified for the user {ADAS} already");
        assert_eq!(run(&app, &arguments).await.error(), (1, text));
    }
}

#[tokio::test]
async fn a_proof_is_for_the_user_on_record() {
    let app = TestApp::start().await;
    app.ask(json!({ "uuid": ADAS, "email": "ada@example.org" }))
        .await;
    let proof = create(&app, &["ada@example.org"]).await;
    assert_eq!(proof["uuid"], ADAS);
    app.ask(json!({ "uuid": BOBS, "email": "ada@example.org" }))
        .await;
    let (code, text) = run(&app, &["proof", "create", "ada@example.org"])
        .await
        .error();
    assert_eq!(code, 2);
    let start = "Name one of them with --uuid.\nProblem: ada@example.org has several users: ";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains(ADAS) && text.contains(BOBS), "{text}");
}

#[tokio::test]
async fn a_printed_proof_counts_as_no_mail() {
    let app = TestApp::start().await;
    for _ in 0..7 {
        create(&app, &["ada@example.org"]).await;
    }
    let status = run(&app, &["status", "ada@example.org", "--json"]).await;
    let status = status.json();
    assert_eq!(status["address"]["mails"], 0);
    assert_eq!(status["address"]["newest_mail"], Value::Null);
    assert_eq!(status["address"]["leaves_at"], "2026-12-23T12:00:00Z");
    assert_eq!(status["users"][0]["uuid"], derived("ada@example.org"));
    assert_eq!(status["users"][0]["links"]["live"], 7);
    // Mails count as before, and neither limit stops a proof.
    for _ in 0..6 {
        app.ask(json!({ "email": "ada@example.org" })).await;
    }
    let seventh = app
        .post(REQUEST, json!({ "email": "ada@example.org" }))
        .await;
    assert_eq!(seventh.status, 429);
    let proof = create(&app, &["ada@example.org"]).await;
    assert_eq!(app.post(VERIFY, code_of(&proof)).await.status, 200);
}

#[tokio::test]
async fn a_suppressed_address_gets_a_proof() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "ada@example.org" })).await;
    let bounced = suppression("ada@example.org");
    app.set("address#ada@example.org", "suppression", bounced)
        .await;
    let proof = create(&app, &["ada@example.org"]).await;
    assert_eq!(app.post(VERIFY, token_of(&proof)).await.status, 200);
}

#[tokio::test]
async fn a_parallel_request_also_works() {
    let app = TestApp::start().await;
    let (proof, mail) = tokio::join!(
        create(&app, &["ada@example.org"]),
        app.ask(json!({ "email": "ada@example.org" }))
    );
    let mailed = crate::support::mail::proof_of(&mail);
    for proof in [token_of(&proof), mailed] {
        assert_eq!(app.post(VERIFY, proof).await.status, 200);
    }
}

#[tokio::test]
async fn a_missing_setting_is_named() {
    let app = TestApp::start().await;
    app.edge.take_calls();
    for (missing, text) in [
        (
            "CODE_KEYS",
            "Set CODE_KEYS to the stack's key of codes, as `proof create --help` shows. It is a \
             secret: give it to this command alone.\nProblem: the key of codes is not known",
        ),
        (
            "PUBLIC_URL",
            "Set PUBLIC_URL to the stack's output ApiUrl, or VERIFICATION_URL if the stack has \
             that parameter.\nProblem: the beginning of the link is not known",
        ),
    ] {
        let settings = app.environment.iter().filter(|(name, _)| *name != missing);
        let settings: Vec<_> = settings.cloned().collect();
        let environment = Environment::from_pairs(&settings);
        let arguments = ["proof", "create", "ada@example.org"];
        let outcome = run_in(&environment, &app.clock, &arguments, None).await;
        assert_eq!(outcome.error(), (2, text.to_owned()));
    }
    assert!(app.edge.take_calls().is_empty());
}

#[tokio::test]
async fn no_digest_of_a_proof_is_printed() {
    let app = TestApp::start().await;
    verify(&app, ADAS, "ada@example.org").await;
    app.pass(Duration::from_hours(1));
    let arguments = ["proof", "create", "new@example.org", "--uuid", ADAS];
    let text = run(&app, &arguments).await.text();
    let stored = app.item(&format!("user#{ADAS}")).await.unwrap();
    for digest in stored["links"].as_m().unwrap().keys() {
        assert!(!text.contains(digest));
    }
    let secret = app.setting("CODE_KEYS");
    assert!(!text.contains(secret));
    let code = text.lines().find_map(|line| line.strip_prefix("Code"));
    assert!(!app.table().await.contains(code.unwrap().trim()));
}
