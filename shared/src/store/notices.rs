//! Notices to an address, on its item.

use super::address::{self, NOTICES};
use super::conditional::Conditional;
use super::item::{VERSION, window};
use super::suppression::SUPPRESSION;
use super::update::ItemUpdate;
use super::{Store, StoreError};
use crate::domain::address_record::AddressRecord;
use crate::domain::email_address::EmailAddress;
use crate::domain::notice::NoticeId;

/// The outcome of an optimistic write of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is created per notice, and taken apart at once"
)]
pub enum NoticeWrite {
    Written,
    /// Nothing was written, as the record was not as assumed. With the current one.
    Stale(Option<AddressRecord>),
}

impl Store {
    /// Writes the notices of `record`, on the condition that the item still has the version before.
    pub async fn count_notice(
        &self,
        address: &EmailAddress,
        record: &AddressRecord,
    ) -> Result<NoticeWrite, StoreError> {
        let update = ItemUpdate::of(address::key(address))
            .next_version(VERSION, record.version)
            // An item without a version may be one that an operator made by hand, to suppress.
            .only_if(format!("attribute_not_exists({SUPPRESSION})"))
            .set(NOTICES, window(&record.notices))
            .expires_at(record.expires_at());
        Ok(match self.update(update).await? {
            Conditional::Written(_) => NoticeWrite::Written,
            Conditional::Refused(found) => NoticeWrite::Stale(address::read(found.as_ref())?),
        })
    }

    /// Removes a notice that was not mailed. It commutes with other writes and is idempotent.
    pub async fn refund_notice(
        &self,
        address: &EmailAddress,
        notice: &NoticeId,
    ) -> Result<(), StoreError> {
        let update = ItemUpdate::of(address::key(address))
            .only_if(format!("attribute_exists({NOTICES}.#notice)"))
            .increment(VERSION)
            .remove(format!("{NOTICES}.#notice"))
            .name("#notice", notice);
        self.update(update).await?;
        Ok(())
    }
}
