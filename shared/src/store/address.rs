//! The item of an address, for all users together: its [`AddressRecord`].

use aws_sdk_dynamodb::types::AttributeValue;

use super::delivery::{DELIVERY, as_delivery};
use super::item::{
    Item, MAILS, VERSION, as_mails, as_timestamp, as_version, as_window, optional, text, timestamp,
    window,
};
use super::refusals::{REFUSAL, as_refusal};
use super::suppression::{SUPPRESSION, UNSUPPRESSED_AT, as_suppression};
use super::update::ItemUpdate;
use super::{Store, StoreError};
use crate::domain::address_record::AddressRecord;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::notice::NoticeId;
use crate::domain::user_id::UserId;
use crate::domain::version::Version;

pub(super) const PREFIX: &str = "address#";

const MAILED_USERS: &str = "mailed_users";
pub(super) const NOTICES: &str = "notices";
const LAST_VERIFIED_AT: &str = "last_verified_at";

pub(super) fn key(address: &EmailAddress) -> AttributeValue {
    text(format!("{PREFIX}{}", address.canonical()))
}

/// Writes a request on the condition that nothing changed since `record` was made.
pub(super) fn request(address: &EmailAddress, record: &AddressRecord) -> ItemUpdate {
    let update = ItemUpdate::of(key(address))
        .next_version(VERSION, record.version)
        .set(MAILS, window(&record.mails))
        .set(MAILED_USERS, window(&record.mailed_users))
        .expires_at(record.expires_at());
    let update = match record.verified_at {
        None => update,
        Some(at) => update.set(LAST_VERIFIED_AT, timestamp(at)),
    };
    match record.version.before() {
        // An item without a version may be one that an operator made by hand, to suppress.
        Version::NONE => update.only_if(format!("attribute_not_exists({SUPPRESSION})")),
        _ => update,
    }
}

pub(super) fn read(item: Option<&Item>) -> Result<Option<AddressRecord>, StoreError> {
    let Some(item) = item else {
        return Ok(None);
    };
    let as_users = |value: &_| as_window(value, UserId::parse);
    let as_notices = |value: &_| as_window(value, NoticeId::parse);
    // An item that an operator made by hand, to suppress its address, has no version and no mails.
    Ok(Some(AddressRecord {
        version: optional(item, VERSION, as_version)?.unwrap_or_default(),
        suppression: optional(item, SUPPRESSION, as_suppression)?,
        refusal: optional(item, REFUSAL, as_refusal)?,
        unsuppressed_at: optional(item, UNSUPPRESSED_AT, as_timestamp)?,
        delivery: optional(item, DELIVERY, as_delivery)?,
        mails: optional(item, MAILS, as_mails)?.unwrap_or_default(),
        mailed_users: optional(item, MAILED_USERS, as_users)?.unwrap_or_default(),
        notices: optional(item, NOTICES, as_notices)?.unwrap_or_default(),
        verified_at: optional(item, LAST_VERIFIED_AT, as_timestamp)?,
    }))
}

impl Store {
    /// The record of this address, read consistently.
    pub async fn find_address(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<AddressRecord>, StoreError> {
        read(self.find(key(address)).await?.as_ref())
    }

    /// The same, without an expired record that DynamoDB has not removed yet.
    pub async fn find_unexpired_address(
        &self,
        address: &EmailAddress,
        now: Timestamp,
    ) -> Result<Option<AddressRecord>, StoreError> {
        read(self.find_unexpired(key(address), now).await?.as_ref())
    }
}
