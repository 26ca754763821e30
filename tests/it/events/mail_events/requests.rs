//! Events that arrive during a request.

use aws_sdk_dynamodb::types::AttributeValue;
use local::edge::Fault;
use local::ses::DeliveryOutcome;
use local::stack::TABLE;
use serde_json::json;

use super::support::{ADA, ADAS_ITEM, mail_to_ada, record_of, record_outcome, ses_event};
use crate::support::app::{REQUEST, TestApp};

#[tokio::test]
async fn a_request_keeps_the_last_delivery() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let mailed = app.item(ADAS_ITEM).await.unwrap();
    record_outcome(&app, &ses_event(&mail, DeliveryOutcome::Delivered, 1)).await;
    let before = app.item(ADAS_ITEM).await.unwrap();
    assert_eq!(
        before["version"], mailed["version"],
        "a delivery is no new version"
    );
    app.ask(json!({ "email": ADA })).await;
    let after = app.item(ADAS_ITEM).await.unwrap();
    assert_eq!(after["delivery"], before["delivery"]);
}

#[tokio::test]
async fn a_bounce_beats_a_request_in_flight() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let bounce = ses_event(&mail, DeliveryOutcome::Bounced, 1).to_string();
    let function = app.functions["record_mail_events"].clone();
    // The request has lost its first attempt, has read the record, and is about to write.
    app.edge.take_calls();
    app.edge.meanwhile(1, async move {
        function.invoke(&bounce).await.unwrap();
    });
    app.assert_suppressed(ADA).await;
    let transactions = app.edge.take_calls();
    let transactions = transactions
        .iter()
        .filter(|call| *call == "TransactWriteItems");
    assert_eq!(transactions.count(), 2);
    assert_eq!(app.sent.len(), 1, "nothing is mailed");
    let item = app.item(ADAS_ITEM).await.unwrap();
    assert!(!item.contains_key("expires_at"), "it never expires");
}

#[tokio::test]
async fn a_refund_keeps_a_suppression() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let complaint = ses_event(&mail, DeliveryOutcome::Complained, 1).to_string();
    let function = app.functions["record_mail_events"].clone();
    let client = app.client.clone();
    app.ses_faults.next(Fault::Paused);
    // Before the refund, an operator forgets the address, and a complaint arrives.
    app.edge.meanwhile(2, async move {
        let key = AttributeValue::S(ADAS_ITEM.to_owned());
        let delete = client.delete_item().table_name(TABLE).key("pk", key);
        delete.send().await.unwrap();
        function.invoke(&complaint).await.unwrap();
    });
    assert_eq!(app.post(REQUEST, json!({ "email": ADA })).await.status, 503);
    app.assert_suppressed(ADA).await;
    let record = record_of(&app, ADA).await.unwrap();
    assert_eq!(record.mails.events().count(), 0);
}
