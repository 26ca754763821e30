//! Nothing secret in the table, in any log or in any answer.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::Request;
use local::edge::Fault;
use local::{fixtures, stack};
use serde_json::json;
use sha2::{Digest, Sha256};
use shared::api::fields::Fields;
use shared::domain::api_key::ApiKeySecret;
use shared::domain::idempotency_key::IdempotencyKey;
use shared::domain::link_token::LinkToken;
use shared::domain::proof::Proof;
use shared::runtime::settings::{Environment, proofs};

use crate::ops::admin;
use crate::support::app::{REQUEST, TestApp, VERIFY};
use crate::support::logs;
use crate::support::mail::{code_of, link_of, proof_of};
use crate::support::secrets::{PASSWORD, Secrets};

#[tokio::test]
async fn a_table_reader_cannot_verify() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "first_name": "Ada", "password": "hunter2" }))
        .await;
    let (_, token) = link_of(&mail);
    let table = app.table().await;
    assert!(
        table.contains("ada@example.org"),
        "the address is on record"
    );
    for secret in [token.as_str(), fixtures::API_KEY, "hunter2"] {
        assert!(!table.contains(secret), "{secret}");
    }
    // A code has only a million values, so its digest needs a key that is not in the table.
    let (uuid, code) = (link_of(&mail).0, code_of(&mail));
    assert!(!table.contains(&format!("{code:?}")), "the code itself");
    let stored = app.item(&format!("user#{uuid}")).await.unwrap();
    let codes = stored["codes"].as_m().unwrap();
    assert_eq!(codes.len(), 1);
    for code_on_record in codes.values() {
        let digest = code_on_record.as_m().unwrap()["digest"].as_b().unwrap();
        for text in [
            code.clone(),
            format!("{uuid}{code}"),
            format!("{code}{uuid}"),
        ] {
            assert_ne!(digest.as_ref(), Sha256::digest(text).as_slice());
        }
    }
}

#[tokio::test]
async fn nothing_secret_is_logged_at_any_level() {
    let app = TestApp::start().await;
    let body = json!({
        "email": "secret.keeper@example.org",
        "password": "hunter-of-logs",
        "first_name": "Margaret",
    });
    app.post(REQUEST, body).await;
    let (_, token) = link_of(&app.newest_mail());
    app.post(VERIFY, proof_of(&app.newest_mail())).await;
    app.post(
        VERIFY,
        json!({ "email": "secret.keeper@example.org", "token": format!("{token}x") }),
    )
    .await;
    app.post(
        &format!("{REQUEST}?personal_api_key=evk_in_the_query"),
        json!({ "token": token }),
    )
    .await;
    let logs = logs::all();
    assert!(logs.contains("request answered"), "logs are captured");
    for secret in [
        token.as_str(),
        fixtures::API_KEY,
        "hunter-of-logs",
        "secret.keeper@",
        "Margaret",
        "evk_in_the_query",
    ] {
        assert!(!logs.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn each_request_is_one_log_line() {
    let app = TestApp::start().await;
    let answer = app
        .post(REQUEST, json!({ "email": "ada@example.org" }))
        .await;
    let lines = logs::of_request(answer.header("x-request-id").unwrap());
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "request answered");
    assert_eq!(
        (&line["outcome"], &line["status"]),
        (&json!("ok"), &json!(200))
    );
    assert!(line["duration_ms"].is_u64());
    let span = &line["span"];
    assert_eq!(span["route"], "request_email_verification");
    // The id of the key: the first 12 digits of its SHA-256.
    let key = ApiKeySecret::presented(fixtures::API_KEY).digest().encode();
    assert_eq!(span["api_key"], key[..12]);
    assert_eq!(span["address"], "a***@e***.org");
    assert_eq!(span["domain_hash"].as_str().unwrap().len(), 16);
    assert_eq!(span["message_id"], app.newest_mail().message_id.as_str());

    // The address is the one on record, even if the request does not name it.
    let mail = app.newest_mail();
    let (uuid, token) = link_of(&mail);
    for (path, body) in [
        (REQUEST, json!({ "uuid": uuid })),
        (VERIFY, json!({ "uuid": uuid, "token": token })),
        (VERIFY, json!({ "uuid": uuid, "code": code_of(&mail) })),
    ] {
        let answer = app.post(path, body).await;
        assert_eq!(answer.status, 200);
        let lines = logs::of_request(answer.header("x-request-id").unwrap());
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["span"]["address"], "a***@e***.org");
    }

    let answer = app
        .post(
            VERIFY,
            json!({ "email": "ada@example.org", "token": "wrong" }),
        )
        .await;
    let lines = logs::of_request(answer.header("x-request-id").unwrap());
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (&line["level"], &line["outcome"], &line["status"]),
        (&json!("INFO"), &json!("invalid_token"), &json!(400))
    );
}

#[tokio::test]
async fn each_line_names_the_key_of_its_call() {
    let app = TestApp::start().await;
    let ada = || json!({ "email": "ada@example.org" });
    let answered = app.post(REQUEST, ada()).await;
    let refused = app.post(REQUEST, json!({ "email": "ada" })).await;
    app.edge.always(Fault::Error);
    let failed = app.post(REQUEST, ada()).await;
    assert_eq!(
        [answered.status, refused.status, failed.status],
        [200, 400, 503]
    );
    let key = ApiKeySecret::presented(fixtures::API_KEY).digest().encode();
    for answer in [answered, refused, failed] {
        let lines = logs::of_request(answer.header("x-request-id").unwrap());
        assert!(!lines.is_empty());
        for line in lines {
            assert_eq!(line["span"]["api_key"], key[..12], "{line}");
        }
    }
}

#[tokio::test]
async fn the_operators_command_shows_no_secret() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let mut shown = String::new();
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["list", "--suppressed"],
        &["stats"],
        &["stats", "--json"],
        &["status", "ada@example.org"],
        &["keys", "list"],
        &["verify", &uuid, "ada@example.org", "--json"],
        &["forget", "ada@example.org", "--yes"],
    ] {
        shown += &admin::run(&app, arguments).await.text();
    }
    assert!(shown.contains(&uuid));
    let digest = LinkToken::parse(&token).unwrap().digest().to_string();
    let (code, keys) = (code_of(&mail), app.setting("CODE_KEYS"));
    for secret in [&token, &code, &digest, fixtures::API_KEY, keys] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn types_of_secrets_hide_themselves() {
    let settings = stack::environment("http://dynamodb", "http://ses");
    let environment = Environment::from_pairs(&settings);
    let proof = Proof::from_random([7; 32], Some([7; 8]));
    let fields = br#"{"email":"ada@example.org","password":"hunter2"}"#;
    for (shown, expected) in [
        (
            format!("{:?}", ApiKeySecret::presented(fixtures::API_KEY)),
            "ApiKeySecret(secret)",
        ),
        (format!("{:?}", proof.code.unwrap()), "Code(secret)"),
        (
            format!("{:?}", proofs::code_keys(&environment).unwrap()),
            "CodeKeys(secret)",
        ),
        (format!("{environment:?}"), "Environment"),
        (
            format!("{:?}", IdempotencyKey::parse("key").unwrap()),
            "IdempotencyKey(…)",
        ),
        (
            format!("{:?}", Fields::new(serde_json::from_slice(fields).unwrap())),
            r#"{"email", "password"}"#,
        ),
    ] {
        assert_eq!(shown, expected);
    }
}

#[tokio::test]
async fn each_form_of_a_secret_is_found() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let (uuid, token) = link_of(&mail);
    let code = code_of(&mail);
    let secrets = Secrets::of(&[mail]);
    for (secret, text) in [
        (
            &token,
            format!("GET /verify_email?user={uuid}%23{token}&utm=1"),
        ),
        (&token, format!(r#"{{"error":"no link\n{token}."}}"#)),
        (&code, format!(r#"{{"code":"{code}"}}"#)),
        (&code, format!(r"Your code:\n{code}\nIt expires")),
        (&PASSWORD.to_owned(), format!("password={PASSWORD}")),
        (
            &fixtures::API_KEY.to_owned(),
            format!("Bearer {}", fixtures::API_KEY),
        ),
    ] {
        assert_eq!(secrets.find_in(&text), Some(secret.as_str()), "{text}");
    }
    for text in [
        format!("2026-11-23T12:00:00.{code}Z"),
        format!("0198c5a4-7d1e-7c3b-9a52-6f{code}2c99 {uuid}"),
        format!("1{code} {code}7"),
        token[1..].to_owned(),
    ] {
        assert_eq!(secrets.find_in(&text), None, "{text}");
    }
}

async fn store_in_table(value: impl FnOnce(&str, &str) -> AttributeValue) {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let value = value(&link_of(&mail).1, &code_of(&mail));
    app.set("user#leak", "leak", value).await;
    // What was there for a time counts too.
    app.delete("user#leak").await;
}

#[tokio::test]
#[should_panic(expected = "the table has the secret")]
async fn a_stored_token_fails_its_test() {
    store_in_table(|token, _| AttributeValue::S(token.to_owned())).await;
}

#[tokio::test]
#[should_panic(expected = "the table has the secret")]
async fn a_stored_code_fails_its_test() {
    store_in_table(|_, code| AttributeValue::B(Blob::new(code))).await;
}

#[tokio::test]
#[should_panic(expected = "the log has the secret")]
async fn a_logged_token_fails_its_test() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    tracing::error!(target: "local", "a line with {}", link_of(&mail).1);
}

#[tokio::test]
#[should_panic(expected = "an answer or an event has the secret")]
async fn a_published_token_fails_its_test() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": "ada@example.org" })).await;
    let entry = json!({
        "Time": 0,
        "Source": "mailproof",
        "DetailType": "Leak",
        "Detail": json!({ "token": link_of(&mail).1 }).to_string(),
        "EventBusName": "default",
    });
    let put = Request::post(&app.inbox_url)
        .header("authorization", "AWS4-HMAC-SHA256")
        .header("x-amz-target", "AWSEvents.PutEvents")
        .body(json!({ "Entries": [entry] }).to_string().into())
        .unwrap();
    assert_eq!(app.http.request(put).await.unwrap().status(), 200);
}

#[tokio::test]
#[should_panic(expected = "an answer repeats")]
async fn a_repeated_token_fails_its_test() {
    let app = TestApp::start().await;
    let token = "a-token-in-a-field-whose-error-names-it-all";
    let body = json!({ "email": "ada@example.org", "theme_mode": token, "token": token });
    app.post(REQUEST, body).await;
}
