//! A verification on an operator's word, without a proof.

use super::conditional::Conditional;
use super::item::{MAILS, VERSION, canonical, map, spelling, text, written_timestamp};
use super::update::ItemUpdate;
use super::user::{
    ADDRESS, CODES, EMAIL, INVALIDATED_LINKS, LINKS, PENDING, SPELLINGS, USER_ID, VERIFIED_ADDRESS,
    VERIFIED_AT, VERIFIED_BY, VERIFIED_EMAIL,
};
use super::{OperatorStore, StoreError, user};
use crate::domain::user_id::UserId;
use crate::domain::user_record::{ProofMethod, UserRecord, Verification};
use crate::domain::version::Version;

/// Optimistic writes before it is given up. Each was lost to another write of the same user.
const MAX_WRITES: u32 = 16;

/// Which verification of another address, if one is on record, is overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    Any,
    /// Only an earlier one.
    Older,
}

/// The outcome of a verification by an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperatorVerification {
    Recorded,
    /// The address was verified before, or by an attempt of this call whose answer was lost.
    AlreadyVerified(Verification),
    /// Another address was verified later, or at the same time. Nothing was written.
    NewerKept(Verification),
}

impl OperatorStore {
    /// Records, on an operator's word, that this user verified this address. A request to change to
    /// another address stays pending. `first` is the version of a new record.
    pub async fn record_operator_verification(
        &self,
        user: &UserId,
        verification: &Verification,
        overwrite: Overwrite,
        first: Version,
    ) -> Result<OperatorVerification, StoreError> {
        let mut found = self.store.find(user::key(user)).await?;
        for _ in 0..MAX_WRITES {
            let record = user::read(found.as_ref())?;
            if let Some(known) = record.as_ref().and_then(|record| record.verified.as_ref()) {
                if known.address.is_same_mailbox(&verification.address) {
                    return Ok(OperatorVerification::AlreadyVerified(known.clone()));
                }
                if overwrite == Overwrite::Older && known.at >= verification.at {
                    return Ok(OperatorVerification::NewerKept(known.clone()));
                }
            }
            let update = verified_by_operator(user, record.as_ref(), verification, first);
            match self.store.update(update).await? {
                Conditional::Written(_) => return Ok(OperatorVerification::Recorded),
                Conditional::Refused(current) => found = current,
            }
        }
        Err(StoreError::Contended)
    }
}

/// `verified_by` makes the write an event: template.yaml filters the table's stream for it.
fn verified_by_operator(
    user: &UserId,
    record: Option<&UserRecord>,
    verification: &Verification,
    first: Version,
) -> ItemUpdate {
    let address = &verification.address;
    let update = ItemUpdate::of(user::key(user))
        .next_version(
            VERSION,
            record.map_or(first, |record| record.version.next()),
        )
        .set(USER_ID, text(user.to_string()))
        .set(VERIFIED_ADDRESS, canonical(address))
        .set(VERIFIED_EMAIL, spelling(address))
        .set(VERIFIED_AT, written_timestamp(verification.at))
        .set(VERIFIED_BY, text(ProofMethod::Operator.as_str()))
        .remove(INVALIDATED_LINKS)
        .expires_at(None);
    let update = match record {
        Some(_) => update,
        None => update.keep_map(MAILS),
    };
    match record {
        Some(record) if record.address.is_same_mailbox(address) => update.remove(PENDING),
        // The change to another address stays pending.
        Some(record) if record.verification().is_none() => update,
        // All proofs on record are of the address that is replaced.
        _ => update
            .set(ADDRESS, canonical(address))
            .set(EMAIL, spelling(address))
            .set(LINKS, map([]))
            .set(CODES, map([]))
            .set(SPELLINGS, map([])),
    }
}
