//! SES's event types: the stack reports those that `record_mail_events` reads, and the command
//! checks the same ones.

use std::collections::BTreeSet;
use std::fs;

use local::ses::ConfigurationSet;
use record_mail_events::event::SesEvent;
use saphyr::YamlOwned;
use serde_json::Value;

use super::support::{deployed, results};
use crate::support::template::{property, root};

/// `DELIVERY_DELAY` of `DeliveryDelay` or `deliveryDelay`: SES's API writes them in another way
/// than events and templates.
fn upper(name: &str) -> String {
    let letters = name.chars().enumerate();
    let words = letters.map(|(place, letter)| {
        let starts_word = letter.is_uppercase() && place > 0;
        format!("{}{letter}", if starts_word { "_" } else { "" })
    });
    words.collect::<String>().to_uppercase()
}

fn texts(list: &YamlOwned) -> impl Iterator<Item = String> {
    let items = list.as_sequence().unwrap().iter();
    items.map(|item| item.as_str().unwrap().to_owned())
}

/// What `template.yaml` tells SES to report.
fn reported() -> BTreeSet<String> {
    let types = property("MailEvents", "EventDestination.MatchingEventTypes");
    texts(types).map(|name| upper(&name)).collect()
}

#[test]
fn recorded_types_are_reported() {
    let (mut types, mut detail_types) = (BTreeSet::new(), BTreeSet::new());
    for file in fs::read_dir(root().join("events/record_mail_events")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let event: Value = serde_json::from_str(&text).unwrap();
        let stage = event["detail"]["mail"]["tags"]["stage"][0].as_str();
        let is_ours = |stage| SesEvent::of(event.clone()).is_ours(stage);
        if stage.is_some_and(is_ours) {
            types.insert(upper(event["detail"]["eventType"].as_str().unwrap()));
            detail_types.insert(event["detail-type"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(reported(), types);
    let rule = property("MailEventsRule", "EventPattern.detail-type");
    assert_eq!(texts(rule).collect::<BTreeSet<_>>(), detail_types);
}

#[tokio::test]
async fn each_reported_type_is_checked() {
    let (app, _cloud) = deployed().await;
    let emulated = ConfigurationSet::default().event_destinations.remove(0);
    let types = emulated.event_types.iter().map(|name| (*name).to_owned());
    assert_eq!(types.collect::<BTreeSet<_>>(), reported());
    for missing in &emulated.event_types {
        app.ses.configuration_sets.with(|all| {
            let mut types = emulated.event_types.clone();
            types.retain(|name| name != missing);
            all.get_mut("local").unwrap().event_destinations[0].event_types = types;
        });
        let results = results(&app).await;
        let text = &results["ses.events"]["text"];
        assert_eq!(*text, format!("local does not report {missing}"));
        let command = results["ses.events"]["command"].as_str().unwrap();
        let (_, types) = command.split_once("MatchingEventTypes=").unwrap();
        let (types, _) = types.split_once(",EventBridge").unwrap();
        let types = types.split(',').map(str::to_owned);
        assert_eq!(types.collect::<BTreeSet<_>>(), reported());
    }
}
