//! Sends two conditional updates as one: both are written, or neither.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::item::{Item, KEY};
use super::retry::may_be_applied;
use super::update::ItemUpdate;
use super::{Store, StoreError, unavailable};

pub(super) enum Transaction {
    Written,
    Refused([Found<Item>; 2]),
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

    pub(super) fn read<U>(
        self,
        read: impl Fn(Option<&T>) -> Result<Option<U>, StoreError>,
    ) -> Result<Found<U>, StoreError> {
        Ok(match self {
            Self::AsAssumed => Found::AsAssumed,
            Self::Changed(found) => Found::Changed(read(found.as_ref())?),
        })
    }
}

impl Store {
    pub(super) async fn transact(
        &self,
        updates: [ItemUpdate; 2],
    ) -> Result<Transaction, StoreError> {
        let mut transaction = self.client.transact_write_items();
        for update in updates {
            let item = TransactWriteItem::builder().update(self.part(update)?);
            transaction = transaction.transact_items(item.build());
        }
        let Err(error) = transaction.send().await else {
            return Ok(Transaction::Written);
        };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                Transaction::from_reasons(cancelled.cancellation_reasons())
                    .ok_or_else(|| failed(error))
            }
            Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
                Ok(Transaction::Contended)
            }
            _ => Err(failed(error)),
        }
    }

    fn part(&self, update: ItemUpdate) -> Result<Update, StoreError> {
        let key = update.key.clone();
        let expressions = update.expressions();
        Update::builder()
            .table_name(&self.table)
            .key(KEY, key)
            .set_condition_expression(expressions.condition)
            .update_expression(expressions.update)
            .set_expression_attribute_names(expressions.names)
            .set_expression_attribute_values(expressions.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| StoreError::Malformed(error.into()))
    }
}

/// A refusal means that nothing was written, unless an earlier attempt may have been applied.
fn failed(error: SdkError<TransactWriteItemsError, HttpResponse>) -> StoreError {
    let may_be_applied = error.raw_response().is_some_and(may_be_applied);
    match unavailable(error) {
        StoreError::Refused(refusal) if may_be_applied => StoreError::Unavailable(refusal.into()),
        other => other,
    }
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
