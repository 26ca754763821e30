//! The services that the checks ask.

use super::unseen::Look;

/// A client, or why it must not be used.
pub(crate) type Asked<C> = Look<C>;

#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) table: String,
    pub(crate) region: String,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) ses: Asked<aws_sdk_sesv2::Client>,
    pub(crate) sts: Asked<aws_sdk_sts::Client>,
    pub(crate) cloudformation: Asked<aws_sdk_cloudformation::Client>,
    pub(crate) cloudwatch: Asked<aws_sdk_cloudwatch::Client>,
    pub(crate) lambda: Asked<aws_sdk_lambda::Client>,
    pub(crate) sns: Asked<aws_sdk_sns::Client>,
}
