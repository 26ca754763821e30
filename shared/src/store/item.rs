//! Records as DynamoDB items, and back.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::StoreError;
use crate::address::EmailAddress;
use crate::address_record::AddressRecord;
use crate::allowance::MailAllowance;
use crate::clock::Timestamp;
use crate::code::CodeDigest;
use crate::delivery::{Delivery, DeliveryState, SentAt, Suppression, SuppressionReason};
use crate::proof::TokenDigest;
use crate::user_id::UserId;
use crate::user_record::{MailedCode, UserRecord, Verification};

/// An item as the SDK has it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The partition key.
pub(super) const KEY: &str = "pk";
/// How the key of a user's item begins.
pub(super) const USER: &str = "user#";
/// The version of an item that is new.
pub(super) const FIRST_VERSION: u64 = 1;
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

pub(super) fn user_key(user: &UserId) -> AttributeValue {
    AttributeValue::S(format!("{USER}{user}"))
}

/// Guesses that are counted for an id without a user's item.
pub(super) fn guesses_key(user: &UserId) -> AttributeValue {
    AttributeValue::S(format!("guesses#{user}"))
}

pub(super) fn address_key(address: &EmailAddress) -> AttributeValue {
    AttributeValue::S(format!("address#{}", address.canonical()))
}

pub(super) fn moment(moment: Timestamp) -> AttributeValue {
    AttributeValue::N(moment.unix_seconds().to_string())
}

/// A moment that leaves the table as it is, in events: nothing on the way could reformat it.
pub(super) fn written_moment(moment: Timestamp) -> AttributeValue {
    AttributeValue::S(moment.to_string())
}

pub(super) fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A map from digests to moments: the links of a user, the mails that count.
pub(super) fn moments<'a>(
    entries: impl Iterator<Item = (&'a TokenDigest, Timestamp)>,
) -> AttributeValue {
    AttributeValue::M(
        entries
            .map(|(digest, at)| (digest.encode(), moment(at)))
            .collect(),
    )
}

/// The codes of a user, each under the digest of its mail's link.
pub(super) fn codes(codes: &BTreeMap<TokenDigest, MailedCode>) -> AttributeValue {
    let entry = |(mail, code): (&TokenDigest, &MailedCode)| {
        let stored = [
            (DIGEST.to_owned(), bytes(code.digest.as_bytes())),
            (EXPIRES_AT.to_owned(), moment(code.expires_at)),
            (VERSION.to_owned(), number(code.version)),
        ];
        (mail.encode(), AttributeValue::M(stored.into()))
    };
    AttributeValue::M(codes.iter().map(entry).collect())
}

/// Milliseconds since the Unix epoch.
pub(super) fn sent_at(sent_at: SentAt) -> AttributeValue {
    AttributeValue::N(sent_at.unix_millis().to_string())
}

/// What was heard of a mail, with the rank of its state for conditions to compare.
pub(super) fn delivery(delivery: &Delivery) -> AttributeValue {
    let stored = [
        (MAIL, AttributeValue::S(delivery.mail.encode())),
        (SENT_AT, sent_at(delivery.sent_at)),
        (STATE, AttributeValue::S(delivery.state.to_string())),
        (RANK, number(delivery.state.rank())),
        (AT, moment(delivery.at)),
    ];
    AttributeValue::M(stored.map(|(name, value)| (name.to_owned(), value)).into())
}

/// A suppression, as texts alone, since the table's stream carries it to people.
pub(super) fn suppression(suppression: &Suppression) -> AttributeValue {
    let stored = [
        (REASON, suppression.reason.as_str().to_owned()),
        (AT, suppression.at.to_string()),
        (EMAIL, suppression.email.deliverable().to_owned()),
        (MAIL, suppression.mail.encode()),
    ];
    AttributeValue::M(
        stored
            .map(|(name, text)| (name.to_owned(), AttributeValue::S(text)))
            .into(),
    )
}

pub(super) fn bytes(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

pub(super) fn read_user(item: &Item) -> Result<UserRecord, StoreError> {
    let verified = match read_optional(item, "verified_at", as_written_moment)? {
        Some(at) => Some(Verification {
            address: read(item, "verified_email", as_address)?,
            at,
        }),
        None => None,
    };
    Ok(UserRecord {
        version: read(item, "version", as_number)?,
        address: read(item, "email", as_address)?,
        verified,
        links: read(item, "links", as_moments)?,
        codes: read(item, "codes", as_codes)?,
        mails: MailAllowance::of(read(item, "mails", as_moments)?),
    })
}

pub(super) fn read_address(item: &Item) -> Result<AddressRecord, StoreError> {
    // An item that somebody made by hand, to say that its address is suppressed, has no version and has
    // counted no mail.
    let mails = read_optional(item, MAILS, as_moments)?;
    Ok(AddressRecord {
        version: read_optional(item, VERSION, as_number)?.unwrap_or(FIRST_VERSION),
        suppression: read_optional(item, SUPPRESSION, as_suppression)?,
        unsuppressed_at: read_optional(item, "unsuppressed_at", as_moment)?,
        delivery: read_optional(item, DELIVERY, as_delivery)?,
        mails: MailAllowance::of(mails.unwrap_or_default()),
    })
}

/// An attribute that has to be there.
pub(super) fn read<T>(
    item: &Item,
    name: &'static str,
    parse: impl Fn(&AttributeValue) -> Option<T>,
) -> Result<T, StoreError> {
    read_optional(item, name, parse)?.ok_or_else(|| malformed(name))
}

/// An attribute that may be absent, but not of another kind.
pub(super) fn read_optional<T>(
    item: &Item,
    name: &'static str,
    parse: impl Fn(&AttributeValue) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    item.get(name)
        .map(|value| parse(value).ok_or_else(|| malformed(name)))
        .transpose()
}

pub(super) fn as_text(value: &AttributeValue) -> Option<String> {
    value.as_s().ok().cloned()
}

pub(super) fn as_texts(value: &AttributeValue) -> Option<Vec<String>> {
    value.as_ss().ok().cloned()
}

pub(super) fn as_moment(value: &AttributeValue) -> Option<Timestamp> {
    value
        .as_n()
        .ok()?
        .parse()
        .ok()
        .map(Timestamp::from_unix_seconds)
}

pub(super) fn as_written_moment(value: &AttributeValue) -> Option<Timestamp> {
    Timestamp::parse(value.as_s().ok()?)
}

pub(super) fn as_number(value: &AttributeValue) -> Option<u64> {
    value.as_n().ok()?.parse().ok()
}

/// The id in the key of a user's item.
pub(super) fn as_user(value: &AttributeValue) -> Option<UserId> {
    UserId::parse(value.as_s().ok()?.strip_prefix(USER)?)
}

pub(super) fn as_address(value: &AttributeValue) -> Option<EmailAddress> {
    EmailAddress::parse(value.as_s().ok()?)
}

fn as_moments(value: &AttributeValue) -> Option<BTreeMap<TokenDigest, Timestamp>> {
    let entry = |(digest, at): (&String, &AttributeValue)| {
        Some((TokenDigest::parse(digest)?, as_moment(at)?))
    };
    value.as_m().ok()?.iter().map(entry).collect()
}

fn as_delivery(value: &AttributeValue) -> Option<Delivery> {
    let stored = value.as_m().ok()?;
    let millis = stored.get(SENT_AT)?.as_n().ok()?.parse().ok()?;
    Some(Delivery {
        mail: TokenDigest::parse(stored.get(MAIL)?.as_s().ok()?)?,
        sent_at: SentAt::from_unix_millis(millis),
        state: DeliveryState::parse(stored.get(STATE)?.as_s().ok()?)?,
        at: as_moment(stored.get(AT)?)?,
    })
}

pub(super) fn as_suppression(value: &AttributeValue) -> Option<Suppression> {
    let stored = value.as_m().ok()?;
    let text = |name| stored.get(name)?.as_s().ok();
    Some(Suppression {
        reason: SuppressionReason::parse(text(REASON)?)?,
        at: Timestamp::parse(text(AT)?)?,
        email: EmailAddress::parse(text(EMAIL)?)?,
        mail: TokenDigest::parse(text(MAIL)?)?,
    })
}

fn as_codes(value: &AttributeValue) -> Option<BTreeMap<TokenDigest, MailedCode>> {
    let entry = |(mail, code): (&String, &AttributeValue)| {
        let code = code.as_m().ok()?;
        let digest = CodeDigest::from_bytes(code.get(DIGEST)?.as_b().ok()?.as_ref())?;
        let mailed = MailedCode {
            digest,
            expires_at: as_moment(code.get(EXPIRES_AT)?)?,
            version: as_number(code.get(VERSION)?)?,
        };
        Some((TokenDigest::parse(mail)?, mailed))
    };
    value.as_m().ok()?.iter().map(entry).collect()
}

fn malformed(name: &str) -> StoreError {
    StoreError::Malformed(format!(
        "the attribute {name} is missing or of another kind"
    ))
}
