//! Events that count against a rate limit: codes tried for a user, and codes tried by a client.
//!
//! Each is an optimistic write. A lost write returns the current item, and the next attempt starts
//! from it. An attempt that is on record already was written by a call whose answer was lost, and
//! is not counted again.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::conditional::{self, Conditional};
use super::item;
use super::{Store, StoreError};
use crate::domain::client_address::ClientAddress;
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::{AttemptId, AttemptRefusal, Channel, CodeAttempts};
use crate::domain::rate_limit::{ClientLimit, CodeLimit, SlidingWindow};
use crate::domain::user_id::UserId;
use crate::domain::user_record::{EXPIRED_LINK_RETENTION, UserRecord};

/// Optimistic writes before an attempt is given up. Each was lost to an attempt that was counted,
/// and the limit allows few of those, or to a refund.
const MAX_WRITES: usize = 32;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptReservation {
    /// With the user's record, if there is one.
    Reserved(Option<Box<UserRecord>>),
    /// The code must not be compared.
    Refused(AttemptRefusal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAttempt {
    Counted,
    /// The rate limit is reached.
    Refused {
        /// Seconds until the limit allows one more.
        retry_after: u64,
    },
}

/// Why an attempt is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refund {
    /// The code is right: the count of wrong codes in a row is reset.
    Right,
    /// The code was right and has expired: it counts neither as right nor as wrong.
    Expired,
}

impl Store {
    /// Reserves an attempt at a code of this user.
    ///
    /// The attempts of an unknown id are counted with the same calls, on an item without a record.
    /// A later request adds its record to that item.
    pub async fn reserve_attempt(
        &self,
        user: &UserId,
        channel: Channel,
        attempt: AttemptId,
        limit: CodeLimit,
        now: Timestamp,
    ) -> Result<AttemptReservation, StoreError> {
        let mut found = self.find(item::user_key(user)).await?;
        for _ in 0..MAX_WRITES {
            let item = found.as_ref();
            let attempts = item.map(item::read_attempts).transpose()?;
            let attempts = attempts.unwrap_or_default();
            let record = item.map(item::read_user).transpose()?.flatten();
            if attempts.contains(channel, attempt) {
                return Ok(AttemptReservation::Reserved(record.map(Box::new)));
            }
            if let Some(refusal) = attempts.refusal(channel, limit, now) {
                return Ok(AttemptReservation::Refused(refusal));
            }
            let next = attempts.with(channel, attempt, limit, now);
            let write = self.attempts_write(user, channel, &next, record.is_some(), now);
            found = match conditional::update(write).await? {
                Conditional::Written(item) => {
                    let record = item::read_user(&item)?;
                    return Ok(AttemptReservation::Reserved(record.map(Box::new)));
                }
                Conditional::Refused(current) => current,
            };
        }
        Err(StoreError::Contended)
    }

    /// Writes `next` if no other attempt was written since, on the item of a user or on one that
    /// counts attempts alone.
    fn attempts_write(
        &self,
        user: &UserId,
        channel: Channel,
        next: &CodeAttempts,
        is_on_record: bool,
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        let unchanged = match next.version.checked_sub(1) {
            None | Some(0) => "attribute_not_exists(attempts_version)",
            Some(_) => "attempts_version = :before",
        };
        let set =
            "SET #attempts = :attempts, wrong_codes = :wrong_codes, attempts_version = :version";
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(item::KEY, item::user_key(user))
            .expression_attribute_names("#attempts", item::attempts_of(channel))
            .expression_attribute_values(":attempts", item::timestamps(next.of(channel).events()))
            .expression_attribute_values(":wrong_codes", item::number(next.wrong_in_a_row))
            .expression_attribute_values(":version", item::number(next.version))
            .return_values(ReturnValue::AllNew);
        let update = match next.version.checked_sub(1) {
            None | Some(0) => update,
            Some(before) => update.expression_attribute_values(":before", item::number(before)),
        };
        if is_on_record {
            return update
                .condition_expression(format!("attribute_exists(version) AND {unchanged}"))
                .update_expression(set);
        }
        update
            .condition_expression(format!("attribute_not_exists(version) AND {unchanged}"))
            .update_expression(format!("{set}, expires_at = :expires_at"))
            .expression_attribute_values(
                ":expires_at",
                item::timestamp(now.plus(EXPIRED_LINK_RETENTION)),
            )
    }

    /// Refunds an attempt. One that is gone is no error: a verification refunds all of its channel.
    pub async fn refund_attempt(
        &self,
        user: &UserId,
        channel: Channel,
        attempt: AttemptId,
        refund: Refund,
    ) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(item::KEY, item::user_key(user))
            .condition_expression("attribute_exists(#attempts.#id)")
            .expression_attribute_names("#attempts", item::attempts_of(channel))
            .expression_attribute_names("#id", attempt.to_string())
            .expression_attribute_values(":one", item::number(1));
        let update = match refund {
            Refund::Right => update
                .update_expression(
                    "SET attempts_version = attempts_version + :one, wrong_codes = :none \
                     REMOVE #attempts.#id",
                )
                .expression_attribute_values(":none", item::number(0)),
            Refund::Expired => update.update_expression(
                "SET attempts_version = attempts_version + :one, \
                 wrong_codes = if_not_exists(wrong_codes, :one) - :one REMOVE #attempts.#id",
            ),
        };
        conditional::update(update).await.map(drop)
    }

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
        let (mut version, mut tried) = (None, SlidingWindow::default());
        // A write is lost to an attempt that was counted, and the limit allows so many.
        for _ in 0..=limit.max {
            let next = tried.with(attempt, limit, now);
            let write = self.client_write(client, version, &next, now.plus(limit.window));
            let found = match conditional::update(write).await? {
                Conditional::Written(_) => return Ok(ClientAttempt::Counted),
                Conditional::Refused(found) => found.unwrap_or_default(),
            };
            (version, tried) = item::read_client(&found)?;
            if tried.timestamp(&attempt).is_some() {
                return Ok(ClientAttempt::Counted);
            }
            let retry_after = tried.wait_seconds(limit, now);
            if retry_after > 0 {
                return Ok(ClientAttempt::Refused { retry_after });
            }
        }
        Err(StoreError::Contended)
    }

    fn client_write(
        &self,
        client: &ClientAddress,
        seen: Option<u64>,
        tried: &SlidingWindow<AttemptId>,
        expires_at: Timestamp,
    ) -> UpdateItemFluentBuilder {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(item::KEY, AttributeValue::S(format!("client#{client}")))
            .update_expression("SET version = :version, tried = :tried, expires_at = :expires_at")
            .expression_attribute_values(":version", item::number(seen.map_or(1, |seen| seen + 1)))
            .expression_attribute_values(":tried", item::timestamps(tried.events()))
            .expression_attribute_values(":expires_at", item::timestamp(expires_at));
        match seen {
            None => update.condition_expression("attribute_not_exists(version)"),
            Some(seen) => update
                .condition_expression("version = :seen")
                .expression_attribute_values(":seen", item::number(seen)),
        }
    }
}
