//! The clients of the services that the checks call, and where the table is.

use super::check_error::CheckError;

#[derive(Debug)]
pub(crate) struct Clients {
    pub(crate) table: String,
    pub(crate) region: String,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) ses: MaybeClient<aws_sdk_sesv2::Client>,
    pub(crate) sts: MaybeClient<aws_sdk_sts::Client>,
    pub(crate) cloudformation: MaybeClient<aws_sdk_cloudformation::Client>,
    pub(crate) cloudwatch: MaybeClient<aws_sdk_cloudwatch::Client>,
    pub(crate) lambda: MaybeClient<aws_sdk_lambda::Client>,
    pub(crate) sns: MaybeClient<aws_sdk_sns::Client>,
}

/// A client, or why the service must not be called.
type MaybeClient<C> = Result<C, CheckError>;

pub(super) fn required<C>(client: &MaybeClient<C>) -> Result<&C, CheckError> {
    client.as_ref().map_err(Clone::clone)
}
