//! The users in a file: CSV with a header, or JSON lines.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::{Serialize, Serializer};
use serde_json::Value;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::domain::user_record::Verification;
use thiserror::Error;

use super::csv;
use crate::error::AdminError;
use crate::output::counted;

const EMAIL: &str = "email";
const UUID: &str = "uuid";
const VERIFIED_AT: &str = "verified_at";

#[derive(Debug)]
pub(super) struct Checked {
    pub(super) users: Vec<ImportedUser>,
    pub(super) refused: Vec<Refused>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ImportedUser {
    pub(super) line: usize,
    pub(super) user: UserId,
    pub(super) verification: Verification,
}

#[derive(Debug, Serialize)]
pub(super) struct Refused {
    /// From 1, with the header.
    pub(super) line: usize,
    #[serde(serialize_with = "as_text")]
    pub(super) problem: LineError,
}

fn as_text<S: Serializer>(error: &LineError, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}

/// Why a line is refused, as the end of a sentence that begins with the line.
#[derive(Debug, Error)]
pub(super) enum LineError {
    #[error("has {}, and not {expected}", counted(*.found, "column"))]
    Columns { found: usize, expected: usize },
    #[error("is not JSON from column {} on", .0.column())]
    Json(#[source] serde_json::Error),
    #[error("is not a JSON object")]
    NotAnObject,
    #[error("{0} must be a text")]
    NotAText(&'static str),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("'{0}' is not an email address")]
    Email(String),
    #[error("uuid must be like 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11, and not '{0}'")]
    Uuid(String),
    #[error("verified_at must be like 2026-11-23T12:00:00Z, and not '{0}'")]
    VerifiedAt(String),
    #[error("verified_at {0} is in the future")]
    InTheFuture(String),
    #[error("line {earlier} has the same user with another address or time")]
    ConflictsWithLine { earlier: usize },
}

/// The texts of a line. `None`: absent or blank.
#[derive(Debug, Default)]
struct Texts {
    email: Option<String>,
    uuid: Option<String>,
    verified_at: Option<String>,
}

/// Reads the file as JSON lines if it begins with `{`, else as CSV.
pub(super) fn check(text: &str, now: Timestamp) -> Result<Checked, AdminError> {
    let lines = if text.trim_start().starts_with('{') {
        json_lines(text)
    } else {
        csv_lines(text)?
    };
    if lines.is_empty() {
        return Err(AdminError::failed("the file has no users")
            .advise("Give CSV with a header, or JSON lines, with a line for each user"));
    }
    let mut checked = Checked {
        users: Vec::new(),
        refused: Vec::new(),
    };
    let mut seen = HashMap::new();
    for (line, texts) in lines {
        let user = texts.and_then(|texts| texts.check(line, now));
        match user.and_then(|user| once(user, &mut seen)) {
            Ok(user) => checked.users.extend(user),
            Err(problem) => checked.refused.push(Refused { line, problem }),
        }
    }
    Ok(checked)
}

type Line = (usize, Result<Texts, LineError>);

fn csv_lines(text: &str) -> Result<Vec<Line>, AdminError> {
    let records = csv::records(text).map_err(|error| {
        AdminError::caused_by("nothing was written", error).advise("Close the quote")
    })?;
    let mut records = records.into_iter();
    let header = records.next().map(|header| header.fields);
    let header = header.unwrap_or_default();
    let place = |name: &str| header.iter().position(|it| it.eq_ignore_ascii_case(name));
    let (Some(email), Some(verified_at)) = (place(EMAIL), place(VERIFIED_AT)) else {
        return Err(
            AdminError::failed("the first line does not name the columns").advise(
                "Name the columns on line 1: email, verified_at, and uuid if users have one",
            ),
        );
    };
    let uuid = place(UUID);
    let width = header.len();
    Ok(records
        .map(|record| {
            let found = record.fields.len();
            if found != width {
                let expected = width;
                return (record.line, Err(LineError::Columns { found, expected }));
            }
            let field = |place: usize| {
                let field = record.fields.get(place).cloned();
                field.filter(|text| !text.is_empty())
            };
            let texts = Texts {
                email: field(email),
                uuid: uuid.and_then(field),
                verified_at: field(verified_at),
            };
            (record.line, Ok(texts))
        })
        .collect())
}

fn json_lines(text: &str) -> Vec<Line> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| (number + 1, texts_of_json(line)))
        .collect()
}

fn texts_of_json(line: &str) -> Result<Texts, LineError> {
    let Value::Object(object) = serde_json::from_str(line).map_err(LineError::Json)? else {
        return Err(LineError::NotAnObject);
    };
    let text = |name: &'static str| match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|it| !it.is_empty())),
        Some(_) => Err(LineError::NotAText(name)),
    };
    Ok(Texts {
        email: text(EMAIL)?,
        uuid: text(UUID)?,
        verified_at: text(VERIFIED_AT)?,
    })
}

impl Texts {
    fn check(self, line: usize, now: Timestamp) -> Result<ImportedUser, LineError> {
        let email = self.email.ok_or(LineError::Missing(EMAIL))?;
        let address = EmailAddress::parse(&email).ok_or(LineError::Email(email))?;
        let user = match self.uuid {
            None => UserId::derived_from(&address),
            Some(uuid) => UserId::parse(&uuid).ok_or(LineError::Uuid(uuid))?,
        };
        let text = self.verified_at.ok_or(LineError::Missing(VERIFIED_AT))?;
        let Some(at) = timestamp(&text) else {
            return Err(LineError::VerifiedAt(text));
        };
        if at > now {
            return Err(LineError::InTheFuture(text));
        }
        Ok(ImportedUser {
            line,
            user,
            verification: Verification { address, at },
        })
    }
}

/// RFC 3339, or as a database prints it: a space for the `T`, and hours alone as the offset.
fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.replacen(' ', "T", 1);
    Timestamp::parse(&text).or_else(|| Timestamp::parse(&format!("{text}:00")))
}

/// A user may be in the file twice only if nothing depends on the order. `None`: an earlier line
/// says the same.
fn once(
    user: ImportedUser,
    seen: &mut HashMap<UserId, ImportedUser>,
) -> Result<Option<ImportedUser>, LineError> {
    match seen.entry(user.user) {
        Entry::Vacant(place) => {
            place.insert(user.clone());
            Ok(Some(user))
        }
        Entry::Occupied(earlier) => {
            let earlier = earlier.get();
            if earlier.verification == user.verification {
                Ok(None)
            } else {
                let earlier = earlier.line;
                Err(LineError::ConflictsWithLine { earlier })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-23T12:00:00Z").unwrap()
    }

    fn refused(text: &str) -> Vec<(usize, String)> {
        let refused = check(text, now()).unwrap().refused.into_iter();
        refused
            .map(|refused| (refused.line, refused.problem.to_string()))
            .collect()
    }

    #[test]
    fn timestamps_of_databases_are_read() {
        for text in [
            "2026-11-23T10:00:00Z",
            "2026-11-23 10:00:00.999+00",
            "2026-11-23 12:00:00+02:00",
            "2026-11-23t08:00:00-02:00",
        ] {
            let at = timestamp(text).map(|at| at.to_string());
            assert_eq!(at.as_deref(), Some("2026-11-23T10:00:00Z"), "{text}");
        }
        for text in ["2026-11-23", "2026-11-23 10:00:00", "1795435200", ""] {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn each_wrong_line_is_named() {
        let csv = "Email,name,verified_at,UUID\n\
            ada@example.com,Ada,2026-11-01T00:00:00Z,\n\
            ada@,Ada,2026-11-01T00:00:00Z,\n\
            ,Ada,2026-11-01T00:00:00Z,\n\
            bob@example.com,\"B\nob\",yesterday,\n\
            bob@example.com,Bob,2027-01-01T00:00:00Z,\n\
            bob@example.com,Bob,2026-11-01T00:00:00Z,bob\n\
            bob@example.com,Bob\n\
            ada@example.com,Ada,2026-11-02T00:00:00Z,\n\
            ada@example.com,Ada,2026-11-01T00:00:00Z,\n";
        let problems = [
            (3, "'ada@' is not an email address"),
            (4, "email is missing"),
            (
                5,
                "verified_at must be like 2026-11-23T12:00:00Z, and not 'yesterday'",
            ),
            (7, "verified_at 2027-01-01T00:00:00Z is in the future"),
            (
                8,
                "uuid must be like 0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11, and not 'bob'",
            ),
            (9, "has 2 columns, and not 4"),
            (10, "line 2 has the same user with another address or time"),
        ];
        let problems = problems.map(|(line, problem)| (line, problem.to_owned()));
        assert_eq!(refused(csv), problems);
        let json = "{\"email\":\"ada@example.com\",\"verified_at\":\"2026-11-01T00:00:00Z\"}\n\
            \n[]\n{\"email\":1}\n{\"email\":\"b@example.com\",\"uuid\":null}\n{\"email\" 1}\n";
        let problems = [
            (3, "is not a JSON object"),
            (4, "email must be a text"),
            (5, "verified_at is missing"),
            (6, "is not JSON from column 10 on"),
        ];
        let problems = problems.map(|(line, problem)| (line, problem.to_owned()));
        assert_eq!(refused(json), problems);
    }

    #[test]
    fn a_file_without_users_is_an_error() {
        for text in [
            "",
            "email,verified_at\n",
            "name\nada\n",
            "email,verified_at\n\"a",
        ] {
            assert!(check(text, now()).is_err(), "{text}");
        }
    }
}
