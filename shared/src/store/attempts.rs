//! Attempts at the codes of a user, on the user's item. The attempts of an unknown id are counted
//! with the same calls, on an item without a record; a later request adds its record to that item.
//!
//! Each write is optimistic. A lost write returns the current item, and the next attempt starts
//! from it. An attempt that is on record already was written by a call whose answer was lost, and
//! is not counted again.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::conditional::Conditional;
use super::item::{Item, VERSION, as_attempts, as_version, number, optional, window};
use super::update::ItemUpdate;
use super::{OperatorStore, Store, StoreError, user};
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::{AttemptId, AttemptRefusal, Channel, CodeAttempts};
use crate::domain::rate_limit::CodeLimit;
use crate::domain::user_id::UserId;
use crate::domain::user_record::{EXPIRED_LINK_RETENTION, UserRecord};

/// Optimistic writes before an attempt is given up. Each was lost to an attempt that was counted,
/// and the limit allows few of those, or to a refund.
const MAX_WRITES: usize = 32;

pub(super) const ATTEMPTS_VERSION: &str = "attempts_version";
pub(super) const WRONG_CODES: &str = "wrong_codes";

/// The attribute with the attempts of this channel.
pub(super) fn attempts_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Api => "api_attempts",
        Channel::Page => "page_attempts",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptReservation {
    /// With the user's record, if there is one.
    Reserved(Option<Box<UserRecord>>),
    /// The code must not be compared.
    Refused(AttemptRefusal),
}

/// Why an attempt is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refund {
    /// The code is right: the count of wrong codes in a row is reset.
    Right,
    /// The code was right and has expired: it counts neither as right nor as wrong.
    Expired,
}

/// Writes `next` if no other attempt was written since, on the item of a user or on one that counts
/// attempts alone.
fn reservation(
    user: &UserId,
    channel: Channel,
    next: &CodeAttempts,
    is_on_record: bool,
    now: Timestamp,
) -> ItemUpdate {
    let update = ItemUpdate::of(user::key(user))
        .next_version(ATTEMPTS_VERSION, next.version)
        .set(WRONG_CODES, number(next.wrong_in_a_row))
        .set(attempts_of(channel), window(next.of(channel)));
    if is_on_record {
        update.only_if(format!("attribute_exists({VERSION})"))
    } else {
        update
            .only_if(format!("attribute_not_exists({VERSION})"))
            .expires_at(Some(now.plus(EXPIRED_LINK_RETENTION)))
    }
}

pub(super) fn read(item: Option<&Item>) -> Result<CodeAttempts, StoreError> {
    let Some(item) = item else {
        return Ok(CodeAttempts::default());
    };
    let of = |channel| optional(item, attempts_of(channel), as_attempts);
    Ok(CodeAttempts {
        version: optional(item, ATTEMPTS_VERSION, as_version)?.unwrap_or_default(),
        wrong_in_a_row: optional(item, WRONG_CODES, as_row)?.unwrap_or(0),
        api: of(Channel::Api)?.unwrap_or_default(),
        page: of(Channel::Page)?.unwrap_or_default(),
    })
}

/// A count of wrong codes in a row. A refund after a right code has reset it makes it negative.
fn as_row(value: &AttributeValue) -> Option<u64> {
    let row: i64 = value.as_n().ok()?.parse().ok()?;
    Some(u64::try_from(row).unwrap_or(0))
}

impl Store {
    /// Reserves an attempt at a code of this user.
    pub async fn reserve_attempt(
        &self,
        user: &UserId,
        channel: Channel,
        attempt: AttemptId,
        limit: CodeLimit,
        now: Timestamp,
    ) -> Result<AttemptReservation, StoreError> {
        let mut found = self.find(user::key(user)).await?;
        for _ in 0..MAX_WRITES {
            let attempts = read(found.as_ref())?;
            let record = user::read(found.as_ref())?;
            if attempts.contains(channel, attempt) {
                return Ok(AttemptReservation::Reserved(record.map(Box::new)));
            }
            if let Some(refusal) = attempts.refusal(channel, limit, now) {
                return Ok(AttemptReservation::Refused(refusal));
            }
            let next = attempts.with(channel, attempt, limit, now);
            let update = reservation(user, channel, &next, record.is_some(), now);
            found = match self.update_returning(ReturnValue::AllNew, update).await? {
                Conditional::Written(item) => {
                    let record = user::read(Some(&item))?;
                    return Ok(AttemptReservation::Reserved(record.map(Box::new)));
                }
                Conditional::Refused(current) => current,
            };
        }
        Err(StoreError::Contended)
    }

    /// Refunds an attempt. One that is gone is no error: a verification refunds all of its channel.
    pub async fn refund_attempt(
        &self,
        user: &UserId,
        channel: Channel,
        attempt: AttemptId,
        refund: Refund,
    ) -> Result<(), StoreError> {
        let attempts = attempts_of(channel);
        let update = ItemUpdate::of(user::key(user))
            .only_if(format!("attribute_exists({attempts}.#attempt)"))
            .name("#attempt", attempt)
            .increment(ATTEMPTS_VERSION)
            .remove(format!("{attempts}.#attempt"));
        let update = match refund {
            Refund::Right => update.set(WRONG_CODES, number(0)),
            Refund::Expired => update.set_to(
                WRONG_CODES,
                format!("if_not_exists({WRONG_CODES}, :one) - :one"),
            ),
        };
        self.update(update).await.map(drop)
    }
}

impl OperatorStore {
    /// Whether the item of this id counts attempts alone.
    pub async fn has_attempts_alone(&self, user: &UserId) -> Result<bool, StoreError> {
        let found = self.store.find(user::key(user)).await?;
        Ok(found.is_some_and(|item| user::read(Some(&item)).is_ok_and(|record| record.is_none())))
    }

    /// Refunds all attempts of a user and resets the count of wrong codes in a row. `false`:
    /// nothing was counted.
    pub async fn reset_attempts(&self, user: &UserId) -> Result<bool, StoreError> {
        let reset = ItemUpdate::of(user::key(user))
            .only_if(format!("attribute_exists({ATTEMPTS_VERSION})"))
            .increment(ATTEMPTS_VERSION)
            .remove(WRONG_CODES);
        let all = Channel::ALL.iter().copied().map(attempts_of);
        let update = all.fold(reset, ItemUpdate::remove);
        let written = self.store.update(update).await?;
        Ok(matches!(written, Conditional::Written(_)))
    }

    /// Deletes an item that counts attempts alone. Idempotent; the item of a user stays.
    pub async fn delete_attempts(&self, user: &UserId) -> Result<(), StoreError> {
        let is_alone = format!("attribute_not_exists({VERSION})");
        let deleted = self.store.delete_if(is_alone, user::key(user)).await;
        deleted.map(drop)
    }
}
