//! The answers of AWS's services about what is deployed.

use axum::body::Body;
use axum::http::Response;
use local::stack::TABLE;
use serde_json::json;

use super::deployed::{ACCOUNT, Deployed, STACK, TOPIC, logical, physical};
use super::wire::{Protocol, cbor_answer, json_answer, members, tag, xml_answer};

pub fn caller() -> Response<Body> {
    xml_answer(
        "GetCallerIdentity",
        &[
            tag("Arn", "arn:aws:iam::123456789012:user/ada"),
            tag("Account", ACCOUNT),
        ]
        .concat(),
    )
}

pub fn backups(deployed: &Deployed) -> Response<Body> {
    json_answer(&json!({
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {
                "PointInTimeRecoveryStatus": deployed.recovery,
            },
        },
    }))
}

pub fn stack_resources(deployed: &Deployed, body: &str) -> Response<Body> {
    if !body.contains(&format!("PhysicalResourceId={TABLE}")) {
        let message = "Stack for this resource does not exist";
        return Protocol::Query.error(400, "ValidationError", message);
    }
    let all = deployed.resources.iter().map(|(name, kind)| {
        [
            tag("StackName", STACK),
            tag("LogicalResourceId", name),
            tag("PhysicalResourceId", &physical(name)),
            tag("ResourceType", kind),
            tag("ResourceStatus", "CREATE_COMPLETE"),
            tag("Timestamp", "2026-11-23T12:00:00Z"),
        ]
        .concat()
    });
    let all = format!("<StackResources>{}</StackResources>", members(all));
    xml_answer("DescribeStackResources", &all)
}

pub fn stacks(deployed: &Deployed) -> Response<Body> {
    let parameters = deployed
        .parameters
        .iter()
        .map(|(name, value)| tag("ParameterKey", name) + &tag("ParameterValue", value));
    let stack = [
        tag("StackName", STACK),
        tag("StackStatus", &deployed.status),
        tag("CreationTime", "2026-11-23T12:00:00Z"),
        format!("<Parameters>{}</Parameters>", members(parameters)),
    ];
    let stacks = format!("<Stacks>{}</Stacks>", members([stack.concat()]));
    xml_answer("DescribeStacks", &stacks)
}

pub fn function(deployed: &Deployed, path: &str) -> Response<Body> {
    let name = path.split('/').nth(3).unwrap();
    let Some(settings) = deployed.settings.get(logical(name)) else {
        let message = format!("Function not found: {name}");
        return Protocol::Rest.error(404, "ResourceNotFoundException", &message);
    };
    let mut answer = json!({
        "FunctionName": name,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "Environment": { "Variables": settings },
    });
    if let Some(state) = deployed.states.get(logical(name)) {
        let changed = state.as_object().unwrap().clone();
        answer.as_object_mut().unwrap().extend(changed);
    }
    json_answer(&answer)
}

pub fn alarms(deployed: &Deployed) -> Response<Body> {
    let alarms = deployed
        .alarms
        .iter()
        .map(|(name, state)| json!({ "AlarmName": physical(name), "StateValue": state }));
    let alarms: Vec<_> = alarms.collect();
    cbor_answer(&json!({ "MetricAlarms": alarms, "CompositeAlarms": [] }))
}

/// The newest update is first, as the request asks.
pub fn alarm_history(deployed: &Deployed) -> Response<Body> {
    let items = deployed.failures.iter().rev().map(|at| {
        json!({
            "AlarmName": physical("FunctionErrorsAlarm"),
            "HistoryItemType": "StateUpdate",
            "HistorySummary": "Alarm updated from OK to ALARM",
            "Timestamp": at,
        })
    });
    let over = json!({ "HistorySummary": "Alarm updated from ALARM to OK" });
    let items: Vec<_> = [over].into_iter().chain(items).collect();
    cbor_answer(&json!({ "AlarmHistoryItems": items }))
}

pub fn subscriptions(deployed: &Deployed) -> Response<Body> {
    let all = deployed.subscriptions.iter().map(|(endpoint, arn)| {
        [
            tag("SubscriptionArn", arn),
            tag("Owner", ACCOUNT),
            tag("Protocol", "email"),
            tag("Endpoint", endpoint),
            tag("TopicArn", TOPIC),
        ]
        .concat()
    });
    let all = format!("<Subscriptions>{}</Subscriptions>", members(all));
    xml_answer("ListSubscriptionsByTopic", &all)
}

pub fn mappings(deployed: &Deployed) -> Response<Body> {
    json_answer(&json!({ "EventSourceMappings": deployed.mappings }))
}
