//! The stack of the table: its state, and the names of what it consists of.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Stack as Description, StackResource};

use super::finding::Finding;
use super::services::Services;
use super::unseen::{Look, Unseen};

const ID: &str = "stack";
/// The code for a resource of no stack, and for a stack that is gone.
const NOT_FOUND: &str = "ValidationError";

#[derive(Debug)]
pub(super) struct Stack {
    pub(super) name: String,
    status: String,
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
    pub(super) async fn find(services: &Services) -> Look<Self> {
        const RESOURCES: &str = "cloudformation:DescribeStackResources";
        const STACKS: &str = "cloudformation:DescribeStacks";
        let asked = services.cloudformation.as_ref().map_err(Clone::clone)?;
        let of_table = asked.describe_stack_resources();
        let found = of_table.physical_resource_id(&services.table).send().await;
        let found = found.map_err(|error| Unseen::of(RESOURCES, &error))?;
        let name = found
            .stack_resources()
            .iter()
            .find_map(StackResource::stack_name);
        let name = name.ok_or(NO_STACK)?.to_owned();
        let described = asked.describe_stacks().stack_name(&name).send().await;
        let described = described.map_err(|error| Unseen::of(STACKS, &error))?;
        let description = described.stacks().first().ok_or(NO_STACK)?;
        let resources = found.stack_resources().iter().filter_map(|one| {
            let resource = Resource {
                kind: one.resource_type()?.to_owned(),
                name: one.physical_resource_id()?.to_owned(),
            };
            Some((one.logical_resource_id()?.to_owned(), resource))
        });
        Ok(Self {
            name,
            status: status_of(description),
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

const NO_STACK: Unseen = Unseen::Without("the table belongs to no stack");

/// The command that finds what was deleted or changed by hand. A deployment alone does not.
pub(super) fn drift(stack: &Look<Stack>) -> String {
    let name = stack.as_ref().map_or("mailproof", |stack| &stack.name);
    format!("aws cloudformation detect-stack-drift --stack-name {name}")
}

fn status_of(description: &Description) -> String {
    let status = description.stack_status();
    status.map_or_else(|| "unknown".to_owned(), |status| status.as_str().to_owned())
}

fn parameters_of(description: &Description) -> BTreeMap<String, String> {
    let pairs = description.parameters().iter().filter_map(|parameter| {
        let name = parameter.parameter_key()?.to_owned();
        Some((name, parameter.parameter_value()?.to_owned()))
    });
    pairs.collect()
}

pub(super) fn check(services: &Services, stack: &Look<Stack>) -> Finding {
    match stack {
        Ok(stack) => state(stack),
        Err(unseen) if *unseen == NO_STACK || unseen.has_code(NOT_FOUND) => Finding::problem(
            ID,
            format!(
                "no stack in {} has the table {}. Check --table and --region",
                services.region, services.table
            ),
        )
        .command(
            "aws cloudformation describe-stacks \
             --query \"Stacks[].Outputs[?OutputKey=='TableName'].OutputValue\" --output text",
        ),
        Err(unseen) => Finding::unseen(ID, unseen),
    }
}

fn state(stack: &Stack) -> Finding {
    let Stack { name, status, .. } = stack;
    let events = format!(
        "aws cloudformation describe-stack-events --stack-name {name} --query \
         \"StackEvents[?contains(ResourceStatus,'FAILED')]\
         .[LogicalResourceId,ResourceStatusReason]\" --output table"
    );
    match status.as_str() {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => {
            Finding::ok(ID, format!("{name} is {status}"))
        }
        "UPDATE_ROLLBACK_COMPLETE" => Finding::warning(
            ID,
            format!("{name} is {status}: the last deployment failed, the one before runs"),
        )
        .command(events),
        status if status.ends_with("_IN_PROGRESS") => {
            Finding::warning(ID, format!("{name} is {status}: a deployment is running")).command(
                format!("aws cloudformation wait stack-update-complete --stack-name {name}"),
            )
        }
        status => Finding::problem(ID, format!("{name} is {status}")).command(events),
    }
}
