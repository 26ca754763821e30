//! What the table holds of the user and the addresses, in short.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use local::published::PublishedEvent;

use super::path::{ADA, GRACE, Path, USER};
use super::rows::STATES;
use crate::events::publish_events;
use crate::support::app::TestApp;

type Item = HashMap<String, AttributeValue>;

/// The state after a path, with the mails that were sent since `sent_before`.
pub async fn state(app: &TestApp, path: Path, sent_before: usize) -> String {
    if path == Path::Publish {
        let events = app.published.events();
        let id = |event: &PublishedEvent| event.detail["id"].to_string();
        let ids: BTreeSet<_> = events.iter().map(id).collect();
        return format!("{} on the bus, {} different", events.len(), ids.len());
    }
    let user = app.item(&format!("user#{USER}")).await;
    let mut parts = vec![format!("user: {}", describe(&user.unwrap_or_default()))];
    for (name, email) in [("ada", ADA), ("grace", GRACE)] {
        if let Some(item) = app.item(&format!("address#{email}")).await {
            parts.push(format!("{name}: {}", describe(&item)));
        }
    }
    let text = parts.join("; ");
    let named = STATES.iter().find(|(_, state)| *state == text);
    let name = named.map_or(&*text, |(name, _)| name);
    format!("+{} {name}", app.sent.len() - sent_before)
}

/// How many events the whole stream makes. Each is of the path's kind.
pub async fn events(app: &TestApp, path: Path) -> String {
    if path == Path::Publish {
        return String::new();
    }
    let events = publish_events::published(app).await;
    for (kind, _) in &events {
        assert_eq!(Some(&**kind), path.event(), "{path:?}");
    }
    match events.len() {
        0 => String::new(),
        1 => ", 1 event".to_owned(),
        count => format!(", {count} events"),
    }
}

fn describe(item: &Item) -> String {
    let count = |name: &str| match item.get(name) {
        Some(AttributeValue::M(map)) if !map.is_empty() => Some(format!("{} {name}", map.len())),
        Some(AttributeValue::N(number)) if name == "wrong_codes" => {
            (number != "0").then(|| format!("{number} {name}"))
        }
        _ => None,
    };
    let counted = [
        "mails",
        "links",
        "codes",
        "requests",
        "invalidated_links",
        "api_attempts",
        "page_attempts",
        "wrong_codes",
        "notices",
    ];
    let mut words: Vec<_> = counted.into_iter().filter_map(count).collect();
    if item.contains_key("pending") {
        words.push("pending".to_owned());
    }
    if let Some(AttributeValue::S(address)) = item.get("verified_address") {
        words.push(format!("verified {address}"));
    }
    for name in ["suppression", "refusal"] {
        if item.contains_key(name) {
            words.push(name.to_owned());
        }
    }
    if let Some(AttributeValue::M(delivery)) = item.get("delivery")
        && let Some(AttributeValue::S(state)) = delivery.get("state")
    {
        words.push(state.clone());
    }
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(", ")
    }
}
