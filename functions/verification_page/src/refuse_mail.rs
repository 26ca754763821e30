//! Use case: a reader stops mail to their address, and allows it again.

use std::time::Duration;

use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::link_token::{LinkDigest, LinkToken};
use shared::domain::refusal::Refusal;
use shared::domain::user_id::UserId;
use shared::domain::user_record::UserRecord;
use shared::domain::version::Version;
use shared::store::{Commit, Store, StoreError, within};
use shared::telemetry;

/// The longest run, in timeouts of one call to DynamoDB: find the user, find the address, write.
pub(crate) const REFUSE_CALLS: u32 = 3;

/// Optimistic writes of one refusal. Each is lost to a mail that was counted, to a verification or
/// to another press, and there are few of those.
const MAX_WRITES: u32 = 8;
/// The wait after another transaction was writing one of the items. It doubles.
const FIRST_BACKOFF: Duration = Duration::from_millis(10);

#[derive(Clone, Debug)]
pub struct RefuseMail {
    pub store: Store,
    /// The longest duration of all calls for one press.
    pub timeout: Duration,
}

/// An address has the spelling to which the link was mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// By this press.
    Now(EmailAddress),
    Before(EmailAddress),
    /// By this press or before. A bounce or a complaint suppresses the address as well, for good.
    Suppressed(EmailAddress),
    /// No such link for this user. An unknown user gets the same.
    UnknownLink,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// By this press or before.
    Mailable(EmailAddress),
    /// The same, but a bounce or a complaint still suppresses the address.
    Suppressed(EmailAddress),
    UnknownLink,
}

impl RefuseMail {
    /// Stops mail to the address of this link, and makes the user's proofs of it invalid. The link
    /// proves that its reader reads the mail to the address, even once it has expired.
    ///
    /// A repeated press writes nothing. `first` is the version of a new record of the address.
    pub async fn refuse(
        &self,
        user: &UserId,
        token: &LinkToken,
        first: Version,
        now: Timestamp,
    ) -> Result<Refused, StoreError> {
        let writing = self.write(*user, token.digest(), first, now);
        within(self.timeout, writing).await
    }

    /// Allows mail again, whichever user's link stopped it: the reader is the same. The proofs stay
    /// invalid. A bounce or a complaint still suppresses the address.
    pub async fn allow(&self, user: &UserId, token: &LinkToken) -> Result<Allowed, StoreError> {
        let link = token.digest();
        let allowing = async {
            let record = self.store.find_user(user).await?;
            let Some(address) = record.as_ref().and_then(|record| record.mailed_to(&link)) else {
                return Ok(Allowed::UnknownLink);
            };
            telemetry::record_address(address);
            let left = self.store.allow_mail(address).await?;
            Ok(if is_suppressed_for_good(left.as_ref()) {
                Allowed::Suppressed(address.clone())
            } else {
                Allowed::Mailable(address.clone())
            })
        };
        within(self.timeout, allowing).await
    }

    async fn write(
        &self,
        id: UserId,
        link: LinkDigest,
        first: Version,
        now: Timestamp,
    ) -> Result<Refused, StoreError> {
        let mut backoff = FIRST_BACKOFF;
        let mut user = self.store.find_user(&id).await?;
        let Some(address) = mailed_to(user.as_ref(), &link) else {
            return Ok(Refused::UnknownLink);
        };
        telemetry::record_address(&address);
        let mut record = self.store.find_address(&address).await?;
        for _ in 0..MAX_WRITES {
            let Some(current) = user.as_ref().filter(|user| user.mailed_to(&link).is_some()) else {
                return Ok(Refused::UnknownLink);
            };
            let is_suppressed = is_suppressed_for_good(record.as_ref());
            if is_refused(record.as_ref(), now) && !current.has_proof_of(&address) {
                return Ok(if is_suppressed {
                    Refused::Suppressed(address)
                } else {
                    Refused::Before(address)
                });
            }
            let refusal = Refusal {
                at: now,
                email: address.clone(),
                user: id,
            };
            let refused = current.with_refusal(&address, now);
            let next = AddressRecord::with_refusal(record.as_ref(), refusal.clone(), first);
            let writing = self.store.commit_refusal(&id, &refused, &refusal, &next);
            match writing.await? {
                Commit::Written if is_suppressed => return Ok(Refused::Suppressed(address)),
                Commit::Written => return Ok(Refused::Now(address)),
                Commit::Stale {
                    user: found_user,
                    address: found,
                } => {
                    user = found_user.or(user);
                    record = found.or(record);
                }
                Commit::Contended => {
                    tokio::time::sleep(backoff).await;
                    backoff *= 2;
                }
            }
        }
        Err(StoreError::Contended)
    }
}

fn mailed_to(user: Option<&UserRecord>, link: &LinkDigest) -> Option<EmailAddress> {
    user?.mailed_to(link).cloned()
}

fn is_refused(record: Option<&AddressRecord>, now: Timestamp) -> bool {
    let refusal = record.and_then(|record| record.refusal.as_ref());
    refusal.is_some_and(|refusal| refusal.holds(now))
}

fn is_suppressed_for_good(record: Option<&AddressRecord>) -> bool {
    record.is_some_and(|record| record.suppression.is_some())
}
