//! Only complaints of readers suppress: reports of servers (`auth-failure`, `virus`) are recorded.

use local::captured_mails::CapturedMail;
use local::ses::DeliveryOutcome;
use serde_json::{Value, json};

use super::support::{
    ADA, ADAS_ITEM, assert_outcome, lines_of, mail_to_ada, newest, record_outcome, ses_event,
    suppressed_for,
};
use crate::support::app::TestApp;

/// Ada's mail, and a complaint about it with this feedback type.
async fn complaint_as(app: &TestApp, kind: Value) -> (CapturedMail, Value) {
    let mail = mail_to_ada(app).await;
    let mut event = ses_event(&mail, DeliveryOutcome::Complained, 5);
    event["detail"]["complaint"]["complaintFeedbackType"] = kind;
    (mail, event)
}

#[tokio::test]
async fn a_servers_report_suppresses_nothing() {
    for kind in ["auth-failure", "virus", "Auth-Failure"] {
        let app = TestApp::start().await;
        let (_, event) = complaint_as(&app, json!(kind)).await;
        assert_outcome(&app, &event, "recorded").await;
        assert_eq!(lines_of(&event)[0]["span"]["complaint"], kind);
        assert_outcome(&app, &event, "known").await;
        assert_eq!(newest(&app).await, "complained");
        assert_eq!(suppressed_for(&app).await, None);
        let item = app.item(ADAS_ITEM).await.unwrap();
        assert!(item.contains_key("expires_at"), "it expires as before");
        app.ask(json!({ "email": ADA })).await;
    }
}

#[tokio::test]
async fn any_other_complaint_suppresses() {
    for kind in [
        json!("abuse"),
        json!("fraud"),
        json!("other"),
        json!("opt-out"),
        json!(""),
        Value::Null,
    ] {
        let app = TestApp::start().await;
        let (_, event) = complaint_as(&app, kind.clone()).await;
        assert_outcome(&app, &event, "recorded").await;
        assert_eq!(suppressed_for(&app).await, Some("complained"), "{kind}");
    }
}

#[tokio::test]
async fn a_report_hides_no_bounce() {
    for (outcome, reason) in [
        (DeliveryOutcome::Bounced, "bounced"),
        (DeliveryOutcome::Complained, "complained"),
    ] {
        for order in [
            [outcome, DeliveryOutcome::AuthenticationFailed],
            [DeliveryOutcome::AuthenticationFailed, outcome],
        ] {
            let app = TestApp::start().await;
            let mail = mail_to_ada(&app).await;
            for (outcome, seconds) in order.into_iter().zip([5, 6]) {
                record_outcome(&app, &ses_event(&mail, outcome, seconds)).await;
            }
            assert_eq!(newest(&app).await, reason);
            assert_eq!(suppressed_for(&app).await, Some(reason));
            app.assert_suppressed(ADA).await;
        }
    }
}

#[tokio::test]
async fn a_report_makes_no_record() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    app.delete(ADAS_ITEM).await;
    assert_outcome(
        &app,
        &ses_event(&mail, DeliveryOutcome::AuthenticationFailed, 5),
        "ignored",
    )
    .await;
    assert!(app.item(ADAS_ITEM).await.is_none());
}
