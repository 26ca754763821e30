//! Use case: record what SES reports of a mail.

use shared::domain::delivery::{MailEvent, Suppression};
use shared::domain::version::Version;
use shared::store::{Recorded, Store, StoreError};

/// The longest run, in timeouts of one call to DynamoDB: suppress the address, record the delivery
/// status.
pub const RECORD_CALLS: u32 = 2;

#[derive(Clone, Debug)]
pub struct RecordMailEvent {
    pub store: Store,
}

impl RecordMailEvent {
    /// Records the delivery status of a mail, and suppresses its address after a bounce or a
    /// complaint.
    ///
    /// Events may be late, duplicated or reordered: the records end up the same. Each write is
    /// conditional, so a retry finishes a run that failed between them. `first` is the version of a
    /// new record.
    pub async fn run(&self, event: &MailEvent, first: Version) -> Result<Recorded, StoreError> {
        let Some(suppression) = Suppression::of(event) else {
            return self.store.record_delivery(event).await;
        };
        // The suppression matters most, so it comes first.
        let suppressed = self.store.suppress(&suppression, first).await?;
        let delivered = self.store.record_delivery(event).await?;
        Ok(suppressed.max(delivered))
    }
}
