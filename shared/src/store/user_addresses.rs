//! A user's addresses, and writes on the condition that they did not change.

use super::conditional::Conditional;
use super::item::{Item, KEY, VERSION, as_address, canonical, map, optional, required, spelling};
use super::update::{Condition, ItemUpdate};
use super::user::{
    ADDRESS, CODES, EMAIL, INVALIDATED_LINKS, LINKS, SPELLINGS, VERIFIED_ADDRESS, VERIFIED_EMAIL,
};
use super::{Store, StoreError, user};
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
    /// Nothing was written: the user has other addresses by now.
    Conflict,
}

impl Store {
    /// Writes a record whose pending move is withdrawn, if nothing changed since it was made.
    pub async fn commit_withdrawal(
        &self,
        id: &UserId,
        withdrawn: &UserRecord,
    ) -> Result<Change, StoreError> {
        let update = user::proofs(id, withdrawn)
            .set(ADDRESS, canonical(&withdrawn.address))
            .set(EMAIL, spelling(&withdrawn.address));
        self.withdraw(update, Some(&withdrawn.address)).await
    }

    /// Withdraws a pending move: the verified address becomes the user's address again. All that is
    /// on record of the other one is removed, also what would let its reader refuse mail.
    ///
    /// The new version makes a request in flight lose its optimistic write.
    pub async fn withdraw_request(&self, user: &UserAddresses) -> Result<Change, StoreError> {
        let update = ItemUpdate::of(user::key(&user.id))
            .only_if(addresses_unchanged(user))
            .set_to(ADDRESS, VERIFIED_ADDRESS)
            .set_to(EMAIL, VERIFIED_EMAIL)
            .set(LINKS, map([]))
            .set(CODES, map([]))
            .set(SPELLINGS, map([]))
            .remove(INVALIDATED_LINKS)
            .increment(VERSION);
        self.withdraw(update, user.verified.as_ref()).await
    }

    async fn withdraw(
        &self,
        update: ItemUpdate,
        verified: Option<&EmailAddress>,
    ) -> Result<Change, StoreError> {
        let Conditional::Refused(Some(item)) = self.update(update).await? else {
            return Ok(Change::Done);
        };
        let Some(found) = read_user_addresses(Some(&item))? else {
            return Ok(Change::Done);
        };
        // An attempt whose answer was lost may have done it.
        let withdrawn = verified.is_some_and(|verified| verified.is_same_mailbox(&found.address));
        Ok(if withdrawn {
            Change::Done
        } else {
            Change::Conflict
        })
    }
}

pub(super) fn addresses_unchanged(user: &UserAddresses) -> Condition {
    let verified = match &user.verified {
        None => Condition::from(format!(
            "{ADDRESS} = :seen_address AND attribute_not_exists({VERIFIED_ADDRESS})"
        )),
        Some(verified) => Condition::from(format!(
            "{ADDRESS} = :seen_address AND {VERIFIED_ADDRESS} = :seen_verified_address"
        ))
        .value(":seen_verified_address", canonical(verified)),
    };
    verified.value(":seen_address", canonical(&user.address))
}

/// `None`: there is no item, or it counts attempts alone.
pub(super) fn read_user_addresses(
    item: Option<&Item>,
) -> Result<Option<UserAddresses>, StoreError> {
    let Some(item) = item else {
        return Ok(None);
    };
    let Some(address) = optional(item, ADDRESS, as_address)? else {
        return Ok(None);
    };
    Ok(Some(UserAddresses {
        id: required(item, KEY, user::as_key)?,
        address,
        verified: optional(item, VERIFIED_ADDRESS, as_address)?,
    }))
}
