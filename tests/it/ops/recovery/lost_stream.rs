//! docs/operate.md, "Unpublished events": the changes of a day.

use std::collections::BTreeSet;

use crate::events::publish_events::{ids, let_through, publish};
use crate::ops::admin::verify;
use crate::support::app::TestApp;

const USERS: [&str; 3] = [
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99",
];

/// Publishing the changes again, from the queue of unpublished events, repeats ids: a consumer that
/// knows ids sees each verification once.
#[tokio::test]
async fn a_day_is_published_again_by_id() {
    let app = TestApp::start().await;
    for uuid in USERS {
        verify(&app, uuid, &format!("{uuid}@example.org")).await;
    }
    let records = let_through(&app).await;
    assert_eq!(records.len(), USERS.len());
    // One batch was published before the function failed for good, and the operator sends all.
    let _ = app.take_published();
    assert_eq!(publish(&app, &records[..1]).await, [] as [String; 0]);
    assert_eq!(publish(&app, &records).await, [] as [String; 0]);
    let published = ids(&app.take_published());
    assert_eq!(published.len(), USERS.len() + 1);
    let known: BTreeSet<_> = published.into_iter().collect();
    assert_eq!(known.len(), USERS.len());
}
