//! Entries about addresses that were unsuppressed.

use std::time::Duration;

use insta::assert_snapshot;
use local::ses::SuppressedFor;
use serde_json::json;

use super::support::{counts, list, mailed, reconcile};
use crate::events::mail_events::ADA;
use crate::ops::admin::run;

#[tokio::test]
async fn an_unsuppressed_address_is_shown() {
    let app = mailed().await;
    let spelling = "ADA@example.org";
    list(&app, spelling, SuppressedFor::Bounce);
    reconcile(&app).await;
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    // A spelling that `unsuppress` did not try.
    app.set_back(Duration::from_mins(1));
    list(&app, "aDA@example.org", SuppressedFor::Bounce);
    app.pass(Duration::from_mins(1));
    let before = app.table().await;
    assert_snapshot!(run(&app, &["reconcile"]).await.text(), @"
    Nothing was missed.
      Listed by SES     1
      In this table     1
      Already recorded  0
      Recorded now      0
      Unreadable        0

    Unsuppressed here, but still on SES's list. Run `unsuppress` with this spelling
      aDA@example.org
    ");
    assert_eq!(app.table().await, before);
    run(&app, &["unsuppress", "aDA@example.org"]).await.text();
    assert!(!app.suppression_list.contains("aDA@example.org"));
    assert_eq!(reconcile(&app).await["unsuppressed"], json!([]));
}

#[tokio::test]
async fn a_bounce_after_an_unsuppress_is_recorded() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    reconcile(&app).await;
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    app.pass(Duration::from_mins(1));
    list(&app, ADA, SuppressedFor::Bounce);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
    app.assert_suppressed(ADA).await;
}

#[tokio::test]
async fn entries_in_the_same_second_are_ignored() {
    for (seconds, is_missed) in [(0, 0), (1, 1)] {
        let app = mailed().await;
        list(&app, ADA, SuppressedFor::Bounce);
        reconcile(&app).await;
        app.pass(Duration::from_mins(1));
        run(&app, &["unsuppress", ADA]).await.text();
        let at = app.now().unix_seconds() + seconds;
        app.suppression_list.put(ADA, SuppressedFor::Bounce, at);
        let report = run(&app, &["reconcile", "--dry-run", "--json"])
            .await
            .json();
        assert_eq!(report["missed"].as_array().unwrap().len(), is_missed);
        assert_eq!(
            report["unsuppressed"].as_array().unwrap().len(),
            1 - is_missed
        );
        assert_eq!(reconcile(&app).await["recorded"], is_missed);
    }
}

#[tokio::test]
async fn an_old_complaint_is_ignored() {
    let app = mailed().await;
    let before = app.now().unix_seconds();
    app.pass(Duration::from_mins(1));
    list(&app, ADA, SuppressedFor::Bounce);
    run(&app, &["unsuppress", ADA]).await.text();
    list(&app, ADA, SuppressedFor::Bounce);
    reconcile(&app).await;
    app.suppression_list
        .put(ADA, SuppressedFor::Complaint, before);
    for arguments in [
        &["reconcile", "--json", "--dry-run"][..],
        &["reconcile", "--json"],
    ] {
        let report = run(&app, arguments).await.json();
        assert_eq!(counts(&report), [1, 0, 1, 1, 0]);
    }
}

#[tokio::test]
async fn unsuppress_removes_a_recorded_bounce() {
    let app = mailed().await;
    list(&app, "ADA@example.org", SuppressedFor::Bounce);
    reconcile(&app).await;
    app.pass(Duration::from_mins(1));
    run(&app, &["unsuppress", ADA]).await.text();
    assert!(!app.suppression_list.contains("ADA@example.org"));
    app.ask(json!({ "email": ADA })).await;
}
