//! Records as DynamoDB items, and back.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::StoreError;
use crate::domain::address_record::AddressRecord;
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::{AttemptId, Channel, CodeAttempts};
use crate::domain::delivery::{Delivery, DeliveryState, SentAt, Suppression, SuppressionReason};
use crate::domain::email_address::{EmailAddress, mask_addresses};
use crate::domain::link_token::LinkDigest;
use crate::domain::mail_id::MailId;
use crate::domain::rate_limit::SlidingWindow;
use crate::domain::user_id::UserId;
use crate::domain::user_record::{MailedCode, UserRecord, Verification};
use crate::domain::verification_code::CodeDigest;

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const KEY: &str = "pk";
/// The prefix of a user's key.
pub(super) const USER: &str = "user#";
/// The attributes of a stored code.
const DIGEST: &str = "digest";
const EXPIRES_AT: &str = "expires_at";
const VERSION: &str = "version";
/// The attributes of an address's item, and of the maps in it.
pub(super) const MAILS: &str = "mails";
pub(super) const DELIVERY: &str = "delivery";
pub(super) const SUPPRESSION: &str = "suppression";
pub(super) const MAIL: &str = "mail";
pub(super) const SENT_AT: &str = "sent_at";
pub(super) const RANK: &str = "rank";
pub(super) const REASON: &str = "reason";
pub(super) const AT: &str = "at";
const STATE: &str = "state";
const EMAIL: &str = "email";
const OF_USER: &str = "user";

pub(super) fn user_key(user: &UserId) -> AttributeValue {
    AttributeValue::S(format!("{USER}{user}"))
}

/// The attribute with the attempts of this channel.
pub(super) fn attempts_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Api => "api_attempts",
        Channel::Page => "page_attempts",
    }
}

pub(super) fn address_key(address: &EmailAddress) -> AttributeValue {
    AttributeValue::S(format!("address#{}", address.canonical()))
}

pub(super) fn timestamp(timestamp: Timestamp) -> AttributeValue {
    AttributeValue::N(timestamp.unix_seconds().to_string())
}

/// A timestamp as text: the stream carries it into events, where nothing reformats it.
pub(super) fn written_timestamp(timestamp: Timestamp) -> AttributeValue {
    AttributeValue::S(timestamp.to_string())
}

pub(super) fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A map from ids to timestamps.
pub(super) fn timestamps<'a, Id: fmt::Display + 'a>(
    entries: impl Iterator<Item = (&'a Id, Timestamp)>,
) -> AttributeValue {
    AttributeValue::M(
        entries
            .map(|(id, at)| (id.to_string(), timestamp(at)))
            .collect(),
    )
}

/// The spellings of a user's address, each under its mail.
pub(super) fn spellings(spellings: &BTreeMap<MailId, EmailAddress>) -> AttributeValue {
    let entry = |(mail, spelling): (&MailId, &EmailAddress)| {
        let spelling = spelling.deliverable().to_owned();
        (mail.to_string(), AttributeValue::S(spelling))
    };
    AttributeValue::M(spellings.iter().map(entry).collect())
}

/// The codes of a user, each under its mail.
pub(super) fn codes(codes: &BTreeMap<MailId, MailedCode>) -> AttributeValue {
    let entry = |(mail, code): (&MailId, &MailedCode)| {
        let stored = [
            (DIGEST.to_owned(), bytes(code.digest.as_bytes())),
            (EXPIRES_AT.to_owned(), timestamp(code.expires_at)),
            (VERSION.to_owned(), number(code.version)),
        ];
        (mail.to_string(), AttributeValue::M(stored.into()))
    };
    AttributeValue::M(codes.iter().map(entry).collect())
}

/// Milliseconds since the Unix epoch.
pub(super) fn sent_at(sent_at: SentAt) -> AttributeValue {
    AttributeValue::N(sent_at.unix_millis().to_string())
}

/// With the rank of the state, for conditions to compare.
pub(super) fn delivery(delivery: &Delivery) -> AttributeValue {
    let stored = [
        (MAIL, AttributeValue::S(delivery.mail.to_string())),
        (SENT_AT, sent_at(delivery.sent_at)),
        (STATE, AttributeValue::S(delivery.state.to_string())),
        (RANK, number(delivery.state.rank())),
        (AT, timestamp(delivery.at)),
    ];
    AttributeValue::M(stored.map(|(name, value)| (name.to_owned(), value)).into())
}

/// In texts alone, as the stream carries it into events.
pub(super) fn suppression(suppression: &Suppression) -> AttributeValue {
    let stored = [
        (REASON, suppression.reason.as_str().to_owned()),
        (AT, suppression.at.to_string()),
        (EMAIL, suppression.email.deliverable().to_owned()),
    ];
    let mail = suppression.mail.map(|mail| (MAIL, mail.to_string()));
    let user = suppression.user.map(|user| (OF_USER, user.to_string()));
    AttributeValue::M(
        stored
            .into_iter()
            .chain(mail)
            .chain(user)
            .map(|(name, text)| (name.to_owned(), AttributeValue::S(text)))
            .collect(),
    )
}

pub(super) fn bytes(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

/// `None`: the item counts attempts alone.
pub(super) fn read_user(item: &Item) -> Result<Option<UserRecord>, StoreError> {
    if !item.contains_key(VERSION) {
        return Ok(None);
    }
    let verified = match read_optional(item, "verified_at", as_written_timestamp)? {
        Some(at) => Some(Verification {
            address: read(item, "verified_email", as_address)?,
            at,
        }),
        None => None,
    };
    Ok(Some(UserRecord {
        version: read(item, VERSION, as_number)?,
        address: read(item, "email", as_address)?,
        verified,
        links: read(item, "links", as_links)?,
        codes: read(item, "codes", as_codes)?,
        // Absent in items of earlier releases.
        spellings: read_optional(item, "spellings", as_spellings)?.unwrap_or_default(),
        mails: SlidingWindow::of(read(item, MAILS, as_mails)?),
    }))
}

pub(super) fn read_attempts(item: &Item) -> Result<CodeAttempts, StoreError> {
    let of_channel = |channel| {
        let attempts = read_optional(item, attempts_of(channel), as_attempts)?;
        Ok::<_, StoreError>(SlidingWindow::of(attempts.unwrap_or_default()))
    };
    let count = |name| Ok::<_, StoreError>(read_optional(item, name, as_number)?.unwrap_or(0));
    Ok(CodeAttempts {
        version: count("attempts_version")?,
        wrong_in_a_row: read_optional(item, "wrong_codes", as_row)?.unwrap_or(0),
        api: of_channel(Channel::Api)?,
        page: of_channel(Channel::Page)?,
    })
}

/// The version of a client's item, and the attempts of the client.
pub(super) fn read_client(
    item: &Item,
) -> Result<(Option<u64>, SlidingWindow<AttemptId>), StoreError> {
    let version = read_optional(item, VERSION, as_number)?;
    let tried = read_optional(item, "tried", as_attempts)?.unwrap_or_default();
    Ok((version, SlidingWindow::of(tried)))
}

pub(super) fn read_address(item: &Item) -> Result<AddressRecord, StoreError> {
    // An item that an operator made by hand, to suppress its address, has no version and no mails.
    let mails = read_optional(item, MAILS, as_mails)?;
    let mailed_users = read_optional(item, "mailed_users", as_mailed_users)?;
    Ok(AddressRecord {
        version: read_optional(item, VERSION, as_number)?.unwrap_or(0),
        suppression: read_optional(item, SUPPRESSION, as_suppression)?,
        unsuppressed_at: read_optional(item, "unsuppressed_at", as_timestamp)?,
        delivery: read_optional(item, DELIVERY, as_delivery)?,
        mails: SlidingWindow::of(mails.unwrap_or_default()),
        mailed_users: SlidingWindow::of(mailed_users.unwrap_or_default()),
        verified_at: read_optional(item, "last_verified_at", as_timestamp)?,
    })
}

/// A required attribute.
pub(super) fn read<T>(
    item: &Item,
    name: &'static str,
    parse: impl Fn(&AttributeValue) -> Option<T>,
) -> Result<T, StoreError> {
    read_optional(item, name, parse)?.ok_or_else(|| malformed(item, name))
}

/// An attribute that may be absent, but not of another type.
pub(super) fn read_optional<T>(
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

pub(super) fn as_timestamp(value: &AttributeValue) -> Option<Timestamp> {
    value
        .as_n()
        .ok()?
        .parse()
        .ok()
        .map(Timestamp::from_unix_seconds)
}

pub(super) fn as_written_timestamp(value: &AttributeValue) -> Option<Timestamp> {
    Timestamp::parse(value.as_s().ok()?)
}

/// A count of wrong codes in a row. A refund after a right code has reset it makes it negative.
fn as_row(value: &AttributeValue) -> Option<u64> {
    let row: i64 = value.as_n().ok()?.parse().ok()?;
    Some(u64::try_from(row).unwrap_or(0))
}

pub(super) fn as_number(value: &AttributeValue) -> Option<u64> {
    value.as_n().ok()?.parse().ok()
}

pub(super) fn as_user(value: &AttributeValue) -> Option<UserId> {
    UserId::parse(value.as_s().ok()?.strip_prefix(USER)?)
}

pub(super) fn as_address(value: &AttributeValue) -> Option<EmailAddress> {
    EmailAddress::parse_known(value.as_s().ok()?)
}

fn as_timestamps<Id: Ord>(
    value: &AttributeValue,
    parse: impl Fn(&str) -> Option<Id>,
) -> Option<BTreeMap<Id, Timestamp>> {
    let entry = |(id, at): (&String, &AttributeValue)| Some((parse(id)?, as_timestamp(at)?));
    value.as_m().ok()?.iter().map(entry).collect()
}

fn as_links(value: &AttributeValue) -> Option<BTreeMap<LinkDigest, Timestamp>> {
    as_timestamps(value, LinkDigest::parse)
}

fn as_mails(value: &AttributeValue) -> Option<BTreeMap<MailId, Timestamp>> {
    as_timestamps(value, MailId::parse)
}

fn as_mailed_users(value: &AttributeValue) -> Option<BTreeMap<UserId, Timestamp>> {
    as_timestamps(value, UserId::parse)
}

fn as_attempts(value: &AttributeValue) -> Option<BTreeMap<AttemptId, Timestamp>> {
    as_timestamps(value, AttemptId::parse)
}

fn as_spellings(value: &AttributeValue) -> Option<BTreeMap<MailId, EmailAddress>> {
    let entry = |(mail, spelling): (&String, &AttributeValue)| {
        Some((MailId::parse(mail)?, as_address(spelling)?))
    };
    value.as_m().ok()?.iter().map(entry).collect()
}

fn as_delivery(value: &AttributeValue) -> Option<Delivery> {
    let stored = value.as_m().ok()?;
    let millis = stored.get(SENT_AT)?.as_n().ok()?.parse().ok()?;
    Some(Delivery {
        mail: MailId::parse(stored.get(MAIL)?.as_s().ok()?)?,
        sent_at: SentAt::from_unix_millis(millis),
        state: DeliveryState::parse(stored.get(STATE)?.as_s().ok()?)?,
        at: as_timestamp(stored.get(AT)?)?,
    })
}

pub(super) fn as_suppression(value: &AttributeValue) -> Option<Suppression> {
    let stored = value.as_m().ok()?;
    let text = |name| stored.get(name)?.as_s().ok();
    Some(Suppression {
        reason: SuppressionReason::parse(text(REASON)?)?,
        at: Timestamp::parse(text(AT)?)?,
        email: EmailAddress::parse_known(text(EMAIL)?)?,
        mail: match stored.get(MAIL) {
            Some(mail) => Some(MailId::parse(mail.as_s().ok()?)?),
            None => None,
        },
        user: match stored.get(OF_USER) {
            Some(user) => Some(UserId::parse(user.as_s().ok()?)?),
            None => None,
        },
    })
}

fn as_codes(value: &AttributeValue) -> Option<BTreeMap<MailId, MailedCode>> {
    let entry = |(mail, code): (&String, &AttributeValue)| {
        let code = code.as_m().ok()?;
        let digest = CodeDigest::from_bytes(code.get(DIGEST)?.as_b().ok()?.as_ref())?;
        let mailed = MailedCode {
            digest,
            expires_at: as_timestamp(code.get(EXPIRES_AT)?)?,
            version: as_number(code.get(VERSION)?)?,
        };
        Some((MailId::parse(mail)?, mailed))
    };
    value.as_m().ok()?.iter().map(entry).collect()
}

fn malformed(item: &Item, name: &str) -> StoreError {
    let key = item.get(KEY).and_then(|key| key.as_s().ok());
    let key = loggable(key.map_or("", String::as_str));
    let problem = format!("{key}: the attribute {name} is missing or of another kind");
    StoreError::Malformed(problem.into())
}

/// The key of an item for the log. An email address is masked, a network address is left out.
fn loggable(key: &str) -> String {
    match key.split_once('#') {
        Some(("user", _)) => key.to_owned(),
        Some((kind @ "address", address)) => format!("{kind}#{}", mask_addresses(address)),
        Some((kind, _)) => format!("{kind}#***"),
        None => "an item".to_owned(),
    }
}
