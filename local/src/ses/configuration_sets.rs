//! `ListConfigurationSets`, `GetConfigurationSet` and `GetConfigurationSetEventDestinations`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::domain::delivery::EVENT_TYPES;

use super::error::SesError;
use super::events::{ACCOUNT, REGION};
use super::page::Page;
use super::suppression_list::SuppressedFor;
use super::{Ses, Signed};

/// The name in the events of mails without a configuration set.
pub(super) const DEFAULT_NAME: &str = "local";

#[derive(Clone, Debug)]
pub struct ConfigurationSet {
    pub sending_enabled: bool,
    pub suppressed_reasons: Vec<SuppressedFor>,
    pub event_destinations: Vec<EventDestination>,
}

/// Events that SES puts on the account's default bus.
#[derive(Clone, Debug)]
pub struct EventDestination {
    pub enabled: bool,
    pub event_types: Vec<&'static str>,
}

/// By their names.
pub type ConfigurationSets = BTreeMap<String, ConfigurationSet>;

impl Default for ConfigurationSet {
    /// As `template.yaml` sets it up.
    fn default() -> Self {
        Self {
            sending_enabled: true,
            suppressed_reasons: vec![SuppressedFor::Bounce, SuppressedFor::Complaint],
            event_destinations: vec![EventDestination::default()],
        }
    }
}

impl Default for EventDestination {
    fn default() -> Self {
        Self {
            enabled: true,
            event_types: EVENT_TYPES.to_vec(),
        }
    }
}

impl EventDestination {
    fn describe(&self) -> Value {
        json!({
            "Name": "events",
            "Enabled": self.enabled,
            "MatchingEventTypes": self.event_types,
            "EventBridgeDestination": {
                "EventBusArn": format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"),
            },
        })
    }
}

/// The path's parameter, by its name.
#[derive(Deserialize)]
pub(super) struct NamePath {
    name: String,
}

pub(super) async fn list(State(ses): State<Ses>, _: Signed, page: Page) -> Json<Value> {
    ses.configuration_sets
        .with(|all| page.answer("ConfigurationSets", all, |name, _| Some(json!(name))))
}

pub(super) async fn get(
    State(ses): State<Ses>,
    _: Signed,
    Path(NamePath { name }): Path<NamePath>,
) -> Result<Json<Value>, SesError> {
    let set = find(&ses, &name)?;
    Ok(Json(json!({
        "ConfigurationSetName": name,
        "DeliveryOptions": { "TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 50_400 },
        "ReputationOptions": { "ReputationMetricsEnabled": true },
        "SendingOptions": { "SendingEnabled": set.sending_enabled },
        "Tags": [],
        "SuppressionOptions": { "SuppressedReasons": set.suppressed_reasons },
    })))
}

pub(super) async fn event_destinations(
    State(ses): State<Ses>,
    _: Signed,
    Path(NamePath { name }): Path<NamePath>,
) -> Result<Json<Value>, SesError> {
    let set = find(&ses, &name)?;
    let all = set
        .event_destinations
        .iter()
        .map(EventDestination::describe);
    Ok(Json(
        json!({ "EventDestinations": all.collect::<Vec<_>>() }),
    ))
}

fn find(ses: &Ses, name: &str) -> Result<ConfigurationSet, SesError> {
    let found = ses.configuration_sets.with(|all| all.get(name).cloned());
    found.ok_or_else(|| SesError::not_found(format!("Configuration set <{name}> does not exist.")))
}
