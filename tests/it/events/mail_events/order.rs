//! Late, duplicated and reordered events end in the same record.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::ses::DeliveryOutcome;
use local::stack::TABLE;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::support::{ADAS_ITEM, mail_to_ada, newest, record_outcome, ses_event, suppressed_for};
use crate::support::app::TestApp;

/// An event: the index of one of three mails to Ada, the index of the outcome, and its second. The
/// third mail is no longer in the record and is as old as the second one.
type Reported = (usize, usize, i64);

const OUTCOMES: [DeliveryOutcome; 7] = [
    DeliveryOutcome::Delayed,
    DeliveryOutcome::Expired,
    DeliveryOutcome::Delivered,
    DeliveryOutcome::Rejected,
    DeliveryOutcome::AuthenticationFailed,
    DeliveryOutcome::Bounced,
    DeliveryOutcome::Complained,
];

fn reported() -> impl Strategy<Value = (Vec<Reported>, Vec<Reported>)> {
    let one = (0..3_usize, 0..OUTCOMES.len(), 1..4_i64);
    proptest::collection::vec(one, 1..8).prop_flat_map(|events| {
        let again = proptest::collection::vec(proptest::sample::select(events.clone()), 0..4);
        let other_order = again.prop_map({
            let events = events.clone();
            move |again| [events.clone(), again].concat()
        });
        (Just(events), other_order.prop_shuffle())
    })
}

#[test]
fn events_commute_and_may_repeat() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let mails = runtime.block_on(async {
        let first = mail_to_ada(&app).await;
        app.pass(Duration::from_secs(2));
        let second = mail_to_ada(&app).await;
        let third = mail_to_ada(&app).await;
        let remove = app.client.update_item().table_name(TABLE);
        remove
            .key("pk", AttributeValue::S(ADAS_ITEM.to_owned()))
            .update_expression("REMOVE mails.#mail")
            .expression_attribute_names("#mail", third.header("X-Entity-Ref-ID").unwrap())
            .send()
            .await
            .unwrap();
        [first, second, third]
    });
    let before = runtime.block_on(app.item(ADAS_ITEM)).unwrap();
    let after = async |events: &[Reported]| {
        let put = app.client.put_item().table_name(TABLE);
        let put = put.set_item(Some(before.clone()));
        put.send().await.unwrap();
        for (mail, outcome, seconds) in events {
            record_outcome(
                &app,
                &ses_event(&mails[*mail], OUTCOMES[*outcome], *seconds),
            )
            .await;
        }
        let mut item: HashMap<_, _> = app.item(ADAS_ITEM).await.unwrap();
        // The number of writes may differ.
        item.remove("version");
        item
    };
    let config = Config {
        cases: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let converges = |(one, other): (Vec<Reported>, Vec<Reported>)| {
        let (one, other) = runtime.block_on(async { (after(&one).await, after(&other).await) });
        if one == other {
            Ok(())
        } else {
            Err(TestCaseError::fail(format!("{one:?}\n{other:?}")))
        }
    };
    TestRunner::new(config).run(&reported(), converges).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn event_order_does_not_matter() {
    let app = Arc::new(TestApp::start().await);
    let mail = mail_to_ada(&app).await;
    let mut handed_on = tokio::task::JoinSet::new();
    for outcome in OUTCOMES.into_iter().chain(OUTCOMES) {
        let (app, event) = (Arc::clone(&app), ses_event(&mail, outcome, 5));
        handed_on.spawn(async move { record_outcome(&app, &event).await });
    }
    handed_on.join_all().await;
    assert_eq!(newest(&app).await, "complained");
    assert_eq!(suppressed_for(&app).await, Some("complained"));
}
