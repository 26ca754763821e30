//! Use case: record what SES reports of a mail.

use crate::domain::delivery::{MailEvent, Suppression};
use crate::store::{Recorded, Store, StoreError};

/// Records the delivery status of a mail, and suppresses its address after a bounce or a complaint.
///
/// Events may be late, duplicated or reordered: the records end up the same. Each write is
/// conditional, so a retry finishes a run that failed between them.
pub async fn record_mail_event(store: &Store, event: &MailEvent) -> Result<Recorded, StoreError> {
    let Some(suppression) = Suppression::of(event) else {
        return store.record_delivery(event).await;
    };
    // The suppression matters most, so it comes first.
    let suppressed = store.suppress(&suppression).await?;
    let delivered = store.record_delivery(event).await?;
    Ok(suppressed.max(delivered))
}
