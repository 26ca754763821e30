//! The item of a user: their [`UserRecord`]. Their attempts at codes are on the same item
//! (`attempts`), and alone there if the user never made a request.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{
    EXPIRES_AT, Item, MAILS, VERSION, as_address, as_mails, as_map_of, as_text, as_timestamp,
    as_version, as_written_timestamp, bytes, canonical, map, map_of, optional, required, spelling,
    text, timestamp, version, window,
};
use super::update::ItemUpdate;
use super::{Store, StoreError};
use crate::domain::clock::Timestamp;
use crate::domain::idempotency_key::RequestDigest;
use crate::domain::link_token::LinkDigest;
use crate::domain::mail_id::MailId;
use crate::domain::refusal::InvalidatedLink;
use crate::domain::user_id::UserId;
use crate::domain::user_record::{MailedCode, UserRecord, Verification};
use crate::domain::verification_code::CodeDigest;

pub(super) const PREFIX: &str = "user#";

/// For the reader of the stream, which gets no key.
pub const USER_ID: &str = "user_id";
/// The address of the newest request, canonical.
pub const ADDRESS: &str = "address";
/// The same as last mailed.
pub(super) const EMAIL: &str = "email";
pub(super) const LINKS: &str = "links";
pub(super) const CODES: &str = "codes";
pub(super) const SPELLINGS: &str = "spellings";
/// Of the newest mail.
pub(super) const MAIL_LANGUAGE: &str = "mail_language";
const REQUESTS: &str = "requests";
/// Each link has [`EMAIL`] and [`INVALIDATED_AT`].
pub(super) const INVALIDATED_LINKS: &str = "invalidated_links";
const REFUSED: &str = "refused";
const INVALIDATED_AT: &str = "at";
/// From a request to the next verification.
pub const PENDING: &str = "pending";
pub const VERIFIED_ADDRESS: &str = "verified_address";
pub const VERIFIED_EMAIL: &str = "verified_email";
pub const VERIFIED_AT: &str = "verified_at";
pub const VERIFIED_BY: &str = "verified_by";
/// The `mail_language` at the verification.
pub const VERIFIED_LANGUAGE: &str = "verified_language";
/// A code, in [`CODES`], has [`EXPIRES_AT`] and [`VERSION`] beside it.
const DIGEST: &str = "digest";

pub(super) fn key(user: &UserId) -> AttributeValue {
    text(format!("{PREFIX}{user}"))
}

pub(super) fn as_key(value: &AttributeValue) -> Option<UserId> {
    UserId::parse(value.as_s().ok()?.strip_prefix(PREFIX)?)
}

/// Writes a request on the condition that nothing changed since `record` was made.
///
/// Only the write of a verification removes [`PENDING`], so the stream's reader knows that write.
pub(super) fn request(user: &UserId, record: &UserRecord) -> ItemUpdate {
    let requests = record.requests.iter();
    let requests = map_of(requests.map(|(request, mail)| (request, text(mail.to_string()))));
    let update = proofs(user, record)
        .set(USER_ID, text(user.to_string()))
        .set(ADDRESS, canonical(&record.address))
        .set(EMAIL, spelling(&record.address))
        .set(MAILS, window(&record.mails))
        .set(REQUESTS, requests)
        .set(PENDING, AttributeValue::Bool(true));
    match &record.mail_language {
        None => update,
        Some(language) => update.set(MAIL_LANGUAGE, text(language)),
    }
}

/// Writes the proofs of `record` on the condition that nothing changed since it was made.
pub(super) fn proofs(user: &UserId, record: &UserRecord) -> ItemUpdate {
    let (links, codes, spellings) = (&record.links, &record.codes, &record.spellings);
    let links = map_of(links.iter().map(|(link, at)| (link, timestamp(*at))));
    let codes = map_of(codes.iter().map(|(mail, code)| (mail, stored_code(code))));
    let spellings = map_of(
        spellings
            .iter()
            .map(|(mail, address)| (mail, spelling(address))),
    );
    let update = ItemUpdate::of(key(user))
        .next_version(VERSION, record.version)
        .set(LINKS, links)
        .set(CODES, codes)
        .set(SPELLINGS, spellings)
        .expires_at(record.expires_at());
    if record.invalidated_links.is_empty() {
        return update.remove(INVALIDATED_LINKS);
    }
    let links = record.invalidated_links.iter();
    let links = links.map(|(link, invalidated)| (link, stored_invalidated_link(invalidated)));
    update.set(INVALIDATED_LINKS, map_of(links))
}

/// `None`: there is no item, or it counts attempts alone.
pub(super) fn read(item: Option<&Item>) -> Result<Option<UserRecord>, StoreError> {
    let Some(item) = item.filter(|item| item.contains_key(VERSION)) else {
        return Ok(None);
    };
    let verified = match optional(item, VERIFIED_AT, as_written_timestamp)? {
        Some(at) => Some(Verification {
            address: required(item, VERIFIED_EMAIL, as_address)?,
            at,
        }),
        None => None,
    };
    let as_links = |value: &_| as_map_of(value, LinkDigest::parse, as_timestamp);
    let as_codes = |value: &_| as_map_of(value, MailId::parse, as_code);
    let as_spellings = |value: &_| as_map_of(value, MailId::parse, as_address);
    let as_requests = |value: &_| as_map_of(value, RequestDigest::parse, as_mail);
    let as_invalidated = |value: &_| as_map_of(value, LinkDigest::parse, as_invalidated_link);
    Ok(Some(UserRecord {
        version: required(item, VERSION, as_version)?,
        address: required(item, EMAIL, as_address)?,
        verified,
        links: required(item, LINKS, as_links)?,
        codes: required(item, CODES, as_codes)?,
        mails: required(item, MAILS, as_mails)?,
        // Absent in items of earlier releases.
        spellings: optional(item, SPELLINGS, as_spellings)?.unwrap_or_default(),
        mail_language: optional(item, MAIL_LANGUAGE, as_text)?,
        requests: optional(item, REQUESTS, as_requests)?.unwrap_or_default(),
        invalidated_links: optional(item, INVALIDATED_LINKS, as_invalidated)?.unwrap_or_default(),
    }))
}

fn stored_code(code: &MailedCode) -> AttributeValue {
    map([
        (DIGEST, bytes(code.digest.as_bytes())),
        (EXPIRES_AT, timestamp(code.expires_at)),
        (VERSION, version(code.version)),
    ])
}

fn stored_invalidated_link(link: &InvalidatedLink) -> AttributeValue {
    map([
        (EMAIL, spelling(&link.email)),
        (INVALIDATED_AT, timestamp(link.at)),
        (REFUSED, AttributeValue::Bool(link.refused)),
    ])
}

fn as_invalidated_link(value: &AttributeValue) -> Option<InvalidatedLink> {
    let stored = value.as_m().ok()?;
    Some(InvalidatedLink {
        email: as_address(stored.get(EMAIL)?)?,
        at: as_timestamp(stored.get(INVALIDATED_AT)?)?,
        refused: *stored.get(REFUSED)?.as_bool().ok()?,
    })
}

fn as_mail(value: &AttributeValue) -> Option<MailId> {
    MailId::parse(value.as_s().ok()?)
}

fn as_code(value: &AttributeValue) -> Option<MailedCode> {
    let stored = value.as_m().ok()?;
    Some(MailedCode {
        digest: CodeDigest::from_bytes(stored.get(DIGEST)?.as_b().ok()?.as_ref())?,
        expires_at: as_timestamp(stored.get(EXPIRES_AT)?)?,
        version: as_version(stored.get(VERSION)?)?,
    })
}

impl Store {
    /// The record of this user, read consistently.
    pub async fn find_user(&self, user: &UserId) -> Result<Option<UserRecord>, StoreError> {
        read(self.find(key(user)).await?.as_ref())
    }

    /// The same, without an expired record that DynamoDB has not removed yet.
    pub async fn find_unexpired_user(
        &self,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Option<UserRecord>, StoreError> {
        read(self.find_unexpired(key(user), now).await?.as_ref())
    }
}
