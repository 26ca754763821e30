//! Which domains addresses may have, and hints at mistyped ones.

use local::fixtures::ADA;
use serde_json::{Value, json};

use crate::support::app::{REQUEST, TestApp, VERIFY, error};
use crate::support::mail::proof_of;

async fn assert_refused(app: &TestApp, body: Value) {
    let detail = "Addresses of this domain are not accepted. Use a different one.";
    let code = "email_domain_not_allowed";
    let expected = error("validation_error", code, detail, Some("email"));
    let answer = app.post(REQUEST, body.clone()).await;
    let found = (answer.status.as_u16(), answer.json());
    assert_eq!(found, (400, expected), "{body}");
}

#[tokio::test]
async fn a_denied_domain_gets_no_mail() {
    let settings = [("DENIED_DOMAINS", "denied.example, bücher.example,*.zip")];
    let app = TestApp::start_with(&settings).await;
    for domain in [
        "denied.example",
        "Mail.DENIED.example",
        "ｄｅｎｉｅｄ.example",
        "bücher.example",
        "xn--bcher-kva.example",
        "acme.zip",
    ] {
        assert_refused(&app, json!({ "email": format!("ada@{domain}") })).await;
    }
    assert_eq!(app.sent.len(), 0);
    for domain in ["notdenied.example", "zip.example"] {
        app.ask(json!({ "email": format!("ada@{domain}") })).await;
    }
}

#[tokio::test]
async fn only_allowed_domains_get_mail() {
    let settings = [
        ("ALLOWED_DOMAINS", "acme.example,*.uni.example"),
        ("DENIED_DOMAINS", "students.uni.example"),
    ];
    let app = TestApp::start_with(&settings).await;
    for domain in ["acme.example", "staff.uni.example"] {
        app.ask(json!({ "email": format!("ada@{domain}") })).await;
    }
    for domain in ["sub.acme.example", "students.uni.example", "example.com"] {
        assert_refused(&app, json!({ "email": format!("ada@{domain}") })).await;
    }
}

#[tokio::test]
async fn a_refused_domain_costs_one_read() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    let before = app.table().await;
    app.edge.take_calls();
    for _ in 0..7 {
        assert_refused(&app, json!({ "email": "ada@denied.example" })).await;
        assert_eq!(app.edge.take_calls(), ["GetItem"]);
    }
    assert_eq!((app.table().await, app.sent.len()), (before, 1));
}

#[tokio::test]
async fn a_move_to_another_domain_is_refused() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "uuid": ADA.uuid, "email": "ada@example.org" }))
        .await;
    let before = app.table().await;
    let body = json!({ "uuid": ADA.uuid, "email": "ada@denied.example" });
    assert_refused(&app, body).await;
    assert_eq!(app.table().await, before);
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_domain_may_be_denied_later() {
    let app = TestApp::start_with(&[("DENIED_DOMAINS", "example.com")]).await;
    let before = app.table().await;
    // The address on record.
    assert_refused(&app, json!({ "uuid": ADA.uuid })).await;
    assert_eq!(app.table().await, before);
    let proof = json!({ "uuid": ADA.uuid, "token": ADA.token().encode() });
    assert_eq!(app.post(VERIFY, proof).await.status, 200);
    let verified = json!({ "uuid": ADA.uuid, "email": ADA.email });
    let move_away = json!({ "uuid": ADA.uuid, "email": "ada@work.example" });
    let mail = app.ask(move_away).await;
    // The user comes back, which ends the move.
    for body in [verified, json!({ "uuid": ADA.uuid })] {
        let answer = app.post(REQUEST, body).await;
        assert_eq!(answer.json()["code"], "already_verified");
    }
    let answer = app.post(VERIFY, proof_of(&mail)).await;
    assert_eq!(answer.json()["code"], "invalid_token");
}

#[tokio::test]
async fn a_duplicate_precedes_a_denied_domain() {
    let mut app = TestApp::start().await;
    let body = json!({ "email": "ada@gone.example" });
    let first = app.post_keyed("k", body.clone()).await.json();
    let _gateway = app.restart_with(("DENIED_DOMAINS", "gone.example")).await;
    assert_eq!(app.post_keyed("k", body.clone()).await.json(), first);
    assert_refused(&app, body).await;
}

async fn hint(app: &TestApp, body: Value) -> Option<Value> {
    let answer = app.post_preferring_representation(REQUEST, body).await;
    assert_eq!(answer.status, 200);
    answer
        .json()
        .as_object()
        .unwrap()
        .get("did_you_mean")
        .cloned()
}

#[tokio::test]
async fn a_mistyped_domain_is_mailed_with_a_hint() {
    let app = TestApp::start().await;
    let meant = Some(json!("Ada+x@gmail.com"));
    let body = json!({ "uuid": ADA.uuid, "email": "Ada+x@Gmial.con" });
    assert_eq!(hint(&app, body).await, meant);
    assert_eq!(app.newest_mail().to, ["Ada+x@Gmial.con"]);
    assert_eq!(hint(&app, json!({ "uuid": ADA.uuid })).await, meant);
    for email in ["ada@gmail.com", "ada@mail.ru", "ada@example.com"] {
        assert_eq!(hint(&app, json!({ "email": email })).await, None, "{email}");
    }
}

#[tokio::test]
async fn a_refused_domain_is_no_hint() {
    for settings in [
        ("DENIED_DOMAINS", "gmail.com"),
        ("ALLOWED_DOMAINS", "gmial.com"),
    ] {
        let app = TestApp::start_with(&[settings]).await;
        let body = json!({ "email": "ada@gmial.com" });
        assert_eq!(hint(&app, body).await, None, "{settings:?}");
    }
}
