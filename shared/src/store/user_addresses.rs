//! Users as those who hold addresses, and writes that depend on which.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::conditional::{self, Conditional};
use super::item::{self, Item, as_address, as_user, read, read_optional};
use super::{Store, StoreError};
use crate::domain::email_address::EmailAddress;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

/// A user as somebody who holds addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAddresses {
    /// Who.
    pub id: UserId,
    /// The address that was asked for last.
    pub address: EmailAddress,
    /// The address that is verified.
    pub verified: Option<EmailAddress>,
}

/// What came of a change to a user's item, which depends on the user's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is as wanted, by this call or before.
    Done,
    /// Nothing was done: the user holds other addresses by now.
    Overtaken,
}

impl UserAddresses {
    /// The user of this record.
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
    /// Puts the verified address of a user who still holds these addresses in place of the one
    /// asked for, with whose proofs it is over.
    ///
    /// The new version makes a request that was decided before this write lose its attempt.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve.
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
        // A try whose answer was lost may have done it.
        let withdrawn = user
            .verified
            .as_ref()
            .is_some_and(|verified| verified.is_same_mailbox(&found.address));
        Ok(if withdrawn {
            Change::Done
        } else {
            Change::Overtaken
        })
    }
}

/// The condition that a user holds these addresses and no others, and its values.
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

/// `None`: the item counts attempts alone, for an id that holds no address.
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
