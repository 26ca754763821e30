//! Publishes events for adopters' systems: reads the changes in the table's stream and puts events
//! on a bus.
//!
//! Lambda invokes the function with batches of the stream's records. It retries the records that
//! the function reports as failed, with all that follow them, and moves a record that fails for
//! hours to a queue. So an event is published at least once, with the same id each time.

pub mod event;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_eventbridge::operation::put_events::PutEventsError;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use lambda_http::lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use shared::domain::email_address::mask_addresses;
use shared::runtime::aws::{Aws, Service};
use shared::runtime::settings::{Environment, SettingError, stage};
use shared::store::stream::UnreadableRecord;
use shared::telemetry::{self, ServiceError};
use thiserror::Error;
use tracing::Instrument;
use tracing::field::display;

use event::Event;

/// Adopters' rules match it.
pub const SOURCE: &str = "mailproof";
/// All calls that publish one batch, with their retries.
pub const EVENTBRIDGE_OPERATION: Duration = Duration::from_secs(20);
/// `PutEvents` is safe to retry, as a duplicate event has the same id.
const EVENTBRIDGE: Service = Service {
    endpoint_variable: "AWS_ENDPOINT_URL_EVENTBRIDGE",
    attempt: Duration::from_secs(3),
    operation: EVENTBRIDGE_OPERATION,
};
/// The most entries that `PutEvents` accepts.
const MAX_ENTRIES: usize = 10;
/// The backoffs before the retries of an entry. After the last, Lambda retries its record later.
const BACKOFFS: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(900),
];

#[derive(Debug)]
pub struct PublishEvents {
    client: Client,
    bus: String,
    stage: String,
    timeout: Duration,
}

/// The answer that Lambda reads (Lambda Developer Guide, "Configuring partial batch response with
/// DynamoDB").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The records to retry. Lambda starts at the lowest sequence number.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<Failure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    #[serde(rename = "itemIdentifier")]
    pub sequence_number: String,
}

/// A record has no sequence number. Lambda then retries the whole batch.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct UnreadableBatch(#[from] UnreadableRecord);

/// What Lambda logs.
impl From<UnreadableBatch> for Diagnostic {
    fn from(error: UnreadableBatch) -> Self {
        Self {
            error_type: "UnreadableBatch".to_owned(),
            error_message: error.to_string(),
        }
    }
}

struct Pending<'a> {
    sequence_number: &'a str,
    event: Event,
    put: Result<(), PutError>,
}

/// Why an event may not be on the bus. For the log alone, once its addresses are masked.
#[derive(Clone, Debug, Error)]
enum PutError {
    #[error("the calls took too long")]
    TimedOut,
    #[error(transparent)]
    Refused(ServiceError),
    /// There was no answer. The events of one call share its error.
    #[error(transparent)]
    Unanswered(Arc<SdkError<PutEventsError>>),
}

impl From<SdkError<PutEventsError>> for PutError {
    fn from(error: SdkError<PutEventsError>) -> Self {
        match error.as_service_error() {
            Some(refusal) => Self::Refused(ServiceError::new(refusal.code(), refusal.message())),
            None => Self::Unanswered(Arc::new(error)),
        }
    }
}

impl PublishEvents {
    pub fn from_environment(environment: &Environment, aws: &Aws) -> Result<Self, SettingError> {
        let config = aws.service_config(&EVENTBRIDGE, environment, None);
        Ok(Self {
            client: Client::new(&config),
            bus: environment.required("EVENT_BUS_NAME")?,
            stage: stage(environment)?,
            timeout: aws.timeout(EVENTBRIDGE_OPERATION),
        })
    }

    /// With another timeout for a batch, so that a test need not wait.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Publishes the events of a batch, and writes one log line for each.
    ///
    /// # Errors
    ///
    /// A record has no sequence number. Lambda retries the whole batch.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Answer, UnreadableBatch> {
        let LambdaEvent { payload, context } = event;
        // At the highest level, so that a line names its invocation whatever is logged.
        let span = tracing::error_span!(telemetry::INVOCATION, request_id = context.request_id);
        async move {
            let published = self.publish(&payload).await;
            published.inspect_err(|error| tracing::error!(%error, "batch failed"))
        }
        .instrument(span)
        .await
    }

    async fn publish(&self, batch: &Value) -> Result<Answer, UnreadableBatch> {
        const SEQUENCE_NUMBER: &str = "/dynamodb/SequenceNumber";
        let records = batch.get("Records").and_then(Value::as_array);
        let mut failures = Vec::new();
        let mut events = Vec::new();
        for record in records.ok_or_else(|| UnreadableRecord("/Records".to_owned()))? {
            let sequence_number = record.pointer(SEQUENCE_NUMBER).and_then(Value::as_str);
            let sequence_number =
                sequence_number.ok_or_else(|| UnreadableRecord(SEQUENCE_NUMBER.to_owned()))?;
            match Event::of(record, &self.stage) {
                Ok(Some(event)) => events.push(Pending {
                    sequence_number,
                    event,
                    put: Err(PutError::TimedOut),
                }),
                // A few pass Lambda's filter.
                Ok(None) => {}
                Err(error) => {
                    let event_id = record.get("eventID").and_then(Value::as_str);
                    let event_id = event_id.map(mask_addresses);
                    tracing::error!(event_id, outcome = "failed", %error, "event failed");
                    failures.push(sequence_number);
                }
            }
        }
        // Lambda retries those that are not on the bus by then.
        let _ = tokio::time::timeout(self.timeout, self.put(&mut events)).await;
        for Pending {
            sequence_number,
            event,
            put,
        } in events
        {
            log(&event, put.as_ref().err());
            if put.is_err() {
                failures.push(sequence_number);
            }
        }
        let failures = failures.into_iter().map(|sequence_number| Failure {
            sequence_number: sequence_number.to_owned(),
        });
        Ok(Answer {
            failures: failures.collect(),
        })
    }

    /// Puts these events on the bus. Retries only those that EventBridge refused.
    async fn put(&self, events: &mut [Pending<'_>]) {
        for chunk in events.chunks_mut(MAX_ENTRIES) {
            let mut backoffs = BACKOFFS.into_iter();
            let mut waiting: Vec<_> = chunk.iter_mut().collect();
            loop {
                if let Err(error) = self.put_once(&mut waiting).await {
                    // The SDK has retried it already.
                    for event in waiting {
                        event.put = Err(error.clone());
                    }
                    break;
                }
                waiting.retain(|event| event.put.is_err());
                let (false, Some(backoff)) = (waiting.is_empty(), backoffs.next()) else {
                    break;
                };
                tokio::time::sleep(backoff).await;
            }
        }
    }

    async fn put_once(&self, events: &mut [&mut Pending<'_>]) -> Result<(), PutError> {
        let entries = events.iter().map(|event| self.entry(&event.event));
        let call = self
            .client
            .put_events()
            .set_entries(Some(entries.collect()));
        let answer = call.send().await?;
        // Results have the order of the entries.
        for (event, result) in events.iter_mut().zip(answer.entries()) {
            event.put = match (result.event_id(), result.error_code()) {
                (Some(_), None) => Ok(()),
                (_, code) => {
                    let refusal = ServiceError::new(code, result.error_message());
                    Err(PutError::Refused(refusal))
                }
            };
        }
        Ok(())
    }

    fn entry(&self, event: &Event) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(SOURCE)
            .detail_type(event.detail_type)
            .detail(event.detail.to_string())
            .time(DateTime::from_secs(event.happened_at.unix_seconds()))
            .build()
    }
}

fn log(event: &Event, error: Option<&PutError>) {
    let event_id = &event.id;
    let detail_type = event.detail_type;
    let user = event.user.map(display);
    let address = event.address.mask();
    let domain_hash = event.address.domain_hash();
    match error {
        None => tracing::info!(
            event_id,
            detail_type,
            user,
            address,
            domain_hash,
            outcome = "published",
            "event published"
        ),
        Some(error) => tracing::error!(
            event_id,
            detail_type,
            user,
            address,
            domain_hash,
            outcome = "failed",
            error = mask_addresses(&telemetry::chain(error)),
            "event failed"
        ),
    }
}
