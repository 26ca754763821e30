//! Sends a single conditional write.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::item::{Item, KEY};
use super::update::{Condition, ItemUpdate, not_empty};
use super::{Store, StoreError, unavailable};

pub(super) enum Conditional {
    /// With the item that `ReturnValue` asked for, empty without one.
    Written(Item),
    /// The condition failed. With the current item, if it exists.
    Refused(Option<Item>),
}

impl Store {
    pub(super) async fn update(&self, update: ItemUpdate) -> Result<Conditional, StoreError> {
        self.update_returning(ReturnValue::None, update).await
    }

    pub(super) async fn update_returning(
        &self,
        returned: ReturnValue,
        update: ItemUpdate,
    ) -> Result<Conditional, StoreError> {
        let key = update.key.clone();
        let expressions = update.expressions();
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(KEY, key)
            .set_condition_expression(expressions.condition)
            .update_expression(expressions.update)
            .set_expression_attribute_names(expressions.names)
            .set_expression_attribute_values(expressions.values)
            .return_values(returned)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        // On the heap, as the compiler limits how deep futures nest.
        let sent = Box::pin(call.send()).await;
        outcome(
            sent.map(|written| written.attributes),
            |error| match error {
                UpdateItemError::ConditionalCheckFailedException(refused) => Some(refused),
                _ => None,
            },
        )
    }

    pub(super) async fn delete_if(
        &self,
        condition: impl Into<Condition>,
        key: AttributeValue,
    ) -> Result<Conditional, StoreError> {
        let Condition {
            expression,
            names,
            values,
        } = condition.into();
        let sent = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(KEY, key)
            .condition_expression(expression)
            .set_expression_attribute_names(not_empty(names))
            .set_expression_attribute_values(not_empty(values))
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
