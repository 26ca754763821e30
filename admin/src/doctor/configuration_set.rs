//! The configuration set: where SES reports delivery status, and what it suppresses.

use aws_sdk_sesv2::operation::get_account::GetAccountOutput;
use aws_sdk_sesv2::operation::get_configuration_set::GetConfigurationSetOutput;
use aws_sdk_sesv2::types::{
    EventBridgeDestination, EventDestination, SendingOptions, SuppressionAttributes,
    SuppressionListReason,
};

use super::finding::Finding;
use super::services::Services;
use super::stack::{Stack, drift};
use super::unseen::{Look, Unseen};

const SET: &str = "ses.configuration-set";
const EVENTS: &str = "ses.events";
const SUPPRESSION: &str = "ses.suppression-list";

/// The events that `record_mail_events` reads.
const NEEDED: [&str; 5] = [
    "DELIVERY",
    "DELIVERY_DELAY",
    "BOUNCE",
    "COMPLAINT",
    "REJECT",
];

/// The name of the stack's configuration set.
fn name_of(stack: &Look<Stack>) -> Look<&str> {
    let stack = stack
        .as_ref()
        .map_err(|_| Unseen::Without("the stack is not known"))?;
    let name = stack.resource("ConfigurationSet");
    name.ok_or(Unseen::Without("the stack has no configuration set"))
}

pub(super) async fn checks(
    services: &Services,
    stack: &Look<Stack>,
    account: &Look<GetAccountOutput>,
) -> [Finding; 3] {
    let all = [SET, EVENTS, SUPPRESSION];
    let name = match name_of(stack) {
        Ok(name) => name,
        Err(unseen) => return all.map(|id| Finding::unseen(id, &unseen)),
    };
    let (set, destinations) = tokio::join!(describe(services, name), destinations(services, name));
    if set
        .as_ref()
        .is_err_and(|unseen| unseen.has_code("NotFoundException"))
    {
        let without = Unseen::Without("there is no configuration set");
        let missing = Finding::problem(
            SET,
            format!("there is no configuration set {name}, so SES refuses every mail"),
        );
        let create = format!("aws sesv2 create-configuration-set --configuration-set-name {name}");
        return [
            missing.command(create),
            Finding::unseen(EVENTS, &without),
            Finding::unseen(SUPPRESSION, &without),
        ];
    }
    [
        sending(name, &set),
        events(name, &destinations, stack),
        suppression(name, &set, account),
    ]
}

async fn describe(services: &Services, name: &str) -> Look<GetConfigurationSetOutput> {
    let asked = services.ses.as_ref().map_err(Clone::clone)?;
    let get = asked.get_configuration_set().configuration_set_name(name);
    let found = get.send().await;
    found.map_err(|error| Unseen::of("ses:GetConfigurationSet", &error))
}

async fn destinations(services: &Services, name: &str) -> Look<Vec<EventDestination>> {
    let asked = services.ses.as_ref().map_err(Clone::clone)?;
    let get = asked.get_configuration_set_event_destinations();
    let found = get.configuration_set_name(name).send().await;
    let found =
        found.map_err(|error| Unseen::of("ses:GetConfigurationSetEventDestinations", &error))?;
    Ok(found.event_destinations.unwrap_or_default())
}

fn sending(name: &str, set: &Look<GetConfigurationSetOutput>) -> Finding {
    match set {
        Ok(set)
            if set
                .sending_options()
                .is_none_or(SendingOptions::sending_enabled) =>
        {
            Finding::ok(SET, format!("{name} sends"))
        }
        Ok(_) => Finding::problem(SET, format!("sending is disabled for {name}")).command(format!(
            "aws sesv2 put-configuration-set-sending-options --configuration-set-name {name} \
             --sending-enabled"
        )),
        Err(unseen) => Finding::unseen(SET, unseen),
    }
}

fn events(name: &str, destinations: &Look<Vec<EventDestination>>, stack: &Look<Stack>) -> Finding {
    let destinations = match destinations {
        Ok(destinations) => destinations,
        Err(unseen) => return Finding::unseen(EVENTS, unseen),
    };
    let to_bus = destinations.iter().find(|destination| {
        let bus = destination.event_bridge_destination();
        bus.is_some_and(|bus| bus.event_bus_arn().ends_with(":event-bus/default"))
    });
    let Some(to_bus) = to_bus else {
        let text = format!("{name} reports nothing to EventBridge, so no bounce is recorded");
        return Finding::problem(EVENTS, text).command(drift(stack));
    };
    let types = to_bus.matching_event_types();
    let reports = |needed: &&str| types.iter().any(|one| one.as_str() == *needed);
    let lost: Vec<_> = NEEDED
        .into_iter()
        .filter(|needed| !reports(needed))
        .collect();
    if to_bus.enabled() && lost.is_empty() {
        return Finding::ok(EVENTS, format!("{name} reports to EventBridge"));
    }
    let text = if to_bus.enabled() {
        format!("{name} does not report {}", lost.join(", "))
    } else {
        format!("{name} reports nothing, so no bounce is recorded: its destination is disabled")
    };
    let bus = to_bus.event_bridge_destination();
    let bus = bus.map_or("", EventBridgeDestination::event_bus_arn);
    Finding::problem(EVENTS, text).command(format!(
        "aws sesv2 update-configuration-set-event-destination --configuration-set-name {name} \
         --event-destination-name {} --event-destination \
         'Enabled=true,MatchingEventTypes={},EventBridgeDestination={{EventBusArn={bus}}}'",
        to_bus.name(),
        NEEDED.join(","),
    ))
}

/// The configuration set decides, unless it leaves it to the account.
fn suppression(
    name: &str,
    set: &Look<GetConfigurationSetOutput>,
    account: &Look<GetAccountOutput>,
) -> Finding {
    let set = match set {
        Ok(set) => set,
        Err(unseen) => return Finding::unseen(SUPPRESSION, unseen),
    };
    let of_set = set.suppression_options();
    let (whose, reasons, mend) = match (of_set, account) {
        (Some(options), _) => (
            name,
            options.suppressed_reasons(),
            format!(
                "aws sesv2 put-configuration-set-suppression-options \
                 --configuration-set-name {name}"
            ),
        ),
        (None, Ok(account)) => (
            "the account",
            account
                .suppression_attributes()
                .map(SuppressionAttributes::suppressed_reasons)
                .unwrap_or_default(),
            "aws sesv2 put-account-suppression-attributes".to_owned(),
        ),
        (None, Err(unseen)) => return Finding::unseen(SUPPRESSION, unseen),
    };
    let needed = [
        SuppressionListReason::Bounce,
        SuppressionListReason::Complaint,
    ];
    let lost = needed.iter().filter(|reason| !reasons.contains(reason));
    let lost: Vec<_> = lost.map(SuppressionListReason::as_str).collect();
    if lost.is_empty() {
        return Finding::ok(
            SUPPRESSION,
            format!("{whose} suppresses bounces and complaints"),
        );
    }
    let text = format!(
        "{whose} does not put addresses on SES's suppression list after {}, so `admin reconcile` \
         misses them",
        lost.join(" and ")
    );
    Finding::problem(SUPPRESSION, text)
        .command(format!("{mend} --suppressed-reasons BOUNCE COMPLAINT"))
}
