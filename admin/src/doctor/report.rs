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
    for Line { first, others } in lines_of(results) {
        let (name, text) = if others.is_empty() {
            (first.id.to_owned(), first.text.clone())
        } else {
            let name = format!("{} checks", others.len() + 1);
            (name, shared_text(first, &others))
        };
        let status = first.status.to_string();
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{status:<7}  {name:<width$}  {}", printable(&text));
        if !others.is_empty() {
            let ids = [first].into_iter().chain(others).map(|result| result.id);
            let ids: Vec<_> = ids.collect();
            let _ = writeln!(lines, "{:9}{}", "", ids.join(", "));
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

/// Results with the same reason.
struct Line<'r> {
    first: &'r CheckResult,
    others: Vec<&'r CheckResult>,
}

/// Each line is where its first result is.
fn lines_of(results: &[CheckResult]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for result in results {
        let reason = reason_of(result);
        let has_reason = |line: &&mut Line<'_>| reason_of(line.first) == reason;
        let line = lines.iter_mut().find(has_reason);
        match line.filter(|_| reason.is_some()) {
            Some(line) => line.others.push(result),
            None => lines.push(Line {
                first: result,
                others: Vec::new(),
            }),
        }
    }
    lines
}

#[derive(PartialEq, Eq)]
enum Reason {
    NoEndpoint,
    /// Permissions of this service.
    MissingPermission(&'static str),
    Other(String),
}

/// `None`: the check was made, so its result has a line of its own.
fn reason_of(result: &CheckResult) -> Option<Reason> {
    Some(match result.error.as_ref()? {
        CheckError::NoEndpoint(_) => Reason::NoEndpoint,
        CheckError::MissingPermission(action) => {
            Reason::MissingPermission(action.split(':').next()?)
        }
        error => Reason::Other(error.explanation()),
    })
}

/// It names each service and each action.
fn shared_text(first: &CheckResult, others: &[&CheckResult]) -> String {
    let all = [first].into_iter().chain(others.iter().copied());
    let names = all.filter_map(|result| match result.error {
        Some(CheckError::NoEndpoint(name) | CheckError::MissingPermission(name)) => Some(name),
        _ => None,
    });
    let names = names.collect::<BTreeSet<_>>();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    match &first.error {
        Some(CheckError::NoEndpoint(_)) => format!(
            "not checked: they need a deployed stack. DynamoDB's endpoint is not AWS's, and there \
             is none for {names}"
        ),
        Some(CheckError::MissingPermission(_)) => format!("not checked: needs {names}"),
        _ => first.text.clone(),
    }
}
