//! Takes a mail that was not sent out of the rate limits.

use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::user_id::UserId;
use shared::store::{MailRefund, within};
use shared::telemetry;

use super::RequestVerification;
use super::backoff::back_off;

/// Attempts at one refund, with a backoff before each but the first.
const MAX_ATTEMPTS: u32 = 16;

impl RequestVerification {
    /// Refunds a mail as soon as DynamoDB answers. If it does not, the mail stays counted.
    pub(super) async fn refund(
        &self,
        user: &UserId,
        address: &EmailAddress,
        mail: &MailId,
        refund: MailRefund,
    ) {
        let refunding = async {
            let mut refunded = self.store.refund_mail(user, address, mail, refund).await;
            for attempt in 1..MAX_ATTEMPTS {
                if refunded.is_ok() {
                    break;
                }
                back_off(attempt, mail).await;
                refunded = self.store.refund_mail(user, address, mail, refund).await;
            }
            refunded
        };
        if let Err(error) = within(self.timeouts.refund, refunding).await {
            let error = telemetry::chain(&error);
            tracing::error!(error, "an unsent mail could not be refunded to the limits");
        }
    }
}
