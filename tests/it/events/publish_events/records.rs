//! From records of the stream to events: filter, ids, old and unreadable records.

use local::lambda::InvocationError;
use local::ses;
use serde_json::{Value, json};
use shared::domain::user_record::ProofMethod;
use shared::store::{refusals, suppression, user};

use super::support::{
    UUID, ids, ids_of, let_through, line_of, patterns, publish, published, sequence_number,
    verify_users,
};
use crate::page::press;
use crate::support::app::{TestApp, VERIFY};
use crate::support::logs;
use crate::support::mail::{link_of, proof_of};
use crate::support::stream;

/// An event that `docs/integrate.md` shows, whole and without its id.
fn shown(file: &str) -> (String, Value) {
    let mut event: Value = serde_json::from_str(file).unwrap();
    assert_eq!(event["source"], "mailproof");
    let detail = event["detail"].as_object_mut().unwrap();
    let id = detail.remove("id");
    assert!(id.is_some_and(|id| id.is_string()));
    let stage = detail.insert("stage".to_owned(), json!("local"));
    assert_eq!(stage, Some(json!("prod")), "what a template begins with");
    (
        event["detail-type"].as_str().unwrap().to_owned(),
        event["detail"].take(),
    )
}

#[test]
fn the_filter_names_stored_attributes() {
    let exists = json!({ "S": [{ "exists": true }] });
    let verification = json!({ "dynamodb": {
        "OldImage": { user::PENDING: { "BOOL": [true] } },
        "NewImage": { user::VERIFIED_AT: exists },
    } });
    let by_operator = json!({ "dynamodb": { "NewImage": {
        user::VERIFIED_BY: { "S": [ProofMethod::Operator.as_str()] },
    } } });
    let suppression = json!({ "dynamodb": { "NewImage": {
        suppression::SUPPRESSION: { "M": { suppression::REASON: exists } },
    } } });
    let refusal = json!({ "dynamodb": { "NewImage": {
        refusals::REFUSAL: { "M": { refusals::AT: exists } },
    } } });
    assert_eq!(
        patterns(),
        [verification, by_operator, suppression, refusal],
        "template.yaml"
    );
}

#[tokio::test]
async fn the_docs_show_real_events() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "Ada@Example.com", "uuid": UUID }))
        .await;
    app.post(VERIFY, proof_of(&mail)).await;
    let other = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98";
    let mail = app
        .ask(json!({ "email": "Ada@example.org", "uuid": other }))
        .await;
    let mut mail = (*mail).clone();
    mail.received_at = app.now().unix_seconds() * 1_000;
    let bounce = ses::event(
        &mail,
        &mail.to[0],
        ses::DeliveryOutcome::Bounced,
        mail.received_at,
    );
    app.record(&bounce).await.unwrap();
    press(&app, &mail, "stop").await;
    let shown = [
        shown(include_str!(
            "../../../../docs/examples/email_verified.json"
        )),
        shown(include_str!(
            "../../../../docs/examples/email_undeliverable.json"
        )),
        shown(include_str!(
            "../../../../docs/examples/verification_refused.json"
        )),
    ];
    assert_eq!(published(&app).await, shown);
}

#[tokio::test]
async fn missing_attributes_publish_null() {
    let app = TestApp::start().await;
    let mail = app
        .ask(json!({ "email": "ada@example.org", "uuid": UUID }))
        .await;
    app.post(VERIFY, proof_of(&mail)).await;
    // An event about a mail of an earlier release has no user.
    let bouncing = app
        .ask(json!({ "email": "bounce@simulator.amazonses.com" }))
        .await;
    let mut bounce = app.take_events().pop().unwrap();
    let tags = bounce["detail"]["mail"]["tags"].as_object_mut().unwrap();
    assert_eq!(tags.remove("user"), Some(json!([link_of(&bouncing).0])));
    app.record(&bounce).await.unwrap();

    let mut records = let_through(&app).await;
    let image = records[0]["dynamodb"]["NewImage"].as_object_mut().unwrap();
    assert_eq!(image.remove("verified_by"), Some(json!({ "S": "link" })));
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    let details: Vec<_> = app
        .published
        .take()
        .into_iter()
        .map(|event| event.detail)
        .collect();
    assert_eq!(details.len(), 2);
    assert_eq!(details[0].get("method"), Some(&Value::Null));
    assert_eq!(details[1].get("uuid"), Some(&Value::Null));
}

#[tokio::test]
async fn the_filter_drops_no_event() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    app.ask(json!({ "email": "bounce@simulator.amazonses.com" }))
        .await;
    app.record_all().await;
    let all = stream::records(&app).await;
    assert!(all.len() > records.len() + 1);
    assert_eq!(publish(&app, &all).await, [] as [String; 0]);
    let of_all = ids(&app.take_published());
    let filtered = let_through(&app).await;
    assert!(filtered.len() < all.len());
    publish(&app, &filtered).await;
    assert_eq!(ids(&app.take_published()), of_all);
}

#[tokio::test]
async fn a_repeated_batch_has_the_same_ids() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 2).await;
    for _ in 0..2 {
        assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    }
    let events = app.take_published();
    let (first, second) = events.split_at(2);
    assert_eq!(ids(first), ids_of(&records));
    assert_eq!(ids(first), ids(second));
    assert_ne!(first[0].id, second[0].id, "EventBridge's own ids");
}

#[tokio::test]
async fn an_unreadable_record_fails_alone() {
    let app = TestApp::start().await;
    let mut records = verify_users(&app, 3).await;
    let member = "/dynamodb/NewImage/verified_email/S";
    *records[1].pointer_mut(member).unwrap() = json!("odd.one.at.example.org");
    assert_eq!(
        publish(&app, &records).await,
        [sequence_number(&records[1])]
    );
    let [first, odd, third] = ids_of(&records).try_into().unwrap();
    assert_eq!(ids(&app.take_published()), [first, third]);
    let line = line_of(&odd);
    assert_eq!(
        (&line["level"], &line["outcome"]),
        (&json!("ERROR"), &json!("failed"))
    );
    let member = "/dynamodb/NewImage/verified_email";
    assert_eq!(
        line["error"],
        format!("a record of the stream cannot be read: {member}")
    );
    assert!(!logs::all().contains("odd.one"));
}

#[tokio::test]
async fn unnumbered_records_fail_the_batch() {
    let app = TestApp::start().await;
    let mut records = verify_users(&app, 2).await;
    records[1]["dynamodb"]
        .as_object_mut()
        .unwrap()
        .remove("SequenceNumber");
    for (batch, member) in [
        (json!({ "Records": records }), "/dynamodb/SequenceNumber"),
        (json!({ "Records": "none" }), "/Records"),
        (json!([]), "/Records"),
    ] {
        match app.functions["publish_events"]
            .invoke(&batch.to_string())
            .await
        {
            Err(InvocationError::Failed(error)) => {
                assert_eq!(
                    error.message,
                    format!("a record of the stream cannot be read: {member}")
                );
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(app.event_faults.attempts(), 0);
}

#[tokio::test]
async fn without_events_no_call_is_made() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "ada@example.org" })).await;
    let records = stream::records(&app).await;
    assert!(!records.is_empty());
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    assert_eq!(app.event_faults.attempts(), 0);
}
