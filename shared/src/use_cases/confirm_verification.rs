//! Use case: a person sends back a link or a code; record the address as verified.

use std::time::Duration;

use crate::domain::claim::Claim;
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::{AttemptId, AttemptRefusal, Channel};
use crate::domain::email_address::EmailAddress;
use crate::domain::link_token::LinkToken;
use crate::domain::mail_id::MailId;
use crate::domain::presented_proof::{PresentedProof, ProofError};
use crate::domain::rate_limit::CodeLimit;
use crate::domain::user_record::{CodeStanding, LinkStanding, UserRecord, Verification};
use crate::domain::verification_code::{Code, CodeKeys};
use crate::store::{AttemptReservation, Refund, Store, StoreError, VerificationWrite, within};
use crate::telemetry::{self, Metric};

/// Optimistic writes of one code before it is given up. Each is lost to a mail that was counted or
/// to a verification, and there are few of those.
const MAX_WRITES: usize = 8;

/// The longest run, in timeouts of one call to DynamoDB: find the user, reserve the attempt and
/// verify, however often each is repeated.
pub const CONFIRM_CALLS: u32 = 3;

/// One attempt to verify.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Each channel has a rate limit of its own.
    pub channel: Channel,
    /// A write that the SDK repeats counts once, by its id.
    pub id: AttemptId,
}

/// The outcome of a proof. An address has the spelling to which this proof was mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The address is verified, by this proof.
    Verified(Verification),
    /// The proof is right, and its address was verified before.
    AlreadyVerified(Verification),
    /// The link was right and has expired.
    LinkExpired,
    /// The link was mailed to this address, whose reader then refused mail.
    LinkRefused(EmailAddress),
    /// The code was right in the last 24 hours, and expired or was displaced by newer ones.
    CodeExpired,
    /// No such proof for this user. An unknown user gets the same verdict.
    Invalid,
    /// A rate limit is reached. The code was not compared.
    TooManyAttempts {
        /// Seconds until the next code may be tried.
        retry_after: u64,
    },
    /// Too many codes in a row were wrong. No code is compared until a link verifies or an operator
    /// resets the count.
    CodesLocked,
}

#[derive(Clone, Debug)]
pub struct ConfirmVerification {
    pub store: Store,
    pub keys: CodeKeys,
    pub code_limit: CodeLimit,
    /// The longest duration of all calls for one proof.
    pub timeout: Duration,
}

impl ConfirmVerification {
    /// Verifies the address to which `proof` was mailed, for the user of its claim.
    ///
    /// A link is one conditional write without a read before it. A code is compared after its
    /// attempt is reserved, so parallel attempts stay within the limit; a right code, or one that
    /// was right in the last 24 hours, is refunded. A proof that was used before gets the first
    /// answer again, and changes nothing.
    ///
    /// # Errors
    ///
    /// The caller may retry with the same proof. The attempt at a code may be counted.
    pub async fn run(
        &self,
        proof: &PresentedProof,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let verdict = within(self.timeout, self.judge(proof, attempt, now)).await?;
        count(proof, &verdict);
        Ok(verdict)
    }

    async fn judge(
        &self,
        proof: &PresentedProof,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        match proof {
            PresentedProof::Link { claim, token } => {
                self.judge_link(claim, token, attempt.channel, now).await
            }
            PresentedProof::Code { claim, code } => {
                let verdict = self.judge_code(claim, code, attempt, now).await?;
                self.refund(claim, attempt, &verdict).await;
                Ok(verdict)
            }
        }
    }

    async fn judge_link(
        &self,
        claim: &Claim,
        token: &LinkToken,
        channel: Channel,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let link = token.digest();
        let written = self
            .store
            .verify_by_link(claim, &link, channel, now)
            .await?;
        let record = match written {
            VerificationWrite::Written(verification) => {
                telemetry::record_address(&verification.address);
                return Ok(Verdict::Verified(verification));
            }
            VerificationWrite::Refused(record) => record,
            VerificationWrite::UnknownUser => return Ok(Verdict::Invalid),
        };
        telemetry::record_address(&record.address);
        if !claim.is_about(&record) {
            return Ok(Verdict::Invalid);
        }
        match (
            record.link_standing(&link, now),
            earlier_verification(&record, &MailId::of(&link)),
        ) {
            (LinkStanding::Unknown, _) => {
                let refused = record.refused_by(&link).cloned();
                Ok(refused.map_or(Verdict::Invalid, Verdict::LinkRefused))
            }
            // Even if the link has expired: its address is verified, so there is nothing to do.
            (_, Some(verification)) => Ok(Verdict::AlreadyVerified(verification)),
            (LinkStanding::Expired, None) => Ok(Verdict::LinkExpired),
            (LinkStanding::Live, None) => Err(StoreError::Malformed(
                "a live proof was refused although its address is not verified".into(),
            )),
        }
    }

    async fn judge_code(
        &self,
        claim: &Claim,
        code: &Code,
        Attempt { channel, id }: Attempt,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let reserving = self
            .store
            .reserve_attempt(&claim.user, channel, id, self.code_limit, now);
        let mut record = match reserving.await? {
            AttemptReservation::Reserved(Some(record)) => record,
            AttemptReservation::Reserved(None) => return Ok(Verdict::Invalid),
            AttemptReservation::Refused(AttemptRefusal::Wait { retry_after }) => {
                return Ok(Verdict::TooManyAttempts { retry_after });
            }
            AttemptReservation::Refused(AttemptRefusal::Locked) => return Ok(Verdict::CodesLocked),
        };
        telemetry::record_address(&record.address);
        let digests: Vec<_> = self.keys.digests(&claim.user, code).collect();
        for _ in 0..MAX_WRITES {
            if !claim.is_about(&record) {
                return Ok(Verdict::Invalid);
            }
            let mail = match record.code_standing(&digests, self.code_limit, now) {
                CodeStanding::Live(mail) => mail,
                CodeStanding::Expired => return Ok(Verdict::CodeExpired),
                CodeStanding::Unknown => return Ok(Verdict::Invalid),
            };
            if let Some(verification) = earlier_verification(&record, &mail) {
                return Ok(Verdict::AlreadyVerified(verification));
            }
            // The record may have changed since the reservation, so the write holds only at its
            // version.
            let version = record.version;
            let written = self
                .store
                .verify_by_code(&claim.user, &mail, version, channel, now);
            match written.await? {
                VerificationWrite::Written(verification) => {
                    return Ok(Verdict::Verified(verification));
                }
                VerificationWrite::Refused(newer) => record = newer,
                VerificationWrite::UnknownUser => return Ok(Verdict::Invalid),
            }
        }
        Err(StoreError::Contended)
    }

    /// Refunds an attempt with a code that was right, now or in the last 24 hours. If that fails,
    /// the verdict stays, and the attempt counts until it leaves its window.
    async fn refund(&self, claim: &Claim, Attempt { channel, id }: Attempt, verdict: &Verdict) {
        let refund = match verdict {
            Verdict::AlreadyVerified(_) => Refund::Right,
            Verdict::CodeExpired => Refund::Expired,
            // The write of a verification clears the attempts itself.
            _ => return,
        };
        let refunded = self.store.refund_attempt(&claim.user, channel, id, refund);
        if let Err(error) = refunded.await {
            let error = telemetry::chain(&error);
            tracing::warn!(error, "an attempt could not be refunded");
        }
    }
}

/// The verification of the address on record, in the spelling of this mail.
fn earlier_verification(record: &UserRecord, mail: &MailId) -> Option<Verification> {
    record.verification().map(|verification| Verification {
        address: record.spelling(mail).clone(),
        at: verification.at,
    })
}

/// Counts a proof that is refused before [`run`](ConfirmVerification::run).
pub fn count_proof_error(error: ProofError) {
    match error {
        ProofError::WrongToken => telemetry::count(Metric::Wrong),
        ProofError::Missing | ProofError::MalformedCode => {}
    }
}

/// Counts a verdict. A repeated proof is not counted again.
fn count(proof: &PresentedProof, verdict: &Verdict) {
    let metric = match verdict {
        Verdict::Verified(_) => match proof {
            PresentedProof::Link { .. } => Metric::VerifiedByLink,
            PresentedProof::Code { .. } => Metric::VerifiedByCode,
        },
        Verdict::Invalid | Verdict::LinkRefused(_) => Metric::Wrong,
        Verdict::TooManyAttempts { .. } | Verdict::CodesLocked => Metric::Throttled,
        Verdict::AlreadyVerified(_) | Verdict::LinkExpired | Verdict::CodeExpired => return,
    };
    telemetry::count(metric);
}
