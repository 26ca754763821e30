//! Which failed tries of a call to DynamoDB are repeated beyond those that every SDK repeats.
//!
//! A single write meets `TransactionConflictException` while a transaction holds its item, such as
//! a click on the link at the very moment of a resend. It did nothing, and the transaction is over
//! in milliseconds. The SDK leaves the question to its caller.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Repeats a write that a transaction was in the way of.
#[derive(Debug)]
pub struct RetryConflicts;

impl ClassifyRetry for RetryConflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let refused = match context.output_or_error() {
            Some(Err(error)) => error.as_operation_error(),
            _ => None,
        };
        match refused.and_then(|error| error.downcast_ref()) {
            Some(UpdateItemError::TransactionConflictException(_)) => {
                RetryAction::transient_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "retry what a transaction was in the way of"
    }

    /// After the SDK's own classifiers, which do not know the error.
    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
