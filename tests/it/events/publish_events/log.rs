//! Events and logs hold no secrets, and logs no addresses.

use lambda_http::{Context, LambdaEvent};
use serde_json::json;

use super::support::{UUID, answering, events, ids_of, line_of, verify_users};
use crate::support::app::{TestApp, VERIFY};
use crate::support::logs;
use crate::support::mail::{code_of, code_proof_of, link_of};

#[tokio::test]
async fn refusals_are_logged_masked() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 1).await;
    let refusal = r#"{ "Entries": [{
        "ErrorCode": "MalformedDetail",
        "ErrorMessage": "no Quoted.Reader@example.org"
    }] }"#;
    let function = answering(&app, &[refusal]).await;
    let batch = LambdaEvent::new(json!({ "Records": records }), Context::default());
    function.handle(batch).await.unwrap();
    let line = line_of(&ids_of(&records)[0]);
    assert_eq!(line["error"], "MalformedDetail: no q***@e***.org");
}

#[tokio::test]
async fn events_and_logs_have_no_secrets() {
    let app = TestApp::start().await;
    let body =
        json!({ "email": "Secret.Reader@example.org", "uuid": UUID, "first_name": "Margaret" });
    let mail = app.ask(body).await;
    app.post(VERIFY, code_proof_of(&mail)).await;
    let mut published = events(&app).await;
    let event = &mut published[0];
    let line = line_of(event.detail["id"].as_str().unwrap());
    let expected = [
        ("message", "event published"),
        ("outcome", "published"),
        ("detail_type", "Email Verified"),
        ("user", UUID),
        ("address", "s***@e***.org"),
    ];
    for (name, value) in expected {
        assert_eq!(line[name], value, "{line}");
    }
    let text = format!("{event:?} {line}");
    let digest = mail.header("X-Entity-Ref-ID").unwrap();
    for secret in [&link_of(&mail).1, &code_of(&mail), "Margaret", digest] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(!logs::all().contains("Secret.Reader"));

    // The whole event. Both ids are random.
    event.id = String::new();
    event.detail["id"] = json!("");
    insta::assert_json_snapshot!("email_verified", event);
}
