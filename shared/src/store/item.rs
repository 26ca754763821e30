//! Items as DynamoDB has them: names that several kinds of items share, values, and how to read
//! them. Each kind of item has its own module with its attributes, which it writes and reads.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use thiserror::Error;

use super::{StoreError, address, user};
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::AttemptId;
use crate::domain::email_address::{EmailAddress, mask_addresses};
use crate::domain::mail_id::MailId;
use crate::domain::rate_limit::SlidingWindow;
use crate::domain::version::Version;

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const KEY: &str = "pk";
/// Changed by each write that others may have to notice.
pub(super) const VERSION: &str = "version";
/// The table's TTL attribute.
pub const EXPIRES_AT: &str = "expires_at";
/// The mails that count, of a user and of an address.
pub(super) const MAILS: &str = "mails";

/// An item that is not as this version writes it. Its texts, which the log may show, mask the key.
#[derive(Clone, PartialEq, Eq, Error)]
#[error("{}: {}", loggable(.key), self.problem())]
pub struct MalformedItem {
    key: String,
    attribute: &'static str,
}

impl MalformedItem {
    pub(super) fn new(item: &Item, attribute: &'static str) -> Self {
        let key = item.get(KEY).and_then(|key| key.as_s().ok());
        Self {
            key: key.cloned().unwrap_or_default(),
            attribute,
        }
    }

    /// The whole key, for an operator, who may read the table.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong with the item.
    #[must_use]
    pub fn problem(&self) -> String {
        format!(
            "the attribute {} is missing or of another kind",
            self.attribute
        )
    }
}

impl fmt::Debug for MalformedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MalformedItem({self})")
    }
}

pub(super) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(super) fn version(version: Version) -> AttributeValue {
    number(version.number())
}

pub(super) fn bytes(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

pub(super) fn timestamp(timestamp: Timestamp) -> AttributeValue {
    AttributeValue::N(timestamp.unix_seconds().to_string())
}

/// A timestamp as text: the stream carries it into events, where nothing reformats it.
pub(super) fn written_timestamp(timestamp: Timestamp) -> AttributeValue {
    text(timestamp.to_string())
}

/// An address for comparisons.
pub(super) fn canonical(address: &EmailAddress) -> AttributeValue {
    text(address.canonical())
}

/// An address as mailed.
pub(super) fn spelling(address: &EmailAddress) -> AttributeValue {
    text(address.deliverable())
}

pub(super) fn map(
    members: impl IntoIterator<Item = (&'static str, AttributeValue)>,
) -> AttributeValue {
    map_of(members)
}

/// A map from ids to values.
pub(super) fn map_of<Id: fmt::Display>(
    entries: impl IntoIterator<Item = (Id, AttributeValue)>,
) -> AttributeValue {
    let entry = |(id, value): (Id, AttributeValue)| (id.to_string(), value);
    AttributeValue::M(entries.into_iter().map(entry).collect())
}

/// The events of a rate limit: a map from ids to timestamps.
pub(super) fn window<Id: fmt::Display + Copy + Ord>(window: &SlidingWindow<Id>) -> AttributeValue {
    map_of(window.events().map(|(id, at)| (*id, timestamp(at))))
}

pub(super) fn required<T>(
    item: &Item,
    name: &'static str,
    parse: impl Fn(&AttributeValue) -> Option<T>,
) -> Result<T, StoreError> {
    optional(item, name, parse)?.ok_or_else(|| malformed(item, name))
}

/// An attribute that may be absent, but not of another type.
pub(super) fn optional<T>(
    item: &Item,
    name: &'static str,
    parse: impl Fn(&AttributeValue) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    item.get(name)
        .map(|value| parse(value).ok_or_else(|| malformed(item, name)))
        .transpose()
}

pub(super) fn as_text(value: &AttributeValue) -> Option<String> {
    value.as_s().ok().cloned()
}

pub(super) fn as_texts(value: &AttributeValue) -> Option<Vec<String>> {
    value.as_ss().ok().cloned()
}

pub(super) fn as_number(value: &AttributeValue) -> Option<u64> {
    value.as_n().ok()?.parse().ok()
}

pub(super) fn as_version(value: &AttributeValue) -> Option<Version> {
    as_number(value).map(Version::from_number)
}

pub(super) fn as_timestamp(value: &AttributeValue) -> Option<Timestamp> {
    let seconds = value.as_n().ok()?.parse().ok()?;
    Some(Timestamp::from_unix_seconds(seconds))
}

pub(super) fn as_written_timestamp(value: &AttributeValue) -> Option<Timestamp> {
    Timestamp::parse(value.as_s().ok()?)
}

pub(super) fn as_address(value: &AttributeValue) -> Option<EmailAddress> {
    EmailAddress::parse_known(value.as_s().ok()?)
}

/// A map from ids to values.
pub(super) fn as_map_of<Id: Ord, T>(
    value: &AttributeValue,
    parse_id: impl Fn(&str) -> Option<Id>,
    parse: impl Fn(&AttributeValue) -> Option<T>,
) -> Option<BTreeMap<Id, T>> {
    let entry = |(id, value): (&String, &AttributeValue)| Some((parse_id(id)?, parse(value)?));
    value.as_m().ok()?.iter().map(entry).collect()
}

pub(super) fn as_window<Id: Copy + Ord>(
    value: &AttributeValue,
    parse_id: impl Fn(&str) -> Option<Id>,
) -> Option<SlidingWindow<Id>> {
    as_map_of(value, parse_id, as_timestamp).map(SlidingWindow::of)
}

pub(super) fn as_mails(value: &AttributeValue) -> Option<SlidingWindow<MailId>> {
    as_window(value, MailId::parse)
}

pub(super) fn as_attempts(value: &AttributeValue) -> Option<SlidingWindow<AttemptId>> {
    as_window(value, AttemptId::parse)
}

pub(super) fn malformed(item: &Item, attribute: &'static str) -> StoreError {
    StoreError::Malformed(MalformedItem::new(item, attribute).into())
}

/// The key of an item for the log. An email address is masked, a network address is left out.
fn loggable(key: &str) -> String {
    if key.starts_with(user::PREFIX) {
        return key.to_owned();
    }
    if let Some(address) = key.strip_prefix(address::PREFIX) {
        return format!("{}{}", address::PREFIX, mask_addresses(address));
    }
    match key.split_once('#') {
        Some((kind, _)) => format!("{kind}#***"),
        None => "an item".to_owned(),
    }
}
