//! Use case: look up the verification, the pending request and the newest mail of a user.

use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::delivery::{DeliveryState, Suppression};
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::domain::user_record::{UserRecord, Verification};
use shared::store::{Store, StoreError};
use shared::telemetry;

/// The longest run, in timeouts of one call to DynamoDB: find the user, find the user's address.
pub const LOOK_UP_CALLS: u32 = 2;

#[derive(Clone, Debug)]
pub struct LookUpStatus {
    pub store: Store,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserStatus {
    pub verified: Option<Verification>,
    pub pending: Option<PendingVerification>,
    /// The delivery status of the newest mail, and since when.
    pub delivery: Option<(DeliveryState, Timestamp)>,
    /// Why the address that was mailed last gets no more mail.
    pub suppression: Option<Suppression>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingVerification {
    pub address: EmailAddress,
    /// When its last link expires.
    pub until: Timestamp,
}

impl LookUpStatus {
    /// `None`: the user is not on record.
    pub async fn run(&self, id: &UserId, now: Timestamp) -> Result<Option<UserStatus>, StoreError> {
        let Some(user) = self.store.find_unexpired_user(id, now).await? else {
            return Ok(None);
        };
        telemetry::record_address(&user.address);
        let finding = self.store.find_unexpired_address(&user.address, now);
        let mailed = finding.await?;
        Ok(Some(UserStatus {
            pending: PendingVerification::of(&user, now),
            verified: user.verified,
            delivery: mailed.as_ref().and_then(AddressRecord::newest_mail),
            suppression: mailed.and_then(|mailed| mailed.suppression_at(now)),
        }))
    }
}

impl PendingVerification {
    fn of(user: &UserRecord, now: Timestamp) -> Option<Self> {
        if user.verification().is_some() {
            return None;
        }
        let until = *user.links.values().max()?;
        (until > now).then(|| Self {
            address: user.address.clone(),
            until,
        })
    }
}
