//! A service that mailed, SES's list, and the command.

use local::ses::SuppressedFor;
use serde_json::{Value, json};

use crate::events::mail_events::ADA;
use crate::ops::admin::run;
use crate::support::app::TestApp;

pub const ADAS_ITEM: &str = "address#ada@example.org";
pub const GRACE: &str = "grace@example.org";
pub const STRANGER: &str = "stranger@example.net";

/// SES lists addresses this long after it accepted their mails.
pub const SECONDS: i64 = 5;

/// A service that mailed Ada and Grace, and got no event.
pub async fn mailed() -> TestApp {
    let app = TestApp::start().await;
    for email in [ADA, GRACE] {
        app.ask(json!({ "email": email })).await;
    }
    app.take_events();
    app
}

pub fn list(app: &TestApp, spelling: &str, reason: SuppressedFor) {
    let at = app.now().unix_seconds() + SECONDS;
    app.suppression_list.put(spelling, reason, at);
}

pub async fn reconcile(app: &TestApp) -> Value {
    run(app, &["reconcile", "--json"]).await.json()
}

/// The counts: listed, unreadable, known, on record, recorded.
pub fn counts(report: &Value) -> [u64; 5] {
    ["listed", "unreadable", "known", "on_record", "recorded"]
        .map(|name| report[name].as_u64().unwrap())
}
