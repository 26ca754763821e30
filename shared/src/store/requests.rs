//! Writes of a request: the proof and both counts at once, or nothing.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};

use super::item::{self, FIRST_VERSION, Item};
use super::{Store, StoreError, unavailable};
use crate::address::EmailAddress;
use crate::address_record::AddressRecord;
use crate::clock::Timestamp;
use crate::proof::TokenDigest;
use crate::user_id::UserId;
use crate::user_record::UserRecord;

/// What came of a write that holds only if nobody wrote in between.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is made a request, and taken apart at once"
)]
pub enum Commit {
    /// Both records are as given.
    Written,
    /// Nothing was written, as one of the records or both were not as assumed.
    Stale {
        /// The user's record.
        user: Found<UserRecord>,
        /// The address's record.
        mailbox: Found<AddressRecord>,
    },
    /// Nothing was written: another transaction held one of the items. Assume the same again.
    Contended,
}

/// What a conditional write found of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// It is as was assumed.
    AsAssumed,
    /// It is this now, or gone.
    Otherwise(Option<T>),
}

impl<T> Found<T> {
    /// What is known of the record, given what was assumed of it.
    #[must_use]
    pub fn or(self, assumed: Option<T>) -> Option<T> {
        match self {
            Self::AsAssumed => assumed,
            Self::Otherwise(found) => found,
        }
    }

    fn try_map<U>(
        self,
        read: impl Fn(&T) -> Result<U, StoreError>,
    ) -> Result<Found<U>, StoreError> {
        Ok(match self {
            Self::AsAssumed => Found::AsAssumed,
            Self::Otherwise(found) => Found::Otherwise(found.as_ref().map(read).transpose()?),
        })
    }
}

impl Store {
    /// The record of this user, read consistently.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or the item is malformed.
    pub async fn find_user(&self, user: &UserId) -> Result<Option<UserRecord>, StoreError> {
        let found = self.find(item::user_key(user)).await?;
        found.as_ref().map(item::read_user).transpose()
    }

    /// The record of this address, read consistently.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or the item is malformed.
    pub async fn find_address(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<AddressRecord>, StoreError> {
        let found = self.find(item::address_key(address)).await?;
        found.as_ref().map(item::read_address).transpose()
    }

    /// Writes both records in one transaction, each on the condition that it is still at the
    /// version before. A record at version 1 must not be there yet.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or an item is malformed.
    pub async fn commit_request(
        &self,
        user_id: &UserId,
        user: &UserRecord,
        mailbox: &AddressRecord,
    ) -> Result<Commit, StoreError> {
        let user_write = self
            .versioned_update(item::user_key(user_id), user.version)
            .expression_attribute_values(
                ":address",
                AttributeValue::S(user.address.canonical().to_owned()),
            )
            .expression_attribute_values(
                ":email",
                AttributeValue::S(user.address.deliverable().to_owned()),
            )
            .expression_attribute_values(
                ":links",
                item::moments(user.links.iter().map(|(link, at)| (link, *at))),
            )
            .expression_attribute_values(":codes", item::codes(&user.codes))
            .expression_attribute_values(":mails", item::moments(user.mails.mails()))
            .expression_attribute_values(":user_id", AttributeValue::S(user_id.to_string()))
            .expression_attribute_values(":pending", AttributeValue::Bool(true));
        // `pending` leaves with the write of a verification and with no other, by which the event "Email
        // Verified" knows it in the table's stream; `user_id` is what the event names its user by.
        let set = "SET version = :version, address = :address, email = :email, \
             links = :links, codes = :codes, mails = :mails, user_id = :user_id, pending = :pending";
        let user_write = expiring(user_write, set, user.expires_at());
        let mailbox_write = self
            .versioned_update(item::address_key(&user.address), mailbox.version)
            .expression_attribute_values(":mails", item::moments(mailbox.mails.mails()));
        let mailbox_write = expiring(
            mailbox_write,
            "SET version = :version, mails = :mails",
            mailbox.expires_at(),
        );
        match self.transact([user_write, mailbox_write]).await? {
            Transaction::Written => Ok(Commit::Written),
            Transaction::Contended => Ok(Commit::Contended),
            Transaction::Refused([user, mailbox]) => Ok(Commit::Stale {
                user: user.try_map(item::read_user)?,
                mailbox: mailbox.try_map(item::read_address)?,
            }),
        }
    }

    /// Takes a mail that was not sent out of both counts, and its proof off the record when nobody
    /// can have received it. Commutes with whatever was written in between. `false`: another
    /// transaction held one of the items, and nothing was written.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve; the mail then counts until its day is over.
    pub async fn give_back(
        &self,
        user: &UserId,
        address: &EmailAddress,
        mail: &TokenDigest,
        surely_unsent: bool,
    ) -> Result<bool, StoreError> {
        let remove = if surely_unsent {
            "REMOVE mails.#mail, links.#mail, codes.#mail"
        } else {
            "REMOVE mails.#mail"
        };
        let write = |key, remove: &str| {
            self.update(key)
                .condition_expression("attribute_exists(pk)")
                .update_expression(format!("SET version = version + :one {remove}"))
                .expression_attribute_names("#mail", mail.encode())
                .expression_attribute_values(":one", item::number(1))
        };
        let writes = [
            write(item::user_key(user), remove),
            write(item::address_key(address), "REMOVE mails.#mail"),
        ];
        match self.transact(writes).await? {
            // A refused one has left the table, and its counts with it.
            Transaction::Written | Transaction::Refused(_) => Ok(true),
            Transaction::Contended => Ok(false),
        }
    }

    fn update(&self, key: AttributeValue) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .key(item::KEY, key)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// An update that holds only if the item is at the version before `version`. An item without one is
    /// at the first.
    fn versioned_update(&self, key: AttributeValue, version: u64) -> UpdateBuilder {
        let update = self
            .update(key)
            .expression_attribute_values(":version", item::number(version));
        match version.checked_sub(1) {
            None | Some(0) => update.condition_expression("attribute_not_exists(pk)"),
            Some(before) => update
                .condition_expression(if before == FIRST_VERSION {
                    "version = :before OR (attribute_exists(pk) AND attribute_not_exists(version))"
                } else {
                    "version = :before"
                })
                .expression_attribute_values(":before", item::number(before)),
        }
    }

    async fn transact(&self, writes: [UpdateBuilder; 2]) -> Result<Transaction, StoreError> {
        let mut transaction = self.client.transact_write_items();
        for write in writes {
            let write = write
                .build()
                .map_err(|error| StoreError::Malformed(error.to_string()))?;
            transaction =
                transaction.transact_items(TransactWriteItem::builder().update(write).build());
        }
        let Err(error) = transaction.send().await else {
            return Ok(Transaction::Written);
        };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                Transaction::from_reasons(cancelled.cancellation_reasons())
                    .ok_or_else(|| unavailable(&error))
            }
            Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
                Ok(Transaction::Contended)
            }
            _ => Err(unavailable(&error)),
        }
    }
}

/// Sets the TTL attribute, or takes it off an item that stays.
fn expiring(update: UpdateBuilder, set: &str, expires_at: Option<Timestamp>) -> UpdateBuilder {
    match expires_at {
        Some(at) => update
            .update_expression(format!("{set}, expires_at = :expires_at"))
            .expression_attribute_values(":expires_at", item::moment(at)),
        None => update.update_expression(format!("{set} REMOVE expires_at")),
    }
}

/// What came of two conditional writes.
enum Transaction {
    Written,
    /// What each write found in its item.
    Refused([Found<Item>; 2]),
    Contended,
}

impl Transaction {
    /// Reads why a transaction was cancelled. `None`: for a reason that is neither a failed
    /// condition nor another transaction.
    fn from_reasons(reasons: &[CancellationReason]) -> Option<Self> {
        let mut refused = [Found::AsAssumed, Found::AsAssumed];
        let mut contended = false;
        for (slot, reason) in refused.iter_mut().zip(reasons) {
            match reason.code() {
                Some("ConditionalCheckFailed") => *slot = Found::Otherwise(reason.item().cloned()),
                Some("TransactionConflict") => contended = true,
                Some("None") | None => {}
                Some(_) => return None,
            }
        }
        if refused.iter().any(|found| *found != Found::AsAssumed) {
            return Some(Self::Refused(refused));
        }
        contended.then_some(Self::Contended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: [&str; 2]) -> Option<Transaction> {
        Transaction::from_reasons(
            &codes.map(|code| CancellationReason::builder().code(code).build()),
        )
    }

    #[test]
    fn a_conflict_with_another_transaction_is_worth_another_round() {
        assert!(matches!(
            reasons(["None", "TransactionConflict"]),
            Some(Transaction::Contended)
        ));
        assert!(matches!(
            reasons(["TransactionConflict", "TransactionConflict"]),
            Some(Transaction::Contended)
        ));
    }

    #[test]
    fn a_failed_condition_says_more_than_a_conflict() {
        assert!(matches!(
            reasons(["ConditionalCheckFailed", "TransactionConflict"]),
            Some(Transaction::Refused([
                Found::Otherwise(None),
                Found::AsAssumed
            ]))
        ));
    }

    #[test]
    fn any_other_reason_is_a_fault() {
        assert!(reasons(["None", "ThrottlingError"]).is_none());
        assert!(reasons(["ConditionalCheckFailed", "ValidationError"]).is_none());
        assert!(reasons(["None", "None"]).is_none());
    }
}
