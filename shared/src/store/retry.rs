//! Retries of DynamoDB calls: one beyond the SDK's own, and what the SDK's mean for an answer.
//!
//! A single write fails with `TransactionConflictException` while a transaction writes its item,
//! such as a click on the link during a resend. The write did nothing, and the transaction is over
//! in milliseconds. The SDK does not retry it.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

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

/// Marks the answers to a call of which an earlier attempt may have been applied.
#[derive(Debug)]
pub struct MarkRepeats;

/// An attempt failed, and was not refused.
#[derive(Clone, Copy, Debug)]
struct MayBeApplied;

impl Storable for MayBeApplied {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for MarkRepeats {
    fn name(&self) -> &'static str {
        "mark repeats"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(mark) = config.load::<MayBeApplied>() {
            context.response_mut().add_extension(*mark);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let is_refusal = answer.is_some_and(|answer| answer.status().is_client_error());
        if matches!(context.output_or_error(), Some(Err(_))) && !is_refusal {
            config.interceptor_state().store_put(MayBeApplied);
        }
        Ok(())
    }
}

/// Whether an earlier attempt may have been applied, so that a refusal of this one does not mean
/// that nothing was written.
pub(super) fn may_be_applied(answer: &HttpResponse) -> bool {
    answer.extension::<MayBeApplied>().is_some()
}
