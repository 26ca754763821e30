//! SES's suppression list of the account, in the region of the table.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::delete_suppressed_destination::DeleteSuppressedDestinationError;

use crate::connection::refusal_of_credentials;
use crate::error::AdminError;

/// The list, and the words for where it is.
#[derive(Debug)]
pub(crate) struct SuppressionList {
    client: Client,
    place: String,
}

impl SuppressionList {
    pub(crate) fn new(client: Client, place: String) -> Self {
        Self { client, place }
    }

    /// Takes this spelling of an address off the list. `false`: it was not on it.
    pub(crate) async fn remove(&self, spelling: &str) -> Result<bool, AdminError> {
        let remove = self.client.delete_suppressed_destination();
        match remove.email_address(spelling).send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(refused)) if refused.err().is_not_found_exception() => {
                Ok(false)
            }
            Err(error) => Err(self.explain(&error)),
        }
    }

    /// What the operator can do about an error of SES.
    fn explain(&self, error: &SdkError<DeleteSuppressedDestinationError>) -> AdminError {
        let place = &self.place;
        let Some(refused) = error.as_service_error() else {
            return AdminError::Failed(format!(
                "SES at {place} does not answer: {}. Check the network, --region and --ses-endpoint-url",
                causes(error)
            ));
        };
        let code = refused.code().unwrap_or("error");
        let message = refused.message().unwrap_or("no message");
        AdminError::Failed(match code {
            "TooManyRequestsException" => {
                format!("SES is busy ({code}). Try again in a moment")
            }
            _ => refusal_of_credentials(code, message, place)
                .unwrap_or_else(|| format!("SES at {place} refuses: {code}: {message}")),
        })
    }
}

/// The error and what caused it, down to the first cause.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let chain: Vec<_> = chain.map(ToString::to_string).collect();
    chain.join(": ")
}
