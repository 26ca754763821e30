//! The deployed functions: their state, and the reader of the table's stream.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{
    EnvironmentResponse, EventSourceMappingConfiguration, LastUpdateStatus, State,
};

use super::finding::Finding;
use super::services::Services;
use super::stack::{Stack, drift};
use super::unseen::{Look, Unseen};

const FUNCTIONS: &str = "functions";
const READER: &str = "table.stream-reader";

/// The function that reads the table's stream.
const PUBLISHER: &str = "PublishEventsFunction";

/// By their names in `template.yaml`.
pub(super) type Functions = BTreeMap<String, Function>;

pub(super) struct Function {
    name: String,
    /// Why it does not run. `None`: it does.
    problem: Option<String>,
    /// Its environment variables, which hold secrets. `None`: Lambda does not show them.
    pub(super) settings: Option<HashMap<String, String>>,
}

pub(super) async fn describe(services: &Services, stack: &Look<Stack>) -> Look<Functions> {
    let asked = services.lambda.as_ref().map_err(Clone::clone)?;
    let stack = stack
        .as_ref()
        .map_err(|_| Unseen::Without("the stack is not known"))?;
    let mut functions = Functions::new();
    for (logical, name) in stack.of_kind("AWS::Lambda::Function") {
        let get = asked.get_function_configuration().function_name(name);
        let found = match get.send().await {
            Ok(found) => Function::of(name, found),
            Err(error) => match Unseen::of("lambda:GetFunctionConfiguration", &error) {
                unseen if unseen.has_code("ResourceNotFoundException") => Function::gone(name),
                unseen => return Err(unseen),
            },
        };
        functions.insert(logical.to_owned(), found);
    }
    Ok(functions)
}

impl Function {
    fn of(name: &str, found: GetFunctionConfigurationOutput) -> Self {
        let problem = problem_of(&found);
        let environment = found.environment.unwrap_or_else(no_variables);
        // Lambda has an error instead of variables that it may not decrypt.
        let is_shown = environment.error.is_none();
        Self {
            name: name.to_owned(),
            problem,
            settings: is_shown.then(|| environment.variables.unwrap_or_default()),
        }
    }

    fn gone(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            problem: Some("is gone".to_owned()),
            settings: None,
        }
    }
}

fn no_variables() -> EnvironmentResponse {
    EnvironmentResponse::builder().build()
}

fn problem_of(found: &GetFunctionConfigurationOutput) -> Option<String> {
    let why = |reason: Option<&str>| reason.map_or_else(String::new, |why| format!(" ({why})"));
    match (found.state(), found.last_update_status()) {
        // Lambda wakes an inactive function with its next invocation.
        (Some(State::Failed | State::Pending), _) => {
            let state = found.state().map_or("unknown", State::as_str);
            Some(format!("is {state}{}", why(found.state_reason())))
        }
        (_, Some(LastUpdateStatus::Failed)) => {
            let reason = why(found.last_update_status_reason());
            Some(format!("could not be updated{reason}"))
        }
        _ => None,
    }
}

pub(super) fn check(functions: &Look<Functions>, stack: &Look<Stack>) -> Finding {
    let functions = match functions {
        Ok(functions) => functions,
        Err(unseen) => return Finding::unseen(FUNCTIONS, unseen),
    };
    let wrong = functions.values().filter_map(|function| {
        let problem = function.problem.as_ref()?;
        Some(format!("{} {problem}", function.name))
    });
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() {
        return Finding::ok(
            FUNCTIONS,
            format!("{} functions are ready", functions.len()),
        );
    }
    Finding::problem(FUNCTIONS, wrong.join("; ")).command(drift(stack))
}

pub(super) async fn reader(
    services: &Services,
    stream: Look<&str>,
    stack: &Look<Stack>,
) -> Finding {
    match mappings(services, stream).await {
        Ok(mappings) => own(&mappings, stack).map_or_else(
            || {
                let text =
                    format!("{PUBLISHER} does not read the stream, so no event is published");
                Finding::problem(READER, text).command(drift(stack))
            },
            state_of,
        ),
        Err(unseen) => Finding::unseen(READER, &unseen),
    }
}

async fn mappings(
    services: &Services,
    stream: Look<&str>,
) -> Look<Vec<EventSourceMappingConfiguration>> {
    let asked = services.lambda.as_ref().map_err(Clone::clone)?;
    let list = asked.list_event_source_mappings();
    let listed = list.event_source_arn(stream?).send().await;
    let listed = listed.map_err(|error| Unseen::of("lambda:ListEventSourceMappings", &error))?;
    Ok(listed.event_source_mappings.unwrap_or_default())
}

/// The stream may have other readers, which adopters added.
fn own<'a>(
    mappings: &'a [EventSourceMappingConfiguration],
    stack: &Look<Stack>,
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

fn state_of(mapping: &EventSourceMappingConfiguration) -> Finding {
    let id = mapping.uuid().unwrap_or_default();
    let state = mapping.state().unwrap_or("unknown");
    let function = function_of(mapping).unwrap_or("a function");
    let result = mapping.last_processing_result().unwrap_or("not known");
    match state {
        "Enabled" if result.starts_with("PROBLEM") => Finding::problem(
            READER,
            format!("{function} reads the stream, but the last batch failed: {result}"),
        )
        .command(format!("aws lambda get-event-source-mapping --uuid {id}")),
        "Enabled" => Finding::ok(
            READER,
            format!("{function} reads the stream; last result: {result}"),
        ),
        "Creating" | "Enabling" | "Updating" => Finding::warning(
            READER,
            format!("the reader of the stream is {state}. Look again in a minute"),
        )
        .command(format!("aws lambda get-event-source-mapping --uuid {id}")),
        state => Finding::problem(
            READER,
            format!("the reader of the stream is {state}, so no event is published"),
        )
        .command(format!(
            "aws lambda update-event-source-mapping --uuid {id} --enabled"
        )),
    }
}
