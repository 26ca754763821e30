//! The item of a client on the page: the codes that it tried, for all users together.

use aws_sdk_dynamodb::types::AttributeValue;

use super::conditional::Conditional;
use super::item::{Item, VERSION, as_attempts, as_version, optional, text, window};
use super::update::ItemUpdate;
use super::{Store, StoreError};
use crate::domain::client_address::ClientAddress;
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::AttemptId;
use crate::domain::rate_limit::{ClientLimit, SlidingWindow};
use crate::domain::version::Version;

const TRIED: &str = "tried";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAttempt {
    Counted,
    /// The rate limit is reached.
    Refused {
        /// Seconds until the limit allows one more.
        retry_after: u64,
    },
}

#[derive(Default)]
struct Tried {
    version: Version,
    attempts: SlidingWindow<AttemptId>,
}

fn key(client: &ClientAddress) -> AttributeValue {
    text(format!("client#{client}"))
}

/// Writes `next` if no other attempt was written since.
fn write(client: &ClientAddress, next: &Tried, expires_at: Timestamp) -> ItemUpdate {
    ItemUpdate::of(key(client))
        .next_version(VERSION, next.version)
        .set(TRIED, window(&next.attempts))
        .expires_at(Some(expires_at))
}

fn read(item: &Item) -> Result<Tried, StoreError> {
    Ok(Tried {
        version: optional(item, VERSION, as_version)?.unwrap_or_default(),
        attempts: optional(item, TRIED, as_attempts)?.unwrap_or_default(),
    })
}

impl Store {
    /// Counts an attempt at a code by this client.
    ///
    /// Optimistic first attempt: assume that the client is new, which saves a read.
    pub async fn count_client(
        &self,
        client: &ClientAddress,
        attempt: AttemptId,
        limit: ClientLimit,
        now: Timestamp,
    ) -> Result<ClientAttempt, StoreError> {
        let limit = limit.limit();
        let first = Version::first_by_attempt(attempt);
        let mut tried = Tried::default();
        // A write is lost to an attempt that was counted, and the limit allows so many.
        for _ in 0..=limit.max {
            let next = Tried {
                version: tried.version.next_or(first),
                attempts: tried.attempts.with(attempt, limit, now),
            };
            let update = write(client, &next, now.plus(limit.window));
            tried = match self.update(update).await? {
                Conditional::Written(_) => return Ok(ClientAttempt::Counted),
                Conditional::Refused(found) => read(&found.unwrap_or_default())?,
            };
            // A call whose answer was lost has written it.
            if tried.attempts.timestamp(&attempt).is_some() {
                return Ok(ClientAttempt::Counted);
            }
            let retry_after = tried.attempts.wait_seconds(limit, now);
            if retry_after > 0 {
                return Ok(ClientAttempt::Refused { retry_after });
            }
        }
        Err(StoreError::Contended)
    }
}
