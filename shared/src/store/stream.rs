//! Records of the table's stream: an item before and after a change.
//!
//! Errors name a member of the record and never its value, which may be an address.

use serde_json::Value;
use thiserror::Error;

use super::item::MAILS;
use super::user::{
    ADDRESS, PENDING, USER_ID, VERIFIED_ADDRESS, VERIFIED_AT, VERIFIED_BY, VERIFIED_EMAIL,
    VERIFIED_LANGUAGE,
};
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::user_id::UserId;
use crate::domain::user_record::ProofMethod;

/// A record that is not as the table's writers leave it. Holds the JSON pointer of the member that
/// is missing or of another kind.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a record of the stream cannot be read: {0}")]
pub struct UnreadableRecord(pub String);

/// The attributes of an item, or of a map in it.
#[derive(Clone, Debug)]
pub struct Attributes<'r> {
    found: Option<&'r Value>,
    /// Their JSON pointer.
    pointer: String,
}

/// The write that verifies an address of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedVerification {
    pub user: UserId,
    pub address: EmailAddress,
    /// The address that the user had verified before.
    pub previous: Option<EmailAddress>,
    /// The language of its mail, as a BCP 47 tag. `None`: not on record. It may be empty.
    pub previous_language: Option<String>,
    pub at: Timestamp,
    /// `None`: an earlier release wrote it.
    pub method: Option<ProofMethod>,
}

impl RecordedVerification {
    /// Reads a record of the stream. `None`: the change is no verification.
    pub fn of(record: &Value) -> Result<Option<Self>, UnreadableRecord> {
        let before = Attributes::before(record);
        let after = Attributes::after(record);
        if !is_by_proof(&before, &after) && !is_by_operator(&before, &after) {
            return Ok(None);
        }
        Ok(Some(Self {
            user: after.required(USER_ID, UserId::parse)?,
            address: after.required(VERIFIED_EMAIL, EmailAddress::parse_known)?,
            at: after.required(VERIFIED_AT, Timestamp::parse)?,
            previous: before.optional(VERIFIED_EMAIL, EmailAddress::parse_known)?,
            previous_language: before.optional(VERIFIED_LANGUAGE, |tag| Some(tag.to_owned()))?,
            method: after.optional(VERIFIED_BY, ProofMethod::parse)?,
        }))
    }
}

/// The write of a request to change from the verified address to another one, unless it repeats the
/// request before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedChange {
    pub user: UserId,
    pub verified: EmailAddress,
    /// The language of its mail, as a BCP 47 tag. `None`: not on record. It may be empty.
    pub verified_language: Option<String>,
    pub at: Timestamp,
}

impl RequestedChange {
    /// Reads a record of the stream. `None`: the change is another one.
    pub fn of(record: &Value) -> Result<Option<Self>, UnreadableRecord> {
        let before = Attributes::before(record);
        let after = Attributes::after(record);
        let address = after.get(ADDRESS);
        let is_pending = after.get(PENDING).and_then(|value| value.get("BOOL"));
        if is_pending != Some(&Value::Bool(true))
            || after.get(VERIFIED_ADDRESS).is_none()
            || [before.get(ADDRESS), after.get(VERIFIED_ADDRESS)].contains(&address)
        {
            return Ok(None);
        }
        Ok(Some(Self {
            user: after.required(USER_ID, UserId::parse)?,
            verified: after.required(VERIFIED_EMAIL, EmailAddress::parse_known)?,
            verified_language: after.optional(VERIFIED_LANGUAGE, |tag| Some(tag.to_owned()))?,
            at: newest_mail(&after).ok_or_else(|| after.unreadable(MAILS))?,
        }))
    }
}

fn newest_mail(after: &Attributes<'_>) -> Option<Timestamp> {
    let mails = after.get(MAILS)?.get("M")?.as_object()?;
    let at = mails
        .values()
        .filter_map(|at| at.get("N")?.as_str()?.parse().ok());
    at.max().map(Timestamp::from_unix_seconds)
}

/// Only the write of a verification removes `pending` from a user's item.
fn is_by_proof(before: &Attributes<'_>, after: &Attributes<'_>) -> bool {
    let was_pending = before.get(PENDING).and_then(|value| value.get("BOOL"));
    was_pending == Some(&Value::Bool(true))
        && after.get(PENDING).is_none()
        && after.get(VERIFIED_AT).is_some()
}

/// An operator may verify the address of a user without a request. Later changes of the user leave
/// the verification as it is.
fn is_by_operator(before: &Attributes<'_>, after: &Attributes<'_>) -> bool {
    let method = after.get(VERIFIED_BY).and_then(|value| value.get("S"));
    method.and_then(Value::as_str) == Some(ProofMethod::Operator.as_str())
        && [VERIFIED_ADDRESS, VERIFIED_AT]
            .iter()
            .any(|name| after.get(name) != before.get(name))
}

/// The stream's id of a change.
pub fn event_id(record: &Value) -> Result<&str, UnreadableRecord> {
    let id = record.get("eventID").and_then(Value::as_str);
    id.ok_or_else(|| UnreadableRecord("/eventID".to_owned()))
}

impl<'r> Attributes<'r> {
    #[must_use]
    pub fn before(record: &'r Value) -> Self {
        Self::at(record, "/dynamodb/OldImage")
    }

    #[must_use]
    pub fn after(record: &'r Value) -> Self {
        Self::at(record, "/dynamodb/NewImage")
    }

    fn at(record: &'r Value, pointer: &str) -> Self {
        Self {
            found: record.pointer(pointer),
            pointer: pointer.to_owned(),
        }
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'r Value> {
        self.found?.get(name)
    }

    /// The members of an attribute that is a map.
    #[must_use]
    pub fn map(&self, name: &str) -> Self {
        Self {
            found: self.get(name).and_then(|value| value.get("M")),
            pointer: format!("{}/{name}/M", self.pointer),
        }
    }

    /// The text of an attribute that has to be there.
    pub fn required<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, UnreadableRecord> {
        let value = self.optional(name, parse)?;
        value.ok_or_else(|| self.unreadable(name))
    }

    /// The text of an attribute that may be absent, but not of another kind.
    pub fn optional<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, UnreadableRecord> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value.get("S").and_then(Value::as_str);
        let parsed = text.and_then(parse);
        parsed.map(Some).ok_or_else(|| self.unreadable(name))
    }

    fn unreadable(&self, name: &str) -> UnreadableRecord {
        UnreadableRecord(format!("{}/{name}", self.pointer))
    }
}
