//! The table, and the conditional writes to it.
//!
//! Each user, address, client and API key is one item. The prefix of its key `pk` says which.
//! Nothing in an item lets its reader verify an address: secrets are stored as digests. A rule that
//! must hold under concurrency is the condition of a write, never a read before it. If a condition
//! fails, DynamoDB returns the item, and the item has the reason.
//!
//! | `pk` | item |
//! | --- | --- |
//! | `user#<uuid>` | [`UserRecord`] and [`CodeAttempts`]; of an unknown id the attempts alone |
//! | `address#<canonical address>` | [`AddressRecord`] |
//! | `client#<network address>` | the attempts at codes of a client on the page |
//! | `key#<hex digest>` | [`ApiKey`] |
//!
//! `expires_at`, in seconds since the Unix epoch, is the table's TTL attribute. It only cleans up:
//! no rule depends on an item being gone.
//!
//! [`UserRecord`]: crate::domain::user_record::UserRecord
//! [`CodeAttempts`]: crate::domain::code_attempts::CodeAttempts
//! [`AddressRecord`]: crate::domain::address_record::AddressRecord
//! [`ApiKey`]: crate::domain::api_key::ApiKey

mod address;
mod api_key;
mod attempts;
mod client;
mod conditional;
mod delivery;
mod item;
mod notices;
mod operator;
mod operator_changes;
mod operator_scan;
mod operator_verification;
pub mod refusals;
mod requests;
mod retry;
pub mod stream;
pub mod suppression;
mod transaction;
mod update;
pub mod user;
mod user_addresses;
mod verifications;

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use thiserror::Error;

use item::{Item, KEY, as_timestamp, optional};

use crate::domain::clock::Timestamp;
use crate::telemetry::{ServiceError, Source};

pub use attempts::{AttemptReservation, Refund};
pub use client::ClientAttempt;
pub use delivery::Recorded;
pub use item::{EXPIRES_AT, MalformedItem};
pub use notices::NoticeWrite;
pub use operator::{OperatorStore, Search, UserOnRecord};
pub use operator_changes::{ChangesPage, RecordedChange};
pub use operator_scan::{ItemOnRecord, ScanPage, ScanPosition};
pub use operator_verification::{OperatorVerification, Overwrite};
pub use requests::{Commit, MailRefund};
pub use retry::{MarkRepeats, RetryConflicts};
pub use transaction::Found;
pub use user_addresses::{Change, UserAddresses};
pub use verifications::VerificationWrite;

/// The table, through the AWS SDK. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }

    /// A consistent read.
    async fn find(&self, key: AttributeValue) -> Result<Option<Item>, StoreError> {
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, key)
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable)?;
        Ok(found.item)
    }

    /// The same for an answer to a caller: DynamoDB removes an expired item late, so it counts as
    /// absent.
    async fn find_unexpired(
        &self,
        key: AttributeValue,
        now: Timestamp,
    ) -> Result<Option<Item>, StoreError> {
        let Some(item) = self.find(key).await? else {
            return Ok(None);
        };
        let expires_at = optional(&item, EXPIRES_AT, as_timestamp)?;
        Ok(expires_at.is_none_or(|at| at > now).then_some(item))
    }
}

/// A timeout for several calls together.
///
/// # Errors
///
/// The work failed, or timed out: what it wrote may be applied.
pub async fn within<T>(
    timeout: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    // On the heap: the futures of the SDK's calls are large.
    let done = tokio::time::timeout(timeout, Box::pin(work)).await;
    done.unwrap_or_else(|_| Err(StoreError::TimedOut))
}

/// DynamoDB is unavailable, or an item is malformed: any method of the store may return this. For
/// the log alone, with its sources.
#[derive(Debug, Error)]
pub enum StoreError {
    /// DynamoDB did not answer, not in time, or with a fault of its own. What was written may be
    /// applied. A retry may help.
    #[error("DynamoDB is unavailable")]
    Unavailable(#[source] Source),
    /// DynamoDB refused, with this error code and message. A transaction wrote nothing then. A
    /// retry may help.
    #[error("DynamoDB is unavailable: {0}")]
    Refused(ServiceError),
    /// Several calls together took too long. What was written may be applied. A retry may help.
    #[error("DynamoDB is too slow")]
    TimedOut,
    /// Other writers won every optimistic write. A retry may help.
    #[error("too many writes to one item at the same time")]
    Contended,
    /// An item is not as this version writes it. A retry does not help.
    #[error("an item in the table is malformed")]
    Malformed(#[source] Source),
}

fn unavailable<E: ProvideErrorMetadata>(error: SdkError<E, HttpResponse>) -> StoreError {
    let error = error.map_service_error(|error| ServiceError::new(error.code(), error.message()));
    match error {
        SdkError::ServiceError(answer) => {
            // The answer to a write that was applied may be damaged on the way.
            let is_refusal = answer.raw().status().is_client_error();
            match answer.into_err() {
                error if is_refusal => StoreError::Refused(error),
                error => StoreError::Unavailable(error.into()),
            }
        }
        error => StoreError::Unavailable(error.into()),
    }
}
