//! Which entries of the list are about addresses on record.

use aws_sdk_dynamodb::types::AttributeValue;
use local::ses::SuppressedFor;
use serde_json::json;

use super::support::{ADAS_ITEM, GRACE, STRANGER, counts, list, mailed, reconcile};
use crate::events::mail_events::ADA;
use crate::ops::admin::run;
use crate::support::app::{TestApp, VERIFY};
use crate::support::mail::{link_of, proof_of};

#[tokio::test]
async fn an_unknown_address_is_not_stored() {
    let app = mailed().await;
    list(&app, STRANGER, SuppressedFor::Bounce);
    let before = app.table().await;
    let outcome = run(&app, &["reconcile", "--json"]).await;
    assert!(!outcome.out.contains(STRANGER), "{}", outcome.out);
    assert_eq!(counts(&outcome.json()), [1, 0, 0, 0, 0]);
    assert_eq!(app.table().await, before);
}

#[tokio::test]
async fn a_derived_user_requested_it() {
    let app = mailed().await;
    // The record left the table after the last mail.
    app.delete(ADAS_ITEM).await;
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
    app.assert_suppressed(ADA).await;
}

#[tokio::test]
async fn a_derived_user_verified_it() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": ADA })).await;
    app.post(VERIFY, proof_of(&mail)).await;
    let user = link_of(&mail).0;
    // The user has requested another address.
    app.ask(json!({ "uuid": user, "email": GRACE })).await;
    app.delete(ADAS_ITEM).await;
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
}

#[tokio::test]
async fn an_abandoned_address_is_unknown() {
    let app = TestApp::start().await;
    let mail = app.ask(json!({ "email": ADA })).await;
    let user = link_of(&mail).0;
    app.ask(json!({ "uuid": user, "email": GRACE })).await;
    app.delete(ADAS_ITEM).await;
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 0, 0, 0]);
    assert_eq!(app.item(ADAS_ITEM).await, None);
}

#[tokio::test]
async fn a_forgotten_address_is_unknown() {
    let app = mailed().await;
    run(&app, &["forget", ADA, "--yes"]).await.text();
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 0, 0, 0]);
    assert_eq!(app.item(ADAS_ITEM).await, None);
}

#[tokio::test]
async fn spellings_of_an_address_are_one() {
    for flags in [&["--dry-run"][..], &[]] {
        let app = mailed().await;
        list(&app, "ADA@example.org", SuppressedFor::Bounce);
        list(&app, "Ada@example.org", SuppressedFor::Complaint);
        list(&app, "ada@EXAMPLE.org", SuppressedFor::Bounce);
        let arguments = [&["reconcile", "--json"], flags].concat();
        let report = run(&app, &arguments).await.json();
        let missed =
            json!([{ "email": ADA, "reason": "complained", "at": "2026-11-23T12:00:05Z" }]);
        assert_eq!(report["missed"], missed, "{flags:?}");
        assert_eq!(report["on_record"], 2, "{flags:?}");
    }
}

#[tokio::test]
async fn an_unreadable_entry_is_skipped() {
    let app = mailed().await;
    list(&app, "not an address", SuppressedFor::Bounce);
    let malformed = AttributeValue::S("by another version".to_owned());
    app.set("address#grace@example.org", "mails", malformed)
        .await;
    list(&app, GRACE, SuppressedFor::Bounce);
    list(&app, ADA, SuppressedFor::Bounce);
    let report = reconcile(&app).await;
    assert_eq!(counts(&report), [3, 2, 1, 0, 1]);
    let unreadable = json!([{
        "of": "address#grace@example.org",
        "problem": "the attribute mails is missing or of another kind",
    }]);
    assert_eq!(report["unreadable_items"], unreadable);
    app.assert_suppressed(ADA).await;
}

#[tokio::test]
async fn every_page_of_the_list_is_read() {
    let app = mailed().await;
    app.suppression_list.set_page_size(2);
    for email in [ADA, "between@example.org", GRACE] {
        list(&app, email, SuppressedFor::Bounce);
    }
    assert_eq!(counts(&reconcile(&app).await), [3, 0, 2, 0, 2]);
    app.assert_suppressed(ADA).await;
    app.assert_suppressed(GRACE).await;
}
