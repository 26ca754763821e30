//! The reader of the table's stream: the event source mapping of the function that publishes
//! events.

use aws_sdk_lambda::types::EventSourceMappingConfiguration;

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};
use super::stack::{Stack, drift};

const ID: &str = "table.stream-reader";

const PUBLISHER: &str = "PublishEventsFunction";

pub(super) async fn check(
    clients: &Clients,
    stream: Result<&str, CheckError>,
    stack: &Result<Stack, CheckError>,
) -> CheckResult {
    let mappings = match mappings(clients, stream).await {
        Ok(mappings) => mappings,
        Err(error) => return CheckResult::of_error(ID, &error),
    };
    let Some(mapping) = of_publisher(&mappings, stack) else {
        let text = format!("{PUBLISHER} does not read the stream, so no event is published");
        return CheckResult::problem(ID, text).command(drift(stack));
    };
    result_of(mapping)
}

async fn mappings(
    clients: &Clients,
    stream: Result<&str, CheckError>,
) -> Result<Vec<EventSourceMappingConfiguration>, CheckError> {
    const ACTION: &str = "lambda:ListEventSourceMappings";
    let list = required(&clients.lambda)?.list_event_source_mappings();
    let listed = list.event_source_arn(stream?).send().await;
    let listed = listed.map_err(|error| CheckError::of_call(ACTION, error))?;
    Ok(listed.event_source_mappings.unwrap_or_default())
}

/// The stream may have other readers, which adopters added.
fn of_publisher<'a>(
    mappings: &'a [EventSourceMappingConfiguration],
    stack: &Result<Stack, CheckError>,
) -> Option<&'a EventSourceMappingConfiguration> {
    let stack = stack.as_ref().ok();
    let publisher = stack.and_then(|stack| stack.resource(PUBLISHER));
    let mut mappings = mappings.iter();
    mappings.find(|mapping| publisher.is_none() || function_of(mapping) == publisher)
}

/// The name in `arn:aws:lambda:<region>:<account>:function:<name>`, which an alias may follow.
fn function_of(mapping: &EventSourceMappingConfiguration) -> Option<&str> {
    mapping.function_arn()?.split(':').nth(6)
}

fn result_of(mapping: &EventSourceMappingConfiguration) -> CheckResult {
    let id = mapping.uuid().unwrap_or_default();
    let state = mapping.state().unwrap_or("unknown");
    let function = function_of(mapping).unwrap_or("a function");
    let result = mapping.last_processing_result().unwrap_or("not known");
    match state {
        "Enabled" if result.starts_with("PROBLEM") => CheckResult::problem(
            ID,
            format!("{function} reads the stream, but the last batch failed: {result}"),
        )
        .command(format!("aws lambda get-event-source-mapping --uuid {id}")),
        "Enabled" => CheckResult::ok(
            ID,
            format!("{function} reads the stream; last result: {result}"),
        ),
        "Creating" | "Enabling" | "Updating" => CheckResult::warning(
            ID,
            format!("the reader of the stream is {state}. Check again in a minute"),
        )
        .command(format!("aws lambda get-event-source-mapping --uuid {id}")),
        state => CheckResult::problem(
            ID,
            format!("the reader of the stream is {state}, so no event is published"),
        )
        .command(format!(
            "aws lambda update-event-source-mapping --uuid {id} --enabled"
        )),
    }
}
