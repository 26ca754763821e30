//! Counts a mail and stores its proof, in one optimistic write.
//!
//! An attempt decides on a snapshot of the user and the address, and writes only if neither changed
//! since. A lost write returns the current items, and the next attempt decides on those. So
//! parallel requests never get past a limit.

use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::domain_policy::DomainPolicy;
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::proof::Proof;
use shared::domain::user_record::{MailedProof, UserRecord};
use shared::store::{Change, Commit, MailRefund, Store, StoreError, within};
use shared::telemetry::{self, Metric};

use super::backoff::back_off;
use super::decision::Decision;
use super::{MailPolicy, MailTo, RequestOutcome, RequestVerification, VerificationRequest};

/// Each lost write was lost to a mail that was counted, so the limit itself ends the race. The rest
/// is room for transactions that DynamoDB refuses to run side by side.
const MAX_ATTEMPTS: u32 = 32;

/// Whether the mail may go.
pub(super) enum Reserved {
    /// It is counted, and its proof is on record.
    Counted(EmailAddress),
    NotMailed(RequestOutcome),
}

struct MailReservation<'a> {
    store: &'a Store,
    request: &'a VerificationRequest,
    proof: MailedProof,
    domains: &'a DomainPolicy,
    policy: MailPolicy,
    now: Timestamp,
    snapshot: Snapshot,
    /// The address of a write that may have been applied although its answer was lost.
    unanswered: Option<EmailAddress>,
}

/// Both items as last read. The first attempt assumes that neither exists, which saves a read.
#[derive(Default)]
struct Snapshot {
    user: Option<UserRecord>,
    address: Option<AddressRecord>,
}

impl RequestVerification {
    /// Stores the proof and counts its mail, or says why the request mails nothing.
    pub(super) async fn reserve(
        &self,
        request: &VerificationRequest,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<Reserved, StoreError> {
        let mut reservation = MailReservation {
            store: &self.store,
            request,
            proof: MailedProof {
                link: proof.token.digest(),
                code: proof
                    .code
                    .as_ref()
                    .map(|code| self.keys.digest(&request.user, code)),
                language: Some(request.locale.tag()),
            },
            domains: &self.domains,
            policy: self.policy,
            now,
            snapshot: Snapshot::default(),
            unanswered: None,
        };
        let reserved = within(self.timeouts.reserve, reservation.run()).await;
        if let Some(address) = &reservation.unanswered {
            // The write may be applied although its answers are lost. Nothing was mailed.
            let mail = proof.mail_id();
            self.refund(&request.user, address, &mail, MailRefund::CountAndProof)
                .await;
        }
        reserved
    }
}

impl MailReservation<'_> {
    async fn run(&mut self) -> Result<Reserved, StoreError> {
        match &self.request.to {
            MailTo::Address(address) if self.domains.accepts(address) => {}
            // It may be verified, or its mail sent before. No write will return the record.
            MailTo::Address(_) => {
                self.snapshot.user = self.store.find_user(&self.request.user).await?;
            }
            MailTo::AddressOnRecord | MailTo::ReaderOf(_) => self.read_items().await?,
        }
        for attempt in 0..MAX_ATTEMPTS {
            let Some(address) = self.address() else {
                return Ok(Reserved::NotMailed(RequestOutcome::NoAddress));
            };
            if self.is_on_record() {
                // An earlier attempt was applied, and its answer was lost.
                self.unanswered = None;
                return Ok(Reserved::Counted(address));
            }
            if let Some(duplicate) = self.duplicate(&address) {
                return Ok(Reserved::NotMailed(duplicate));
            }
            if let Some(outcome) = self.refusal(&address).await? {
                if let RequestOutcome::AlreadyVerified { .. } = outcome
                    && self.withdraw_move().await?
                {
                    continue;
                }
                if let RequestOutcome::Throttled { .. } = outcome {
                    telemetry::count(Metric::Throttled);
                }
                return Ok(Reserved::NotMailed(outcome));
            }
            if self.counts_elsewhere(&address) {
                return Err(StoreError::Contended);
            }
            match self.write(&address).await? {
                Commit::Written => return Ok(Reserved::Counted(address)),
                Commit::Stale {
                    user,
                    address: found,
                } => {
                    self.snapshot.user = user.or(self.snapshot.user.take());
                    self.snapshot.address = found.or(self.snapshot.address.take());
                    if !self.is_counted() {
                        self.unanswered = None;
                    }
                    self.follow_move(&address).await?;
                    // The first attempt was an assumption, so losing it is no race.
                    back_off(attempt, &self.proof.mail_id()).await;
                }
                Commit::Contended => back_off(attempt + 1, &self.proof.mail_id()).await,
            }
        }
        Err(StoreError::Contended)
    }

    /// For a request without an address: the address is on record. A wrong link costs the same
    /// calls as an unknown user.
    async fn read_items(&mut self) -> Result<(), StoreError> {
        self.snapshot.user = self.store.find_user(&self.request.user).await?;
        if let Some(address) = self.address() {
            telemetry::record_address(&address);
            self.snapshot.address = self.store.find_address(&address).await?;
        }
        Ok(())
    }

    /// The address to mail, by the current snapshot: a link that gave access to one attempt gives
    /// none to the next if a move removed it.
    fn address(&self) -> Option<EmailAddress> {
        let user = self.snapshot.user.as_ref();
        match &self.request.to {
            MailTo::Address(address) => Some(address.clone()),
            MailTo::AddressOnRecord => user.map(|user| user.address.clone()),
            MailTo::ReaderOf(link) => {
                let user = user.filter(|user| user.links.contains_key(link))?;
                Some(user.spelling(&MailId::of(link)).clone())
            }
        }
    }

    fn is_on_record(&self) -> bool {
        let has_link = |user: &UserRecord| user.links.contains_key(&self.proof.link);
        self.snapshot.user.as_ref().is_some_and(has_link)
    }

    /// Whether an earlier attempt was applied. A move or a refusal may have removed its link since.
    fn is_counted(&self) -> bool {
        let mail = self.proof.mail_id();
        let Snapshot { user, address } = &self.snapshot;
        let of_user = user.as_ref().map(|user| &user.mails);
        let of_address = address.as_ref().map(|address| &address.mails);
        let mut mails = [of_user, of_address].into_iter().flatten();
        mails.any(|mails| mails.timestamp(&mail).is_some())
    }

    /// Whether the mail is counted at another address, from which the user has moved since. One
    /// mail cannot count at both, so the caller has to ask again.
    fn counts_elsewhere(&self, address: &EmailAddress) -> bool {
        let earlier = self.unanswered.as_ref();
        earlier.is_some_and(|earlier| !earlier.is_same_mailbox(address))
    }

    /// The answer to an earlier request with the same key. It precedes every refusal, as the
    /// address may be verified, suppressed or at a limit since then.
    fn duplicate(&self, address: &EmailAddress) -> Option<RequestOutcome> {
        let request = self.request.key.as_ref()?.digest(address);
        let user = self.snapshot.user.as_ref()?;
        let earlier = user.earlier_request(&request, address, self.policy.lifetimes, self.now)?;
        // A move may have removed the proof of this very request after it was written.
        if earlier.mail == self.proof.mail_id() {
            return None;
        }
        telemetry::record_mail(&earlier.mail);
        Some(RequestOutcome::Duplicate {
            address: earlier.address,
            expires_at: earlier.expires_at,
        })
    }

    /// Why nothing is to be mailed. A refusal counts against no limit.
    async fn refusal(
        &mut self,
        address: &EmailAddress,
    ) -> Result<Option<RequestOutcome>, StoreError> {
        let mut decision = self.decide(address);
        if let (Decision::NeedsLastVerifiedAt { .. }, Some(record)) =
            (decision, &mut self.snapshot.address)
        {
            record.verified_at = last_verified_at(self.store, record, address).await?;
            decision = self.decide(address);
        }
        Ok(match decision {
            Decision::Mail => None,
            Decision::AlreadyVerified => Some(RequestOutcome::AlreadyVerified {
                address: address.clone(),
            }),
            Decision::DomainNotAllowed => Some(RequestOutcome::DomainNotAllowed),
            Decision::Suppressed => Some(RequestOutcome::Suppressed),
            Decision::Throttled { retry_after } | Decision::NeedsLastVerifiedAt { retry_after } => {
                Some(RequestOutcome::Throttled { retry_after })
            }
        })
    }

    fn decide(&self, address: &EmailAddress) -> Decision {
        let Snapshot {
            user,
            address: record,
        } = &self.snapshot;
        Decision::of(
            user.as_ref(),
            record.as_ref(),
            address,
            self.domains,
            self.policy.limit,
            self.now,
        )
    }

    async fn write(&mut self, address: &EmailAddress) -> Result<Commit, StoreError> {
        let Self { proof, now, .. } = *self;
        let user_id = self.request.user;
        let lifetimes = self.policy.lifetimes;
        let user =
            UserRecord::with_proof(self.snapshot.user.as_ref(), address, proof, lifetimes, now);
        let user = match &self.request.key {
            Some(key) => user.with_request(key.digest(address), proof.mail_id()),
            None => user,
        };
        let record = AddressRecord::with_mail(
            self.snapshot.address.as_ref(),
            proof.mail_id(),
            user_id,
            self.policy.limit.to_unverified,
            now,
        );
        // Set before the call, as the caller's timeout may end it.
        let earlier = self.unanswered.replace(address.clone());
        let commit = self.store.commit_request(&user_id, &user, &record).await;
        match commit {
            Ok(Commit::Written) => self.unanswered = None,
            // This write did nothing. An earlier one may be applied.
            Err(StoreError::Refused(_) | StoreError::Malformed(_)) => self.unanswered = earlier,
            Ok(Commit::Stale { .. } | Commit::Contended) | Err(_) => {}
        }
        commit
    }

    /// Withdraws a pending move to another address, if there is one: a user who asks for the
    /// verified address again has come back to it, so the mail to the other address must not move
    /// the user any more. Returns whether the record changed since it was read, so that the request
    /// has to be decided again.
    async fn withdraw_move(&mut self) -> Result<bool, StoreError> {
        let user = self.snapshot.user.as_ref();
        let Some(withdrawn) = user.and_then(|user| user.with_move_withdrawn(self.now)) else {
            return Ok(false);
        };
        let id = &self.request.user;
        if let Change::Done = self.store.commit_withdrawal(id, &withdrawn).await? {
            return Ok(false);
        }
        let current = self.store.find_user(id).await?;
        let is_changed = current.is_some();
        self.snapshot.user = current.or(self.snapshot.user.take());
        Ok(is_changed)
    }

    /// Reads the item of another address if a request without one lost its write to a move there.
    async fn follow_move(&mut self, written: &EmailAddress) -> Result<(), StoreError> {
        let user = self.snapshot.user.as_ref();
        let moved = user.filter(|user| !user.address.is_same_mailbox(written));
        if let (MailTo::AddressOnRecord, Some(user)) = (&self.request.to, moved) {
            self.snapshot.address = self.store.find_address(&user.address).await?;
        }
        Ok(())
    }
}

/// The newest verification of this address by any user for whom it was mailed.
async fn last_verified_at(
    store: &Store,
    record: &AddressRecord,
    address: &EmailAddress,
) -> Result<Option<Timestamp>, StoreError> {
    let mut newest = None;
    for (user, _) in record.mailed_users.events() {
        let verified = store.find_user(user).await?.and_then(|user| user.verified);
        let of_address = verified.filter(|verified| verified.address.is_same_mailbox(address));
        newest = newest.max(of_address.map(|verified| verified.at));
    }
    Ok(newest)
}
