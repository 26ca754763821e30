//! The document in which a person says what breaks.
//!
//! `{"rules":[{"service":"ses","operation":"SendEmail","fault":"throttled","times":2}]}`

mod members;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::edge::{Entries, Fault, Rule, Service};
use members::Members;

const EXAMPLE: &str = r#"{"rules":[{"service":"ses","fault":"throttled","times":2}]}"#;
/// The longest delay, in milliseconds.
const MAX_DELAY: u64 = 3_600_000;

/// The text is for the person who wrote the document, and says first what to do.
#[derive(Debug, Error)]
pub enum ChaosError {
    #[error("write a JSON object such as {EXAMPLE}")]
    Json(#[source] serde_json::Error),
    #[error("write a JSON object such as {EXAMPLE}; this is none")]
    NoObject,
    /// A member, such as `rules[0].fault`.
    #[error("{member}: {problem}")]
    Member { member: String, problem: String },
}

#[derive(Debug, Error)]
pub enum ChaosFileError {
    #[error("give a text file with --chaos; {} cannot be read", file.display())]
    File { file: PathBuf, source: io::Error },
    #[error("{}", file.display())]
    Malformed { file: PathBuf, source: ChaosError },
}

/// Reads a document. It is checked as a whole, so a rule is never applied without the others.
///
/// # Errors
///
/// It is no JSON, or a member is unknown, missing or wrong.
pub fn parse(document: &[u8]) -> Result<Vec<Rule>, ChaosError> {
    let document = serde_json::from_slice(document).map_err(ChaosError::Json)?;
    let Value::Object(document) = document else {
        return Err(ChaosError::NoObject);
    };
    let mut members = Members::new("", document, &["rules"])?;
    let rules = match members.take("rules") {
        Some(Value::Array(rules)) => rules,
        Some(_) => return Err(members.wrong("rules", "must be a list of rules")),
        None => return Err(members.wrong("rules", "add a list of rules")),
    };
    let rules = rules.into_iter().enumerate();
    rules
        .map(|(index, rule)| rule_of(&format!("rules[{index}]"), rule))
        .collect()
}

/// # Errors
///
/// The file cannot be read, or its document is malformed.
pub fn read(file: &Path) -> Result<Vec<Rule>, ChaosFileError> {
    let document = std::fs::read(file).map_err(|source| ChaosFileError::File {
        file: file.to_owned(),
        source,
    })?;
    parse(&document).map_err(|source| ChaosFileError::Malformed {
        file: file.to_owned(),
        source,
    })
}

/// The document of these rules, with how often each was applied. `times` and `after` are what is
/// left of them.
pub(crate) fn describe(rules: &[Rule]) -> Value {
    json!({ "rules": rules.iter().map(describe_rule).collect::<Vec<_>>() })
}

/// For a person who watches.
pub(crate) fn summary(rules: &[Rule]) -> String {
    match rules.len() {
        0 => "no rules".to_owned(),
        1 => "1 rule".to_owned(),
        count => format!("{count} rules"),
    }
}

fn describe_rule(rule: &Rule) -> Value {
    let mut members = Map::new();
    members.insert("service".to_owned(), rule.service.name().into());
    if let Some(operation) = rule.operation {
        members.insert("operation".to_owned(), operation.into());
    }
    members.insert("fault".to_owned(), rule.fault.name().into());
    match rule.fault {
        Fault::Slow(delay) | Fault::Late(delay) => {
            let millis = u64::try_from(delay.as_millis()).unwrap_or(MAX_DELAY);
            members.insert("delay_ms".to_owned(), millis.into());
        }
        Fault::Partial(entries) => {
            let indexes = (0..Entries::MAX).filter(|index| entries.contains(*index));
            members.insert("entries".to_owned(), indexes.collect());
        }
        _ => {}
    }
    if rule.after > 0 {
        members.insert("after".to_owned(), rule.after.into());
    }
    if let Some(times) = rule.times {
        members.insert("times".to_owned(), times.into());
    }
    if let Some(share) = rule.share {
        members.insert("share".to_owned(), share.into());
    }
    members.insert("injected".to_owned(), rule.injected.into());
    Value::Object(members)
}

fn rule_of(place: &str, rule: Value) -> Result<Rule, ChaosError> {
    let Value::Object(rule) = rule else {
        return Err(ChaosError::Member {
            member: place.to_owned(),
            problem: r#"must be an object such as {"service":"ses","fault":"throttled"}"#
                .to_owned(),
        });
    };
    let mut members = Members::new(
        place,
        rule,
        &[
            "service",
            "operation",
            "fault",
            "times",
            "after",
            "share",
            "delay_ms",
            "entries",
        ],
    )?;
    let service = service_of(&mut members)?;
    let operation = operation_of(&mut members, service)?;
    let fault = fault_of(&mut members, service)?;
    let after = members.number("after", 0..=u64::from(u32::MAX))?;
    let times = members.number("times", 1..=u64::from(u32::MAX))?;
    Ok(Rule {
        operation,
        after: after.and_then(|after| after.try_into().ok()).unwrap_or(0),
        times: times.and_then(|times| times.try_into().ok()),
        share: share_of(&mut members)?,
        ..Rule::always(service, fault)
    })
}

fn service_of(members: &mut Members) -> Result<Service, ChaosError> {
    let names = Service::ALL.map(Service::name);
    let index = members.required_choice("service", &names)?;
    Ok(Service::ALL[index])
}

fn operation_of(
    members: &mut Members,
    service: Service,
) -> Result<Option<&'static str>, ChaosError> {
    let known = service.operations();
    let index = members.choice("operation", &known)?;
    Ok(index.map(|index| known[index]))
}

fn fault_of(members: &mut Members, service: Service) -> Result<Fault, ChaosError> {
    let faults = Fault::ALL.into_iter();
    let known: Vec<_> = faults
        .filter(|fault| fault.services().contains(&service))
        .collect();
    let names: Vec<_> = known.iter().map(|fault| fault.name()).collect();
    let fault = known[members.required_choice("fault", &names)?];
    let delay = members.number("delay_ms", 1..=MAX_DELAY)?;
    let entries = entries_of(members)?;
    match (fault, delay) {
        (Fault::Slow(_), Some(delay)) => Ok(Fault::Slow(Duration::from_millis(delay))),
        (Fault::Late(_), Some(delay)) => Ok(Fault::Late(Duration::from_millis(delay))),
        (Fault::Slow(_) | Fault::Late(_), None) => {
            Err(members.wrong("delay_ms", "add the delay in milliseconds"))
        }
        (_, Some(_)) => Err(members.wrong("delay_ms", "remove it; only slow and late have it")),
        (Fault::Partial(first), None) => Ok(Fault::Partial(entries.unwrap_or(first))),
        (_, None) if entries.is_some() => {
            Err(members.wrong("entries", "remove it; only partial has it"))
        }
        (fault, None) => Ok(fault),
    }
}

fn entries_of(members: &mut Members) -> Result<Option<Entries>, ChaosError> {
    let Some(entries) = members.take("entries") else {
        return Ok(None);
    };
    let is_known = |index: &usize| *index < Entries::MAX;
    let indexes: Vec<usize> = serde_json::from_value(entries).unwrap_or_default();
    if indexes.is_empty() || !indexes.iter().all(is_known) {
        let problem = "must be a list of indexes from 0 to 9, such as [0, 2]";
        return Err(members.wrong("entries", problem));
    }
    Ok(Some(Entries::at(&indexes)))
}

fn share_of(members: &mut Members) -> Result<Option<f64>, ChaosError> {
    let Some(share) = members.take("share") else {
        return Ok(None);
    };
    match share.as_f64() {
        Some(share) if share > 0.0 && share <= 1.0 => Ok(Some(share)),
        _ => Err(members.wrong("share", "must be above 0 and at most 1, such as 0.25")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_and_described() {
        let document = json!({ "rules": [
            { "service": "ses", "operation": "SendEmail", "fault": "slow", "delay_ms": 2_500,
              "after": 1, "times": 2 },
            { "service": "events", "fault": "partial", "entries": [0, 3] },
            { "service": "dynamodb", "fault": "conflict", "share": 0.25 },
            { "service": "stream", "operation": "publish_events", "fault": "twice" },
        ] });
        let rules = parse(document.to_string().as_bytes()).unwrap();
        let mut expected = document;
        for rule in expected["rules"].as_array_mut().unwrap() {
            rule["injected"] = json!(0);
        }
        assert_eq!(describe(&rules), expected);
        assert_eq!(parse(br#"{"rules":[]}"#).unwrap(), []);
    }

    #[test]
    fn a_wrong_member_names_itself() {
        for (document, problem) in [
            ("[]", "write a JSON object such as {\"rules\""),
            ("{", "write a JSON object such as {\"rules\""),
            ("{}", "rules: add a list of rules"),
            (r#"{"rules":{}}"#, "rules: must be a list of rules"),
            (r#"{"rules":[],"x":1}"#, "x: remove it; known is rules"),
            (r#"{"rules":[1]}"#, "rules[0]: must be an object such as"),
        ] {
            let error = parse(document.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(problem), "{document}: {error}");
        }
        for (rule, problem) in [
            (
                json!({}),
                "service: choose one of ses, dynamodb, events, stream",
            ),
            (
                json!({ "service": "s3" }),
                "service: choose one of ses, dynamodb, events, stream; it is \"s3\"",
            ),
            (
                json!({ "service": "ses", "fault": "error", "tims": 1 }),
                "tims: remove it; known are service, operation, fault, times,",
            ),
            (
                json!({ "service": "events", "fault": "conflict" }),
                "fault: choose one of throttled, error, unavailable, access_denied, slow,",
            ),
            (
                json!({ "service": "dynamodb", "fault": "error", "operation": "SendEmail" }),
                "operation: choose one of BatchGetItem,",
            ),
            (
                json!({ "service": "ses", "fault": "slow" }),
                "delay_ms: add the delay in milliseconds",
            ),
            (
                json!({ "service": "ses", "fault": "error", "delay_ms": 1 }),
                "delay_ms: remove it; only slow and late have it",
            ),
            (
                json!({ "service": "ses", "fault": "error", "times": 0 }),
                "times: must be a whole number from 1 to 4294967295",
            ),
            (
                json!({ "service": "ses", "fault": "error", "after": -1 }),
                "after: must be a whole number from 0 to 4294967295",
            ),
            (
                json!({ "service": "ses", "fault": "error", "share": 1.5 }),
                "share: must be above 0 and at most 1",
            ),
            (
                json!({ "service": "ses", "fault": "error", "entries": [0] }),
                "entries: remove it; only partial has it",
            ),
            (
                json!({ "service": "events", "fault": "partial", "entries": [10] }),
                "entries: must be a list of indexes from 0 to 9",
            ),
        ] {
            let good = json!({ "service": "ses", "fault": "error" });
            let document = json!({ "rules": [good, rule] }).to_string();
            let error = parse(document.as_bytes()).unwrap_err().to_string();
            let expected = format!("rules[1].{problem}");
            assert!(error.starts_with(&expected), "{document}: {error}");
        }
    }

    #[test]
    fn each_fault_has_a_service() {
        for fault in Fault::ALL {
            assert!(!fault.services().is_empty(), "{fault:?}");
        }
    }
}
