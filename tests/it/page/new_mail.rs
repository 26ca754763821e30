//! The reader of an expired link asks for another mail: the token is the credential.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::http::Method;
use futures_util::future::join_all;
use local::captured_mails::CapturedMail;
use local::edge::Fault;
use serde_json::{Value, json};
use shared::brand::public_url::NEW_MAIL_PATH;

use super::support::{BROWSER, FORM, fetch};
use crate::support::app::{REQUEST, TestApp, VERIFY, WITHOUT_PAGE, error, suppression};
use crate::support::http::Answer;
use crate::support::logs;
use crate::support::mail::{code_of, link_of, proof_of};

const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const OTHER_UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
const JSON: &str = "application/json";
const DAY: Duration = Duration::from_hours(24);

fn ada() -> Value {
    json!({ "uuid": UUID, "email": "ada@example.org" })
}

/// Posts as the page's script does, with these other headers.
async fn post_with(app: &TestApp, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let request = app
        .request(Method::POST, NEW_MAIL_PATH)
        .header("accept", JSON)
        .header("sec-fetch-site", "same-origin");
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    app.send(request.body(body.into()).unwrap()).await
}

async fn ask_again(app: &TestApp, proof: &Value) -> Answer {
    post_with(app, &[("content-type", JSON)], proof.to_string()).await
}

/// A mail whose link has expired.
async fn expired(app: &TestApp, body: Value) -> Arc<CapturedMail> {
    let mail = app.ask(body).await;
    app.pass(DAY);
    mail
}

#[track_caller]
fn assert_state(answer: &Answer, status: u16, state: Value) {
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (status, state),
        "{:?}",
        answer.headers
    );
    for (name, value) in [
        ("content-type", JSON),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=63072000"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(!answer.header("x-request-id").unwrap().is_empty());
    let wait = answer.json()["retry_after"].as_u64();
    let wait = wait.map(|seconds| seconds.to_string());
    assert_eq!(answer.header("retry-after"), wait.as_deref());
}

fn mailed() -> Value {
    json!({ "state": "mailed", "email": "ada@example.org" })
}

fn invalid() -> Value {
    json!({ "state": "invalid" })
}

#[tokio::test]
async fn an_expired_link_gets_a_new_mail() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    let answer = fetch(&app, &proof_of(&old)).await;
    assert_eq!(answer.json(), json!({ "state": "expired" }));

    assert_state(&ask_again(&app, &proof_of(&old)).await, 200, mailed());
    let new = app.newest_mail();
    assert_eq!(new.to, old.to);
    assert_eq!(link_of(&new).0, UUID);
    assert_ne!(proof_of(&new), proof_of(&old));
    assert_eq!(app.sent.len(), 2);

    let answer = fetch(&app, &proof_of(&new)).await;
    let verified = json!({ "state": "verified", "email": "ada@example.org" });
    assert_eq!(answer.json(), verified);
    let already = json!({ "state": "already_verified", "email": "ada@example.org" });
    assert_state(&ask_again(&app, &proof_of(&old)).await, 200, already);
    assert_eq!(app.sent.len(), 2);
}

#[tokio::test]
async fn the_new_code_verifies() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    ask_again(&app, &proof_of(&old)).await;
    let body = json!({ "uuid": UUID, "code": code_of(&app.newest_mail()) });
    assert_eq!(app.post(VERIFY, body).await.status, 200);
}

#[tokio::test]
async fn a_link_that_works_may_ask_too() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    assert_state(&ask_again(&app, &proof_of(&mail)).await, 200, mailed());
    assert_eq!(fetch(&app, &proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn the_mail_is_in_the_readers_language() {
    let app = TestApp::start().await;
    let old = expired(
        &app,
        json!({ "uuid": UUID, "email": "ada@example.org", "first_name": "Ada" }),
    )
    .await;
    assert!(old.text.as_deref().unwrap().contains("Ada"));
    let headers = [
        ("content-type", JSON),
        ("accept-language", "de-AT, en;q=0.5"),
    ];
    post_with(&app, &headers, proof_of(&old).to_string()).await;
    let new = app.newest_mail();
    assert!(new.subject.contains("Bestätigungscode"), "{}", new.subject);
    assert!(
        !new.text.as_deref().unwrap().contains("Ada"),
        "no name is stored"
    );
}

#[tokio::test]
async fn the_spelling_is_that_of_the_link() {
    let app = TestApp::start().await;
    let old = app
        .ask(json!({ "uuid": UUID, "email": "Ada@example.org" }))
        .await;
    app.ask(ada()).await;
    app.pass(DAY);
    let answer = ask_again(&app, &proof_of(&old)).await;
    let state = json!({ "state": "mailed", "email": "Ada@example.org" });
    assert_state(&answer, 200, state);
    assert_eq!(app.newest_mail().to, old.to);
}

#[tokio::test]
async fn strangers_get_the_same_answer() {
    let app = TestApp::start().await;
    let mail = expired(&app, ada()).await;
    let other = app
        .ask(json!({ "uuid": OTHER_UUID, "email": "grace@example.org" }))
        .await;
    let (wrong, foreign) = ("A".repeat(43), link_of(&other).1);
    let before = app.table().await;
    app.edge.take_calls();
    let token = link_of(&mail).1;
    for (uuid, token) in [
        ("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c00", token.as_str()),
        (UUID, wrong.as_str()),
        (UUID, foreign.as_str()),
        (OTHER_UUID, token.as_str()),
    ] {
        let answer = ask_again(&app, &json!({ "uuid": uuid, "token": token })).await;
        assert_state(&answer, 400, invalid());
        assert_eq!(answer.body, r#"{"state":"invalid"}"#);
        assert_eq!(app.edge.take_calls(), ["GetItem"]);
    }
    for body in [
        json!({}),
        json!({ "uuid": UUID }),
        json!({ "token": token }),
        json!({ "uuid": "ada", "token": token }),
        json!({ "uuid": UUID, "token": format!("{token}x") }),
        json!({ "uuid": UUID, "token": "A".repeat(3_000) }),
        json!({ "email": "ada@example.org", "code": code_of(&mail) }),
    ] {
        assert_state(&ask_again(&app, &body).await, 400, invalid());
    }
    assert!(app.edge.take_calls().is_empty());
    assert_eq!(app.table().await, before);
    assert_eq!(app.sent.len(), 2);
}

#[tokio::test]
async fn a_new_mail_is_two_reads_and_a_write() {
    let app = TestApp::start().await;
    let mail = expired(&app, ada()).await;
    app.edge.take_calls();
    ask_again(&app, &proof_of(&mail)).await;
    assert_eq!(
        app.edge.take_calls(),
        ["GetItem", "GetItem", "TransactWriteItems"]
    );
}

#[tokio::test]
async fn a_pasted_proof_is_cleaned() {
    let app = TestApp::start().await;
    let mail = expired(&app, ada()).await;
    let (uuid, token) = link_of(&mail);
    let uuid = format!("\u{2068}{}\u{2069}", uuid.to_uppercase());
    let body = json!({ "uuid": uuid, "token": format!(" {token}\u{200b}"), "more": [] });
    assert_state(&ask_again(&app, &body).await, 200, mailed());
}

#[tokio::test]
async fn a_moved_user_gets_no_mail() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    app.ask(json!({ "uuid": UUID, "email": "ada@work.example" }))
        .await;
    app.edge.take_calls();
    assert_state(&ask_again(&app, &proof_of(&old)).await, 400, invalid());
    assert_eq!(app.edge.take_calls(), ["GetItem"]);
}

/// The link is checked again in the attempt that follows a lost write.
#[tokio::test]
async fn a_move_during_the_request_ends_it() {
    let app = Arc::new(TestApp::start().await);
    let old = expired(&app, ada()).await;
    let (mover, sent) = (Arc::clone(&app), app.sent.len());
    app.edge.meanwhile(2, async move {
        let move_to = json!({ "uuid": UUID, "email": "ada@work.example" });
        assert_eq!(mover.post(REQUEST, move_to).await.status, 200);
    });
    assert_state(&ask_again(&app, &proof_of(&old)).await, 400, invalid());
    assert_eq!(app.sent.len(), sent + 1, "the move's own mail");
    assert_eq!(app.newest_mail().to, ["ada@work.example"]);
    let user = app.item(&format!("user#{UUID}")).await.unwrap();
    assert_eq!(user["links"].as_m().unwrap().len(), 1);
}

#[tokio::test]
async fn a_removed_record_ends_a_link() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    app.delete(&format!("user#{UUID}")).await;
    assert_state(&ask_again(&app, &proof_of(&old)).await, 400, invalid());
}

#[tokio::test]
async fn the_limits_are_those_of_requests() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    for _ in 0..3 {
        app.ask(ada()).await;
        assert_state(&ask_again(&app, &proof_of(&old)).await, 200, mailed());
    }
    let before = app.table().await;
    let throttled = json!({ "state": "throttled", "retry_after": 86_400 });
    let answer = ask_again(&app, &proof_of(&old)).await;
    assert_state(&answer, 429, throttled);
    assert_eq!(app.post(REQUEST, ada()).await.status, 429);
    assert_eq!(app.table().await, before);
    // Those of the address, whatever the user.
    let other = json!({ "uuid": OTHER_UUID, "email": "ada@example.org" });
    assert_eq!(app.post(REQUEST, other).await.status, 429);
    app.pass(DAY);
    assert_state(&ask_again(&app, &proof_of(&old)).await, 200, mailed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_of_50_at_once_are_mailed() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    let (before, proof) = (app.sent.len(), proof_of(&old));
    let answers = join_all((0..50).map(|_| ask_again(&app, &proof))).await;
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((count(200), count(429)), (6, 44));
    assert_eq!(app.sent.len(), before + 6);
}

#[tokio::test]
async fn a_suppressed_address_gets_no_mail() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    let bounced = suppression("ada@example.org");
    app.set("address#ada@example.org", "suppression", bounced)
        .await;
    let answer = ask_again(&app, &proof_of(&old)).await;
    assert_state(&answer, 400, json!({ "state": "suppressed" }));
    assert_eq!(app.sent.len(), 1);
}

#[tokio::test]
async fn a_denied_domain_gets_no_mail() {
    let mut app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    let _gateway = app.restart_with(("DENIED_DOMAINS", "example.org")).await;
    let answer = ask_again(&app, &proof_of(&old)).await;
    assert_state(&answer, 400, json!({ "state": "domain_not_allowed" }));
    assert_eq!(app.sent.len(), 1);
}

#[tokio::test]
async fn a_verified_address_gets_no_mail() {
    let app = TestApp::start().await;
    let old = app
        .ask(json!({ "uuid": UUID, "email": "Ada@example.org" }))
        .await;
    let new = app.ask(ada()).await;
    assert_eq!(app.post(VERIFY, proof_of(&new)).await.status, 200);
    app.pass(DAY);
    let before = app.table().await;
    let already = json!({ "state": "already_verified", "email": "Ada@example.org" });
    assert_state(&ask_again(&app, &proof_of(&old)).await, 200, already);
    assert_eq!(app.table().await, before);
}

fn unavailable() -> Value {
    json!({ "state": "unavailable", "retry_after": 5 })
}

#[tokio::test]
async fn a_refused_mail_is_refunded() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    app.ses_faults.always(Fault::Throttled);
    for _ in 0..7 {
        assert_state(&ask_again(&app, &proof_of(&old)).await, 503, unavailable());
    }
    app.ses_faults.clear();
    for _ in 0..6 {
        assert_state(&ask_again(&app, &proof_of(&old)).await, 200, mailed());
    }
    assert_eq!(ask_again(&app, &proof_of(&old)).await.status, 429);
}

#[tokio::test]
async fn a_mail_with_a_lost_answer_counts() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    app.ses_faults.next(Fault::CutAfter);
    assert_state(&ask_again(&app, &proof_of(&old)).await, 503, unavailable());
    let lost = app.newest_mail();
    assert_ne!(proof_of(&lost), proof_of(&old));
    for _ in 0..5 {
        assert_eq!(ask_again(&app, &proof_of(&old)).await.status, 200);
    }
    assert_eq!(ask_again(&app, &proof_of(&old)).await.status, 429);
    assert_eq!(fetch(&app, &proof_of(&lost)).await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_counts_one_mail() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    app.edge.after(2, Fault::CutAfter, 1);
    assert_state(&ask_again(&app, &proof_of(&old)).await, 200, mailed());
    assert_eq!(app.sent.len(), 2);
    for _ in 0..5 {
        assert_eq!(ask_again(&app, &proof_of(&old)).await.status, 200);
    }
    assert_eq!(ask_again(&app, &proof_of(&old)).await.status, 429);
}

#[tokio::test]
async fn dynamodb_down_loses_nothing() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    let before = app.table().await;
    app.edge.always(Fault::Error);
    assert_state(&ask_again(&app, &proof_of(&old)).await, 503, unavailable());
    app.edge.clear();
    assert_eq!(app.table().await, before);
    assert_state(&ask_again(&app, &proof_of(&old)).await, 200, mailed());
}

#[tokio::test]
async fn a_malformed_record_is_a_500() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    let malformed = AttributeValue::S("no map".to_owned());
    app.set(&format!("user#{UUID}"), "links", malformed).await;
    let answer = ask_again(&app, &proof_of(&old)).await;
    assert_state(&answer, 500, json!({ "state": "unavailable" }));
}

#[tokio::test]
async fn cross_site_posts_mail_nothing() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    app.edge.take_calls();
    for site in ["cross-site", "same-site", "", "?"] {
        let request = app
            .request(Method::POST, NEW_MAIL_PATH)
            .header("content-type", JSON)
            .header("sec-fetch-site", site);
        let body = Body::from(proof_of(&old).to_string());
        let answer = app.send(request.body(body).unwrap()).await;
        assert_state(&answer, 403, json!({ "state": "cross_site" }));
    }
    assert!(app.edge.take_calls().is_empty());
    let request = app.request(Method::POST, NEW_MAIL_PATH);
    let request = request.header("content-type", JSON);
    let body = Body::from(proof_of(&old).to_string());
    let answer = app.send(request.body(body).unwrap()).await;
    assert_state(&answer, 200, mailed());
}

#[tokio::test]
async fn only_the_proxy_is_answered() {
    const SECRET: &str = "only-the-proxy-knows-this";
    let app = TestApp::start_with(&[("ORIGIN_SECRET", SECRET)]).await;
    let secret = [("x-origin-secret", SECRET)];
    let asked = app.post_with(REQUEST, &secret, ada().to_string()).await;
    assert_eq!(asked.status, 200);
    let old = app.newest_mail();
    app.pass(DAY);
    app.edge.take_calls();
    for headers in [vec![], vec![("x-origin-secret", "another")]] {
        let headers = [headers, vec![("content-type", JSON)]].concat();
        let answer = post_with(&app, &headers, proof_of(&old).to_string()).await;
        assert_state(&answer, 403, json!({ "state": "permission_denied" }));
    }
    assert!(app.edge.take_calls().is_empty());
    let headers = [("x-origin-secret", SECRET), ("content-type", JSON)];
    let answer = post_with(&app, &headers, proof_of(&old).to_string()).await;
    assert_state(&answer, 200, mailed());
}

#[tokio::test]
async fn a_bad_body_is_named() {
    let app = TestApp::start().await;
    let padded = |length| format!("{:length$}", "{}");
    for (media_type, body, status, state) in [
        (JSON, &*padded(4_097), 413, "request_too_large"),
        (JSON, &*padded(4_096), 400, "invalid"),
        ("text/plain", "{}", 415, "unsupported_media_type"),
        (FORM, "uuid=x&token=y", 415, "unsupported_media_type"),
        ("", "{}", 415, "unsupported_media_type"),
        (JSON, "", 400, "malformed"),
        (JSON, "{", 400, "malformed"),
        (JSON, "null", 400, "malformed"),
        (JSON, "[]x", 400, "malformed"),
        (JSON, "{\"token\":{}}", 400, "malformed"),
        (JSON, "{\"next\":1}", 400, "malformed"),
        ("application/JSON; charset=utf-8", "{}", 400, "invalid"),
    ] {
        let answer = post_with(&app, &[("content-type", media_type)], body.to_owned()).await;
        assert_state(&answer, status, json!({ "state": state }));
    }
    assert!(app.edge.take_calls().is_empty());
}

#[tokio::test]
async fn a_person_at_the_path_gets_a_page() {
    let app = TestApp::start().await;
    for method in [Method::GET, Method::HEAD, Method::PUT] {
        let request = app.request(method.clone(), NEW_MAIL_PATH);
        let request = request.header("accept", BROWSER).body(Body::empty());
        let answer = app.send(request.unwrap()).await;
        assert_eq!(answer.status, 404, "{method}");
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("text/html; charset=utf-8"));
    }
    for method in [Method::GET, Method::DELETE, Method::OPTIONS] {
        let request = app.request(method, NEW_MAIL_PATH).body(Body::empty());
        let answer = app.send(request.unwrap()).await;
        assert_state(&answer, 405, json!({ "state": "method_not_allowed" }));
        assert_eq!(answer.header("allow"), Some("POST"));
    }
    let more = format!("{NEW_MAIL_PATH}/more");
    let request = app.request(Method::POST, &more).body(Body::empty());
    let not_found = error("invalid_request", "not_found", "Endpoint not found.", None);
    assert_eq!(app.send(request.unwrap()).await.json(), not_found);
}

#[tokio::test]
async fn the_path_may_end_with_a_slash() {
    let app = TestApp::start().await;
    let old = expired(&app, ada()).await;
    let request = app
        .request(Method::POST, &format!("{NEW_MAIL_PATH}/"))
        .header("content-type", JSON);
    let body = Body::from(proof_of(&old).to_string());
    let answer = app.send(request.body(body).unwrap()).await;
    assert_state(&answer, 200, mailed());
}

#[tokio::test]
async fn without_the_page_there_is_no_route() {
    for setting in WITHOUT_PAGE {
        let mut app = TestApp::start().await;
        let old = expired(&app, ada()).await;
        let _gateway = app.restart_with(setting).await;
        app.edge.take_calls();
        let answer = ask_again(&app, &proof_of(&old)).await;
        let not_found = error("invalid_request", "not_found", "Endpoint not found.", None);
        assert_eq!((answer.status.as_u16(), answer.json()), (404, not_found));
        assert!(app.edge.take_calls().is_empty());
        assert_eq!(app.sent.len(), 1);
    }
}

#[tokio::test]
async fn the_new_link_leads_back_too() {
    let app = TestApp::start_with(&[("RETURN_ORIGINS", "https://shop.example.com")]).await;
    let old = expired(&app, ada()).await;
    let mut proof = proof_of(&old);
    for (next, query) in [
        (
            "https://shop.example.com/cart",
            "&next=https%3A%2F%2Fshop.example.com%2Fcart#",
        ),
        ("https://evil.example", "#"),
        ("javascript:alert(1)", "#"),
        ("", "#"),
    ] {
        proof["next"] = json!(next);
        assert_state(&ask_again(&app, &proof).await, 200, mailed());
        let mail = app.newest_mail();
        let link = format!("/verify_email?user={UUID}{query}");
        let text = mail.text.as_deref().unwrap();
        assert!(text.contains(&link), "{text}");
    }
}

#[tokio::test]
async fn each_answer_is_one_safe_log_line() {
    let app = TestApp::start().await;
    let old = expired(
        &app,
        json!({ "uuid": UUID, "email": "link.keeper@example.org" }),
    )
    .await;
    let token = link_of(&old).1;
    let wrong = json!({ "uuid": UUID, "token": "B".repeat(42) + "A" });
    let bad = json!({ "uuid": UUID, "token": format!("{token}x") });
    let mut answers = vec![
        (ask_again(&app, &wrong).await, "invalid", vec!["Wrong"]),
        (ask_again(&app, &bad).await, "invalid", vec!["Wrong"]),
        (
            ask_again(&app, &proof_of(&old)).await,
            "mailed",
            vec!["Mailed", "Requested"],
        ),
    ];
    for _ in 0..5 {
        ask_again(&app, &proof_of(&old)).await;
    }
    let throttled = ask_again(&app, &proof_of(&old)).await;
    answers.push((throttled, "throttled", vec!["Requested", "Throttled"]));
    for (answer, outcome, metrics) in answers {
        let id = answer.header("x-request-id").unwrap();
        let lines = logs::of_request(id);
        let [line] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        assert_eq!(line["outcome"], outcome);
        assert_eq!(line["span"]["route"], "new_mail");
        assert!(line["span"]["api_key"].is_null());
        let mut counted = logs::metrics_of(id);
        counted.sort();
        assert_eq!(counted, metrics);
        if outcome == "mailed" {
            assert_eq!(line["span"]["address"], "l***@e***.org");
            assert_eq!(line["span"]["user"], UUID);
        }
    }
    let logs = logs::all();
    for secret in [
        token.as_str(),
        &link_of(&app.newest_mail()).1,
        "link.keeper@",
    ] {
        assert!(!logs.contains(secret), "{secret}");
    }
}
