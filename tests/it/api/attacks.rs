//! Attacks of several steps, from outside.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Method;
use local::edge::Fault;
use serde_json::{Value, json};

use super::codes::support::on_the_page;
use crate::page::fetch;
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY};
use crate::support::logs;
use crate::support::mail::{code_of, link_of, proof_of, wrong_code};

const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const ADA: &str = "ada@example.org";
const MALLORY: &str = "mallory@evil.example";

async fn status(app: &TestApp) -> Value {
    let path = format!("/api/users/email_verification_status?uuid={UUID}");
    app.get(&path).await.json()
}

fn of_user(email: &str) -> Value {
    json!({ "uuid": UUID, "email": email })
}

#[tokio::test]
async fn a_move_during_a_link_ends_it() {
    let app = Arc::new(TestApp::start().await);
    let mail = app.ask(of_user(ADA)).await;
    app.edge.meanwhile(0, {
        let app = Arc::clone(&app);
        async move { drop(app.ask(of_user(MALLORY)).await) }
    });
    let answer = app.post(VERIFY, proof_of(&mail)).await;
    assert_eq!(answer.json()["code"], "invalid_token");
    let status = status(&app).await;
    assert_eq!(status["verified_at"], Value::Null);
    assert_eq!(status["pending_email"], MALLORY);
}

#[tokio::test]
async fn a_link_during_a_move_proves_its_own() {
    for passing in 0..2 {
        let app = Arc::new(TestApp::start().await);
        let own = app.ask(of_user(MALLORY)).await;
        app.edge.meanwhile(passing, {
            let app = Arc::clone(&app);
            async move { assert_eq!(app.post(VERIFY, proof_of(&own)).await.status, 200) }
        });
        assert_eq!(app.post(REQUEST, of_user(ADA)).await.status, 200);
        let status = status(&app).await;
        assert_eq!(
            (&status["email"], &status["pending_email"]),
            (&json!(MALLORY), &json!(ADA))
        );
    }
}

/// Everything that a stranger can use up or stop.
#[tokio::test]
async fn a_shut_out_reader_has_the_link() {
    let app = TestApp::start().await;
    let mail = app.ask(of_user(ADA)).await;
    for number in 0..5 {
        let uuid = format!("0198c5a4-7d1e-7c3b-9a52-{number:012}");
        app.ask(json!({ "uuid": uuid, "email": ADA })).await;
    }
    assert_eq!(app.post(REQUEST, of_user(ADA)).await.status, 429);
    let wrong = wrong_code(&[&mail]);
    for _ in 0..6 {
        app.post(VERIFY, json!({ "uuid": UUID, "code": wrong }))
            .await;
        on_the_page(&app, UUID, &wrong).await;
    }
    let right = json!({ "uuid": UUID, "code": code_of(&mail) });
    let answer = app.post(VERIFY, right).await;
    assert_eq!(answer.json()["code"], "too_many_attempts");
    for action in ["stop", "allow"] {
        let guess = json!({ "uuid": UUID, "token": "A".repeat(43), "action": action });
        assert_eq!(fetch(&app, &guess).await.status, 400);
    }
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn spellings_share_the_limit() {
    let app = TestApp::start().await;
    for spellings in [
        [
            "ada@example.org",
            "ADA@example.org",
            "ada@EXAMPLE.org",
            "ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
            "a\u{200b}da@exam\u{ad}ple.org",
            "\u{2068} Ada@example.org\u{2069}",
            "aDa@example.org",
        ],
        [
            "ada@bücher.example",
            "ada@xn--bcher-kva.example",
            "ada@BÜCHER.example",
            "ada@XN--BCHER-KVA.example",
            "ada@bu\u{308}cher.example",
            "ada@bücher。example",
            "ada@bücher.EXAMPLE",
        ],
    ] {
        let (last, first) = spellings.split_last().unwrap();
        for email in first {
            app.ask(json!({ "email": email })).await;
        }
        let answer = app.post(REQUEST, json!({ "email": last })).await;
        assert_eq!(answer.json()["code"], "throttled", "{last}");
    }
}

#[tokio::test]
async fn a_homograph_is_another_user() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": ADA })).await;
    let (uuid, _) = link_of(&mail);
    for (typed, mailed) in [
        ("ada@ex\u{430}mple.org", "ada@xn--exmple-4nf.org"),
        ("ada@examp1e.org", "ada@examp1e.org"),
    ] {
        let mail = app.ask(json!({ "email": typed })).await;
        assert_eq!(mail.to, [mailed]);
        let (other, token) = link_of(&mail);
        assert_ne!(other, uuid);
        let body = json!({ "email": ADA, "token": token });
        assert_eq!(app.post(VERIFY, body).await.json()["code"], "invalid_token");
    }
    // Cyrillic a, dotless i, long s, Kelvin sign, sharp s, and an accent.
    for local in [
        "\u{430}da",
        "\u{131}da",
        "\u{17f}da",
        "\u{212a}da",
        "\u{df}da",
        "ad\u{e1}",
    ] {
        let answer = app
            .post(REQUEST, json!({ "email": format!("{local}@example.org") }))
            .await;
        assert_eq!(answer.json()["code"], "invalid_input", "{local}");
    }
}

/// The functions of a test are one instance each, as in Lambda.
#[tokio::test]
async fn an_instance_carries_nothing_over() {
    let app = TestApp::start().await;
    let ada = json!({ "uuid": UUID, "email": ADA });
    app.post_preferring_representation(REQUEST, ada.clone())
        .await;
    app.post(VERIFY, proof_of(&app.newest_mail())).await;
    fetch(&app, &proof_of(&app.newest_mail())).await;
    app.edge.always(Fault::Error);
    app.post(REQUEST, ada).await;
    app.edge.clear();
    for path in [REQUEST, VERIFY, PAGE] {
        let request = app.request(Method::DELETE, path).body(Body::empty());
        let answer = app.send(request.unwrap()).await;
        assert_eq!(answer.status, 405);
        let id = answer.header("x-request-id").unwrap();
        let lines = logs::of_request(id);
        let [line] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        for name in [
            "api_key",
            "user",
            "address",
            "domain_hash",
            "mail",
            "message_id",
        ] {
            assert_eq!(line["span"][name], Value::Null, "{path}: {line}");
        }
        assert_eq!(line["error"], Value::Null);
        assert_eq!(logs::metrics_of(id), [] as [String; 0]);
        assert!(!answer.body.contains(ADA) && !answer.body.contains(UUID));
    }
}
