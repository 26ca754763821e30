//! Use case: store a fresh proof and mail it.

use std::time::Duration;

use crate::address::EmailAddress;
use crate::address_record::AddressRecord;
use crate::aws::DYNAMODB_OPERATION;
use crate::clock::Timestamp;
use crate::code::CodeKeys;
use crate::locale::Locale;
use crate::mail::verification::VerificationMail;
use crate::mail::{Mailer, SendError, VerificationUrl};
use crate::proof::{Proof, ProofLifetimes, TokenDigest};
use crate::store::{Change, Commit, Holder, Store, StoreError};
use crate::telemetry::{self, Metric};
use crate::user_id::UserId;
use crate::user_record::{MailedProof, UserRecord};

/// Tries to give back a mail that SES did not take, with a pause before each but the first.
const GIVE_BACK_TRIES: u32 = 16;
/// All of them together end here.
const GIVE_BACK_DEADLINE: Duration = DYNAMODB_OPERATION;
/// Rounds of "look at what is on record, decide, write if nothing changed". Whoever loses a round
/// lost it to a mail that was counted, so the allowance itself ends the race: seven rounds decide
/// it even when everybody collides. The rest is room for transactions that DynamoDB refuses to run
/// side by side.
const MAX_ROUNDS: u32 = 16;
/// All rounds together end here, however slow each of them is.
const RESERVE_DEADLINE: Duration = DYNAMODB_OPERATION.saturating_mul(2);
/// The pause before the second round; it doubles up to [`MAX_PAUSE`], less a random part.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const MAX_PAUSE: Duration = Duration::from_millis(160);

/// Who is to be verified, and how the mail greets them.
#[derive(Clone, Debug)]
pub struct VerificationRequest {
    /// The user.
    pub user: UserId,
    /// The address to verify. `None`: the one on record.
    pub address: Option<EmailAddress>,
    /// Greets in the mail when it is not blank.
    pub first_name: String,
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

/// Nothing is on its way, and asking again is safe.
#[derive(Debug)]
pub enum RequestError {
    /// The proof could not be stored.
    Store(StoreError),
    /// The mail could not be sent. The attempt was given back to the limits.
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

impl std::error::Error for RequestError {}

impl From<StoreError> for RequestError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Stores `proof` as the user's newest and mails it.
///
/// A first request is one write and one mail. The write counts the mail against both limits, so
/// requests that run side by side never get past them. What was on record comes back with a write
/// that lost, and decides the next round.
///
/// # Errors
///
/// Nothing was mailed, as far as can be known: see [`RequestError`].
pub async fn request_verification(
    store: &Store,
    mailer: &Mailer,
    keys: &CodeKeys,
    request: &VerificationRequest,
    proof: &Proof,
    lifetimes: ProofLifetimes,
    now: Timestamp,
) -> Result<RequestOutcome, RequestError> {
    let stored = MailedProof {
        link: proof.token.digest(),
        code: keys.digest(&request.user, &proof.code),
    };
    let reserving = reserve(store, request, stored, lifetimes, now);
    let reserved = tokio::time::timeout(RESERVE_DEADLINE, reserving).await;
    let address = match reserved.unwrap_or(Err(RequestError::Contended))? {
        Reserved::Yes(address) => address,
        Reserved::No(outcome) => return Ok(outcome),
    };
    let mail = VerificationMail {
        user: &request.user,
        address: &address,
        first_name: &request.first_name,
        locale: request.locale,
        proof,
        url: &request.url,
        lifetimes,
        now,
    };
    telemetry::record_mail(&stored.link);
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
            give_back(store, &request.user, &address, &stored.link, &error).await;
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

/// Writes the proof and counts the mail, or says why not.
async fn reserve(
    store: &Store,
    request: &VerificationRequest,
    proof: MailedProof,
    lifetimes: ProofLifetimes,
    now: Timestamp,
) -> Result<Reserved, RequestError> {
    // The first round bets on a user and an address that nobody has seen, which costs no read. A
    // request without an address cannot bet: its address is on record, and so is what counts there.
    let mut user: Option<UserRecord> = None;
    let mut mailbox: Option<AddressRecord> = None;
    if request.address.is_none() {
        user = store.find_user(&request.user).await?;
        if let Some(user) = &user {
            telemetry::record_address(&user.address);
            mailbox = store.find_address(&user.address).await?;
        }
    }
    for round in 0..MAX_ROUNDS {
        let on_record = user.as_ref().map(|user| &user.address);
        let Some(address) = request.address.as_ref().or(on_record).cloned() else {
            return Ok(Reserved::No(RequestOutcome::UnknownUser));
        };
        let known = Known {
            user: user.as_ref(),
            mailbox: mailbox.as_ref(),
        };
        match known.refusal(&address, now) {
            None => {}
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
        let next_user = UserRecord::with_proof(user.as_ref(), &address, proof, lifetimes, now);
        let next_mailbox = AddressRecord::with_mail(mailbox.as_ref(), proof.link, now);
        match store
            .commit_request(&request.user, &next_user, &next_mailbox)
            .await?
        {
            Commit::Written => {
                return Ok(Reserved::Yes(address));
            }
            Commit::Stale {
                user: newer_user,
                mailbox: newer_mailbox,
            } => {
                mailbox = newer_mailbox.or(mailbox);
                user = newer_user.or(user);
                let moved_to = user
                    .as_ref()
                    .map(|user| &user.address)
                    .filter(|on_record| !on_record.is_same_mailbox(&address));
                if let (None, Some(moved_to)) = (&request.address, moved_to) {
                    // What is known of a mailbox is about the one that the user left.
                    mailbox = store.find_address(moved_to).await?;
                }
                // Losing the first round is a lost bet, not a race: no reason to pause.
                if round > 0 {
                    tokio::time::sleep(pause(round, proof.link.jitter())).await;
                }
            }
            Commit::Contended => tokio::time::sleep(pause(round + 1, proof.link.jitter())).await,
        }
    }
    Err(RequestError::Contended)
}

/// Ends a pending move to another address, if there is one: whoever asks for the verified address again
/// has come back to it, and a mail that is out for the other one must not take the user there any more.
/// Returns the record if the user has gone on meanwhile.
async fn withdraw_move(
    store: &Store,
    request: &VerificationRequest,
    user: Option<&UserRecord>,
) -> Result<Option<UserRecord>, StoreError> {
    let Some(pending) = user.filter(|user| user.verification().is_none()) else {
        return Ok(None);
    };
    let holder = Holder::of(request.user, pending);
    match store.withdraw_request(&holder).await? {
        Change::Done => Ok(None),
        Change::Overtaken => store.find_user(&request.user).await,
    }
}

/// What a round knows of the user and the address.
struct Known<'a> {
    user: Option<&'a UserRecord>,
    mailbox: Option<&'a AddressRecord>,
}

impl Known<'_> {
    /// What the request comes to if nothing is mailed. That costs none of the limits.
    fn refusal(&self, address: &EmailAddress, now: Timestamp) -> Option<RequestOutcome> {
        let verified = self.user.and_then(|user| user.verified.as_ref());
        if verified.is_some_and(|verified| verified.address.is_same_mailbox(address)) {
            return Some(RequestOutcome::AlreadyVerified);
        }
        if self.mailbox.is_some_and(AddressRecord::is_suppressed) {
            return Some(RequestOutcome::Suppressed);
        }
        let user_waits = self.user.map_or(0, |user| user.mails.wait_seconds(now));
        let mailbox_waits = self
            .mailbox
            .map_or(0, |mailbox| mailbox.mails.wait_seconds(now));
        match user_waits.max(mailbox_waits) {
            0 => None,
            retry_after => Some(RequestOutcome::Throttled { retry_after }),
        }
    }
}

/// From half of the doubled pause to all of it, so that losers of one round spread out.
fn pause(round: u32, jitter: u8) -> Duration {
    let longest = FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(round.saturating_sub(1)))
        .min(MAX_PAUSE);
    longest.mul_f64(0.5 + f64::from(jitter) / 512.0)
}

/// Takes back what an unsent mail counted. A proof that surely went nowhere goes with it; one that
/// SES may have mailed keeps working.
async fn give_back(
    store: &Store,
    user: &UserId,
    address: &EmailAddress,
    mail: &TokenDigest,
    error: &SendError,
) {
    let giving_back = async {
        for round in 1..=GIVE_BACK_TRIES {
            if store
                .give_back(user, address, mail, error.surely_unsent())
                .await?
            {
                return Ok(());
            }
            tokio::time::sleep(pause(round, mail.jitter())).await;
        }
        Err(RequestError::Contended)
    };
    let outcome = tokio::time::timeout(GIVE_BACK_DEADLINE, giving_back).await;
    if let Err(error) = outcome.unwrap_or(Err(RequestError::Contended)) {
        tracing::error!(%error, "an unsent mail could not be given back to the limits");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losers_of_a_round_pause_between_half_and_all_of_a_growing_while() {
        assert_eq!(pause(1, 0), Duration::from_millis(5));
        assert!(pause(1, 255) < Duration::from_millis(10));
        assert_eq!(pause(5, 0), Duration::from_millis(80));
        assert_eq!(pause(15, 0), MAX_PAUSE / 2);
    }
}
