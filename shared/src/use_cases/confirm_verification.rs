//! Use case: a proof came back; record the address as verified.

use crate::domain::claim::Claim;
use crate::domain::clock::Timestamp;
use crate::domain::code_attempts::{AttemptId, AttemptRefusal, Door};
use crate::domain::link_token::LinkToken;
use crate::domain::mail_id::MailId;
use crate::domain::rate_limit::CodeLimit;
use crate::domain::user_record::{CodeStanding, LinkStanding, UserRecord, Verification};
use crate::domain::verification_code::{Code, CodeKeys};
use crate::store::{Refund, Reservation, Store, StoreError, VerificationWrite};
use crate::telemetry::{self, Metric};

/// Optimistic writes that may be lost before a code is given up. Each was lost to a mail that was
/// counted or to a verification, and of those there are few.
const MAX_ATTEMPTS: usize = 8;

/// A code is looked up, reserved and verified. All calls for it together get no more time than so
/// many slow ones.
pub const CALLS_FOR_A_CODE: u32 = 3;

/// An attempt to verify by a code.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Where the code was typed.
    pub door: Door,
    /// Names the attempt.
    pub id: AttemptId,
}

/// What came of a proof. An address is in the spelling to which that very proof was mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The address is verified, by this proof.
    Verified(Verification),
    /// The proof is right, and its address was verified before.
    AlreadyVerified(Verification),
    /// The link was right once, and is too late.
    LinkExpired,
    /// The code was right in the last 24 hours, and expired or was displaced by newer ones.
    CodeExpired,
    /// No such proof for this user. An unknown user gets the same verdict.
    Invalid,
    /// Too many codes were tried of late. The code was not compared.
    TooManyAttempts {
        /// Seconds until the next code may be tried.
        retry_after: u64,
    },
    /// Too many codes in a row were wrong. None is compared until a link verifies or an operator
    /// resets the count.
    CodesLocked,
}

/// Verifies the address that `token` was mailed to, for the user of `claim`.
///
/// One conditional write, and no read before it. A link that comes again while it lives, or whose
/// address is verified by now, changes nothing and is answered like the first time.
///
/// # Errors
///
/// The store cannot be reached; then nothing is known to have changed, and the same proof can be
/// sent again.
pub async fn confirm_by_link(
    store: &Store,
    claim: &Claim,
    token: &LinkToken,
    door: Door,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let verdict = judge_link(store, claim, token, door, now).await?;
    count_refusal(&verdict);
    Ok(verdict)
}

async fn judge_link(
    store: &Store,
    claim: &Claim,
    token: &LinkToken,
    door: Door,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let link = token.digest();
    let record = match store.verify_by_link(claim, &link, door, now).await? {
        VerificationWrite::Written(verification) => {
            telemetry::record_address(&verification.address);
            telemetry::count(Metric::VerifiedByLink);
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
        record.standing(&link, now),
        again(&record, &MailId::of(&link)),
    ) {
        (LinkStanding::Unknown, _) => Ok(Verdict::Invalid),
        // Also a link that is too late: what it was for is done.
        (_, Some(verification)) => Ok(Verdict::AlreadyVerified(verification)),
        (LinkStanding::Expired, None) => Ok(Verdict::LinkExpired),
        (LinkStanding::Live, None) => Err(StoreError::Malformed(
            "a live proof was refused although its address is not verified".into(),
        )),
    }
}

/// Verifies the address that `code` was mailed to, for the user of `claim`.
///
/// The attempt is reserved before the code is compared, so attempts that run side by side are never
/// compared beyond their budget. It is refunded if the code is right, or was in the last 24 hours.
///
/// # Errors
///
/// The store cannot be reached. The attempt may be counted all the same.
pub async fn confirm_by_code(
    store: &Store,
    keys: &CodeKeys,
    claim: &Claim,
    code: &Code,
    attempt: Attempt,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let verdict = judge_code(store, keys, claim, code, attempt, now).await?;
    let refund = match verdict {
        Verdict::AlreadyVerified(_) => Some(Refund::Right),
        Verdict::CodeExpired => Some(Refund::Expired),
        _ => None,
    };
    if let Some(refund) = refund {
        let (user, Attempt { door, id }) = (&claim.user, attempt);
        // The verdict stands without it: the attempt then counts until its window is over.
        if let Err(error) = store.refund_attempt(user, door, id, refund).await {
            let error = telemetry::chain(&error);
            tracing::warn!(error, "an attempt could not be refunded");
        }
    }
    count_refusal(&verdict);
    Ok(verdict)
}

async fn judge_code(
    store: &Store,
    keys: &CodeKeys,
    claim: &Claim,
    code: &Code,
    Attempt { door, id }: Attempt,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let mut record = match store
        .reserve_attempt(&claim.user, door, id, CodeLimit::DEFAULT, now)
        .await?
    {
        Reservation::Reserved(Some(record)) => record,
        Reservation::Reserved(None) => return Ok(Verdict::Invalid),
        Reservation::Refused(AttemptRefusal::Wait { retry_after }) => {
            return Ok(Verdict::TooManyAttempts { retry_after });
        }
        Reservation::Refused(AttemptRefusal::Locked) => return Ok(Verdict::CodesLocked),
    };
    telemetry::record_address(&record.address);
    let digests: Vec<_> = keys.digests(&claim.user, code).collect();
    for _ in 0..MAX_ATTEMPTS {
        if !claim.is_about(&record) {
            return Ok(Verdict::Invalid);
        }
        let mail = match record.code_standing(&digests, now) {
            CodeStanding::Live(mail) => mail,
            CodeStanding::Expired => return Ok(Verdict::CodeExpired),
            CodeStanding::Unknown => return Ok(Verdict::Invalid),
        };
        if let Some(verification) = again(&record, &mail) {
            return Ok(Verdict::AlreadyVerified(verification));
        }
        // What came with the reservation may be old by now: the write holds only if it is not.
        match store
            .verify_by_code(&claim.user, &mail, record.version, door, now)
            .await?
        {
            VerificationWrite::Written(verification) => {
                telemetry::count(Metric::VerifiedByCode);
                return Ok(Verdict::Verified(verification));
            }
            VerificationWrite::Refused(newer) => record = newer,
            VerificationWrite::UnknownUser => return Ok(Verdict::Invalid),
        }
    }
    Err(StoreError::Unavailable(
        "a user's record changed again and again".into(),
    ))
}

/// The verification of the address on record, in the spelling of this mail.
fn again(record: &UserRecord, mail: &MailId) -> Option<Verification> {
    record.verification().map(|verification| Verification {
        address: record.spelling(mail).clone(),
        at: verification.at,
    })
}

/// What is verified is counted where it is written: the same proof again is no second one.
fn count_refusal(verdict: &Verdict) {
    match verdict {
        Verdict::Verified(_)
        | Verdict::AlreadyVerified(_)
        | Verdict::LinkExpired
        | Verdict::CodeExpired => {}
        Verdict::Invalid => telemetry::count(Metric::Wrong),
        Verdict::TooManyAttempts { .. } | Verdict::CodesLocked => {
            telemetry::count(Metric::Throttled);
        }
    }
}
