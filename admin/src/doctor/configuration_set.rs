//! The configuration set: where SES reports delivery status, and what it suppresses.

use aws_sdk_sesv2::operation::get_account::GetAccountOutput;
use aws_sdk_sesv2::operation::get_configuration_set::GetConfigurationSetOutput;
use aws_sdk_sesv2::types::{
    EventBridgeDestination, EventDestination, EventType, SendingOptions, SuppressionAttributes,
    SuppressionListReason,
};

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};
use super::stack::{Stack, UNKNOWN_STACK, drift};

const SET: &str = "ses.configuration-set";
const EVENTS: &str = "ses.events";
const SUPPRESSION: &str = "ses.suppression-list";

/// The events that `record_mail_events` reads.
const NEEDED: [EventType; 5] = [
    EventType::Delivery,
    EventType::DeliveryDelay,
    EventType::Bounce,
    EventType::Complaint,
    EventType::Reject,
];

/// The name of the stack's configuration set.
fn name_of(stack: &Result<Stack, CheckError>) -> Result<&str, CheckError> {
    let stack = stack
        .as_ref()
        .map_err(|error| error.of_dependent(UNKNOWN_STACK))?;
    let name = stack.resource("ConfigurationSet");
    name.ok_or(CheckError::Prerequisite(
        "the stack has no configuration set",
    ))
}

pub(super) async fn checks(
    clients: &Clients,
    stack: &Result<Stack, CheckError>,
    account: &Result<GetAccountOutput, CheckError>,
) -> Vec<CheckResult> {
    let all = [SET, EVENTS, SUPPRESSION];
    let name = match name_of(stack) {
        Ok(name) => name,
        Err(error) => return all.map(|id| CheckResult::of_error(id, &error)).into(),
    };
    let (set, destinations) = tokio::join!(describe(clients, name), destinations(clients, name));
    if set
        .as_ref()
        .is_err_and(|error| error.has_code("NotFoundException"))
    {
        let without = CheckError::Prerequisite("there is no configuration set");
        let missing = CheckResult::problem(
            SET,
            format!("there is no configuration set {name}, so SES refuses every mail"),
        );
        let create = format!("aws sesv2 create-configuration-set --configuration-set-name {name}");
        return vec![
            missing.command(create),
            CheckResult::of_error(EVENTS, &without),
            CheckResult::of_error(SUPPRESSION, &without),
        ];
    }
    vec![
        sending(name, &set),
        events(name, &destinations, stack),
        suppression(name, &set, account),
    ]
}

async fn describe(clients: &Clients, name: &str) -> Result<GetConfigurationSetOutput, CheckError> {
    let client = required(&clients.ses)?;
    let get = client.get_configuration_set().configuration_set_name(name);
    let found = get.send().await;
    found.map_err(|error| CheckError::of_call("ses:GetConfigurationSet", error))
}

async fn destinations(clients: &Clients, name: &str) -> Result<Vec<EventDestination>, CheckError> {
    let client = required(&clients.ses)?;
    let get = client.get_configuration_set_event_destinations();
    let found = get.configuration_set_name(name).send().await;
    let found = found
        .map_err(|error| CheckError::of_call("ses:GetConfigurationSetEventDestinations", error))?;
    Ok(found.event_destinations.unwrap_or_default())
}

fn sending(name: &str, set: &Result<GetConfigurationSetOutput, CheckError>) -> CheckResult {
    match set {
        Ok(set)
            if set
                .sending_options()
                .is_none_or(SendingOptions::sending_enabled) =>
        {
            CheckResult::ok(SET, format!("{name} sends"))
        }
        Ok(_) => {
            CheckResult::problem(SET, format!("sending is disabled for {name}")).command(format!(
                "aws sesv2 put-configuration-set-sending-options --configuration-set-name {name} \
             --sending-enabled"
            ))
        }
        Err(error) => CheckResult::of_error(SET, error),
    }
}

fn events(
    name: &str,
    destinations: &Result<Vec<EventDestination>, CheckError>,
    stack: &Result<Stack, CheckError>,
) -> CheckResult {
    let destinations = match destinations {
        Ok(destinations) => destinations,
        Err(error) => return CheckResult::of_error(EVENTS, error),
    };
    let to_bus = destinations.iter().find(|destination| {
        let bus = destination.event_bridge_destination();
        bus.is_some_and(|bus| bus.event_bus_arn().ends_with(":event-bus/default"))
    });
    let Some(to_bus) = to_bus else {
        let text = format!("{name} reports nothing to EventBridge, so no bounce is recorded");
        return CheckResult::problem(EVENTS, text).command(drift(stack));
    };
    let types = to_bus.matching_event_types();
    let missing = NEEDED.iter().filter(|needed| !types.contains(needed));
    let missing: Vec<_> = missing.map(EventType::as_str).collect();
    if to_bus.enabled() && missing.is_empty() {
        return CheckResult::ok(EVENTS, format!("{name} reports to EventBridge"));
    }
    let text = if to_bus.enabled() {
        format!("{name} does not report {}", missing.join(", "))
    } else {
        format!("{name} reports nothing, so no bounce is recorded: its destination is disabled")
    };
    let bus = to_bus.event_bridge_destination();
    let bus = bus.map_or("", EventBridgeDestination::event_bus_arn);
    CheckResult::problem(EVENTS, text).command(format!(
        "aws sesv2 update-configuration-set-event-destination --configuration-set-name {name} \
         --event-destination-name {} --event-destination \
         'Enabled=true,MatchingEventTypes={},EventBridgeDestination={{EventBusArn={bus}}}'",
        to_bus.name(),
        NEEDED.each_ref().map(EventType::as_str).join(","),
    ))
}

/// The configuration set decides, unless it leaves it to the account.
fn suppression(
    name: &str,
    set: &Result<GetConfigurationSetOutput, CheckError>,
    account: &Result<GetAccountOutput, CheckError>,
) -> CheckResult {
    let set = match set {
        Ok(set) => set,
        Err(error) => return CheckResult::of_error(SUPPRESSION, error),
    };
    let of_set = set.suppression_options();
    let (owner, reasons, fix) = match (of_set, account) {
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
        (None, Err(error)) => return CheckResult::of_error(SUPPRESSION, error),
    };
    let needed = [
        SuppressionListReason::Bounce,
        SuppressionListReason::Complaint,
    ];
    let missing = needed.iter().filter(|reason| !reasons.contains(reason));
    let missing: Vec<_> = missing.map(SuppressionListReason::as_str).collect();
    if missing.is_empty() {
        return CheckResult::ok(
            SUPPRESSION,
            format!("{owner} suppresses bounces and complaints"),
        );
    }
    let text = format!(
        "{owner} does not put addresses on SES's suppression list after {}, so `admin reconcile` \
         misses them",
        missing.join(" and ")
    );
    CheckResult::problem(SUPPRESSION, text)
        .command(format!("{fix} --suppressed-reasons BOUNCE COMPLAINT"))
}
