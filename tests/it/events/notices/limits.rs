//! No notice to a suppressed address, and no more than a day allows.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::stack::TABLE;
use serde_json::json;
use shared::domain::code_attempts::AttemptId;
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::mail_kind::MailKind;
use shared::domain::notice::NoticeId;
use shared::domain::rate_limit::NOTICE_LIMIT;
use shared::domain::user_id::UserId;
use shared::domain::version::Version;

use super::support::{
    FUNCTION, NEW, OLD, OLDS_ITEM, change, changes, invoke, invoke_as, moved, notices, notify,
    verify, verify_by_operator,
};
use crate::support::app::{REQUEST, TestApp, suppression};
use crate::support::logs::metrics_of;

#[tokio::test]
async fn a_suppressed_address_gets_nothing() {
    let app = moved().await;
    app.set(OLDS_ITEM, "suppression", suppression(OLD)).await;
    let before = app.table().await;
    assert_eq!(notify(&app).await, ["suppressed"]);
    assert_eq!(notices(&app), []);
    assert_eq!(app.table().await, before);
}

/// This many users verified the same address, and move to others.
async fn move_users(app: &TestApp, count: usize) {
    for number in 0..count {
        let own = format!("u{number}@example.net");
        let user = UserId::derived_from(&EmailAddress::parse(&own).unwrap());
        verify_by_operator(app, &user, OLD).await;
        verify_by_operator(app, &user, &own).await;
    }
}

#[tokio::test]
async fn a_day_allows_six_notices() {
    let app = TestApp::start().await;
    move_users(&app, NOTICE_LIMIT.max + 2).await;
    let outcomes = notify(&app).await;
    let (mailed, others) = outcomes.split_at(NOTICE_LIMIT.max);
    assert!(
        mailed.iter().all(|outcome| outcome == "mailed"),
        "{outcomes:?}"
    );
    assert_eq!(others, ["throttled", "throttled"]);
    assert_eq!(notices(&app).len(), NOTICE_LIMIT.max);
    app.pass(NOTICE_LIMIT.window);
    // What is left of the stream then, after a redrive.
    let outcomes = notify(&app).await;
    assert_eq!(outcomes.last().unwrap(), "mailed");
}

#[tokio::test]
async fn requests_do_not_stop_a_notice() {
    let app = moved().await;
    let stranger = |number: usize| {
        let uuid = format!("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2b{number:02}");
        json!({ "uuid": uuid, "email": OLD })
    };
    for number in 0..7 {
        app.post(REQUEST, stranger(number)).await;
    }
    assert_eq!(app.post(REQUEST, stranger(8)).await.status, 429);
    assert_eq!(notify(&app).await, ["mailed"]);
}

#[tokio::test]
async fn notices_do_not_stop_a_request() {
    let app = TestApp::start().await;
    move_users(&app, NOTICE_LIMIT.max).await;
    notify(&app).await;
    for _ in 0..6 {
        app.ask(json!({ "email": OLD })).await;
    }
    assert_eq!(app.post(REQUEST, json!({ "email": OLD })).await.status, 429);
}

#[tokio::test]
async fn the_record_of_a_notice_expires() {
    let app = moved().await;
    app.delete(OLDS_ITEM).await;
    assert_eq!(notify(&app).await, ["mailed"]);
    let expires_at = app.item(OLDS_ITEM).await.unwrap()["expires_at"].clone();
    let at = app.now().plus(NOTICE_LIMIT.window).unix_seconds();
    assert_eq!(expires_at.as_n().unwrap(), &at.to_string());
    // A change that is older than that has left the stream.
    assert!(NOTICE_LIMIT.window >= Duration::from_hours(24));
}

#[tokio::test]
async fn a_write_meanwhile_is_kept() {
    let app = moved().await;
    // Between the read and the write of the notice.
    let (store, now) = (app.operator_store(), app.now());
    let old = EmailAddress::parse(OLD).unwrap();
    let change = change(&app).await;
    app.edge.meanwhile(1, async move {
        store
            .unsuppress(&old, Version::first([1; 4]), now)
            .await
            .unwrap();
    });
    assert_eq!(
        invoke(&app.functions[FUNCTION], &change).await.unwrap(),
        "mailed"
    );
    assert!(
        app.item(OLDS_ITEM)
            .await
            .unwrap()
            .contains_key("unsuppressed_at")
    );
    verify(&app, "third@example.net").await;
    assert_eq!(notify(&app).await, ["known", "mailed"]);
    assert_eq!(notices(&app)[0].to, [NEW]);
}

/// A notice of another change is refunded between the read and the write of this one.
#[tokio::test]
async fn a_refund_meanwhile_is_kept() {
    let app = moved().await;
    let (store, now) = (app.store.clone(), app.now());
    let old = EmailAddress::parse(OLD).unwrap();
    let refunded = NoticeId {
        mail: MailId::of_change(MailKind::AddressChanged, "another"),
        attempt: AttemptId::from_random([1; 8]),
    };
    let record = store.find_address(&old).await.unwrap().unwrap();
    let counting = record.with_notice(refunded, now);
    store.count_notice(&old, &counting).await.unwrap();
    let change = change(&app).await;
    app.edge.meanwhile(1, async move {
        store.refund_notice(&old, &refunded).await.unwrap();
    });
    assert_eq!(
        invoke(&app.functions[FUNCTION], &change).await.unwrap(),
        "mailed"
    );
    let item = app.item(OLDS_ITEM).await.unwrap();
    let counted = item["notices"].as_m().unwrap();
    assert_eq!(counted.len(), 1, "{counted:?}");
    assert!(!counted.contains_key(&refunded.to_string()), "{counted:?}");
}

/// An operator may suppress an address by an item without a version.
#[tokio::test]
async fn a_suppression_meanwhile_is_kept() {
    let app = moved().await;
    app.delete(OLDS_ITEM).await;
    let key = AttributeValue::S(OLDS_ITEM.to_owned());
    let update = app.client.update_item().table_name(TABLE).key("pk", key);
    let update = update
        .update_expression("SET suppression = :suppression")
        .expression_attribute_values(":suppression", suppression(OLD));
    let change = change(&app).await;
    app.edge.meanwhile(1, async move {
        update.send().await.unwrap();
    });
    assert_eq!(
        invoke(&app.functions[FUNCTION], &change).await.unwrap(),
        "suppressed"
    );
    assert_eq!(notices(&app), []);
}

#[tokio::test]
async fn a_throttled_notice_is_counted() {
    let app = TestApp::start().await;
    move_users(&app, NOTICE_LIMIT.max + 1).await;
    let changes = changes(&app).await;
    let answer = invoke_as(&app, "throttled-notice", &changes).await;
    assert_eq!(answer.unwrap().outcomes.last(), Some(&"throttled"));
    assert_eq!(metrics_of("throttled-notice"), ["Throttled"]);
}
