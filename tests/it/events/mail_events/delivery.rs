//! The delivery status of the newest mail.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::edge::Fault;
use local::ses::{DeliveryOutcome, SuppressedFor};
use serde_json::json;

use super::support::{
    ADA, ADAS_ITEM, assert_outcome, assert_outcomes, mail_to_ada, newest, record_of,
    record_outcome, ses_event, suppressed_for,
};
use crate::support::app::{REQUEST, TestApp};
use crate::support::mail::link_of;

#[tokio::test]
async fn each_event_type_is_a_state() {
    for (outcome, state) in [
        (DeliveryOutcome::Delivered, "delivered"),
        (DeliveryOutcome::Delayed, "delayed"),
        (DeliveryOutcome::Expired, "soft_bounced"),
        (DeliveryOutcome::OutOfOffice, "soft_bounced"),
        (DeliveryOutcome::Bounced, "bounced"),
        (DeliveryOutcome::OnGlobalList, "bounced"),
        (
            DeliveryOutcome::OnAccountList(SuppressedFor::Bounce),
            "bounced",
        ),
        (
            DeliveryOutcome::OnAccountList(SuppressedFor::Complaint),
            "complained",
        ),
        (DeliveryOutcome::Complained, "complained"),
        (DeliveryOutcome::Rejected, "rejected"),
        (DeliveryOutcome::AuthenticationFailed, "complained"),
    ] {
        let app = TestApp::start().await;
        let mail = mail_to_ada(&app).await;
        assert_eq!(newest(&app).await, "sent");
        assert_outcome(&app, &ses_event(&mail, outcome, 5), "recorded").await;
        assert_eq!(newest(&app).await, state, "{outcome:?}");
        let reason = suppressed_for(&app).await;
        let expected = ["bounced", "complained"]
            .into_iter()
            .find(|reason| *reason == state && outcome != DeliveryOutcome::AuthenticationFailed);
        assert_eq!(reason, expected, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_delivery_is_stored_as_documented() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let name = mail.header("X-Entity-Ref-ID").unwrap();
    let version = record_of(&app, ADA).await.unwrap().version;
    record_outcome(&app, &ses_event(&mail, DeliveryOutcome::Bounced, 5)).await;
    let item = app.item(ADAS_ITEM).await.unwrap();
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: i64| AttributeValue::N(number.to_string());
    let delivery = [
        ("mail", text(name)),
        ("sent_at", number(1_795_435_200_123)),
        ("state", text("bounced")),
        ("rank", number(6)),
        ("at", number(1_795_435_205)),
    ];
    let suppression = [
        ("reason", text("bounced")),
        ("at", text("2026-11-23T12:00:05Z")),
        ("email", text(ADA)),
        ("mail", text(name)),
        ("user", text(&link_of(&mail).0)),
    ];
    let map = |members: &[(&str, AttributeValue)]| {
        let members = members
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        AttributeValue::M(members.collect())
    };
    assert_eq!(item["delivery"], map(&delivery));
    assert_eq!(item["suppression"], map(&suppression));
    assert_eq!(record_of(&app, ADA).await.unwrap().version, version.next());
    assert!(!item.contains_key("expires_at"), "it never expires");
}

#[tokio::test]
async fn a_delivery_state_only_rises() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    for (outcome, seconds, came, state) in [
        (DeliveryOutcome::Expired, 9, "recorded", "soft_bounced"),
        (DeliveryOutcome::Delayed, 3, "known", "soft_bounced"),
        (DeliveryOutcome::Delivered, 20, "recorded", "delivered"),
        // An out-of-office answer: the mail stays delivered.
        (DeliveryOutcome::OutOfOffice, 21, "known", "delivered"),
        (DeliveryOutcome::Delayed, 30, "known", "delivered"),
        // A server accepted it and bounced it later.
        (DeliveryOutcome::Bounced, 40, "recorded", "bounced"),
        (DeliveryOutcome::Delivered, 20, "known", "bounced"),
        (DeliveryOutcome::Complained, 50, "recorded", "complained"),
        (DeliveryOutcome::Bounced, 60, "known", "complained"),
    ] {
        let event = ses_event(&mail, outcome, seconds);
        assert_outcome(&app, &event, came).await;
        assert_eq!(newest(&app).await, state, "{outcome:?}");
    }
}

#[tokio::test]
async fn the_later_of_equal_events_stays() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    for (seconds, came, last_word) in [(3, "recorded", 3), (9, "recorded", 9), (5, "known", 9)] {
        let event = ses_event(&mail, DeliveryOutcome::Delayed, seconds);
        assert_outcome(&app, &event, came).await;
        let delivery = record_of(&app, ADA).await.unwrap().delivery.unwrap();
        let reported_after = delivery.at.seconds_since(app.now());
        assert_eq!(reported_after, last_word);
    }
}

#[tokio::test]
async fn the_newest_mail_is_shown() {
    let app = TestApp::start().await;
    let first = mail_to_ada(&app).await;
    record_outcome(&app, &ses_event(&first, DeliveryOutcome::Delivered, 1)).await;
    app.pass(Duration::from_mins(1));
    let second = mail_to_ada(&app).await;
    assert_eq!(newest(&app).await, "sent");
    record_outcome(&app, &ses_event(&second, DeliveryOutcome::Delayed, 1)).await;
    assert_eq!(newest(&app).await, "delayed");
    // Events about the earlier mail are ignored.
    assert_outcome(
        &app,
        &ses_event(&first, DeliveryOutcome::Expired, 90),
        "known",
    )
    .await;
    assert_eq!(newest(&app).await, "delayed");
}

#[tokio::test]
async fn a_duplicate_event_writes_nothing() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    for outcome in [
        DeliveryOutcome::Delayed,
        DeliveryOutcome::Delivered,
        DeliveryOutcome::Bounced,
        DeliveryOutcome::Complained,
    ] {
        let event = ses_event(&mail, outcome, 5);
        assert_outcome(&app, &event, "recorded").await;
        let table = app.table().await;
        for _ in 0..3 {
            assert_outcome(&app, &event, "known").await;
        }
        assert_eq!(app.table().await, table, "{outcome:?}");
    }
}

#[tokio::test]
async fn events_of_unknown_mails_are_ignored() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let mut other_kind = ses_event(&mail, DeliveryOutcome::Bounced, 5);
    other_kind["detail"]["mail"]["tags"]["kind"] = json!(["newsletter"]);
    let mut other_stage = ses_event(&mail, DeliveryOutcome::Bounced, 5);
    other_stage["detail"]["mail"]["tags"]["stage"] = json!(["prod"]);
    let mut stranger = mail.clone();
    stranger.to = vec!["nobody@example.org".to_owned()];
    let mut foreign = mail.clone();
    foreign.tags.retain(|tag| tag.name != "mail");
    foreign.tags.push(local::captured_mails::Field {
        name: "mail".to_owned(),
        value: "A".repeat(43),
    });
    let before = app.table().await;
    for event in [
        json!({}),
        json!("text"),
        other_kind,
        other_stage,
        ses_event(&stranger, DeliveryOutcome::Delivered, 5),
        ses_event(&foreign, DeliveryOutcome::Delivered, 5),
        ses_event(&foreign, DeliveryOutcome::Rejected, 5),
    ] {
        assert_outcome(&app, &event, "ignored").await;
    }
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_mail_after_a_lost_answer_counts() {
    let app = TestApp::start().await;
    app.ses_faults.next(Fault::CutAfter);
    app.post(REQUEST, json!({ "email": ADA })).await;
    // SES accepted it, and it is counted.
    assert_outcomes(&app, &["recorded"]).await;
}
