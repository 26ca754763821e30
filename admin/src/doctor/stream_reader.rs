//! The readers of the table's stream: the event source mappings of two functions.

use std::cmp::Ordering;

use aws_sdk_lambda::types::EventSourceMappingConfiguration;

use super::check_error::CheckError;
use super::check_result::{CheckResult, Status};
use super::clients::{Clients, required};
use super::stack::{LOGGED_ERRORS, Stack, UNKNOWN_STACK, drift, script};

const ID: &str = "table.stream-reader";

struct Reader {
    /// Its name in `template.yaml`.
    function: &'static str,
    /// What is missing without it.
    effect: &'static str,
}

const READERS: [Reader; 2] = [
    Reader {
        function: "PublishEventsFunction",
        effect: "no event is published",
    },
    Reader {
        function: "NotifyPreviousAddressFunction",
        effect: "no earlier address is notified",
    },
];

pub(super) async fn check(
    clients: &Clients,
    stream: Result<&str, CheckError>,
    stack: &Result<Stack, CheckError>,
) -> CheckResult {
    match mappings(clients, stream, stack).await {
        Ok(mappings) => joined(READERS.map(|reader| reader.check(&mappings, stack))),
        Err(error) => CheckResult::of_error(ID, &error),
    }
}

/// Only the stack tells its own readers from others, which adopters added.
async fn mappings(
    clients: &Clients,
    stream: Result<&str, CheckError>,
    stack: &Result<Stack, CheckError>,
) -> Result<Vec<EventSourceMappingConfiguration>, CheckError> {
    const ACTION: &str = "lambda:ListEventSourceMappings";
    let stream = stream?;
    if let Err(error) = stack {
        return Err(error.of_dependent(UNKNOWN_STACK));
    }
    let list = required(&clients.lambda)?.list_event_source_mappings();
    let listed = list.event_source_arn(stream).send().await;
    let listed = listed.map_err(|error| CheckError::of_call(ACTION, error))?;
    Ok(listed.event_source_mappings.unwrap_or_default())
}

impl Reader {
    fn check(
        &self,
        mappings: &[EventSourceMappingConfiguration],
        stack: &Result<Stack, CheckError>,
    ) -> CheckResult {
        let Self { function, effect } = self;
        let name = stack
            .as_ref()
            .ok()
            .and_then(|stack| stack.resource(function));
        let mut mappings = mappings.iter();
        let mapping = mappings.find(|mapping| name.is_some() && function_of(mapping) == name);
        let (Some(name), Some(mapping)) = (name, mapping) else {
            let fault = format!("{function} does not read the stream, so {effect}");
            return CheckResult::problem(ID, format!("repair the stack: {fault}"))
                .command(drift(stack));
        };
        let id = mapping.uuid().unwrap_or_default();
        let result = mapping.last_processing_result().unwrap_or("not known");
        match mapping.state().unwrap_or("unknown") {
            "Enabled" if result.starts_with("PROBLEM") => {
                let text = format!("read the log of {name}: its last batch failed: {result}");
                CheckResult::problem(ID, text).command(script(stack, LOGGED_ERRORS))
            }
            "Enabled" => CheckResult::ok(
                ID,
                format!("{name} reads the stream (last result: {result})"),
            ),
            state @ ("Creating" | "Enabling" | "Updating") => {
                let text = format!("check again in a minute: the reader {name} is {state}");
                let command = format!("aws lambda get-event-source-mapping --uuid {id}");
                CheckResult::warning(ID, text).command(command)
            }
            state => {
                let text = format!("enable the reader {name}: it is {state}, so {effect}");
                let command = "aws lambda update-event-source-mapping --uuid";
                CheckResult::problem(ID, text).command(format!("{command} {id} --enabled"))
            }
        }
    }
}

/// The name in `arn:aws:lambda:<region>:<account>:function:<name>`, which an alias may follow.
fn function_of(mapping: &EventSourceMappingConfiguration) -> Option<&str> {
    mapping.function_arn()?.split(':').nth(6)
}

/// The result of both readers. A problem comes before a warning, and that before what is right.
fn joined([one, other]: [CheckResult; 2]) -> CheckResult {
    let rank = |result: &CheckResult| match result.status {
        Status::Problem => 2,
        Status::Warning => 1,
        Status::Ok | Status::Unknown => 0,
    };
    match rank(&one).cmp(&rank(&other)) {
        Ordering::Greater => one,
        Ordering::Less => other,
        Ordering::Equal => both(one, other),
    }
}

fn both(one: CheckResult, other: CheckResult) -> CheckResult {
    CheckResult {
        text: format!("{}; {}", one.text, other.text),
        command: match (one.command, other.command) {
            (Some(one), Some(other)) if one != other => Some(format!("{one} && {other}")),
            (command, _) => command,
        },
        ..one
    }
}
