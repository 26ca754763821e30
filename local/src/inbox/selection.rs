//! Which mails a change is about.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::search::{Query, UnknownTerm};
use crate::captured_mails::{CapturedMails, Entry};

/// Reads a JSON object. The case of its members does not matter, as in Mailpit.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    let members: Map<String, Value> = serde_json::from_slice(body)?;
    let lower = members
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value));
    serde_json::from_value(Value::Object(lower.collect()))
}

/// A mail by its id, or with the id `latest` the newest one that the query matches.
pub(super) fn look_up(
    mails: &CapturedMails,
    id: &str,
    query: Option<&str>,
) -> Result<Option<Entry>, UnknownTerm> {
    if id != "latest" {
        return Ok(mails.entry(id));
    }
    let query = Query::parse(query.unwrap_or_default())?;
    let mut entries = mails.entries().into_iter();
    Ok(entries.find(|entry| query.matches(entry)))
}

/// The ids of all mails that a query matches.
pub(super) fn ids(mails: &CapturedMails, query: &Query) -> Vec<String> {
    let found = mails.entries().into_iter();
    found
        .filter(|entry| query.matches(entry))
        .map(|entry| entry.mail.id.clone())
        .collect()
}
