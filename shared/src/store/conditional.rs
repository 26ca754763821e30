//! The one way to send a write that holds only on a condition.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;

use super::item::Item;
use super::{StoreError, unavailable};

/// What came of a conditional write.
pub(super) enum Conditional {
    /// It was written. The item is what `ReturnValues` asked for, empty if nothing.
    Written(Item),
    /// The condition did not hold. The item as it is, if there is one.
    Refused(Option<Item>),
}

/// Sends a conditional update.
pub(super) async fn send(update: UpdateItemFluentBuilder) -> Result<Conditional, StoreError> {
    let sent = update
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    let error = match sent {
        Ok(written) => return Ok(Conditional::Written(written.attributes.unwrap_or_default())),
        Err(error) => error,
    };
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
            Ok(Conditional::Refused(refused.item().cloned()))
        }
        _ => Err(unavailable(&error)),
    }
}
