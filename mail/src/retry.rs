//! Which failed attempts of `SendEmail` are retried.
//!
//! The call has no idempotency token. An attempt whose answer was lost may have sent the mail, and
//! a retry would send it twice. So only attempts that certainly sent nothing are retried.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use aws_sdk_sesv2::operation::send_email::SendEmailError;

/// Forbids every retry that could send a mail twice. The SDK's own classifiers cannot allow what
/// another one forbids.
#[derive(Debug)]
pub struct RetryUnsent;

impl ClassifyRetry for RetryUnsent {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        if let Some(connector_error) = error.as_connector_error() {
            return if never_connected(connector_error) {
                RetryAction::transient_error()
            } else {
                RetryAction::RetryForbidden
            };
        }
        let refused = error
            .as_operation_error()
            .and_then(|error| error.downcast_ref::<SendEmailError>());
        match refused.and_then(ProvideErrorMetadata::code) {
            Some(code) if is_throttling(code) => RetryAction::throttling_error(),
            _ => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "retry what surely sent nothing"
    }
}

/// SES refused before it read the mail.
pub(super) fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "TooManyRequestsException"
            | "ThrottlingException"
            | "Throttling"
            | "LimitExceededException"
    )
}

/// No connection was made (DNS, refused, timeout, TLS), so the request cannot have arrived.
pub(super) fn never_connected(error: &ConnectorError) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return error.is_connect();
        }
        cause = error.source();
    }
    false
}
