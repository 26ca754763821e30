//! Failed writes, unreadable events, missing settings.

use local::edge::Fault;
use local::ses::DeliveryOutcome;
use serde_json::json;

use super::support::{
    ADA, assert_outcome, failure, mail_to_ada, newest, record_of, ses_event, suppressed_for,
};
use crate::support::app::TestApp;

#[tokio::test]
async fn a_retry_records_an_unstored_event() {
    for outcome in [DeliveryOutcome::Delivered, DeliveryOutcome::Bounced] {
        let app = TestApp::start().await;
        let mail = mail_to_ada(&app).await;
        let event = ses_event(&mail, outcome, 5);
        let before = app.table().await;
        app.edge.always(Fault::Error);
        let error = failure(app.record(&event).await);
        assert!(
            error.starts_with("DynamoDB is unavailable: InternalServerError"),
            "{error}"
        );
        app.edge.clear();
        assert_eq!(app.table().await, before);
        assert_outcome(&app, &event, "recorded").await;
    }
}

#[tokio::test]
async fn a_retry_finishes_a_partial_write() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let bounce = ses_event(&mail, DeliveryOutcome::Bounced, 5);
    // The suppression is written, and then DynamoDB fails all attempts of the SDK.
    app.edge.after(1, Fault::Error, 3);
    failure(app.record(&bounce).await);
    assert_eq!(suppressed_for(&app).await, Some("bounced"));
    assert!(record_of(&app, ADA).await.unwrap().delivery.is_none());
    assert_outcome(&app, &bounce, "recorded").await;
    assert_eq!(newest(&app).await, "bounced");
    assert_outcome(&app, &bounce, "known").await;
}

#[tokio::test]
async fn failed_writes_are_retried() {
    for how in [Fault::CutAfter, Fault::Conflict] {
        let app = TestApp::start().await;
        let mail = mail_to_ada(&app).await;
        app.edge.next(how);
        app.record(&ses_event(&mail, DeliveryOutcome::Delivered, 5))
            .await
            .unwrap();
        assert_eq!(newest(&app).await, "delivered", "{how:?}");
    }
}

#[tokio::test]
async fn an_unreadable_event_of_ours_fails() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let before = app.table().await;
    for (outcome, member) in [
        (DeliveryOutcome::Delivered, "/detail/mail/destination"),
        (DeliveryOutcome::Bounced, "/detail/mail/tags/mail"),
        (DeliveryOutcome::Delivered, "/detail/mail/timestamp"),
        (DeliveryOutcome::Delivered, "/detail/delivery/timestamp"),
        (DeliveryOutcome::Delayed, "/detail/deliveryDelay/timestamp"),
        (DeliveryOutcome::Bounced, "/detail/bounce/bounceType"),
        (DeliveryOutcome::Bounced, "/detail/bounce/timestamp"),
        (DeliveryOutcome::Complained, "/detail/complaint/timestamp"),
        (DeliveryOutcome::Rejected, "/detail/reject/reason"),
    ] {
        let mut event = ses_event(&mail, outcome, 5);
        *event.pointer_mut(member).unwrap() = json!(["odd.one", "at@example.org"]);
        let error = failure(app.record(&event).await);
        let expected = format!("an event about a mail of ours cannot be read: {member}");
        assert_eq!(error, expected);
    }
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn missing_settings_stop_the_start() {
    let app = TestApp::start().await;
    let start = |name: &'static str, value: &str| {
        let environment = app.environment_with(&[(name, value)]);
        let aws = shared::runtime::aws::Aws::from_environment(&environment).unwrap();
        record_mail_events::RecordMailEvents::from_environment(&environment, &aws)
            .map(drop)
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        start("TABLE_NAME", ""),
        Err("setting TABLE_NAME: must be set".to_owned())
    );
    assert_eq!(
        start("STAGE", "a b"),
        Err("setting STAGE: must be no more than 64 letters, digits, _ and -".to_owned())
    );
    assert_eq!(start("STAGE", ""), Ok(()));
}
