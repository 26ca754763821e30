//! The event `Email Undeliverable`: one per suppression.

use aws_sdk_dynamodb::types::AttributeValue;
use local::ses;
use serde_json::{Value, json};

use super::support::{UUID, events, published};
use crate::support::app::{TestApp, suppression};
use crate::support::mail::link_of;

fn undeliverable(uuid: &str, email: &str, reason: &str, at: &str) -> (String, Value) {
    let detail = json!({
        "stage": "local",
        "uuid": uuid,
        "email": email,
        "reason": reason,
        "occurred_at": at,
    });
    ("Email Undeliverable".to_owned(), detail)
}

#[tokio::test]
async fn each_suppression_is_one_event() {
    let app = TestApp::start().await;
    let simulated = [
        ("Bounce@simulator.amazonses.com", "bounced"),
        ("complaint+1@simulator.amazonses.com", "complained"),
    ];
    let mut expected = Vec::new();
    for (email, reason) in simulated {
        let mail = app.ask(json!({ "email": email })).await;
        let of_ses = app.take_events();
        for event in of_ses.iter().chain(&of_ses) {
            app.record(event).await.unwrap();
        }
        let record = app.item(&format!("address#{}", email.to_lowercase())).await;
        let suppression = record.unwrap()["suppression"].as_m().unwrap().clone();
        expected.push(undeliverable(
            &link_of(&mail).0,
            email,
            reason,
            suppression["at"].as_s().unwrap(),
        ));
    }
    assert_eq!(published(&app).await, expected);
}

#[tokio::test]
async fn undeliverable_names_the_user() {
    let app = TestApp::start().await;
    let other = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
    let mut mails = Vec::new();
    for uuid in [UUID, other] {
        let mail = app
            .ask(json!({ "email": "ada@example.org", "uuid": uuid }))
            .await;
        let mut mail = (*mail).clone();
        mail.received_at = app.now().unix_seconds() * 1_000;
        mails.push(mail);
    }
    // The event of the earlier mail arrives last and replaces the record of the later one.
    for (mail, seconds) in [(&mails[1], 9), (&mails[0], 5)] {
        let at = mail.received_at + seconds * 1_000;
        let bounce = ses::event(mail, &mail.to[0], ses::DeliveryOutcome::Bounced, at);
        app.record(&bounce).await.unwrap();
    }
    let at = "2026-11-23T12:00:09Z";
    let expected = undeliverable(other, "ada@example.org", "bounced", at);
    assert_eq!(published(&app).await, [expected]);
}

#[tokio::test]
async fn a_suppression_is_published_once() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "Ada@example.org" })).await;
    let suppressed = |reason: &str| {
        let mut suppression = suppression("Ada@example.org").as_m().unwrap().clone();
        suppression.insert("reason".to_owned(), AttributeValue::S(reason.to_owned()));
        AttributeValue::M(suppression)
    };
    let known = "address#ada@example.org";
    app.set(known, "suppression", suppressed("bounced")).await;
    // A complaint replaces a bounce: the address is undeliverable already.
    app.set(known, "suppression", suppressed("complained"))
        .await;
    app.remove(known, "suppression").await;
    assert_eq!(events(&app).await.len(), 1);
    app.set(known, "suppression", suppressed("complained"))
        .await;
    // A complaint may arrive when the record of the address has expired.
    app.set(
        "address#grace@example.org",
        "suppression",
        suppressed("bounced"),
    )
    .await;
    let reasons: Vec<_> = published(&app)
        .await
        .into_iter()
        .map(|(_, detail)| detail["reason"].clone())
        .collect();
    assert_eq!(reasons, ["bounced", "complained", "bounced"]);
}
