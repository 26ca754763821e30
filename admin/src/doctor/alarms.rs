//! The states of the stack's alarms, and when a function failed last.

use std::time::Duration;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{HistoryItemType, MetricAlarm, ScanBy, StateValue};
use shared::domain::clock::Timestamp;

use super::check_error::CheckError;
use super::check_result::{CheckResult, Status};
use super::clients::{Clients, required};
use super::stack::{LOGGED_ERRORS, Stack, UNKNOWN_STACK, drift, script};

const DEAD_LETTERS: &str = "alarms.dead-letters";
const UNPUBLISHED: &str = "alarms.unpublished-events";
const FUNCTIONS: &str = "alarms.functions";
const OTHERS: &str = "alarms.others";

/// How far back a failure of a function is shown.
const RECENT: Duration = Duration::from_hours(24);

/// The check of one alarm: its name in `template.yaml`, the texts, and the command for a problem,
/// with the functions of `docs/operations/functions.sh`.
struct AlarmCheck {
    id: &'static str,
    alarm: &'static str,
    ok: &'static str,
    problem: &'static str,
    command: &'static str,
}

const CHECKS: [AlarmCheck; 3] = [
    AlarmCheck {
        id: DEAD_LETTERS,
        alarm: "DeadLettersAlarm",
        ok: "no dead letters wait",
        problem: "SES events could not be recorded and wait (docs/operate.md, \"Dead letters\")",
        command: "operation redrive_mail_events.py \"$(resource MailEventsDeadLetterQueue)\" \
                  \"$(resource RecordMailEventsFunction)\"",
    },
    AlarmCheck {
        id: UNPUBLISHED,
        alarm: "UnpublishedEventsAlarm",
        ok: "no unpublished events and no unsent notices wait",
        problem: "events could not be published, or notices not be mailed (docs/operate.md, \
                  \"Unpublished events\")",
        command: "operation republish_events.py \"$(resource UnpublishedEvents)\" \
                  \"$(resource PublishEventsFunction)\"; \
                  operation republish_events.py \"$(resource UnsentNotices)\" \
                  \"$(resource NotifyPreviousAddressFunction)\"",
    },
    AlarmCheck {
        id: FUNCTIONS,
        alarm: "FunctionErrorsAlarm",
        ok: "no function failed in the last 24 hours",
        problem: "a function failed (docs/operate.md, \"FunctionErrorsAlarm\")",
        command: LOGGED_ERRORS,
    },
];

/// An alarm of the stack: its name in `template.yaml`, and what CloudWatch has.
struct Alarm {
    logical: String,
    found: Option<MetricAlarm>,
}

impl Alarm {
    fn is_in_alarm(&self) -> bool {
        let state = self.found.as_ref().and_then(MetricAlarm::state_value);
        state == Some(&StateValue::Alarm)
    }
}

pub(super) async fn checks(
    clients: &Clients,
    stack: &Result<Stack, CheckError>,
    now: Timestamp,
) -> Vec<CheckResult> {
    match describe(clients, stack).await {
        Ok(alarms) => {
            let mut results = Vec::new();
            for check in &CHECKS {
                let result = result_of(check, &alarms, stack);
                results.push(if check.id == FUNCTIONS && result.status == Status::Ok {
                    last_failure(clients, check, &alarms, stack, now).await
                } else {
                    result
                });
            }
            results.push(others(&alarms));
            results
        }
        Err(error) => [DEAD_LETTERS, UNPUBLISHED, FUNCTIONS, OTHERS]
            .map(|id| CheckResult::of_error(id, &error))
            .into(),
    }
}

async fn describe(
    clients: &Clients,
    stack: &Result<Stack, CheckError>,
) -> Result<Vec<Alarm>, CheckError> {
    const ACTION: &str = "cloudwatch:DescribeAlarms";
    const KIND: &str = "AWS::CloudWatch::Alarm";
    let client = required(&clients.cloudwatch)?;
    let stack = stack
        .as_ref()
        .map_err(|error| error.of_dependent(UNKNOWN_STACK))?;
    let names = stack.of_kind(KIND).map(|(_, name)| name.to_owned());
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return Err(CheckError::Prerequisite("the stack has no alarms"));
    }
    let describe = client.describe_alarms().set_alarm_names(Some(names));
    // The stack has fewer alarms than one page.
    let described = describe.max_records(100).send().await;
    let described = described.map_err(|error| CheckError::of_call(ACTION, error))?;
    let found = described.metric_alarms();
    let alarms = stack.of_kind(KIND).map(|(logical, name)| Alarm {
        logical: logical.to_owned(),
        found: found
            .iter()
            .find(|one| one.alarm_name() == Some(name))
            .cloned(),
    });
    Ok(alarms.collect())
}

fn result_of(
    check: &AlarmCheck,
    alarms: &[Alarm],
    stack: &Result<Stack, CheckError>,
) -> CheckResult {
    let alarm = alarms.iter().find(|alarm| alarm.logical == check.alarm);
    let Some(alarm) = alarm.filter(|alarm| alarm.found.is_some()) else {
        let text = format!("{} was deleted, although the stack has it", check.alarm);
        return CheckResult::problem(check.id, text).command(drift(stack));
    };
    if !alarm.is_in_alarm() {
        return CheckResult::ok(check.id, check.ok);
    }
    CheckResult::problem(check.id, check.problem).command(script(stack, check.command))
}

/// The last time in [`RECENT`] at which the alarm went off, although it is over.
async fn last_failure(
    clients: &Clients,
    check: &AlarmCheck,
    alarms: &[Alarm],
    stack: &Result<Stack, CheckError>,
    now: Timestamp,
) -> CheckResult {
    match last_alarm(clients, check, alarms, now).await {
        Ok(None) => CheckResult::ok(check.id, check.ok),
        Ok(Some(at)) => {
            let text = format!("{}, last at {at}", check.problem);
            CheckResult::warning(check.id, text).command(script(stack, check.command))
        }
        Err(error) => CheckResult::of_error(check.id, &error),
    }
}

async fn last_alarm(
    clients: &Clients,
    check: &AlarmCheck,
    alarms: &[Alarm],
    now: Timestamp,
) -> Result<Option<Timestamp>, CheckError> {
    const ACTION: &str = "cloudwatch:DescribeAlarmHistory";
    let client = required(&clients.cloudwatch)?;
    let alarm = alarms.iter().find(|alarm| alarm.logical == check.alarm);
    let found = alarm.and_then(|alarm| alarm.found.as_ref());
    let date = |at: Timestamp| DateTime::from_secs(at.unix_seconds());
    let describe = client
        .describe_alarm_history()
        .set_alarm_name(found.and_then(|alarm| alarm.alarm_name.clone()))
        .history_item_type(HistoryItemType::StateUpdate)
        .start_date(date(now.minus(RECENT)))
        .end_date(date(now))
        .scan_by(ScanBy::TimestampDescending);
    let described = describe.send().await;
    let described = described.map_err(|error| CheckError::of_call(ACTION, error))?;
    let mut updates = described.alarm_history_items().iter();
    // Such as "Alarm updated from OK to ALARM".
    let is_alarm = |summary: Option<&str>| summary.is_some_and(|text| text.ends_with("to ALARM"));
    let last = updates.find(|update| is_alarm(update.history_summary()));
    let at = last.and_then(|update| update.timestamp());
    Ok(at.map(|at| Timestamp::from_unix_seconds(at.secs())))
}

fn others(alarms: &[Alarm]) -> CheckResult {
    let has_check = |alarm: &&Alarm| CHECKS.iter().any(|check| check.alarm == alarm.logical);
    let (_, others): (Vec<_>, Vec<_>) = alarms.iter().partition(has_check);
    let in_alarm: Vec<_> = others
        .iter()
        .filter(|alarm| alarm.is_in_alarm())
        .map(|alarm| alarm.logical.as_str())
        .collect();
    if in_alarm.is_empty() {
        return CheckResult::ok(OTHERS, format!("{} other alarms are OK", others.len()));
    }
    let text = format!("{} (docs/operate.md, \"Alarms\")", in_alarm.join(", "));
    CheckResult::problem(OTHERS, text).command("aws cloudwatch describe-alarms --state-value ALARM")
}
