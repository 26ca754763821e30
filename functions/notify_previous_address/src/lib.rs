//! Mails the earlier address of a user when another one replaced it.
//!
//! Lambda invokes the function with changes in the table's stream, one at a time. It retries a
//! change that failed, and moves one that fails for hours to a queue. So a change may come twice,
//! and its notice is on the record of the address before it is mailed.

pub mod mail_notice;
pub mod notice;

use std::fmt;
use std::time::{Duration, Instant};

use lambda_http::lambda_runtime::{Diagnostic, LambdaEvent};
use mail::{MailSettings, Mailer, SES_OPERATION, Ses};
use serde::Serialize;
use serde_json::Value;
use shared::domain::clock::Clock;
use shared::domain::code_attempts::AttemptId;
use shared::domain::email_address::mask_addresses;
use shared::domain::notice::ChangeNotice;
use shared::runtime::aws::{Aws, DYNAMODB_OPERATION, WARMING_TIMEOUT};
use shared::runtime::entropy::{EntropyError, random_bytes};
use shared::runtime::settings::notices::change_notice;
use shared::runtime::settings::{Environment, SettingError};
use shared::store::stream::UnreadableRecord;
use shared::telemetry;
use thiserror::Error;
use tracing::Instrument;
use tracing::field::Empty;

use mail_notice::{MailNotice, NOTICE_CALLS, NoticeError, NoticeOutcome};
use notice::Notice;

/// With every call at its timeout, and a mail that is not sent.
pub const LONGEST_RUN: Duration = DYNAMODB_OPERATION
    .saturating_mul(NOTICE_CALLS)
    .saturating_add(WARMING_TIMEOUT)
    .saturating_add(SES_OPERATION);

#[derive(Debug)]
pub struct NotifyPreviousAddress {
    mail_notice: MailNotice,
    wanted: ChangeNotice,
    clock: Clock,
}

/// For people who invoke the function by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Of each change: see [`NoticeOutcome`].
    pub outcomes: Vec<&'static str>,
}

/// A notice may not be mailed. Lambda retries the change.
#[derive(Error)]
pub enum NotifyError {
    #[error(transparent)]
    Unreadable(#[from] UnreadableRecord),
    #[error(transparent)]
    Notice(#[from] NoticeError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// Lambda's runtime logs it.
impl fmt::Debug for NotifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&telemetry::chain(self))
    }
}

/// What Lambda logs.
impl From<NotifyError> for Diagnostic {
    fn from(error: NotifyError) -> Self {
        let error_type = match error {
            NotifyError::Unreadable(_) => "UnreadableRecord",
            NotifyError::Notice(NoticeError::Store(_)) => "StoreUnavailable",
            NotifyError::Notice(NoticeError::Send(_)) => "MailNotSent",
            NotifyError::Entropy(_) => "NoEntropy",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: telemetry::chain(&error),
        }
    }
}

impl NotifyPreviousAddress {
    pub fn from_environment(
        environment: &Environment,
        aws: &Aws,
        ses: &Ses,
        clock: Clock,
    ) -> Result<Self, SettingError> {
        let mail = MailSettings::from_environment(environment)?;
        Ok(Self {
            mail_notice: MailNotice {
                store: aws.store(environment)?,
                default_locale: mail.brand.default_locale,
                mailer: Mailer::new(ses.clone(), mail),
                write_timeout: aws.dynamodb_timeout(1),
            },
            wanted: change_notice(environment)?,
            clock,
        })
    }

    /// Mails the notices of a batch, and writes one log line for each.
    ///
    /// # Errors
    ///
    /// A notice may not be mailed. Lambda retries the batch, and what was mailed is a duplicate
    /// then.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Answer, NotifyError> {
        let LambdaEvent { payload, context } = event;
        let records = payload.get("Records").and_then(Value::as_array);
        let records = records.ok_or_else(|| UnreadableRecord("/Records".to_owned()));
        let records = records.inspect_err(|error| {
            tracing::error!(outcome = "failed", %error, "batch failed");
        })?;
        let mut outcomes = Vec::new();
        for record in records {
            let event_id = record.get("eventID").and_then(Value::as_str);
            // At the highest level, so that a line names its change whatever is logged.
            let span = tracing::error_span!(
                telemetry::INVOCATION,
                request_id = context.request_id,
                event_id = event_id.map(mask_addresses),
                address = Empty,
                domain_hash = Empty,
                user = Empty,
                mail = Empty,
                message_id = Empty
            );
            let notifying = async {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "telemetry measures how long a change took"
                )]
                let started = Instant::now();
                let outcome = self.notify(record).await;
                log(&outcome, started.elapsed());
                outcome
            };
            outcomes.push(notifying.instrument(span).await?.as_str());
        }
        Ok(Answer { outcomes })
    }

    async fn notify(&self, record: &Value) -> Result<NoticeOutcome, NotifyError> {
        let Some(notice) = Notice::of(record, self.wanted)? else {
            return Ok(NoticeOutcome::Ignored);
        };
        telemetry::record_user(&notice.user);
        telemetry::record_address(&notice.address);
        telemetry::record_mail(&notice.mail);
        let attempt = AttemptId::from_random(random_bytes()?);
        let mailing = self.mail_notice.run(&notice, attempt, self.clock.now());
        Ok(mailing.await?)
    }
}

fn log(outcome: &Result<NoticeOutcome, NotifyError>, elapsed: Duration) {
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    match outcome {
        // A few pass Lambda's filter.
        Ok(NoticeOutcome::Ignored) => {}
        Ok(outcome) => {
            tracing::info!(outcome = outcome.as_str(), duration_ms, "event handled");
        }
        Err(error) => {
            let error = telemetry::chain(error);
            tracing::error!(outcome = "failed", duration_ms, error, "event failed");
        }
    }
}
