//! The deployed functions and their state.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{EnvironmentResponse, LastUpdateStatus, State};

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};
use super::settings;
use super::stack::{Stack, UNKNOWN_STACK, drift};

const ID: &str = "functions";

/// By their names in `template.yaml`.
pub(super) type Functions = BTreeMap<String, Function>;

pub(super) struct Function {
    name: String,
    /// Why it does not run. `None`: it does.
    problem: Option<String>,
    /// Its environment variables, which hold secrets. `None`: Lambda does not show them.
    pub(super) settings: Option<HashMap<String, String>>,
}

/// The check of their states, and that of their settings.
pub(super) async fn checks(
    clients: &Clients,
    stack: &Result<Stack, CheckError>,
) -> Vec<CheckResult> {
    let functions = &describe(clients, stack).await;
    vec![
        check(functions, stack),
        settings::check(clients, functions, stack),
    ]
}

async fn describe(
    clients: &Clients,
    stack: &Result<Stack, CheckError>,
) -> Result<Functions, CheckError> {
    const ACTION: &str = "lambda:GetFunctionConfiguration";
    let client = required(&clients.lambda)?;
    let stack = stack
        .as_ref()
        .map_err(|error| error.of_dependent(UNKNOWN_STACK))?;
    let mut functions = Functions::new();
    for (logical, name) in stack.of_kind("AWS::Lambda::Function") {
        let get = client.get_function_configuration().function_name(name);
        let found = match get.send().await {
            Ok(found) => Function::of(name, found),
            Err(error) => match CheckError::of_call(ACTION, error) {
                error if error.has_code("ResourceNotFoundException") => Function::deleted(name),
                error => return Err(error),
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

    fn deleted(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            problem: Some("was deleted".to_owned()),
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

fn check(
    functions: &Result<Functions, CheckError>,
    stack: &Result<Stack, CheckError>,
) -> CheckResult {
    let functions = match functions {
        Ok(functions) => functions,
        Err(error) => return CheckResult::of_error(ID, error),
    };
    let problems = functions.values().filter_map(|function| {
        let problem = function.problem.as_ref()?;
        Some(format!("{} {problem}", function.name))
    });
    let problems: Vec<_> = problems.collect();
    if problems.is_empty() {
        return CheckResult::ok(ID, format!("{} functions are ready", functions.len()));
    }
    CheckResult::problem(ID, problems.join("; ")).command(drift(stack))
}
