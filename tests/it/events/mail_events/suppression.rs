//! Bounces and complaints suppress an address.

use std::time::Duration;

use local::ses::{DeliveryOutcome, SuppressedFor};
use local::stack::TABLE;
use serde_json::json;

use super::support::{
    ADA, ADAS_ITEM, assert_outcome, assert_outcomes, mail_to_ada, newest, record_of,
    record_outcome, ses_event, suppressed_for,
};
use crate::support::app::{TestApp, VERIFY};
use crate::support::mail::proof_of;

#[tokio::test]
async fn a_refused_request_costs_nothing() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "Bounce+1@simulator.amazonses.com" }))
        .await;
    assert_outcomes(&app, &["recorded"]).await;
    let before = app.table().await;
    app.assert_suppressed("bounce+1@simulator.amazonses.com")
        .await;
    assert_eq!((app.table().await, app.sent.len()), (before, 1));
    // Another mailbox is not suppressed.
    app.ask(json!({ "email": "success@simulator.amazonses.com" }))
        .await;
}

#[tokio::test]
async fn simulator_addresses_end_as_with_ses() {
    let app = TestApp::start().await;
    for (name, outcomes, state, reason) in [
        ("success", &["recorded"][..], "delivered", None),
        ("bounce", &["recorded"], "bounced", Some("bounced")),
        ("suppressionlist", &["recorded"], "bounced", Some("bounced")),
        ("ooto", &["recorded", "known"], "delivered", None),
        (
            "complaint",
            &["recorded", "recorded"],
            "complained",
            Some("complained"),
        ),
    ] {
        let email = format!("{name}@simulator.amazonses.com");
        app.ask(json!({ "email": email })).await;
        assert_outcomes(&app, outcomes).await;
        let record = record_of(&app, &email).await.unwrap();
        let suppression = record
            .suppression
            .as_ref()
            .map(|found| found.reason.as_str());
        assert_eq!(suppression, reason, "{name}");
        let delivery = record.delivery.unwrap();
        assert_eq!(delivery.state.as_str(), state, "{name}");
    }
}

#[tokio::test]
async fn a_mail_reveals_a_suppression_of_ses() {
    let app = TestApp::start().await;
    app.suppression_list
        .put("ADA@example.org", SuppressedFor::Complaint, 0);
    app.ask(json!({ "email": ADA })).await;
    assert_outcomes(&app, &["recorded"]).await;
    assert_eq!(suppressed_for(&app).await, Some("complained"));
    app.assert_suppressed(ADA).await;
}

#[tokio::test]
async fn a_late_complaint_still_counts() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    app.delete(ADAS_ITEM).await;
    assert_outcome(
        &app,
        &ses_event(&mail, DeliveryOutcome::Delivered, 5),
        "ignored",
    )
    .await;
    assert!(app.item(ADAS_ITEM).await.is_none());
    let late = ses_event(&mail, DeliveryOutcome::Complained, 9 * 24 * 60 * 60);
    assert_outcome(&app, &late, "recorded").await;
    assert_outcome(&app, &late, "known").await;
    assert_eq!(suppressed_for(&app).await, Some("complained"));
    assert_eq!(newest(&app).await, "complained");
    assert!(
        !app.item(ADAS_ITEM)
            .await
            .unwrap()
            .contains_key("expires_at")
    );
    app.assert_suppressed(ADA).await;
    // The proofs of that mail still work.
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_complaint_outranks_a_later_bounce() {
    for order in [
        [DeliveryOutcome::Bounced, DeliveryOutcome::Complained],
        [DeliveryOutcome::Complained, DeliveryOutcome::Bounced],
    ] {
        let app = TestApp::start().await;
        let mail = mail_to_ada(&app).await;
        for outcome in order {
            record_outcome(&app, &ses_event(&mail, outcome, 5)).await;
        }
        assert_eq!(suppressed_for(&app).await, Some("complained"));
    }
}

#[tokio::test]
async fn the_earliest_bounce_is_the_date() {
    let app = TestApp::start().await;
    let start = app.now();
    let first = mail_to_ada(&app).await;
    app.pass(Duration::from_secs(1));
    let second = mail_to_ada(&app).await;
    for (mail, seconds, came, since) in [
        (&second, 30, "recorded", 31),
        (&first, 20, "recorded", 20),
        (&second, 40, "recorded", 20),
        (&first, 20, "known", 20),
    ] {
        let bounce = ses_event(mail, DeliveryOutcome::Bounced, seconds);
        assert_outcome(&app, &bounce, came).await;
        let suppression = record_of(&app, ADA).await.unwrap().suppression.unwrap();
        assert_eq!(suppression.at.seconds_since(start), since);
    }
    // A complaint replaces even the earliest bounce.
    record_outcome(&app, &ses_event(&second, DeliveryOutcome::Complained, 50)).await;
    let suppression = record_of(&app, ADA).await.unwrap().suppression.unwrap();
    assert_eq!(suppression.at.seconds_since(start), 51);
}

#[tokio::test]
async fn bounces_of_one_second_commute() {
    let app = TestApp::start().await;
    let mails = [mail_to_ada(&app).await, mail_to_ada(&app).await];
    let before = app.item(ADAS_ITEM).await.unwrap();
    let mut named = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let put = app.client.put_item().table_name(TABLE);
        let put = put.set_item(Some(before.clone()));
        put.send().await.unwrap();
        for mail in order {
            record_outcome(&app, &ses_event(&mails[mail], DeliveryOutcome::Bounced, 5)).await;
        }
        let record = record_of(&app, ADA).await.unwrap();
        named.push((
            record.suppression.unwrap().mail,
            record.delivery.unwrap().mail,
        ));
    }
    assert_eq!(named[0], named[1]);
}
