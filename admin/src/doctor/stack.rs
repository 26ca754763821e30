//! The stack of the table: its state, and the names of what it consists of.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Stack as Description, StackResource, StackStatus};

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};

const ID: &str = "stack";
/// The code for a resource of no stack, and for a stack that was deleted.
const NOT_FOUND: &str = "ValidationError";
const NO_STACK: &str = "the table belongs to no stack";
/// What a check lacks that needs the stack.
pub(super) const UNKNOWN_STACK: &str = "the stack is not known";

#[derive(Debug)]
pub(super) struct Stack {
    pub(super) name: String,
    status: Option<StackStatus>,
    parameters: BTreeMap<String, String>,
    /// Types and names in AWS, by names in `template.yaml`.
    resources: BTreeMap<String, Resource>,
}

#[derive(Debug)]
struct Resource {
    kind: String,
    name: String,
}

impl Stack {
    /// The stack that made the table.
    pub(super) async fn find(clients: &Clients) -> Result<Self, CheckError> {
        const RESOURCES: &str = "cloudformation:DescribeStackResources";
        const STACKS: &str = "cloudformation:DescribeStacks";
        let client = required(&clients.cloudformation)?;
        let of_table = client.describe_stack_resources();
        let found = of_table.physical_resource_id(&clients.table).send().await;
        let found = found.map_err(|error| CheckError::of_call(RESOURCES, error))?;
        let name = found
            .stack_resources()
            .iter()
            .find_map(StackResource::stack_name);
        let name = name.ok_or(CheckError::Prerequisite(NO_STACK))?.to_owned();
        let described = client.describe_stacks().stack_name(&name).send().await;
        let described = described.map_err(|error| CheckError::of_call(STACKS, error))?;
        let description = described
            .stacks()
            .first()
            .ok_or(CheckError::Prerequisite(NO_STACK))?;
        let resources = found.stack_resources().iter().filter_map(|one| {
            let resource = Resource {
                kind: one.resource_type()?.to_owned(),
                name: one.physical_resource_id()?.to_owned(),
            };
            Some((one.logical_resource_id()?.to_owned(), resource))
        });
        Ok(Self {
            name,
            status: description.stack_status().cloned(),
            parameters: parameters_of(description),
            resources: resources.collect(),
        })
    }

    /// A parameter. `None`: it is empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let value = self.parameters.get(name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// The name or ARN of a resource, by its name in `template.yaml`.
    pub(super) fn resource(&self, logical: &str) -> Option<&str> {
        Some(&self.resources.get(logical)?.name)
    }

    /// Names in `template.yaml` and in AWS.
    pub(super) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = (&str, &str)> {
        let all = self.resources.iter();
        let all = all.filter(move |(_, resource)| resource.kind == kind);
        all.map(|(logical, resource)| (logical.as_str(), resource.name.as_str()))
    }
}

/// The command that finds what was deleted or changed by hand. A deployment alone does not.
pub(super) fn drift(stack: &Result<Stack, CheckError>) -> String {
    let name = stack.as_ref().map_or("mailproof", |stack| &stack.name);
    format!("aws cloudformation detect-stack-drift --stack-name {name}")
}

/// Shows what the functions logged as errors.
pub(super) const LOGGED_ERRORS: &str =
    "logs \"filter level = 'ERROR' | sort @timestamp desc | limit 50\"";

/// A command with the functions of `docs/operations/functions.sh`.
pub(super) fn script(stack: &Result<Stack, CheckError>, command: &str) -> String {
    let name = stack.as_ref().map_or("", |stack| &stack.name);
    format!("STACK={name}; . docs/operations/functions.sh; {command}")
}

fn parameters_of(description: &Description) -> BTreeMap<String, String> {
    let pairs = description.parameters().iter().filter_map(|parameter| {
        let name = parameter.parameter_key()?.to_owned();
        Some((name, parameter.parameter_value()?.to_owned()))
    });
    pairs.collect()
}

pub(super) fn check(clients: &Clients, stack: &Result<Stack, CheckError>) -> CheckResult {
    let Clients { table, region, .. } = clients;
    match stack {
        Ok(stack) => state(stack),
        Err(error) if error.has_code(NOT_FOUND) || matches!(error, CheckError::Prerequisite(_)) => {
            CheckResult::problem(
                ID,
                format!("no stack in {region} has the table {table}. Check --table and --region"),
            )
            .command(
                "aws cloudformation describe-stacks \
                 --query \"Stacks[].Outputs[?OutputKey=='TableName'].OutputValue\" --output text",
            )
        }
        Err(error) => CheckResult::of_error(ID, error),
    }
}

fn state(stack: &Stack) -> CheckResult {
    let name = &stack.name;
    let status = stack.status.as_ref();
    let text = format!(
        "{name} is {}",
        status.map_or("unknown", StackStatus::as_str)
    );
    let events = format!(
        "aws cloudformation describe-stack-events --stack-name {name} --query \
         \"StackEvents[?contains(ResourceStatus,'FAILED')]\
         .[LogicalResourceId,ResourceStatusReason]\" --output table"
    );
    match status {
        Some(
            StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::ImportComplete,
        ) => CheckResult::ok(ID, text),
        Some(StackStatus::UpdateRollbackComplete) => CheckResult::warning(
            ID,
            format!("{text}: the last deployment failed, the one before runs"),
        )
        .command(events),
        Some(status) if status.as_str().ends_with("_IN_PROGRESS") => {
            CheckResult::warning(ID, format!("{text}: a deployment is running")).command(format!(
                "aws cloudformation wait stack-update-complete --stack-name {name}"
            ))
        }
        _ => CheckResult::problem(ID, text).command(events),
    }
}
