//! The states of the stack's alarms.

use aws_sdk_cloudwatch::types::{MetricAlarm, StateValue};

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};
use super::stack::{Stack, UNKNOWN_STACK, drift};

const DEAD_LETTERS: &str = "alarms.dead-letters";
const UNPUBLISHED: &str = "alarms.unpublished-events";
const FUNCTIONS: &str = "alarms.functions";
const OTHERS: &str = "alarms.others";

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
        ok: "no unpublished events wait",
        problem: "events could not be published (docs/operate.md, \"Unpublished events\")",
        command: "operation republish_events.py \"$(resource UnpublishedEvents)\" \
                  \"$(resource PublishEventsFunction)\"",
    },
    AlarmCheck {
        id: FUNCTIONS,
        alarm: "FunctionErrorsAlarm",
        ok: "no function failed in the last five minutes",
        problem: "a function failed (docs/operate.md, \"FunctionErrorsAlarm\")",
        command: "logs \"filter level = 'ERROR' | sort @timestamp desc | limit 50\"",
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
) -> Vec<CheckResult> {
    match describe(clients, stack).await {
        Ok(alarms) => {
            let results = CHECKS
                .iter()
                .map(|check| result_of(check, &alarms, stack))
                .chain([others(&alarms)]);
            results.collect()
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
    let name = stack.as_ref().map_or("", |stack| &stack.name);
    CheckResult::problem(check.id, check.problem).command(format!(
        "STACK={name}; . docs/operations/functions.sh; {}",
        check.command
    ))
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
