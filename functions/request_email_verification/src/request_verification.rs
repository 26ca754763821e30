//! Use case: store a fresh proof and mail it.

use std::future::{Future, poll_fn};
use std::time::Duration;

use mail::verification::VerificationMail;
use mail::{Mailer, SendError, VerificationUrl};
use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::person_name::Greeting;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::rate_limit::MailLimit;
use shared::domain::user_id::UserId;
use shared::domain::user_record::{MailedProof, UserRecord};
use shared::domain::verification_code::CodeKeys;
use shared::store::{Change, Commit, MailRefund, Store, StoreError, UserAddresses};
use shared::telemetry::{self, Metric};
use shared::text::locale::Locale;

/// Attempts to refund a mail that was not sent, with a backoff before each but the first.
const REFUND_ATTEMPTS: u32 = 16;
/// Optimistic writes: decide on what is on record, write if nothing changed. Whoever loses one lost
/// it to a mail that was counted, so the limit itself ends the race. The rest is room for
/// transactions that DynamoDB refuses to run side by side.
const MAX_ATTEMPTS: u32 = 32;
/// The backoff before the second attempt; it doubles up to [`MAX_BACKOFF`], less a random part.
const FIRST_BACKOFF: Duration = Duration::from_millis(10);
const MAX_BACKOFF: Duration = Duration::from_millis(160);

/// What holds for every mail of a stack.
#[derive(Clone, Copy, Debug)]
pub struct MailPolicy {
    /// How long a proof works.
    pub lifetimes: ProofLifetimes,
    /// How many mails go to one address, and for one user.
    pub limit: MailLimit,
    /// How long a call to the store takes at most. All writes that count a mail end after two of
    /// these, a refund after one.
    pub store_timeout: Duration,
}

/// Who is to be verified, and how the mail greets them.
#[derive(Clone, Debug)]
pub struct VerificationRequest {
    /// The user.
    pub user: UserId,
    /// The address to verify. `None`: the one on record.
    pub address: Option<EmailAddress>,
    /// Greets in the mail.
    pub greeting: Option<Greeting>,
    /// The language of the mail.
    pub locale: Locale,
    /// Where the link in the mail leads.
    pub url: VerificationUrl,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// The mail is on its way.
    Mailed {
        /// Where to.
        address: EmailAddress,
        /// From when on its link no longer works.
        expires_at: Timestamp,
    },
    /// The request names a user by id alone, and no address is on record for it.
    UnknownUser,
    /// This very address is verified already.
    AlreadyVerified,
    /// SES would not deliver to this address: its mail bounced, or its reader complained.
    Suppressed,
    /// Too many mails of late.
    Throttled {
        /// Seconds until one more mail may go.
        retry_after: u64,
    },
}

/// No mail is snapshot to be on its way. Asking again is safe.
#[derive(Debug)]
pub enum RequestError {
    /// The proof could not be stored.
    Store(StoreError),
    /// The mail could not be sent and was refunded, or its answer was lost and it stays counted.
    Send(SendError),
    /// Too many requests for one user or address at the same moment.
    Contended,
}

impl std::fmt::Display for RequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
            Self::Contended => {
                f.write_str("too many requests for one user or address at the same moment")
            }
        }
    }
}

impl std::error::Error for RequestError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => error.source(),
            Self::Send(_) | Self::Contended => None,
        }
    }
}

impl From<StoreError> for RequestError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Stores `proof` as the user's newest and mails it.
///
/// A first request is one write and one mail. The write counts the mail against both limits, so
/// requests that run side by side never get past them. What was on record comes back with a write
/// that lost, and decides the next attempt.
///
/// A mail that was not sent is refunded. One whose answer from SES was lost may have been sent, so
/// it stays counted and its proof stays valid.
///
/// # Errors
///
/// See [`RequestError`].
pub async fn request_verification(
    store: &Store,
    mailer: &Mailer,
    keys: &CodeKeys,
    request: &VerificationRequest,
    proof: &Proof,
    policy: MailPolicy,
    now: Timestamp,
) -> Result<RequestOutcome, RequestError> {
    let lifetimes = policy.lifetimes;
    let stored = MailedProof {
        link: proof.token.digest(),
        code: keys.digest(&request.user, &proof.code),
    };
    // The connection is for a mail that may not come to be, so nobody waits for it until then.
    let mut connecting = Box::pin(mailer.refresh_connection());
    let mut is_connected = false;
    let mut unanswered = None;
    let reserved = {
        let reserving = reserve(store, request, stored, policy, now, &mut unanswered);
        let mut reserving = Box::pin(tokio::time::timeout(policy.store_timeout * 2, reserving));
        poll_fn(|context| {
            let reserved = reserving.as_mut().poll(context);
            if reserved.is_pending() && !is_connected {
                is_connected = connecting.as_mut().poll(context).is_ready();
            }
            reserved
        })
        .await
    };
    let reserved = reserved.unwrap_or(Err(RequestError::Contended));
    if let Some(address) = unanswered {
        // The write may be applied although its answers are lost. Nothing was mailed.
        let all = MailRefund::CountAndProof;
        refund(
            store,
            &request.user,
            &address,
            &stored.mail_id(),
            all,
            policy,
        )
        .await;
    }
    let address = match reserved? {
        Reserved::Yes(address) => address,
        Reserved::No(outcome) => return Ok(outcome),
    };
    let mail = VerificationMail {
        user: &request.user,
        address: &address,
        greeting: request.greeting.as_ref(),
        locale: request.locale,
        proof,
        url: &request.url,
        lifetimes,
        now,
    };
    if !is_connected {
        connecting.await;
    }
    telemetry::record_mail(&stored.mail_id());
    match mailer.send_verification(&mail).await {
        Ok(message_id) => {
            telemetry::count(Metric::Mailed);
            tracing::Span::current().record("message_id", message_id);
            Ok(RequestOutcome::Mailed {
                expires_at: now.plus(lifetimes.link),
                address,
            })
        }
        Err(error) => {
            if matches!(error, SendError::Refused(_)) {
                // Asking again does not help, so an alarm counts these: the caller is only told to.
                telemetry::count(Metric::MailsRefused);
            }
            if let Some(what) = error.refund() {
                refund(
                    store,
                    &request.user,
                    &address,
                    &stored.mail_id(),
                    what,
                    policy,
                )
                .await;
            }
            Err(RequestError::Send(error))
        }
    }
}

/// Whether a mail may go.
enum Reserved {
    /// It is counted, and its proof is on record.
    Yes(EmailAddress),
    /// It may not, or need not.
    No(RequestOutcome),
}

/// Writes the proof and counts the mail, or says why not. `unanswered` is the address of a write
/// that may be applied, as long as nobody knows.
async fn reserve(
    store: &Store,
    request: &VerificationRequest,
    proof: MailedProof,
    policy: MailPolicy,
    now: Timestamp,
    unanswered: &mut Option<EmailAddress>,
) -> Result<Reserved, RequestError> {
    // Optimistic first attempt: assume that neither item exists, which saves a read. A request
    // without an address reads, as its address is on record.
    let mut user: Option<UserRecord> = None;
    let mut mailbox: Option<AddressRecord> = None;
    if request.address.is_none() {
        user = store.find_user(&request.user).await?;
        if let Some(user) = &user {
            telemetry::record_address(&user.address);
            mailbox = store.find_address(&user.address).await?;
        }
    }
    let [seed, ..] = *proof.mail_id().as_bytes();
    for attempt in 0..MAX_ATTEMPTS {
        let on_record = user.as_ref().map(|user| &user.address);
        let Some(address) = request.address.as_ref().or(on_record).cloned() else {
            return Ok(Reserved::No(RequestOutcome::UnknownUser));
        };
        let is_on_record = |user: &UserRecord| user.links.contains_key(&proof.link);
        if user.as_ref().is_some_and(is_on_record) {
            // An earlier attempt was applied, and its answer came too late.
            *unanswered = None;
            return Ok(Reserved::Yes(address));
        }
        let snapshot = Snapshot {
            user: user.as_ref(),
            mailbox: mailbox.as_ref(),
        };
        match snapshot.refusal(&address, policy.limit, now) {
            None => {
                let wait = mailbox
                    .as_ref()
                    .map_or(0, |m| m.unverified_wait_seconds(now));
                if let (1.., Some(mailbox)) = (wait, &mut mailbox) {
                    mailbox.verified_at = verified_of_late(store, mailbox, &address).await?;
                    if mailbox.unverified_wait_seconds(now) > 0 {
                        telemetry::count(Metric::Throttled);
                        return Ok(Reserved::No(RequestOutcome::Throttled {
                            retry_after: wait,
                        }));
                    }
                }
            }
            Some(RequestOutcome::AlreadyVerified) => {
                if let Some(gone_on) = withdraw_move(store, request, user.as_ref()).await? {
                    user = Some(gone_on);
                    continue;
                }
                return Ok(Reserved::No(RequestOutcome::AlreadyVerified));
            }
            Some(outcome @ RequestOutcome::Throttled { .. }) => {
                telemetry::count(Metric::Throttled);
                return Ok(Reserved::No(outcome));
            }
            Some(outcome) => return Ok(Reserved::No(outcome)),
        }
        let next_user =
            UserRecord::with_proof(user.as_ref(), &address, proof, policy.lifetimes, now);
        let next_mailbox =
            AddressRecord::with_mail(mailbox.as_ref(), proof.mail_id(), request.user, now);
        *unanswered = Some(address.clone());
        let commit = store
            .commit_request(&request.user, &next_user, &next_mailbox)
            .await;
        if !matches!(
            commit,
            Err(StoreError::Unavailable(_)) | Ok(Commit::Contended)
        ) {
            *unanswered = None;
        }
        match commit? {
            Commit::Written => {
                return Ok(Reserved::Yes(address));
            }
            Commit::Stale {
                user: newer_user,
                address: newer_mailbox,
            } => {
                mailbox = newer_mailbox.or(mailbox);
                user = newer_user.or(user);
                let moved_to = user
                    .as_ref()
                    .map(|user| &user.address)
                    .filter(|on_record| !on_record.is_same_mailbox(&address));
                if let (None, Some(moved_to)) = (&request.address, moved_to) {
                    // What is snapshot of a mailbox is about the one that the user left.
                    mailbox = store.find_address(moved_to).await?;
                }
                // The first attempt was an assumption, so losing it is no race.
                if attempt > 0 {
                    tokio::time::sleep(backoff(attempt, seed)).await;
                }
            }
            Commit::Contended => {
                tokio::time::sleep(backoff(attempt + 1, seed)).await;
            }
        }
    }
    Err(RequestError::Contended)
}

/// Ends a pending move to another address, if there is one: whoever asks for the verified address
/// again has come back to it, and a mail that is out for the other one must not take the user there
/// any more. Returns the record if the user has gone on meanwhile.
async fn withdraw_move(
    store: &Store,
    request: &VerificationRequest,
    user: Option<&UserRecord>,
) -> Result<Option<UserRecord>, StoreError> {
    let Some(pending) = user.filter(|user| user.verification().is_none()) else {
        return Ok(None);
    };
    let addresses = UserAddresses::of(request.user, pending);
    match store.withdraw_request(&addresses).await? {
        Change::Done => Ok(None),
        Change::Overtaken => store.find_user(&request.user).await,
    }
}

/// When one of the users for whom this address was mailed last verified it. They are read only once
/// so many mails went there that it decides.
async fn verified_of_late(
    store: &Store,
    mailbox: &AddressRecord,
    address: &EmailAddress,
) -> Result<Option<Timestamp>, StoreError> {
    let mut newest = None;
    for (user, _) in mailbox.mailed_users.events() {
        let verified = store.find_user(user).await?.and_then(|user| user.verified);
        let of_address = verified.filter(|verified| verified.address.is_same_mailbox(address));
        newest = newest.max(of_address.map(|verified| verified.at));
    }
    Ok(newest)
}

/// What an attempt knows of the user and the address.
struct Snapshot<'a> {
    user: Option<&'a UserRecord>,
    mailbox: Option<&'a AddressRecord>,
}

impl Snapshot<'_> {
    /// What the request comes to if nothing is mailed. That costs none of the limits.
    fn refusal(
        &self,
        address: &EmailAddress,
        limit: MailLimit,
        now: Timestamp,
    ) -> Option<RequestOutcome> {
        let verified = self.user.and_then(|user| user.verified.as_ref());
        if verified.is_some_and(|verified| verified.address.is_same_mailbox(address)) {
            return Some(RequestOutcome::AlreadyVerified);
        }
        if self.mailbox.is_some_and(AddressRecord::is_suppressed) {
            return Some(RequestOutcome::Suppressed);
        }
        let limit = limit.limit();
        let user_waits = self
            .user
            .map_or(0, |user| user.mails.wait_seconds(limit, now));
        let mailbox_waits = self
            .mailbox
            .map_or(0, |mailbox| mailbox.mails.wait_seconds(limit, now));
        match user_waits.max(mailbox_waits) {
            0 => None,
            retry_after => Some(RequestOutcome::Throttled { retry_after }),
        }
    }
}

/// From half of the doubled backoff to all of it, by a random seed, so that losers of one attempt
/// spread out.
fn backoff(attempt: u32, seed: u8) -> Duration {
    let longest = FIRST_BACKOFF
        .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)))
        .min(MAX_BACKOFF);
    longest.mul_f64(0.5 + f64::from(seed) / 512.0)
}

/// Takes back what a mail counted, as soon as DynamoDB answers.
async fn refund(
    store: &Store,
    user: &UserId,
    address: &EmailAddress,
    mail: &MailId,
    what: MailRefund,
    policy: MailPolicy,
) {
    let [seed, ..] = *mail.as_bytes();
    let refunding = async {
        let mut refunded = store.refund_mail(user, address, mail, what).await;
        for attempt in 1..REFUND_ATTEMPTS {
            if refunded.is_ok() {
                break;
            }
            tokio::time::sleep(backoff(attempt, seed)).await;
            refunded = store.refund_mail(user, address, mail, what).await;
        }
        refunded.map_err(RequestError::from)
    };
    let refunded = tokio::time::timeout(policy.store_timeout, refunding).await;
    if let Err(error) = refunded.unwrap_or(Err(RequestError::Contended)) {
        let error = telemetry::chain(&error);
        tracing::error!(error, "an unsent mail could not be refunded to the limits");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_with_jitter() {
        assert_eq!(backoff(1, 0), Duration::from_millis(5));
        assert!(backoff(1, 255) < Duration::from_millis(10));
        assert_eq!(backoff(5, 0), Duration::from_millis(80));
        assert_eq!(backoff(15, 0), MAX_BACKOFF / 2);
    }
}
