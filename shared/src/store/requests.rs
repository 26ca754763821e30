//! Writes of a request: the proof and both counts at once, or nothing.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};

use super::conditional;
use super::item::{self, Item};
use super::{Store, StoreError, unavailable};
use crate::domain::address_record::AddressRecord;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::mail_id::MailId;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

/// The outcome of an optimistic write of both records.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is created per request, and taken apart at once"
)]
pub enum Commit {
    Written,
    /// Nothing was written, as a record was not as assumed.
    Stale {
        user: Found<UserRecord>,
        address: Found<AddressRecord>,
    },
    /// Nothing was written, as another transaction was writing one of the items. Retry.
    Contended,
}

/// The current state of one record after a lost write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    AsAssumed,
    /// The current record. `None`: it does not exist.
    Changed(Option<T>),
}

impl<T> Found<T> {
    /// The current record, given the one that was assumed.
    #[must_use]
    pub fn or(self, assumed: Option<T>) -> Option<T> {
        match self {
            Self::AsAssumed => assumed,
            Self::Changed(found) => found,
        }
    }

    fn and_then<U>(
        self,
        read: impl Fn(&T) -> Result<Option<U>, StoreError>,
    ) -> Result<Found<U>, StoreError> {
        Ok(match self {
            Self::AsAssumed => Found::AsAssumed,
            Self::Changed(found) => Found::Changed(found.as_ref().map(read).transpose()?.flatten()),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailRefund {
    /// Nobody can have received the mail.
    CountAndProof,
    /// Somebody may have received the mail, so its proof stays.
    Count,
}

impl Store {
    /// The record of this user, read consistently.
    pub async fn find_user(&self, user: &UserId) -> Result<Option<UserRecord>, StoreError> {
        let found = self.find(item::user_key(user)).await?;
        Ok(found.as_ref().map(item::read_user).transpose()?.flatten())
    }

    /// The record of this address, read consistently.
    pub async fn find_address(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<AddressRecord>, StoreError> {
        let found = self.find(item::address_key(address)).await?;
        found.as_ref().map(item::read_address).transpose()
    }

    /// Writes both records in one transaction, each on the condition that it still has the version
    /// before.
    pub async fn commit_request(
        &self,
        user_id: &UserId,
        user: &UserRecord,
        address: &AddressRecord,
    ) -> Result<Commit, StoreError> {
        let user_write = self
            .versioned_update(
                item::user_key(user_id),
                user.version,
                "attribute_not_exists(version)",
            )
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
                item::timestamps(user.links.iter().map(|(link, at)| (link, *at))),
            )
            .expression_attribute_values(":codes", item::codes(&user.codes))
            .expression_attribute_values(":spellings", item::spellings(&user.spellings))
            .expression_attribute_values(":mails", item::timestamps(user.mails.events()))
            .expression_attribute_values(":user_id", AttributeValue::S(user_id.to_string()))
            .expression_attribute_values(":pending", AttributeValue::Bool(true));
        // Only the write of a verification removes `pending`, so the stream's reader knows that
        // write. It takes the user of its event from `user_id`.
        let set = "SET version = :version, address = :address, email = :email, links = :links, \
             codes = :codes, spellings = :spellings, mails = :mails, user_id = :user_id, \
             pending = :pending";
        let user_write = expiring(user_write, set, user.expires_at());
        // An item without a version may be one that an operator made by hand, to suppress.
        let address_write = self
            .versioned_update(
                item::address_key(&user.address),
                address.version,
                "attribute_not_exists(version) AND attribute_not_exists(suppression)",
            )
            .expression_attribute_values(":mails", item::timestamps(address.mails.events()))
            .expression_attribute_values(
                ":mailed_users",
                item::timestamps(address.mailed_users.events()),
            );
        let set = "SET version = :version, mails = :mails, mailed_users = :mailed_users";
        let address_write = match address.verified_at {
            None => expiring(address_write, set, address.expires_at()),
            Some(at) => expiring(
                address_write.expression_attribute_values(":verified_at", item::timestamp(at)),
                &format!("{set}, last_verified_at = :verified_at"),
                address.expires_at(),
            ),
        };
        match self.transact([user_write, address_write]).await? {
            Transaction::Written => Ok(Commit::Written),
            Transaction::Contended => Ok(Commit::Contended),
            Transaction::Refused([user, address]) => Ok(Commit::Stale {
                user: user.and_then(item::read_user)?,
                address: address.and_then(|item| item::read_address(item).map(Some))?,
            }),
        }
    }

    /// Removes a mail from both rate limits. It commutes with other writes and is idempotent, so it
    /// can be retried until DynamoDB answers. After an error, one of its two writes may be applied.
    pub async fn refund_mail(
        &self,
        user: &UserId,
        address: &EmailAddress,
        mail: &MailId,
        refund: MailRefund,
    ) -> Result<(), StoreError> {
        let of_user = match refund {
            // A link's digest is the same text as its mail's id.
            MailRefund::CountAndProof => "REMOVE mails.#mail, links.#mail, codes.#mail",
            MailRefund::Count => "REMOVE mails.#mail",
        };
        for (key, remove) in [
            (item::user_key(user), of_user),
            (item::address_key(address), "REMOVE mails.#mail"),
        ] {
            let update = self
                .client
                .update_item()
                .table_name(&self.table)
                .key(item::KEY, key)
                .condition_expression("attribute_exists(mails.#mail)")
                .update_expression(format!("SET version = version + :one {remove}"))
                .expression_attribute_names("#mail", mail.to_string())
                .expression_attribute_values(":one", item::number(1));
            conditional::update(update).await?;
        }
        Ok(())
    }

    fn update(&self, key: AttributeValue) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .key(item::KEY, key)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// An update on the condition that the item has the version before `version`. Before the first
    /// version the condition is `if_unversioned`: a user's item may count attempts alone.
    fn versioned_update(
        &self,
        key: AttributeValue,
        version: u64,
        if_unversioned: &str,
    ) -> UpdateBuilder {
        let update = self
            .update(key)
            .expression_attribute_values(":version", item::number(version));
        match version.checked_sub(1) {
            None | Some(0) => update.condition_expression(if_unversioned),
            Some(before) => update
                .condition_expression("version = :before")
                .expression_attribute_values(":before", item::number(before)),
        }
    }

    async fn transact(&self, writes: [UpdateBuilder; 2]) -> Result<Transaction, StoreError> {
        let mut transaction = self.client.transact_write_items();
        for write in writes {
            let write = write
                .build()
                .map_err(|error| StoreError::Malformed(error.into()))?;
            transaction =
                transaction.transact_items(TransactWriteItem::builder().update(write).build());
        }
        let Err(error) = transaction.send().await else {
            return Ok(Transaction::Written);
        };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                Transaction::from_reasons(cancelled.cancellation_reasons())
                    .ok_or_else(|| unavailable(error))
            }
            Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
                Ok(Transaction::Contended)
            }
            _ => Err(unavailable(error)),
        }
    }
}

/// Sets the TTL attribute, or removes it from an item that stays.
fn expiring(update: UpdateBuilder, set: &str, expires_at: Option<Timestamp>) -> UpdateBuilder {
    match expires_at {
        Some(at) => update
            .update_expression(format!("{set}, expires_at = :expires_at"))
            .expression_attribute_values(":expires_at", item::timestamp(at)),
        None => update.update_expression(format!("{set} REMOVE expires_at")),
    }
}

enum Transaction {
    Written,
    Refused([Found<Item>; 2]),
    Contended,
}

impl Transaction {
    /// Reads why a transaction was cancelled. `None`: neither for a failed condition nor for
    /// another transaction.
    fn from_reasons(reasons: &[CancellationReason]) -> Option<Self> {
        let mut refused = [Found::AsAssumed, Found::AsAssumed];
        let mut contended = false;
        for (slot, reason) in refused.iter_mut().zip(reasons) {
            match reason.code() {
                Some("ConditionalCheckFailed") => *slot = Found::Changed(reason.item().cloned()),
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
    fn a_conflict_is_retried() {
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
    fn a_failed_condition_outranks_a_conflict() {
        assert!(matches!(
            reasons(["ConditionalCheckFailed", "TransactionConflict"]),
            Some(Transaction::Refused([
                Found::Changed(None),
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
