//! What only the operator's command may do, such as querying the index, scanning and deleting.
//!
//! No function's role allows that, so they are methods of [`OperatorStore`], which no function has.
//! A scan reads the whole table, page by page.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::conditional::Conditional;
use super::item::{EXPIRES_AT, Item, KEY, as_timestamp, canonical, optional, required, text};
use super::user::{ADDRESS, VERIFIED_ADDRESS};
use super::user_addresses::{Change, UserAddresses, addresses_unchanged, read_user_addresses};
use super::{Store, StoreError, address, attempts, unavailable, user};
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::CodeAttempts;
use crate::domain::email_address::EmailAddress;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

/// A user's whole item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserOnRecord {
    pub id: UserId,
    pub record: UserRecord,
    pub attempts: CodeAttempts,
    /// When the item expires. `None`: it stays.
    pub expires_at: Option<Timestamp>,
}

/// How the users with an address are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Those who verified it, by the table's index; those for whom it was mailed in the last 30
    /// days, by its record; and the derived user. Not found is a verified user who requested to
    /// change to the address more than 30 days ago and never verified it.
    Index,
    /// All of them. Reads the whole table.
    Scan,
}

/// The table's index of verified addresses. It has keys alone, and no function may query it.
const VERIFIED_ADDRESS_INDEX: &str = "verified_address";

#[derive(Clone, Debug)]
pub struct OperatorStore {
    pub(super) store: Store,
}

impl OperatorStore {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    pub async fn inspect_user(&self, user: &UserId) -> Result<Option<UserOnRecord>, StoreError> {
        read_user_on_record(self.store.find(user::key(user)).await?.as_ref())
    }

    /// The users with this address, pending or verified.
    pub async fn inspect_users_with(
        &self,
        address: &EmailAddress,
        search: Search,
    ) -> Result<Vec<UserOnRecord>, StoreError> {
        self.users_with(address, search, read_user_on_record).await
    }

    pub async fn find_user_addresses(
        &self,
        user: &UserId,
    ) -> Result<Option<UserAddresses>, StoreError> {
        read_user_addresses(self.store.find(user::key(user)).await?.as_ref())
    }

    /// The users with this address, pending or verified.
    pub async fn find_users_of(
        &self,
        address: &EmailAddress,
        search: Search,
    ) -> Result<Vec<UserAddresses>, StoreError> {
        self.users_with(address, search, read_user_addresses).await
    }

    /// Deletes the item of a user whose addresses are still these.
    pub async fn delete_user(&self, user: &UserAddresses) -> Result<Change, StoreError> {
        let deleted = self
            .store
            .delete_if(addresses_unchanged(user), user::key(&user.id));
        Ok(match deleted.await? {
            // An attempt whose answer was lost may have deleted it.
            Conditional::Written(_) | Conditional::Refused(None) => Change::Done,
            Conditional::Refused(Some(_)) => Change::Conflict,
        })
    }

    /// Idempotent.
    pub async fn delete_address(&self, address: &EmailAddress) -> Result<(), StoreError> {
        self.delete(address::key(address)).await
    }

    async fn users_with<T>(
        &self,
        address: &EmailAddress,
        search: Search,
        read: impl Fn(Option<&Item>) -> Result<Option<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let items = match search {
            Search::Index => self.find_items_with(address).await?,
            Search::Scan => self.scan_items_with(address).await?,
        };
        let users = items.iter().map(|item| read(Some(item)));
        users.filter_map(Result::transpose).collect()
    }

    /// The index is eventually consistent and a mailed user may have moved on, so each item is read
    /// and compared.
    async fn find_items_with(&self, address: &EmailAddress) -> Result<Vec<Item>, StoreError> {
        let mut users = self.query_verified_users(address).await?;
        let record = self.store.find_address(address).await?.unwrap_or_default();
        users.extend(record.mailed_users.events().map(|(user, _)| *user));
        users.insert(UserId::derived_from(address));
        let wanted = canonical(address);
        let mut items = Vec::new();
        for user in users {
            let item = self.store.find(user::key(&user)).await?;
            items.extend(item.filter(|item| {
                [ADDRESS, VERIFIED_ADDRESS]
                    .map(|name| item.get(name))
                    .contains(&Some(&wanted))
            }));
        }
        Ok(items)
    }

    async fn query_verified_users(
        &self,
        address: &EmailAddress,
    ) -> Result<BTreeSet<UserId>, StoreError> {
        let mut pages = self
            .store
            .client
            .query()
            .table_name(&self.store.table)
            .index_name(VERIFIED_ADDRESS_INDEX)
            .key_condition_expression(format!("{VERIFIED_ADDRESS} = :address"))
            .expression_attribute_values(":address", canonical(address))
            .into_paginator()
            .items()
            .send();
        let mut users = BTreeSet::new();
        while let Some(item) = pages.next().await {
            users.insert(required(&item.map_err(unavailable)?, KEY, user::as_key)?);
        }
        Ok(users)
    }

    async fn scan_items_with(&self, address: &EmailAddress) -> Result<Vec<Item>, StoreError> {
        let scan = self
            .store
            .client
            .scan()
            .filter_expression(format!(
                "begins_with({KEY}, :prefix) \
                 AND ({ADDRESS} = :address OR {VERIFIED_ADDRESS} = :address)"
            ))
            .expression_attribute_values(":prefix", text(user::PREFIX))
            .expression_attribute_values(":address", canonical(address));
        self.scan_all(scan).await
    }

    pub(super) async fn scan_all(&self, scan: ScanFluentBuilder) -> Result<Vec<Item>, StoreError> {
        let mut pages = scan
            .table_name(&self.store.table)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(unavailable)?);
        }
        Ok(items)
    }

    pub(super) async fn delete(&self, key: AttributeValue) -> Result<(), StoreError> {
        let deleted = self
            .store
            .client
            .delete_item()
            .table_name(&self.store.table)
            .key(KEY, key)
            .send()
            .await;
        deleted.map(drop).map_err(unavailable)
    }
}

/// `None`: there is no item, or it counts attempts alone.
pub(super) fn read_user_on_record(item: Option<&Item>) -> Result<Option<UserOnRecord>, StoreError> {
    let (Some(item), Some(record)) = (item, user::read(item)?) else {
        return Ok(None);
    };
    Ok(Some(UserOnRecord {
        id: required(item, KEY, user::as_key)?,
        record,
        attempts: attempts::read(Some(item))?,
        expires_at: optional(item, EXPIRES_AT, as_timestamp)?,
    }))
}
