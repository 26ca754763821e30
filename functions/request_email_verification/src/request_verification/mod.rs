//! Use case: store a fresh proof and mail it.

mod backoff;
mod outcome;
mod refund;
mod reserve;

use std::time::Duration;

use mail::verification::VerificationMail;
use mail::{Mailer, SendError, VerificationUrl};
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::person_name::Greeting;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::rate_limit::MailLimit;
use shared::domain::user_id::UserId;
use shared::domain::user_record::MailedProof;
use shared::domain::verification_code::CodeKeys;
use shared::store::{MailRefund, Store, StoreError};
use shared::telemetry::{self, Metric};
use shared::text::locale::Locale;

pub use outcome::{RequestError, RequestOutcome};
use reserve::{MailReservation, Reserved, Snapshot};

#[derive(Clone, Debug)]
pub struct RequestVerification {
    pub store: Store,
    pub mailer: Mailer,
    pub keys: CodeKeys,
    pub policy: MailPolicy,
    /// The timeout of one call to DynamoDB. The writes that count a mail end after two of these, a
    /// refund after one.
    pub store_timeout: Duration,
}

/// The stack's settings for every mail.
#[derive(Clone, Copy, Debug)]
pub struct MailPolicy {
    pub lifetimes: ProofLifetimes,
    pub limit: MailLimit,
}

#[derive(Clone, Debug)]
pub struct VerificationRequest {
    pub user: UserId,
    /// `None`: the one on record.
    pub address: Option<EmailAddress>,
    pub greeting: Option<Greeting>,
    pub locale: Locale,
    /// Where the link in the mail leads.
    pub url: VerificationUrl,
}

impl RequestVerification {
    /// Stores `proof` as the user's newest and mails it.
    ///
    /// The write that stores the proof counts the mail against both limits. A mail that SES did not
    /// accept is refunded. If SES's answer was lost, the mail may be on its way, so it stays
    /// counted and its proof stays valid.
    pub async fn run(
        &self,
        request: &VerificationRequest,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<RequestOutcome, RequestError> {
        let mut reservation = MailReservation {
            store: &self.store,
            request,
            proof: MailedProof {
                link: proof.token.digest(),
                code: self.keys.digest(&request.user, &proof.code),
            },
            policy: self.policy,
            now,
            snapshot: Snapshot::default(),
            unanswered: None,
        };
        let id = reservation.proof.mail_id();
        // The connection is opened beside the write. A refused request needs none, so its answer
        // does not wait for the connection.
        let mut connecting = Box::pin(self.mailer.refresh_connection());
        let mut is_connected = false;
        let reserved = {
            let reserving = tokio::time::timeout(self.store_timeout * 2, reservation.run());
            let mut reserving = Box::pin(reserving);
            tokio::select! {
                biased;
                reserved = &mut reserving => reserved,
                () = &mut connecting => {
                    is_connected = true;
                    reserving.await
                }
            }
        };
        if let Some(address) = &reservation.unanswered {
            // The write may be applied although its answers are lost. Nothing was mailed.
            self.refund(&request.user, address, &id, MailRefund::CountAndProof)
                .await;
        }
        let address = match reserved.unwrap_or(Err(StoreError::TimedOut.into()))? {
            Reserved::Counted(address) => address,
            Reserved::Refused(outcome) => return Ok(outcome),
        };
        if !is_connected {
            connecting.await;
        }
        telemetry::record_mail(&id);
        let mail = VerificationMail {
            user: &request.user,
            address: &address,
            greeting: request.greeting.as_ref(),
            locale: request.locale,
            proof,
            url: &request.url,
            lifetimes: self.policy.lifetimes,
            now,
        };
        match self.mailer.send_verification(&mail).await {
            Ok(message_id) => {
                telemetry::count(Metric::Mailed);
                tracing::Span::current().record("message_id", message_id);
                Ok(RequestOutcome::Mailed {
                    expires_at: now.plus(self.policy.lifetimes.link),
                    address,
                })
            }
            Err(error) => {
                if matches!(error, SendError::Refused(_)) {
                    // No retry helps, so an alarm counts these. The caller only learns to ask
                    // again.
                    telemetry::count(Metric::MailsRefused);
                }
                if let Some(what) = error.refund() {
                    self.refund(&request.user, &address, &id, what).await;
                }
                Err(error.into())
            }
        }
    }
}
