//! Refusals of readers, on the items of the user and of the address.
//!
//! A refusal decides requests, so each write changes `version`, and a request in flight loses
//! its optimistic write.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::conditional::Conditional;
use super::item::{MAILS, VERSION, map, spelling, text, written_timestamp};
use super::update::ItemUpdate;
use super::{Commit, Store, StoreError, address, user};
use crate::domain::address_record::AddressRecord;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::Refusal;
use crate::domain::user_id::UserId;
use crate::domain::user_record::UserRecord;

/// On the item of the address.
pub const REFUSAL: &str = "refusal";

pub const AT: &str = "at";
pub const EMAIL: &str = "email";
pub const USER: &str = "user";

/// In texts alone, as the stream carries it into events.
fn stored(refusal: &Refusal) -> AttributeValue {
    map([
        (AT, written_timestamp(refusal.at)),
        (EMAIL, spelling(&refusal.email)),
        (USER, text(refusal.user.to_string())),
    ])
}

pub(super) fn as_refusal(value: &AttributeValue) -> Option<Refusal> {
    let stored = value.as_m().ok()?;
    let text = |name| stored.get(name)?.as_s().ok();
    Some(Refusal {
        at: Timestamp::parse(text(AT)?)?,
        email: EmailAddress::parse_known(text(EMAIL)?)?,
        user: UserId::parse(text(USER)?)?,
    })
}

impl Store {
    /// Writes a refusal, and the proofs that it leaves, in one transaction. Each item must still
    /// have the version before.
    pub async fn commit_refusal(
        &self,
        user_id: &UserId,
        user: &UserRecord,
        refusal: &Refusal,
        record: &AddressRecord,
    ) -> Result<Commit, StoreError> {
        let of_address = ItemUpdate::of(address::key(&refusal.email))
            .next_version(VERSION, record.version)
            .set(REFUSAL, stored(refusal))
            .keep_map(MAILS)
            .expires_at(record.expires_at());
        let of_user = user::proofs(user_id, user);
        Commit::of(self.transact([of_user, of_address]).await?)
    }

    /// Removes the refusal of an address, if there is one, and returns the record that is left. A
    /// bounce or a complaint stays. The item then leaves when the refusal would have ended, or
    /// earlier with the next write.
    pub async fn allow_mail(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<AddressRecord>, StoreError> {
        let update = ItemUpdate::of(address::key(address))
            .only_if(format!("attribute_exists({REFUSAL})"))
            .remove(REFUSAL)
            .increment(VERSION);
        match self.update_returning(ReturnValue::AllNew, update).await? {
            Conditional::Written(item) => address::read(Some(&item)),
            Conditional::Refused(found) => address::read(found.as_ref()),
        }
    }
}
