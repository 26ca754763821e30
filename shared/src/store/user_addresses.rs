//! A user's addresses, and writes on the condition that they did not change.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::conditional::{self, Conditional};
use super::item::{self, Item, as_address, as_user, read, read_optional};
use super::{Store, StoreError};
use crate::domain::email_address::EmailAddress;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAddresses {
    pub id: UserId,
    /// The address of the newest request.
    pub address: EmailAddress,
    pub verified: Option<EmailAddress>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// By this call or before.
    Done,
    /// Nothing changed, as the addresses of the user are others by now.
    Conflict,
}

impl UserAddresses {
    #[must_use]
    pub fn of(id: UserId, record: &UserRecord) -> Self {
        Self {
            id,
            address: record.address.clone(),
            verified: record
                .verified
                .as_ref()
                .map(|verified| verified.address.clone()),
        }
    }
}

impl Store {
    /// Withdraws a pending move: the verified address becomes the user's address again, and the
    /// proofs of the other one are removed.
    ///
    /// The new version makes a request in flight lose its optimistic write.
    pub async fn withdraw_request(&self, user: &UserAddresses) -> Result<Change, StoreError> {
        let (condition, values) = addresses_unchanged(user);
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(item::KEY, item::user_key(&user.id))
            .condition_expression(condition)
            .update_expression(
                "SET address = verified_address, email = verified_email, links = :none, \
                 codes = :none, spellings = :none, version = version + :one",
            )
            .set_expression_attribute_values(Some(values))
            .expression_attribute_values(":none", AttributeValue::M(HashMap::new()))
            .expression_attribute_values(":one", item::number(1));
        let Conditional::Refused(Some(item)) = conditional::update(update).await? else {
            return Ok(Change::Done);
        };
        let Some(found) = read_user_addresses(&item)? else {
            return Ok(Change::Done);
        };
        // An attempt whose answer was lost may have done it.
        let withdrawn = user
            .verified
            .as_ref()
            .is_some_and(|verified| verified.is_same_mailbox(&found.address));
        Ok(if withdrawn {
            Change::Done
        } else {
            Change::Conflict
        })
    }
}

/// The condition that a user's addresses are these, and its values.
pub(super) fn addresses_unchanged(user: &UserAddresses) -> (&'static str, Item) {
    let mut values = Item::from([(":address".to_owned(), canonical(&user.address))]);
    let condition = match &user.verified {
        None => "address = :address AND attribute_not_exists(verified_address)",
        Some(verified) => {
            values.insert(":verified".to_owned(), canonical(verified));
            "address = :address AND verified_address = :verified"
        }
    };
    (condition, values)
}

/// `None`: the item counts attempts alone.
pub(super) fn read_user_addresses(item: &Item) -> Result<Option<UserAddresses>, StoreError> {
    let address = read_optional(item, "address", as_address)?;
    let user = |address| {
        Ok(UserAddresses {
            id: read(item, item::KEY, as_user)?,
            address,
            verified: read_optional(item, "verified_address", as_address)?,
        })
    };
    address.map(user).transpose()
}

pub(super) fn canonical(address: &EmailAddress) -> AttributeValue {
    AttributeValue::S(address.canonical().to_owned())
}
