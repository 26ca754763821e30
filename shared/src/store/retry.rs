//! Retries of DynamoDB calls beyond the SDK's own.
//!
//! A single write fails with `TransactionConflictException` while a transaction writes its item,
//! such as a click on the link during a resend. The write did nothing, and the transaction is over
//! in milliseconds. The SDK does not retry it.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

#[derive(Debug)]
pub struct RetryConflicts;

impl ClassifyRetry for RetryConflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let refused = match context.output_or_error() {
            Some(Err(error)) => error.as_operation_error(),
            _ => None,
        };
        let is_conflict = refused.is_some_and(|error| {
            matches!(
                error.downcast_ref(),
                Some(UpdateItemError::TransactionConflictException(_))
            ) || matches!(
                error.downcast_ref(),
                Some(DeleteItemError::TransactionConflictException(_))
            )
        });
        if is_conflict {
            RetryAction::transient_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "retry transaction conflicts"
    }
}
