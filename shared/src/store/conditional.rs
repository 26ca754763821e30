//! Sends a single conditional write.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::item::Item;
use super::{StoreError, unavailable};

pub(super) enum Conditional {
    /// With the item that `ReturnValues` asked for, empty without one.
    Written(Item),
    /// The condition failed. With the current item, if it exists.
    Refused(Option<Item>),
}

pub(super) async fn update(update: UpdateItemFluentBuilder) -> Result<Conditional, StoreError> {
    let sent = update
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    outcome(
        sent.map(|written| written.attributes),
        |error| match error {
            UpdateItemError::ConditionalCheckFailedException(refused) => Some(refused),
            _ => None,
        },
    )
}

pub(super) async fn delete(delete: DeleteItemFluentBuilder) -> Result<Conditional, StoreError> {
    let sent = delete
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    outcome(
        sent.map(|deleted| deleted.attributes),
        |error| match error {
            DeleteItemError::ConditionalCheckFailedException(refused) => Some(refused),
            _ => None,
        },
    )
}

fn outcome<E>(
    sent: Result<Option<Item>, SdkError<E, HttpResponse>>,
    refused: impl Fn(&E) -> Option<&ConditionalCheckFailedException>,
) -> Result<Conditional, StoreError>
where
    E: ProvideErrorMetadata,
{
    let error = match sent {
        Ok(returned) => return Ok(Conditional::Written(returned.unwrap_or_default())),
        Err(error) => error,
    };
    match error.as_service_error().and_then(refused) {
        Some(refused) => Ok(Conditional::Refused(refused.item().cloned())),
        None => Err(unavailable(error)),
    }
}
