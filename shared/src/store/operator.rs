//! What only the operator's command may do: scan and delete.
//!
//! No function's role allows scans and deletions, so they are methods of [`OperatorStore`], which
//! no function has. A scan reads the whole table, page by page.

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::conditional::{self, Conditional};
use super::item::{self, Item, as_timestamp, as_user, read, read_optional};
use super::user_addresses::{
    Change, UserAddresses, addresses_unchanged, canonical, read_user_addresses,
};
use super::{Recorded, Store, StoreError, unavailable};
use crate::domain::address_record::AddressRecord;
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::CodeAttempts;
use crate::domain::delivery::Suppression;
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

#[derive(Clone, Debug)]
pub struct OperatorStore {
    pub(super) store: Store,
}

impl OperatorStore {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// See [`Store::find_address`].
    pub async fn find_address(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<AddressRecord>, StoreError> {
        self.store.find_address(address).await
    }

    /// See [`Store::suppress`].
    pub async fn suppress(&self, suppression: &Suppression) -> Result<Recorded, StoreError> {
        self.store.suppress(suppression).await
    }

    /// See [`Store::withdraw_request`].
    pub async fn withdraw_request(&self, user: &UserAddresses) -> Result<Change, StoreError> {
        self.store.withdraw_request(user).await
    }

    pub async fn inspect_user(&self, user: &UserId) -> Result<Option<UserOnRecord>, StoreError> {
        let found = self.store.find(item::user_key(user)).await?;
        Ok(found
            .as_ref()
            .map(read_user_on_record)
            .transpose()?
            .flatten())
    }

    /// The users with this address, pending or verified.
    pub async fn inspect_users_with(
        &self,
        address: &EmailAddress,
    ) -> Result<Vec<UserOnRecord>, StoreError> {
        let items = self.scan_all(self.users_with(address)).await?;
        let users = items.iter().map(read_user_on_record);
        users.filter_map(Result::transpose).collect()
    }

    pub async fn find_user_addresses(
        &self,
        user: &UserId,
    ) -> Result<Option<UserAddresses>, StoreError> {
        let found = self.store.find(item::user_key(user)).await?;
        Ok(found
            .as_ref()
            .map(read_user_addresses)
            .transpose()?
            .flatten())
    }

    /// The users with this address, pending or verified.
    pub async fn find_users_of(
        &self,
        address: &EmailAddress,
    ) -> Result<Vec<UserAddresses>, StoreError> {
        let items = self.scan_all(self.users_with(address)).await?;
        let users = items.iter().map(read_user_addresses);
        users.filter_map(Result::transpose).collect()
    }

    /// Whether the item of this id counts attempts alone.
    pub async fn has_attempts_alone(&self, user: &UserId) -> Result<bool, StoreError> {
        let found = self.store.find(item::user_key(user)).await?;
        Ok(found.is_some_and(|item| item::read_user(&item).is_ok_and(|record| record.is_none())))
    }

    /// Refunds all attempts of a user and resets the count of wrong codes in a row. `false`:
    /// nothing was counted.
    pub async fn reset_attempts(&self, user: &UserId) -> Result<bool, StoreError> {
        let update = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key(item::KEY, item::user_key(user))
            .condition_expression("attribute_exists(attempts_version)")
            .update_expression(
                "SET attempts_version = attempts_version + :one \
                 REMOVE wrong_codes, api_attempts, page_attempts",
            )
            .expression_attribute_values(":one", item::number(1));
        let written = conditional::update(update).await?;
        Ok(matches!(written, Conditional::Written(_)))
    }

    /// Deletes the item of a user whose addresses are still these.
    pub async fn delete_user(&self, user: &UserAddresses) -> Result<Change, StoreError> {
        let (condition, values) = addresses_unchanged(user);
        let delete = self
            .store
            .client
            .delete_item()
            .table_name(&self.store.table)
            .key(item::KEY, item::user_key(&user.id))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values));
        Ok(match conditional::delete(delete).await? {
            // An attempt whose answer was lost may have deleted it.
            Conditional::Written(_) | Conditional::Refused(None) => Change::Done,
            Conditional::Refused(Some(_)) => Change::Conflict,
        })
    }

    /// Idempotent.
    pub async fn delete_address(&self, address: &EmailAddress) -> Result<(), StoreError> {
        self.delete(item::address_key(address)).await
    }

    /// Deletes an item that counts attempts alone. Idempotent; the item of a user stays.
    pub async fn delete_attempts(&self, user: &UserId) -> Result<(), StoreError> {
        let delete = self
            .store
            .client
            .delete_item()
            .table_name(&self.store.table)
            .key(item::KEY, item::user_key(user))
            .condition_expression("attribute_not_exists(version)");
        conditional::delete(delete).await.map(drop)
    }

    fn users_with(&self, address: &EmailAddress) -> ScanFluentBuilder {
        self.store
            .client
            .scan()
            .filter_expression(
                "begins_with(pk, :prefix) AND (address = :address OR verified_address = :address)",
            )
            .expression_attribute_values(":prefix", AttributeValue::S(item::USER.to_owned()))
            .expression_attribute_values(":address", canonical(address))
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
            .key(item::KEY, key)
            .send()
            .await;
        deleted.map(drop).map_err(unavailable)
    }
}

fn read_user_on_record(item: &Item) -> Result<Option<UserOnRecord>, StoreError> {
    let on_record = |record| {
        Ok(UserOnRecord {
            id: read(item, item::KEY, as_user)?,
            record,
            attempts: item::read_attempts(item)?,
            expires_at: read_optional(item, "expires_at", as_timestamp)?,
        })
    };
    item::read_user(item)?.map(on_record).transpose()
}
