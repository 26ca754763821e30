//! SES's events update the record of the address, even if they are late, duplicated or reordered.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::captured_mails::CapturedMail;
use local::lambda::InvocationError;
use local::ses::{DeliveryOutcome, Fault, SuppressedFor, event};
use local::stack::TABLE;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use shared::domain::address_record::AddressRecord;
use shared::domain::email_address::EmailAddress;
use shared::runtime::settings::Environment;

use crate::support::app::{REQUEST, TestApp, VERIFY, error, link_of, proof_of};
use crate::support::edge::Break;
use crate::support::logs;

pub const ADA: &str = "ada@example.org";
const ADAS_ITEM: &str = "address#ada@example.org";

/// The mail, as if SES had taken it now.
pub fn taken_now(app: &TestApp, mail: &CapturedMail) -> CapturedMail {
    let mut mail = mail.clone();
    mail.received_at = app.now().unix_seconds() * 1_000 + 123;
    mail
}

/// Asks for Ada's address, and returns the mail as if SES had taken it now.
pub async fn mail_to_ada(app: &TestApp) -> CapturedMail {
    let mail = app.ask(json!({ "email": ADA })).await;
    taken_now(app, &mail)
}

/// SES's event about this mail, so many seconds after SES took it.
pub fn ses_event(mail: &CapturedMail, outcome: DeliveryOutcome, seconds: i64) -> Value {
    event(
        mail,
        &mail.to[0],
        outcome,
        mail.received_at + seconds * 1_000,
    )
}

/// Delivers an event and returns the outcome.
pub async fn record_outcome(app: &TestApp, event: &Value) -> String {
    let answer = app.record(event).await.unwrap();
    answer["outcome"].as_str().unwrap().to_owned()
}

/// Delivers an event and checks the outcome.
pub async fn assert_outcome(app: &TestApp, event: &Value, expected: &str) {
    let outcome = record_outcome(app, event).await;
    assert_word(app, &outcome, expected, event);
}

/// Delivers all of SES's pending events and checks the outcome of each.
pub async fn assert_outcomes(app: &TestApp, expected: &[&str]) {
    let outcomes = app.record_all().await;
    assert_eq!(outcomes.len(), expected.len());
    for (outcome, expected) in outcomes.iter().zip(expected) {
        assert_word(app, outcome, expected, &Value::Null);
    }
}

/// On a busy machine the SDK may retry a write whose answer was late. The outcome is then `known`.
fn assert_word(app: &TestApp, outcome: &str, expected: &str, event: &Value) {
    let may_be_known = expected == "recorded" && app.edge.saw_a_repeated_call();
    assert!(
        outcome == expected || (may_be_known && outcome == "known"),
        "{outcome} and not {expected}: {event}"
    );
}

pub async fn record_of(app: &TestApp, email: &str) -> Option<AddressRecord> {
    let address = EmailAddress::parse(email).unwrap();
    app.store.find_address(&address).await.unwrap()
}

/// The delivery status of the newest mail to Ada.
async fn newest(app: &TestApp) -> &'static str {
    let record = record_of(app, ADA).await.unwrap();
    record.newest_mail().unwrap().0.as_str()
}

/// Why Ada's address is suppressed.
async fn suppressed_for(app: &TestApp) -> Option<&'static str> {
    let suppression = record_of(app, ADA).await?.suppression?;
    Some(suppression.reason.as_str())
}

fn assert_suppressed(answer: &crate::support::http::Answer) {
    let expected = error(
        "validation_error",
        "email_address_suppressed",
        "This address cannot receive our mail. Use a different one.",
        Some("email"),
    );
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
}

// Delivery status

#[tokio::test]
async fn each_event_type_is_a_state() {
    for (outcome, state) in [
        (DeliveryOutcome::Delivered, "delivered"),
        (DeliveryOutcome::Delayed, "delayed"),
        (DeliveryOutcome::GivenUp, "soft_bounced"),
        (DeliveryOutcome::AnsweredByMachine, "soft_bounced"),
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
        (DeliveryOutcome::Reported, "complained"),
    ] {
        let app = TestApp::start().await;
        let mail = mail_to_ada(&app).await;
        assert_eq!(newest(&app).await, "sent");
        assert_outcome(&app, &ses_event(&mail, outcome, 5), "recorded").await;
        assert_eq!(newest(&app).await, state, "{outcome:?}");
        let reason = suppressed_for(&app).await;
        let expected = ["bounced", "complained"]
            .into_iter()
            .find(|reason| *reason == state && outcome != DeliveryOutcome::Reported);
        assert_eq!(reason, expected, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_delivery_is_stored_as_documented() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let name = mail.header("X-Entity-Ref-ID").unwrap();
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
    assert_eq!(item["version"], number(2));
    assert!(!item.contains_key("expires_at"), "it stays");
}

#[tokio::test]
async fn a_delivery_state_only_rises() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    for (outcome, seconds, came, state) in [
        (DeliveryOutcome::GivenUp, 9, "recorded", "soft_bounced"),
        (DeliveryOutcome::Delayed, 3, "known", "soft_bounced"),
        (DeliveryOutcome::Delivered, 20, "recorded", "delivered"),
        // An out-of-office answer: the mail was delivered, and stays so.
        (DeliveryOutcome::AnsweredByMachine, 21, "known", "delivered"),
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
        &ses_event(&first, DeliveryOutcome::GivenUp, 90),
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
async fn a_mail_with_a_lost_answer_is_recorded() {
    let app = TestApp::start().await;
    app.ses_faults.next(Fault::LostAnswer);
    app.post(REQUEST, json!({ "email": ADA })).await;
    // SES took it, and it is counted.
    assert_outcomes(&app, &["recorded"]).await;
}

// Suppression

#[tokio::test]
async fn a_refusal_after_a_bounce_costs_nothing() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "Bounce+1@simulator.amazonses.com" }))
        .await;
    assert_outcomes(&app, &["recorded"]).await;
    let before = app.table().await;
    let body = json!({ "email": "bounce+1@simulator.amazonses.com" });
    assert_suppressed(&app.post(REQUEST, body).await);
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
    assert_suppressed(&app.post(REQUEST, json!({ "email": ADA })).await);
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
    assert_suppressed(&app.post(REQUEST, json!({ "email": ADA })).await);
    // The proofs of that mail still work.
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

/// Ada's mail, and a complaint about it that came as a report of this type.
async fn complaint_as(app: &TestApp, kind: Value) -> (CapturedMail, Value) {
    let mail = mail_to_ada(app).await;
    let mut event = ses_event(&mail, DeliveryOutcome::Complained, 5);
    event["detail"]["complaint"]["complaintFeedbackType"] = kind;
    (mail, event)
}

// Of complaints only those of a reader count: `auth-failure` and `virus` reports are recorded and
// suppress nothing.

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
        assert!(item.contains_key("expires_at"), "it leaves as before");
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
            [outcome, DeliveryOutcome::Reported],
            [DeliveryOutcome::Reported, outcome],
        ] {
            let app = TestApp::start().await;
            let mail = mail_to_ada(&app).await;
            for (outcome, seconds) in order.into_iter().zip([5, 6]) {
                record_outcome(&app, &ses_event(&mail, outcome, seconds)).await;
            }
            assert_eq!(newest(&app).await, reason);
            assert_eq!(suppressed_for(&app).await, Some(reason));
            assert_suppressed(&app.post(REQUEST, json!({ "email": ADA })).await);
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
        &ses_event(&mail, DeliveryOutcome::Reported, 5),
        "ignored",
    )
    .await;
    assert!(app.item(ADAS_ITEM).await.is_none());
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
async fn the_earliest_event_dates_a_suppression() {
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

// Concurrent requests

#[tokio::test]
async fn a_request_keeps_the_last_delivery() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    record_outcome(&app, &ses_event(&mail, DeliveryOutcome::Delivered, 1)).await;
    let before = app.item(ADAS_ITEM).await.unwrap();
    assert_eq!(
        before["version"],
        AttributeValue::N("1".to_owned()),
        "a note, and no change"
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
    let answer = app.post(REQUEST, json!({ "email": ADA })).await;
    let transactions = app.edge.take_calls();
    let transactions = transactions
        .iter()
        .filter(|call| *call == "TransactWriteItems");
    assert_suppressed(&answer);
    assert_eq!(transactions.count(), 2);
    assert_eq!(app.sent.len(), 1, "nothing is mailed");
    let item = app.item(ADAS_ITEM).await.unwrap();
    assert!(!item.contains_key("expires_at"), "it stays");
}

#[tokio::test]
async fn a_refund_keeps_a_suppression() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let complaint = ses_event(&mail, DeliveryOutcome::Complained, 1).to_string();
    let function = app.functions["record_mail_events"].clone();
    let client = app.client.clone();
    app.ses_faults.next(Fault::SendingPaused);
    // Before the refund, an operator forgets the address, and a complaint arrives.
    app.edge.meanwhile(2, async move {
        let key = AttributeValue::S(ADAS_ITEM.to_owned());
        let delete = client.delete_item().table_name(TABLE).key("pk", key);
        delete.send().await.unwrap();
        function.invoke(&complaint).await.unwrap();
    });
    assert_eq!(app.post(REQUEST, json!({ "email": ADA })).await.status, 503);
    assert_suppressed(&app.post(REQUEST, json!({ "email": ADA })).await);
    let record = record_of(&app, ADA).await.unwrap();
    assert_eq!(record.mails.events().count(), 0);
}

// Order

/// An event: which of three mails to Ada, which outcome, when. The third mail has left the record
/// and is as old as the second.
type Reported = (usize, usize, i64);

const FATES: [DeliveryOutcome; 7] = [
    DeliveryOutcome::Delayed,
    DeliveryOutcome::GivenUp,
    DeliveryOutcome::Delivered,
    DeliveryOutcome::Rejected,
    DeliveryOutcome::Reported,
    DeliveryOutcome::Bounced,
    DeliveryOutcome::Complained,
];

fn reported() -> impl Strategy<Value = (Vec<Reported>, Vec<Reported>)> {
    let one = (0..3_usize, 0..FATES.len(), 1..4_i64);
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
            record_outcome(&app, &ses_event(&mails[*mail], FATES[*outcome], *seconds)).await;
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
async fn concurrent_events_end_like_serial_ones() {
    let app = Arc::new(TestApp::start().await);
    let mail = mail_to_ada(&app).await;
    let mut handed_on = tokio::task::JoinSet::new();
    for outcome in FATES.into_iter().chain(FATES) {
        let (app, event) = (Arc::clone(&app), ses_event(&mail, outcome, 5));
        handed_on.spawn(async move { record_outcome(&app, &event).await });
    }
    handed_on.join_all().await;
    assert_eq!(newest(&app).await, "complained");
    assert_eq!(suppressed_for(&app).await, Some("complained"));
}

// Failures

fn failure(outcome: Result<Value, InvocationError>) -> String {
    match outcome {
        Err(InvocationError::Failed(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_retry_records_an_unstored_event() {
    for outcome in [DeliveryOutcome::Delivered, DeliveryOutcome::Bounced] {
        let app = TestApp::start().await;
        let mail = mail_to_ada(&app).await;
        let event = ses_event(&mail, outcome, 5);
        let before = app.table().await;
        app.edge.break_always(Break::InternalServerError);
        let error = failure(app.record(&event).await);
        assert!(
            error.starts_with("DynamoDB is unavailable: InternalServerError"),
            "{error}"
        );
        app.edge.mend();
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
    app.edge.break_after(1, Break::InternalServerError, 3);
    failure(app.record(&bounce).await);
    assert_eq!(suppressed_for(&app).await, Some("bounced"));
    assert!(record_of(&app, ADA).await.unwrap().delivery.is_none());
    assert_outcome(&app, &bounce, "recorded").await;
    assert_eq!(newest(&app).await, "bounced");
    assert_outcome(&app, &bounce, "known").await;
}

#[tokio::test]
async fn lost_and_conflicting_writes_are_retried() {
    for how in [Break::LostAnswer, Break::ItemInTransaction] {
        let app = TestApp::start().await;
        let mail = mail_to_ada(&app).await;
        app.edge.break_next(how);
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
        let mut settings = app.environment.clone();
        settings.retain(|(other, _)| *other != name);
        settings.push((name, value.to_owned()));
        let environment = Environment::from_pairs(&settings);
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

// The log

fn lines_of(event: &Value) -> Vec<Value> {
    let lines = logs::all();
    let lines = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["span"]["event_id"] == event["id"])
        .collect()
}

#[tokio::test]
async fn each_event_is_one_log_line() {
    let app = TestApp::start().await;
    let mail = mail_to_ada(&app).await;
    let bounce = ses_event(&mail, DeliveryOutcome::Bounced, 5);
    record_outcome(&app, &bounce).await;
    let lines = lines_of(&bounce);
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "event handled");
    assert_eq!(line["outcome"], "recorded");
    assert!(line["duration_ms"].is_u64());
    let span = &line["span"];
    assert_eq!(span["state"], "bounced");
    assert_eq!(span["bounce"], "Permanent/General");
    assert_eq!(span["address"], "a***@e***.org");
    assert_eq!(span["domain_hash"].as_str().unwrap().len(), 16);
    assert_eq!(span["message_id"], mail.message_id.as_str());
    assert_eq!(span["mail"], mail.header("X-Entity-Ref-ID").unwrap());

    let mut odd = ses_event(&mail, DeliveryOutcome::Complained, 6);
    odd["detail"]["complaint"]["timestamp"] = Value::Null;
    failure(app.record(&odd).await);
    let lines = lines_of(&odd);
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (&line["level"], &line["outcome"]),
        (&json!("ERROR"), &json!("failed"))
    );
    assert_eq!(
        line["error"],
        "an event about a mail of ours cannot be read: /detail/complaint/timestamp"
    );
}

#[tokio::test]
async fn the_log_masks_what_ses_says() {
    let app = TestApp::start().await;
    let email = "Margaret.Of.Events@example.org";
    let mail = app.ask(json!({ "email": email })).await;
    let mail = taken_now(&app, &mail);
    for outcome in [
        DeliveryOutcome::Delayed,
        DeliveryOutcome::Delivered,
        DeliveryOutcome::Bounced,
        DeliveryOutcome::Complained,
    ] {
        let mut event = ses_event(&mail, outcome, 5);
        event["id"] = json!(format!("id of {email}"));
        event["detail"]["mail"]["messageId"] = json!(email);
        event["detail"]["bounce"]["bounceSubType"] = json!(email);
        event["detail"]["complaint"]["complaintFeedbackType"] = json!(email);
        event["detail"]["bounce"]["bouncedRecipients"] =
            json!([{ "emailAddress": email, "diagnosticCode": format!("no <{email}> here") }]);
        app.record(&event).await.unwrap();
        let member = match outcome {
            DeliveryOutcome::Delayed => "/detail/deliveryDelay/timestamp",
            DeliveryOutcome::Delivered => "/detail/delivery/timestamp",
            DeliveryOutcome::Bounced => "/detail/bounce/timestamp",
            _ => "/detail/complaint/timestamp",
        };
        *event.pointer_mut(member).unwrap() = json!(email);
        let error = failure(app.record(&event).await);
        assert!(!error.to_lowercase().contains("margaret"), "{error}");
    }
    let logs = logs::all().to_lowercase();
    assert!(logs.contains("event failed"), "logs are captured");
    assert!(!logs.contains("margaret.of.events"));
}
