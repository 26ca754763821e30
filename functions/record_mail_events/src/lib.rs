//! Records SES's events: the delivery status of each mail, and which addresses are suppressed.
//!
//! EventBridge invokes the function asynchronously, with one event at a time. After an error Lambda
//! retries, and at last moves the event to a dead-letter queue. So an event of ours is recorded or
//! fails, and is never dropped. Events may be late, duplicated or reordered, and the record ends up
//! the same: see [`shared::domain::delivery`].

pub mod event;
pub mod record_mail_event;

use std::fmt;
use std::time::{Duration, Instant};

use lambda_http::lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use shared::domain::delivery::{DeliveryState, MailEvent};
use shared::domain::email_address::mask_addresses;
use shared::domain::version::Version;
use shared::runtime::aws::{Aws, DYNAMODB_OPERATION};
use shared::runtime::entropy::{EntropyError, random_bytes};
use shared::runtime::settings::{Environment, SettingError, stage};
use shared::store::{Recorded, StoreError};
use shared::telemetry::{self, Metric};
use thiserror::Error;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span};

use event::{SesEvent, UnreadableEvent};
use record_mail_event::{RECORD_CALLS, RecordMailEvent};

/// With every call at its timeout.
pub const LONGEST_RUN: Duration = DYNAMODB_OPERATION.saturating_mul(RECORD_CALLS);

#[derive(Debug)]
pub struct RecordMailEvents {
    record_mail_event: RecordMailEvent,
    stage: String,
}

/// For people who invoke the function by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `recorded`: the record changed. `known`: a duplicate, or outranked by what is on record.
    /// `ignored`: not about a mail of ours that is still on record.
    pub outcome: &'static str,
}

/// The event is not recorded. Lambda retries it.
#[derive(Error)]
pub enum RecordError {
    #[error(transparent)]
    Unreadable(#[from] UnreadableEvent),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// Lambda's runtime logs it.
impl fmt::Debug for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&telemetry::chain(self))
    }
}

/// What Lambda keeps of the error, with the event in the dead-letter queue.
impl From<RecordError> for Diagnostic {
    fn from(error: RecordError) -> Self {
        let error_type = match error {
            RecordError::Unreadable(_) => "UnreadableEvent",
            RecordError::Store(_) => "StoreUnavailable",
            RecordError::Entropy(_) => "NoEntropy",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: telemetry::chain(&error),
        }
    }
}

impl RecordMailEvents {
    pub fn from_environment(environment: &Environment, aws: &Aws) -> Result<Self, SettingError> {
        Ok(Self {
            record_mail_event: RecordMailEvent {
                store: aws.store(environment)?,
            },
            stage: stage(environment)?,
        })
    }

    /// Records one event. Writes one log line.
    ///
    /// # Errors
    ///
    /// It is not recorded. Lambda retries it.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Answer, RecordError> {
        let LambdaEvent { payload, context } = event;
        // At the highest level, so that a line names its event whatever is logged.
        let span = tracing::error_span!(
            telemetry::INVOCATION,
            request_id = context.request_id,
            event_id = Empty,
            address = Empty,
            domain_hash = Empty,
            user = Empty,
            mail = Empty,
            message_id = Empty,
            state = Empty,
            bounce = Empty,
            complaint = Empty
        );
        async move {
            #[expect(
                clippy::disallowed_methods,
                reason = "telemetry measures how long an event took"
            )]
            let started = Instant::now();
            let recorded = self.record(SesEvent::of(payload)).await;
            log(&recorded, started.elapsed());
            recorded.map(|recorded| Answer {
                outcome: recorded.as_str(),
            })
        }
        .instrument(span)
        .await
    }

    async fn record(&self, event: SesEvent) -> Result<Recorded, RecordError> {
        let span = Span::current();
        if let Some(id) = event.id() {
            span.record("event_id", mask_addresses(id));
        }
        if !event.is_ours(&self.stage) {
            return Ok(Recorded::Ignored);
        }
        let address = event.recipient()?;
        let mail = event.mail_id()?;
        telemetry::record_address(&address);
        telemetry::record_mail(&mail);
        let user = event.user();
        if let Some(user) = &user {
            telemetry::record_user(user);
        }
        span.record("message_id", mask_addresses(event.message_id()));
        let Some(delivery) = event.delivery(mail)? else {
            return Ok(Recorded::Ignored);
        };
        span.record("state", display(delivery.state));
        if let Some(reason) = event.bounce_reason() {
            span.record("bounce", mask_addresses(&reason));
        }
        if let Some(kind) = event.feedback_type() {
            span.record("complaint", mask_addresses(kind));
        }
        let event = MailEvent {
            address,
            user,
            delivery,
        };
        let first = Version::first(random_bytes()?);
        let recorded = self.record_mail_event.run(&event, first).await?;
        if recorded == Recorded::Recorded && delivery.state == DeliveryState::Delivered {
            telemetry::count(Metric::Delivered);
        }
        Ok(recorded)
    }
}

fn log(recorded: &Result<Recorded, RecordError>, elapsed: Duration) {
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    match recorded {
        Ok(recorded) => {
            tracing::info!(outcome = recorded.as_str(), duration_ms, "event handled");
        }
        Err(error) => {
            let error = telemetry::chain(error);
            tracing::error!(outcome = "failed", duration_ms, error, "event failed");
        }
    }
}
