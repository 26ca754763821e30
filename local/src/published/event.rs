//! An event on a bus, and as a rule's target gets it.

use serde::Serialize;
use serde_json::Value;

use crate::date::rfc3339_seconds;
use crate::ses::{ACCOUNT, REGION};

/// An event that was put on a bus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublishedEvent {
    /// EventBridge's own id. A duplicate has another one.
    pub id: String,
    pub bus: String,
    pub source: String,
    pub detail_type: String,
    /// In seconds since the Unix epoch.
    pub time: f64,
    pub detail: Value,
}

impl PublishedEvent {
    /// The event as EventBridge delivers it to a rule's target.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a number of seconds far from the limits of i64"
    )]
    pub fn as_delivered(&self) -> DeliveredEvent<'_> {
        DeliveredEvent {
            version: "0",
            id: &self.id,
            detail_type: &self.detail_type,
            source: &self.source,
            account: ACCOUNT,
            time: rfc3339_seconds(self.time as i64 * 1_000),
            region: REGION,
            resources: [],
            detail: &self.detail,
        }
    }
}

/// The JSON that a target gets, with its members in the order of AWS's documentation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DeliveredEvent<'a> {
    version: &'static str,
    id: &'a str,
    detail_type: &'a str,
    source: &'a str,
    account: &'static str,
    time: String,
    region: &'static str,
    resources: [(); 0],
    detail: &'a Value,
}
