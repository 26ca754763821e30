//! Who gets the alarms, and whether they confirmed it.

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};
use super::stack::{Stack, UNKNOWN_STACK};

const ID: &str = "alarms.subscription";

struct Subscriber {
    endpoint: String,
    is_confirmed: bool,
}

pub(super) async fn check(clients: &Clients, stack: &Result<Stack, CheckError>) -> CheckResult {
    match subscribers(clients, stack).await {
        Ok((topic, subscribers)) => result_of(&topic, &subscribers),
        Err(error) => CheckResult::of_error(ID, &error),
    }
}

/// The topic of the alarms, and its subscribers.
async fn subscribers(
    clients: &Clients,
    stack: &Result<Stack, CheckError>,
) -> Result<(String, Vec<Subscriber>), CheckError> {
    const ACTION: &str = "sns:ListSubscriptionsByTopic";
    let client = required(&clients.sns)?;
    let stack = stack
        .as_ref()
        .map_err(|error| error.of_dependent(UNKNOWN_STACK))?;
    let topic = stack.resource("AlarmTopic");
    let topic = topic.ok_or(CheckError::Prerequisite("the stack has no topic of alarms"))?;
    let list = client.list_subscriptions_by_topic().topic_arn(topic);
    // One page has 100, and the question is whether anybody is subscribed.
    let listed = list.send().await;
    let listed = listed.map_err(|error| CheckError::of_call(ACTION, error))?;
    let all = listed.subscriptions().iter().map(|one| Subscriber {
        endpoint: one.endpoint().unwrap_or("somebody").to_owned(),
        is_confirmed: one
            .subscription_arn()
            .is_some_and(|arn| arn.starts_with("arn:")),
    });
    Ok((topic.to_owned(), all.collect()))
}

fn result_of(topic: &str, subscribers: &[Subscriber]) -> CheckResult {
    let endpoints = |confirmed: bool| {
        let some = subscribers
            .iter()
            .filter(|one| one.is_confirmed == confirmed);
        some.map(|one| one.endpoint.as_str()).collect::<Vec<_>>()
    };
    let (confirmed, pending) = (endpoints(true), endpoints(false));
    let subscribe = |endpoint: &str| {
        format!(
            "aws sns subscribe --topic-arn {topic} --protocol email \
             --notification-endpoint {endpoint}"
        )
    };
    if let Some(first) = pending.first() {
        return CheckResult::warning(
            ID,
            format!(
                "{} has not confirmed, and gets no alarm. Open the link in AWS's mail; this sends \
                 another one",
                pending.join(", ")
            ),
        )
        .command(subscribe(first));
    }
    if confirmed.is_empty() {
        return CheckResult::warning(ID, "nobody gets the alarms")
            .command(subscribe("ops@example.com"));
    }
    CheckResult::ok(ID, format!("alarms go to {}", confirmed.join(", ")))
}
