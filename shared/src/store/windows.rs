//! Counting in windows of time: guesses of a code, requests of a client.
//!
//! A window opens with the first count and closes after its time. Each count is one conditional
//! write, or two when the first one meets a window in another state, so parallel callers never get
//! past the limit.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::item::{self, Item, as_moment, as_number, read_optional};
use super::{Store, StoreError, unavailable};
use crate::client_address::{self, ClientAddress};
use crate::clock::Timestamp;
use crate::guesses;
use crate::user_id::UserId;
use crate::user_record::UserRecord;

/// Windows that may open and close under one count before it is given up.
const MAX_ROUNDS: usize = 6;

/// What came of a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted<T> {
    /// It is within the limit; here is the item as it is now.
    Within(T),
    /// The limit is reached.
    Exhausted {
        /// Seconds until the window closes.
        retry_after: u64,
    },
}

/// Where a window is kept, and how much fits into it.
struct Window {
    key: AttributeValue,
    count: &'static str,
    ends_at: &'static str,
    limit: u64,
    duration: std::time::Duration,
    /// What must be true of the item for it to be counted on.
    condition: &'static str,
}

impl Store {
    /// Counts a guess of this user's code before it is compared, and returns the user's record.
    ///
    /// An id without a user has the same budget, on an item of its own that leaves when its window
    /// closes. Or else the sixth guess would tell who is a user and who is not.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or the item is malformed.
    pub async fn count_guess(
        &self,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Counted<Option<UserRecord>>, StoreError> {
        let of_user = Window {
            key: item::user_key(user),
            count: "guess_count",
            ends_at: "guess_window_ends",
            limit: guesses::MAX_GUESSES,
            duration: guesses::WINDOW,
            condition: "attribute_exists(pk) AND ",
        };
        match self.count(&of_user, now).await? {
            Some(Counted::Within(item)) => {
                return Ok(Counted::Within(Some(item::read_user(&item)?)));
            }
            Some(Counted::Exhausted { retry_after }) => {
                return Ok(Counted::Exhausted { retry_after });
            }
            None => {}
        }
        let of_nobody = Window {
            key: item::guesses_key(user),
            ends_at: "expires_at",
            condition: "",
            ..of_user
        };
        match self.count(&of_nobody, now).await? {
            Some(Counted::Exhausted { retry_after }) => Ok(Counted::Exhausted { retry_after }),
            Some(Counted::Within(_)) | None => Ok(Counted::Within(None)),
        }
    }

    /// Counts a request of this client. The count leaves the table when its window closes.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or the item is malformed.
    pub async fn count_client(
        &self,
        client: &ClientAddress,
        now: Timestamp,
    ) -> Result<Counted<()>, StoreError> {
        let window = Window {
            key: AttributeValue::S(format!("client#{client}")),
            count: "request_count",
            ends_at: "expires_at",
            limit: client_address::MAX_REQUESTS,
            duration: client_address::WINDOW,
            condition: "",
        };
        match self.count(&window, now).await? {
            Some(Counted::Exhausted { retry_after }) => Ok(Counted::Exhausted { retry_after }),
            Some(Counted::Within(_)) | None => Ok(Counted::Within(())),
        }
    }

    /// First opens a window, as most counts are the first of theirs, then counts in the one that is
    /// open. `None`: the item has to be there, and is not.
    async fn count(
        &self,
        window: &Window,
        now: Timestamp,
    ) -> Result<Option<Counted<Item>>, StoreError> {
        for _ in 0..MAX_ROUNDS {
            let found = match self.open(window, now).await? {
                Ok(item) => return Ok(Some(Counted::Within(item))),
                Err(found) => found,
            };
            let Some(found) = found else { return Ok(None) };
            if let Some(retry_after) = exhausted(window, &found, now)? {
                return Ok(Some(Counted::Exhausted { retry_after }));
            }
            if let Ok(item) = self.increment(window, now).await? {
                return Ok(Some(Counted::Within(item)));
            }
        }
        Err(StoreError::Unavailable(
            "a window did not hold still".to_owned(),
        ))
    }

    async fn open(
        &self,
        window: &Window,
        now: Timestamp,
    ) -> Result<Result<Item, Option<Item>>, StoreError> {
        self.write(
            window,
            now,
            format!(
                "{}(attribute_not_exists(#ends_at) OR #ends_at <= :now)",
                window.condition
            ),
            "SET #count = :one, #ends_at = :ends_at",
            (":ends_at", item::moment(now.plus(window.duration))),
        )
        .await
    }

    async fn increment(
        &self,
        window: &Window,
        now: Timestamp,
    ) -> Result<Result<Item, Option<Item>>, StoreError> {
        self.write(
            window,
            now,
            "#ends_at > :now AND #count < :limit".to_owned(),
            "SET #count = #count + :one",
            (":limit", item::number(window.limit)),
        )
        .await
    }

    async fn write(
        &self,
        window: &Window,
        now: Timestamp,
        condition: String,
        update: &str,
        (name, value): (&str, AttributeValue),
    ) -> Result<Result<Item, Option<Item>>, StoreError> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(item::KEY, window.key.clone())
            .condition_expression(condition)
            .update_expression(update)
            .expression_attribute_names("#count", window.count)
            .expression_attribute_names("#ends_at", window.ends_at)
            .expression_attribute_values(":now", item::moment(now))
            .expression_attribute_values(":one", item::number(1))
            .expression_attribute_values(name, value)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let error = match outcome {
            Ok(written) => return Ok(Ok(written.attributes.unwrap_or_default())),
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                Ok(Err(refused.item().cloned()))
            }
            _ => Err(unavailable(&error)),
        }
    }
}

/// Seconds until the window closes, if nothing more fits into it.
fn exhausted(window: &Window, item: &Item, now: Timestamp) -> Result<Option<u64>, StoreError> {
    let count = read_optional(item, window.count, as_number)?.unwrap_or(0);
    let ends_at = read_optional(item, window.ends_at, as_moment)?;
    let open_until = ends_at.filter(|ends_at| *ends_at > now && count >= window.limit);
    Ok(open_until.map(|ends_at| ends_at.seconds_since(now)))
}
