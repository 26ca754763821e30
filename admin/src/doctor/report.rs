//! The report for people. Checks with the same error share a line.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::output::printable;

use super::check_error::CheckError;
use super::check_result::{CheckResult, Status};

/// Each line has its command below. At the end is how many checks have each status.
pub(super) fn describe(results: &[CheckResult]) -> String {
    let width = results.iter().map(|result| result.id.len()).max();
    let width = width.unwrap_or_default();
    let mut lines = String::new();
    for group in grouped(results) {
        let first = group[0];
        let status = first.status.to_string();
        let (name, text, ids) = match group.as_slice() {
            [_] => (first.id.to_owned(), first.text.clone(), None),
            group => {
                let ids: Vec<_> = group.iter().map(|result| result.id).collect();
                (
                    format!("{} checks", group.len()),
                    text_of(group),
                    Some(ids.join(", ")),
                )
            }
        };
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{status:<7}  {name:<width$}  {}", printable(&text));
        if let Some(ids) = ids {
            let _ = writeln!(lines, "{:9}{ids}", "");
        }
        if let Some(command) = &first.command {
            let _ = writeln!(lines, "{:9}$ {}", "", printable(command));
        }
    }
    let counts = [
        Status::Ok,
        Status::Warning,
        Status::Problem,
        Status::Unknown,
    ]
    .map(|status| format!("{} {status}", count(results, status)));
    lines + "\n" + &counts.join(", ")
}

pub(super) fn count(results: &[CheckResult], status: Status) -> usize {
    results
        .iter()
        .filter(|result| result.status == status)
        .count()
}

/// Each group is where its first result was.
fn grouped(results: &[CheckResult]) -> Vec<Vec<&CheckResult>> {
    let mut groups: Vec<Vec<&CheckResult>> = Vec::new();
    for result in results {
        let reason = reason_of(result);
        let same = groups
            .iter_mut()
            .find(|group| reason.is_some() && reason_of(group[0]) == reason);
        match same {
            Some(group) => group.push(result),
            None => groups.push(vec![result]),
        }
    }
    groups
}

#[derive(PartialEq, Eq)]
enum Reason {
    NoEndpoint,
    /// Permissions of this service.
    MissingPermission(&'static str),
    Other(String),
}

fn reason_of(result: &CheckResult) -> Option<Reason> {
    Some(match result.error.as_ref()? {
        CheckError::NoEndpoint(_) => Reason::NoEndpoint,
        CheckError::MissingPermission(action) => {
            Reason::MissingPermission(action.split(':').next()?)
        }
        error => Reason::Other(error.explanation()),
    })
}

/// The text of several results with the same reason. It names each service and each action.
fn text_of(group: &[&CheckResult]) -> String {
    let errors = group.iter().filter_map(|result| result.error.as_ref());
    let names = errors.filter_map(|error| match error {
        CheckError::NoEndpoint(name) | CheckError::MissingPermission(name) => Some(*name),
        _ => None,
    });
    let names = names.collect::<BTreeSet<_>>();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let first = group[0];
    match &first.error {
        Some(CheckError::NoEndpoint(_)) => format!(
            "not checked: they need a deployed stack. DynamoDB's endpoint is not AWS's, and there \
             is none for {names}"
        ),
        Some(CheckError::MissingPermission(_)) => format!("not checked: needs {names}"),
        _ => first.text.clone(),
    }
}
