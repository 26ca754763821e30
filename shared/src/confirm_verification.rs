//! Use case: a proof came back; record the address as verified.

use crate::clock::Timestamp;
use crate::proof::LinkToken;
use crate::store::{Store, StoreError};
use crate::user_id::UserId;
use crate::user_record::{LinkStanding, UserRecord, Verification};

/// What came of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The address is verified, now or before by a proof that is still alive.
    Verified(Verification),
    /// The proof was right once, and is too late.
    Expired,
    /// No such proof for this user. An unknown user gets the same verdict.
    Invalid,
}

/// Verifies the address that `token` was mailed to, for `user`.
///
/// One conditional write, and no read before it. A proof that comes again while it lives changes
/// nothing and is answered like the first time.
///
/// # Errors
///
/// The store cannot be reached; then nothing is known to have changed, and the same proof can be
/// sent again.
pub async fn confirm_verification(
    store: &Store,
    user: &UserId,
    token: &LinkToken,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let link = token.digest();
    let refused = match store.verify_by_link(user, &link, now).await? {
        Ok(verification) => return Ok(Verdict::Verified(verification)),
        Err(on_record) => on_record,
    };
    Ok(
        match refused
            .as_ref()
            .map(|record| (record.standing(&link, now), record))
        {
            Some((LinkStanding::Live, record)) => replay(record)?,
            Some((LinkStanding::Expired, _)) => Verdict::Expired,
            Some((LinkStanding::Unknown, _)) | None => Verdict::Invalid,
        },
    )
}

/// A live link is refused by the write for one reason alone: its address is verified already.
fn replay(record: &UserRecord) -> Result<Verdict, StoreError> {
    record
        .verification()
        .cloned()
        .map(Verdict::Verified)
        .ok_or_else(|| {
            StoreError::Malformed(
                "a live link was refused although its address is not verified".to_owned(),
            )
        })
}
