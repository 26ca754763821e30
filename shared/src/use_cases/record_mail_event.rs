//! Use case: record what SES tells of a mail.

use crate::domain::delivery::{MailEvent, Suppression};
use crate::store::{Recorded, Store, StoreError};

/// Records what became of a mail, and that its address gets no more of them if it came to that.
///
/// The same event may come again, and events may come in any order: the records end up the same.
/// Each write is conditional and whole, so a run that broke off between them is finished by the
/// next try.
///
/// # Errors
///
/// DynamoDB cannot serve. Trying again is safe.
pub async fn record_mail_event(store: &Store, event: &MailEvent) -> Result<Recorded, StoreError> {
    let Some(suppression) = Suppression::of(event) else {
        return store.record_delivery(event).await;
    };
    // What matters most comes first.
    let suppressed = store.suppress(&suppression).await?;
    let delivered = store.record_delivery(event).await?;
    Ok(suppressed.max(delivered))
}
