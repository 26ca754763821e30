//! The alarms' states, which tell of dead letters and failed functions, and who gets them.

use aws_sdk_cloudwatch::types::{MetricAlarm, StateValue};

use super::finding::Finding;
use super::services::Services;
use super::stack::{Stack, drift};
use super::unseen::{Look, Unseen};

const DEAD_LETTERS: &str = "alarms.dead-letters";
const UNPUBLISHED: &str = "alarms.unpublished-events";
const FUNCTIONS: &str = "alarms.functions";
const OTHERS: &str = "alarms.others";
const SUBSCRIPTION: &str = "alarms.subscription";

const WITHOUT_STACK: Unseen = Unseen::Without("the stack is not known");

/// An alarm of its own line: its name in `template.yaml`, what it says, and where more is.
struct Line {
    id: &'static str,
    alarm: &'static str,
    quiet: &'static str,
    loud: &'static str,
}

const LINES: [Line; 3] = [
    Line {
        id: DEAD_LETTERS,
        alarm: "DeadLettersAlarm",
        quiet: "no dead letters wait",
        loud: "SES events could not be recorded and wait (docs/operate.md, \"Dead letters\")",
    },
    Line {
        id: UNPUBLISHED,
        alarm: "UnpublishedEventsAlarm",
        quiet: "no unpublished events wait",
        loud: "events could not be published (docs/operate.md, \"Unpublished events\")",
    },
    Line {
        id: FUNCTIONS,
        alarm: "FunctionErrorsAlarm",
        quiet: "no function failed in the last five minutes",
        loud: "a function failed (docs/operate.md, \"FunctionErrorsAlarm\")",
    },
];

/// An alarm of the stack: its name in `template.yaml`, and its state.
struct Alarm {
    logical: String,
    found: Option<MetricAlarm>,
}

impl Alarm {
    fn is_loud(&self) -> bool {
        let state = self.found.as_ref().and_then(MetricAlarm::state_value);
        state == Some(&StateValue::Alarm)
    }
}

pub(super) async fn states(services: &Services, stack: &Look<Stack>) -> [Finding; 4] {
    let alarms = match describe(services, stack).await {
        Ok(alarms) => alarms,
        Err(unseen) => {
            return [DEAD_LETTERS, UNPUBLISHED, FUNCTIONS, OTHERS]
                .map(|id| Finding::unseen(id, &unseen));
        }
    };
    let [dead_letters, unpublished, functions] = LINES.map(|line| state_of(&line, &alarms, stack));
    [dead_letters, unpublished, functions, others(&alarms)]
}

async fn describe(services: &Services, stack: &Look<Stack>) -> Look<Vec<Alarm>> {
    const KIND: &str = "AWS::CloudWatch::Alarm";
    let asked = services.cloudwatch.as_ref().map_err(Clone::clone)?;
    let stack = stack.as_ref().map_err(|_| WITHOUT_STACK)?;
    let names = stack.of_kind(KIND).map(|(_, name)| name.to_owned());
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return Err(Unseen::Without("the stack has no alarms"));
    }
    let describe = asked.describe_alarms().set_alarm_names(Some(names));
    // The stack has fewer alarms than one page.
    let described = describe.max_records(100).send().await;
    let described = described.map_err(|error| Unseen::of("cloudwatch:DescribeAlarms", &error))?;
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

fn state_of(line: &Line, alarms: &[Alarm], stack: &Look<Stack>) -> Finding {
    let alarm = alarms.iter().find(|alarm| alarm.logical == line.alarm);
    let Some(alarm) = alarm.filter(|alarm| alarm.found.is_some()) else {
        let text = format!("{} is gone, although the stack has it", line.alarm);
        return Finding::problem(line.id, text).command(drift(stack));
    };
    if !alarm.is_loud() {
        return Finding::ok(line.id, line.quiet);
    }
    let name = stack.as_ref().map_or("", |stack| &stack.name);
    Finding::problem(line.id, line.loud).command(match line.id {
        FUNCTIONS => format!(
            "STACK={name}; . docs/operations/functions.sh; \
             logs \"filter level = 'ERROR' | sort @timestamp desc | limit 50\""
        ),
        DEAD_LETTERS => format!(
            "STACK={name}; . docs/operations/functions.sh; operation redrive_mail_events.py \
             \"$(resource MailEventsDeadLetterQueue)\" \"$(resource RecordMailEventsFunction)\""
        ),
        _ => format!(
            "STACK={name}; . docs/operations/functions.sh; operation republish_events.py \
             \"$(resource UnpublishedEvents)\" \"$(resource PublishEventsFunction)\""
        ),
    })
}

fn others(alarms: &[Alarm]) -> Finding {
    let has_line = |alarm: &&Alarm| LINES.iter().any(|line| line.alarm == alarm.logical);
    let (_, others): (Vec<_>, Vec<_>) = alarms.iter().partition(has_line);
    let loud: Vec<_> = others
        .iter()
        .filter(|alarm| alarm.is_loud())
        .map(|alarm| alarm.logical.as_str())
        .collect();
    if loud.is_empty() {
        return Finding::ok(OTHERS, format!("{} other alarms are quiet", others.len()));
    }
    let text = format!("{} (docs/operate.md, \"Alarms\")", loud.join(", "));
    Finding::problem(OTHERS, text).command("aws cloudwatch describe-alarms --state-value ALARM")
}

pub(super) async fn subscription(services: &Services, stack: &Look<Stack>) -> Finding {
    match subscribers(services, stack).await {
        Ok((topic, subscribers)) => subscribed(&topic, &subscribers),
        Err(unseen) => Finding::unseen(SUBSCRIPTION, &unseen),
    }
}

/// Who gets the alarms, and whether they confirmed it.
struct Subscriber {
    endpoint: String,
    is_confirmed: bool,
}

async fn subscribers(services: &Services, stack: &Look<Stack>) -> Look<(String, Vec<Subscriber>)> {
    let asked = services.sns.as_ref().map_err(Clone::clone)?;
    let stack = stack.as_ref().map_err(|_| WITHOUT_STACK)?;
    let topic = stack.resource("AlarmTopic");
    let topic = topic.ok_or(Unseen::Without("the stack has no topic of alarms"))?;
    let list = asked.list_subscriptions_by_topic().topic_arn(topic);
    // One page has 100, and the question is whether anybody is subscribed.
    let listed = list.send().await;
    let listed = listed.map_err(|error| Unseen::of("sns:ListSubscriptionsByTopic", &error))?;
    let all = listed.subscriptions().iter().map(|one| Subscriber {
        endpoint: one.endpoint().unwrap_or("somebody").to_owned(),
        is_confirmed: one
            .subscription_arn()
            .is_some_and(|arn| arn.starts_with("arn:")),
    });
    Ok((topic.to_owned(), all.collect()))
}

fn subscribed(topic: &str, subscribers: &[Subscriber]) -> Finding {
    let endpoints = |confirmed: bool| {
        let some = subscribers
            .iter()
            .filter(|one| one.is_confirmed == confirmed);
        some.map(|one| one.endpoint.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (confirmed, pending) = (endpoints(true), endpoints(false));
    let subscribe = |endpoint: &str| {
        format!(
            "aws sns subscribe --topic-arn {topic} --protocol email \
             --notification-endpoint {endpoint}"
        )
    };
    if !pending.is_empty() {
        let first = pending.split(", ").next().unwrap_or_default();
        return Finding::warning(
            SUBSCRIPTION,
            format!(
                "{pending} has not confirmed, and gets no alarm. Open the link in AWS's mail; \
                 this sends another one"
            ),
        )
        .command(subscribe(first));
    }
    if confirmed.is_empty() {
        return Finding::warning(SUBSCRIPTION, "nobody gets the alarms")
            .command(subscribe("ops@example.com"));
    }
    Finding::ok(SUBSCRIPTION, format!("alarms go to {confirmed}"))
}
