//! What is stored, and the conditional writes that keep it true.
//!
//! One table, one item a user, an address or an API key, told apart by the prefix of the key
//! `pk`. Nothing in an item lets its reader verify an address: secrets are stored as digests.
//! Every rule that must hold under concurrency is the condition of a write, never a read before
//! it; why a condition failed is read from the item that DynamoDB returns with the failure.
//!
//! | `pk` | holds |
//! | --- | --- |
//! | `user#<uuid>` | [`UserRecord`](crate::user_record::UserRecord) |
//! | `address#<canonical address>` | [`AddressRecord`](crate::address_record::AddressRecord) |
//! | `client#<network address>` | how often a client has tried a code on the page |
//! | `guesses#<uuid>` | how often a code was guessed for an id without a user |
//! | `key#<hex digest>` | [`ApiKey`](crate::api_key::ApiKey) |
//!
//! `expires_at`, in seconds since the Unix epoch, is the table's TTL attribute. It only cleans up:
//! no rule depends on an item being gone.

mod api_keys;
mod deliveries;
mod holders;
mod item;
mod operator;
mod requests;
mod retry;
mod verifications;
mod windows;

use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;

use item::Item;

pub use deliveries::{LetGo, Recorded, Unsuppressed};
pub use holders::{Change, Holder};
pub use operator::{GuessWindow, UserOnRecord};
pub use requests::{Commit, Found};
pub use retry::RetryConflicts;
pub use verifications::Verified;
pub use windows::Counted;

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

/// The store cannot serve. The text is for the log alone.
#[derive(Debug)]
pub enum StoreError {
    /// DynamoDB did not answer, or not in time. Trying again may help.
    Unavailable(String),
    /// DynamoDB refused, with this error code and message. Trying again may help.
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
fn unavailable<E, R>(error: &SdkError<E, R>) -> StoreError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: fmt::Debug + 'static,
{
    let SdkError::ServiceError(refused) = error else {
        return StoreError::Unavailable(causes(error));
    };
    let refused = refused.err();
    StoreError::Refused {
        code: refused.code().unwrap_or("error").to_owned(),
        message: refused.message().unwrap_or("no message").to_owned(),
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
