//! What is stored, and the conditional writes that keep it true.
//!
//! One table, one item a user, an address or an API key, told apart by the prefix of the key `pk`.
//! Nothing in an item lets its reader verify an address: secrets are stored as digests. Every rule
//! that must hold under concurrency is the condition of a write, never a read before it; why a
//! condition failed is read from the item that DynamoDB returns with the failure.
//!
//! | `pk` | holds |
//! | --- | --- |
//! | `user#<uuid>` | [`UserRecord`](crate::domain::user_record::UserRecord), and the codes that were tried; for an id that nobody asked to verify those alone |
//! | `address#<canonical address>` | [`AddressRecord`](crate::domain::address_record::AddressRecord) |
//! | `client#<network address>` | the codes that a client tried on the page |
//! | `key#<hex digest>` | [`ApiKey`](crate::domain::api_key::ApiKey) |
//!
//! `expires_at`, in seconds since the Unix epoch, is the table's TTL attribute. It only cleans up:
//! no rule depends on an item being gone.

mod api_keys;
mod conditional;
mod deliveries;
mod item;
mod operator;
mod rate_limits;
mod requests;
mod retry;
mod user_addresses;
mod verifications;

use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use item::Item;

pub use deliveries::{Recorded, UnsuppressMode, Unsuppressed};
pub use operator::{OperatorStore, UserOnRecord};
pub use rate_limits::{ClientAttempt, Refund, Reservation};
pub use requests::{Commit, Found, MailRefund};
pub use retry::RetryConflicts;
pub use user_addresses::{Change, UserAddresses};
pub use verifications::VerificationWrite;

/// The table, through the AWS SDK. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    /// The store in this table.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }

    /// The item with this key, read consistently.
    async fn find(&self, key: AttributeValue) -> Result<Option<Item>, StoreError> {
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(item::KEY, key)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(found.item)
    }
}

/// Ends work of several calls after this long, however slow each of them is.
///
/// # Errors
///
/// The work failed, or was not done in time: what it wrote may be applied.
pub async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    // On the heap: the futures of the SDK's calls are large.
    let done = tokio::time::timeout(limit, Box::pin(work)).await;
    done.unwrap_or_else(|_| Err(StoreError::Unavailable("it was too slow".to_owned())))
}

/// The store cannot serve. The text is for the log alone.
#[derive(Debug)]
pub enum StoreError {
    /// DynamoDB did not answer, not in time, or with a fault of its own. What was written may be
    /// applied. Trying again may help.
    Unavailable(String),
    /// DynamoDB refused, with this error code and message, and wrote nothing. Trying again may
    /// help.
    Refused {
        /// Such as `AccessDeniedException`.
        code: String,
        /// DynamoDB's own words.
        message: String,
    },
    /// An item is not as this version writes it. Trying again does not help.
    Malformed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(text) => write!(f, "DynamoDB cannot serve: {text}"),
            Self::Refused { code, message } => {
                write!(f, "DynamoDB cannot serve: {code}: {message}")
            }
            Self::Malformed(text) => write!(f, "an item in the table is malformed: {text}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// DynamoDB's own words. They name the operation and the reason, and hold no item.
fn unavailable<E>(error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let SdkError::ServiceError(answer) = error else {
        return StoreError::Unavailable(causes(error));
    };
    let code = answer.err().code().unwrap_or("error").to_owned();
    let message = answer.err().message().unwrap_or("no message").to_owned();
    if answer.raw().status().is_server_error() {
        StoreError::Unavailable(format!("{code}: {message}"))
    } else {
        StoreError::Refused { code, message }
    }
}

/// The error and what caused it, down to the first cause.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
