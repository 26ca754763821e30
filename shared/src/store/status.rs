//! Records as the status of a user shows them. DynamoDB removes an expired item late, so it counts
//! as absent here.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{self, Item, as_timestamp, read_optional};
use super::{Store, StoreError};
use crate::domain::address_record::AddressRecord;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

impl Store {
    pub async fn find_unexpired_user(
        &self,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Option<UserRecord>, StoreError> {
        let found = self.find_unexpired(item::user_key(user), now).await?;
        Ok(found.as_ref().map(item::read_user).transpose()?.flatten())
    }

    pub async fn find_unexpired_address(
        &self,
        address: &EmailAddress,
        now: Timestamp,
    ) -> Result<Option<AddressRecord>, StoreError> {
        let found = self.find_unexpired(item::address_key(address), now).await?;
        found.as_ref().map(item::read_address).transpose()
    }

    async fn find_unexpired(
        &self,
        key: AttributeValue,
        now: Timestamp,
    ) -> Result<Option<Item>, StoreError> {
        let Some(item) = self.find(key).await? else {
            return Ok(None);
        };
        let expires_at = read_optional(&item, "expires_at", as_timestamp)?;
        Ok(expires_at.is_none_or(|at| at > now).then_some(item))
    }
}
