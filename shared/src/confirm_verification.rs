//! Use case: a proof came back; record the address as verified.

use crate::address::EmailAddress;
use crate::clock::Timestamp;
use crate::code::{Code, CodeKeys};
use crate::proof::LinkToken;
use crate::store::{Counted, Store, StoreError};
use crate::telemetry::{self, Metric};
use crate::user_id::UserId;
use crate::user_record::{LinkStanding, UserRecord, Verification};

/// Rounds of "look at the record, decide, write if it did not change". Each that is lost was lost to a mail
/// that was counted or to a verification, and of those there are few.
const MAX_ROUNDS: usize = 8;

/// Whom a proof is presented for.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The user.
    pub user: UserId,
    /// The address that the caller takes to be proven, if it named one. A proof of another address is
    /// then none, or else it would vouch for an address that nobody was shown to read.
    pub address: Option<EmailAddress>,
}

impl Claim {
    /// Whether `record` is about the address that is claimed.
    fn is_about(&self, record: &UserRecord) -> bool {
        self.address
            .as_ref()
            .is_none_or(|claimed| claimed.is_same_mailbox(&record.address))
    }
}

/// What came of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The address is verified, by this proof.
    Verified(Verification),
    /// The address was verified before. The proof is still alive.
    AlreadyVerified(Verification),
    /// The link was right once, and is too late.
    Expired {
        /// Whether its address was verified before.
        verified: Option<Verification>,
    },
    /// No such proof for this user. An unknown user gets the same verdict.
    Invalid,
    /// Too many codes were tried. The code was not looked at.
    TooManyGuesses {
        /// Seconds until the next code may be tried.
        retry_after: u64,
    },
}

/// Verifies the address that `token` was mailed to, for the user of `claim`.
///
/// One conditional write, and no read before it. A link that comes again while it lives changes
/// nothing and is answered like the first time.
///
/// # Errors
///
/// The store cannot be reached; then nothing is known to have changed, and the same proof can be
/// sent again.
pub async fn confirm_by_link(
    store: &Store,
    claim: &Claim,
    token: &LinkToken,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let verdict = judge_link(store, claim, token, now).await?;
    count_refusal(&verdict);
    Ok(verdict)
}

async fn judge_link(
    store: &Store,
    claim: &Claim,
    token: &LinkToken,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let link = token.digest();
    let on_record = match store.verify_by_link(claim, &link, now).await? {
        Ok(verification) => {
            telemetry::record_address(&verification.address);
            telemetry::count(Metric::VerifiedByLink);
            return Ok(Verdict::Verified(verification));
        }
        Err(on_record) => on_record,
    };
    if let Some(record) = &on_record {
        telemetry::record_address(&record.address);
    }
    match on_record
        .as_ref()
        .filter(|record| claim.is_about(record))
        .map(|record| (record.standing(&link, now), record))
    {
        Some((LinkStanding::Live, record)) => replay(record),
        Some((LinkStanding::Expired, record)) => Ok(Verdict::Expired {
            verified: record.verification().cloned(),
        }),
        Some((LinkStanding::Unknown, _)) | None => Ok(Verdict::Invalid),
    }
}

/// Verifies the address that `code` was mailed to, for the user of `claim`.
///
/// The guess is counted before the code is compared, so guesses that run side by side are never
/// compared beyond their budget.
///
/// # Errors
///
/// The store cannot be reached. The guess may be counted all the same.
pub async fn confirm_by_code(
    store: &Store,
    keys: &CodeKeys,
    claim: &Claim,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let verdict = judge_code(store, keys, claim, code, now).await?;
    count_refusal(&verdict);
    Ok(verdict)
}

async fn judge_code(
    store: &Store,
    keys: &CodeKeys,
    claim: &Claim,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let mut record = match store.count_guess(&claim.user, now).await? {
        Counted::Within(Some(record)) => record,
        Counted::Within(None) => return Ok(Verdict::Invalid),
        Counted::Exhausted { retry_after } => return Ok(Verdict::TooManyGuesses { retry_after }),
    };
    telemetry::record_address(&record.address);
    let digests: Vec<_> = keys.digests(&claim.user, code).collect();
    for _ in 0..MAX_ROUNDS {
        let live = record.live_code(&digests, now);
        let Some((mail, _)) = live.filter(|_| claim.is_about(&record)) else {
            return Ok(Verdict::Invalid);
        };
        if let Some(verification) = record.verification() {
            return Ok(Verdict::AlreadyVerified(verification.clone()));
        }
        // What was read with the count may be old by now: the write holds only if it is not.
        match store
            .verify_by_code(&claim.user, &mail, record.version, now)
            .await?
        {
            Ok(verification) => {
                telemetry::count(Metric::VerifiedByCode);
                return Ok(Verdict::Verified(verification));
            }
            Err(Some(newer)) => record = newer,
            Err(None) => return Ok(Verdict::Invalid),
        }
    }
    Err(StoreError::Unavailable(
        "a user's record did not hold still".to_owned(),
    ))
}

/// What is verified is counted where it is written: the same proof again is no second one.
fn count_refusal(verdict: &Verdict) {
    match verdict {
        Verdict::Verified(_) | Verdict::AlreadyVerified(_) => {}
        Verdict::Expired { .. } => telemetry::count(Metric::Expired),
        Verdict::Invalid => telemetry::count(Metric::Wrong),
        Verdict::TooManyGuesses { .. } => telemetry::count(Metric::Throttled),
    }
}

/// A live proof is refused by the write for one reason alone: its address is verified already.
fn replay(record: &UserRecord) -> Result<Verdict, StoreError> {
    record
        .verification()
        .cloned()
        .map(Verdict::AlreadyVerified)
        .ok_or_else(|| {
            StoreError::Malformed(
                "a live proof was refused although its address is not verified".to_owned(),
            )
        })
}
