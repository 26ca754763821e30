//! `admin stats`.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;

use super::support::{ADAS, BOBS, put, run, verify};
use crate::support::app::{TestApp, suppression};

#[tokio::test]
async fn stats_counts_what_is_on_record() {
    let app = TestApp::start().await;
    // The proofs of the fixtures expire.
    app.pass(Duration::from_hours(25));
    app.ask(json!({ "uuid": BOBS, "email": "bob@acme.test" }))
        .await;
    verify(&app, ADAS, "ada@acme.test").await;
    app.ask(json!({ "uuid": ADAS, "email": "new@acme.test" }))
        .await;
    let before = run(&app, &["stats", "--json"]).await.json();
    let bounced = suppression("bob@acme.test");
    put(&app, "address#bob@acme.test", "suppression", bounced).await;
    let odd = aws_sdk_dynamodb::types::AttributeValue::S("odd".to_owned());
    put(
        &app,
        "user#0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97",
        "version",
        odd,
    )
    .await;

    let outcome = run(&app, &["stats"]).await;
    let progress = outcome.progress.clone();
    assert!(progress[0].ends_with(" items read"), "{progress:?}");
    assert_eq!(progress.last().unwrap(), "", "it is removed at the end");
    assert_snapshot!(outcome.text());

    let after = run(&app, &["stats", "--json"]).await.json();
    let unreadable = json!([{
        "of": "user#0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97",
        "problem": "the attribute version is missing or of another kind",
    }]);
    assert_eq!(after["unreadable_items"], unreadable);
    let count = |stats: &serde_json::Value| {
        stats["addresses"]["suppressed"]["bounced"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(count(&after), count(&before) + 1);
    assert_eq!(
        (&before["unreadable"], &after["unreadable"]),
        (&json!(0), &json!(1))
    );
    app.pass(Duration::from_hours(365 * 24));
    let later = run(&app, &["stats", "--json"]).await.json();
    let users = json!({ "verified": after["users"]["verified"], "changing": 0, "pending": 0,
        "expired": 0 });
    assert_eq!(later["users"], users, "expired items count as absent");
}
