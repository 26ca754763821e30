//! Use case: store a fresh proof and mail it.

mod backoff;
mod decision;
mod outcome;
mod refund;
mod reserve;

use std::time::Duration;

use mail::verification::VerificationMail;
use mail::{Mailer, SendError, VerificationUrl};
use shared::domain::clock::Timestamp;
use shared::domain::domain_policy::DomainPolicy;
use shared::domain::email_address::EmailAddress;
use shared::domain::greeting::Greeting;
use shared::domain::idempotency_key::IdempotencyKey;
use shared::domain::link_token::LinkDigest;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::rate_limit::MailLimit;
use shared::domain::user_id::UserId;
use shared::domain::verification_code::CodeKeys;
use shared::store::{Store, StoreError};
use shared::telemetry::{self, Metric};
use shared::text::locale::Locale;

pub use outcome::{RequestError, RequestOutcome};
use reserve::Reserved;

/// The longest reservation, in timeouts of one call to DynamoDB.
pub const RESERVE_CALLS: u32 = 2;
/// The longest refund, in the same unit.
pub const REFUND_CALLS: u32 = 1;

#[derive(Clone, Debug)]
pub struct RequestVerification {
    pub store: Store,
    pub mailer: Mailer,
    pub keys: CodeKeys,
    pub domains: DomainPolicy,
    pub policy: MailPolicy,
    pub timeouts: Timeouts,
}

/// The longest durations of several calls to DynamoDB together, with backoffs.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Of the writes that count a mail.
    pub reserve: Duration,
    pub refund: Duration,
}

/// The stack's settings for every mail.
#[derive(Clone, Copy, Debug)]
pub struct MailPolicy {
    pub lifetimes: ProofLifetimes,
    pub limit: MailLimit,
    pub code_in_subject: bool,
}

/// The address that a request mails.
#[derive(Clone, Debug)]
pub enum MailTo {
    Address(EmailAddress),
    /// The one on record.
    AddressOnRecord,
    /// The one on record, if this link was mailed to it, in the spelling of that mail. The link may
    /// have expired.
    ReaderOf(LinkDigest),
}

#[derive(Clone, Debug)]
pub struct VerificationRequest {
    pub user: UserId,
    pub to: MailTo,
    /// By which a duplicate of the request is known.
    pub key: Option<IdempotencyKey>,
    pub greeting: Option<Greeting>,
    pub locale: Locale,
    /// Where the link in the mail leads. `None`: the mail has no link.
    pub url: Option<VerificationUrl>,
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
        let address = match self.reserve_and_connect(request, proof, now).await? {
            Reserved::Counted(address) => address,
            Reserved::NotMailed(outcome) => return Ok(outcome),
        };
        telemetry::record_mail(&proof.mail_id());
        match self.mail(request, proof, &address, now).await {
            Ok(()) => Ok(RequestOutcome::Mailed {
                expires_at: now.plus(self.policy.lifetimes.link),
                address,
            }),
            Err(error) => {
                self.settle(request, proof, &address, &error).await;
                Err(error.into())
            }
        }
    }

    /// Opens the connection to SES beside the write. A refused request needs no connection, so its
    /// answer does not wait for one.
    async fn reserve_and_connect(
        &self,
        request: &VerificationRequest,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<Reserved, StoreError> {
        let mut reserving = Box::pin(self.reserve(request, proof, now));
        let mut connecting = Box::pin(self.mailer.refresh_connection());
        tokio::select! {
            biased;
            reserved = &mut reserving => {
                let reserved = reserved?;
                if let Reserved::Counted(_) = reserved {
                    connecting.await;
                }
                Ok(reserved)
            }
            () = &mut connecting => reserving.await,
        }
    }

    async fn mail(
        &self,
        request: &VerificationRequest,
        proof: &Proof,
        address: &EmailAddress,
        now: Timestamp,
    ) -> Result<(), SendError> {
        let mail = VerificationMail {
            user: &request.user,
            address,
            greeting: request.greeting.as_ref(),
            locale: request.locale,
            proof,
            url: request.url.as_ref(),
            lifetimes: self.policy.lifetimes,
            code_in_subject: self.policy.code_in_subject,
            now,
        };
        let message_id = self.mailer.send_verification(&mail).await?;
        telemetry::count(Metric::Mailed);
        tracing::Span::current().record("message_id", message_id);
        Ok(())
    }

    /// Counts a mail that SES refuses for good. Refunds one that it did not accept.
    async fn settle(
        &self,
        request: &VerificationRequest,
        proof: &Proof,
        address: &EmailAddress,
        error: &SendError,
    ) {
        if matches!(error, SendError::Refused(_)) {
            // No retry helps, so an alarm counts these. The caller only learns to ask again.
            telemetry::count(Metric::MailsRefused);
        }
        if let Some(refund) = error.refund() {
            self.refund(&request.user, address, &proof.mail_id(), refund)
                .await;
        }
    }
}
