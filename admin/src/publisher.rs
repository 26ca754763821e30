//! The stack's function `publish_events`, which makes events of the stream's records.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::invoke::InvokeError;
use aws_sdk_lambda::primitives::Blob;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::telemetry::ServiceError;

use crate::error::{AdminError, Refusal};

#[derive(Debug)]
pub(crate) struct Publisher {
    client: Client,
    function: String,
    /// The region or the endpoint, for errors.
    place: String,
}

/// The function's answer.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "batchItemFailures")]
    failures: Vec<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(rename = "itemIdentifier")]
    sequence_number: String,
}

impl Publisher {
    /// The most records in a batch: as many as the stream hands to the function.
    pub(crate) const BATCH: usize = 10;

    pub(crate) fn new(client: Client, function: &str, place: String) -> Self {
        Self {
            client,
            function: function.to_owned(),
            place,
        }
    }

    /// Publishes the events of these records. Returns the sequence numbers of those that failed.
    pub(crate) async fn publish(&self, records: &[&Value]) -> Result<Vec<String>, AdminError> {
        let batch = json!({ "Records": records }).to_string();
        let invoke = self.client.invoke().function_name(&self.function);
        let answer = invoke.payload(Blob::new(batch)).send().await;
        let answer = answer.map_err(|error| self.explain(error))?;
        let payload = answer.payload.unwrap_or_else(|| Blob::new(""));
        if answer.function_error.is_some() {
            let problem = String::from_utf8_lossy(payload.as_ref());
            return Err(self.failed(problem));
        }
        let answer: Answer =
            serde_json::from_slice(payload.as_ref()).map_err(|error| self.failed(error))?;
        let failures = answer.failures.into_iter();
        Ok(failures.map(|failure| failure.sequence_number).collect())
    }

    fn failed(&self, problem: impl std::fmt::Display) -> AdminError {
        let function = &self.function;
        AdminError::failed(format!("the function {function} failed: {problem}"))
            .advise("Check --function, and read the function's log")
    }

    /// The error for the operator.
    fn explain(&self, error: SdkError<InvokeError>) -> AdminError {
        let Self {
            function, place, ..
        } = self;
        let Some(refused) = error.as_service_error() else {
            return AdminError::caused_by(format!("no answer from Lambda at {place}"), error)
                .advise("Check the network, --region and AWS_ENDPOINT_URL_LAMBDA");
        };
        let refused = ServiceError::new(refused.code(), refused.message());
        if refused.code == "ResourceNotFoundException" {
            let problem = format!("no function '{function}' at {place}");
            return AdminError::caused_by(problem, refused)
                .advise("Check --function, --region and --profile");
        }
        Refusal(refused).explain(place, format!("Lambda at {place} refuses the call"))
    }
}
