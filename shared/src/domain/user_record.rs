//! The record of a user: the address of the newest request, its proofs, and what is verified.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;
use crate::domain::idempotency_key::RequestDigest;
use crate::domain::link_token::LinkDigest;
use crate::domain::mail_id::MailId;
use crate::domain::proof::ProofLifetimes;
use crate::domain::rate_limit::{CodeLimit, MailLimit, RateLimit, SlidingWindow};
use crate::domain::refusal::InvalidatedLink;
use crate::domain::verification_code::CodeDigest;
use crate::domain::version::Version;

/// How long an expired link stays on record, so that the answer is "expired" and not "invalid".
pub const EXPIRED_LINK_RETENTION: Duration = Duration::from_hours(7 * 24);

/// The newest links that are kept. The limit keeps the item small, whatever `MAILS_PER_DAY` allows.
const MAX_LINKS: usize = 100;
/// The newest links that are kept of a day's mails that are not counted: they were refunded after a
/// 5xx of SES, or an operator printed the proof. No rate limit bounds how many there are.
const MAX_UNCOUNTED_LINKS: usize = 20;
/// The newest invalidated links that are kept. With an ordinary address in each, they are 10 KB,
/// which every write of the item costs.
const MAX_INVALIDATED_LINKS: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    pub version: Version,
    /// The address of the newest request. All proofs on record are for this address.
    pub address: EmailAddress,
    /// Of this or an earlier address.
    pub verified: Option<Verification>,
    /// The mailed links, each with its expiry.
    pub links: BTreeMap<LinkDigest, Timestamp>,
    /// The codes of the mails that count.
    pub codes: BTreeMap<MailId, MailedCode>,
    /// The spellings of mails that differ from that of `address`.
    pub spellings: BTreeMap<MailId, EmailAddress>,
    pub mails: SlidingWindow<MailId>,
    /// The language of the newest mail, as a BCP 47 tag. `None`: no mail is known to have one.
    pub mail_language: Option<String>,
    /// The requests that had an `Idempotency-Key`, of any address, each with its mail.
    pub requests: BTreeMap<RequestDigest, MailId>,
    /// The links that refusals and moves invalidated, of any address.
    pub invalidated_links: BTreeMap<LinkDigest, InvalidatedLink>,
}

/// A code as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailedCode {
    pub digest: CodeDigest,
    pub expires_at: Timestamp,
    /// The version of the record with which it was written. It orders the codes.
    pub version: Version,
}

/// A proof as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailedProof {
    pub link: LinkDigest,
    /// `None`: no code was mailed.
    pub code: Option<CodeDigest>,
    /// The language of its mail, as a BCP 47 tag. `None`: no mail carries it.
    pub language: Option<&'static str>,
}

impl MailedProof {
    /// The id of the mail that carries this proof.
    #[must_use]
    pub fn mail_id(&self) -> MailId {
        MailId::of(&self.link)
    }
}

/// A request with an `Idempotency-Key` whose mail still counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierRequest {
    pub mail: MailId,
    /// In the spelling of the mail.
    pub address: EmailAddress,
    /// When its link expires.
    pub expires_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// In the spelling of the mail.
    pub address: EmailAddress,
    /// When it was first proven.
    pub at: Timestamp,
}

/// What verified an address: a proof, or the word of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ProofMethod {
    Link,
    Code,
    Operator,
}

impl ProofMethod {
    /// The word on record and in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeStanding {
    /// It works. With its mail.
    Live(MailId),
    /// It was mailed in the last 24 hours, and expired or was displaced by newer ones.
    Expired,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    Live,
    Expired,
    /// Not a link of the address on record, or dropped by a write after it had been expired for
    /// [`EXPIRED_LINK_RETENTION`].
    Unknown,
}

impl UserRecord {
    /// The record after `proof` of `address` is mailed at `now`. A new address replaces the one on
    /// record and invalidates its proofs.
    #[must_use]
    pub fn with_proof(
        current: Option<&Self>,
        address: &EmailAddress,
        proof: MailedProof,
        lifetimes: ProofLifetimes,
        now: Timestamp,
    ) -> Self {
        let same_address = current.filter(|record| record.address.is_same_mailbox(address));
        let mut links = same_address
            .map(|record| record.kept_links(lifetimes, now))
            .unwrap_or_default();
        links.insert(proof.link, now.plus(lifetimes.link));
        let version = current.map_or_else(
            || Version::first_by_mail(&proof.mail_id()),
            |record| record.version.next(),
        );
        // Codes that the new one displaces stay on record: they work again if its mail is refunded.
        let mut codes: BTreeMap<_, _> = same_address
            .map(|record| record.recent_codes(now).collect())
            .unwrap_or_default();
        let of_links: BTreeSet<_> = links.keys().map(MailId::of).collect();
        codes.retain(|mail, _| of_links.contains(mail));
        codes.extend(proof.code.map(|digest| {
            let code = MailedCode {
                digest,
                expires_at: now.plus(lifetimes.code),
                version,
            };
            (proof.mail_id(), code)
        }));
        let spellings = same_address
            .map(|record| record.spellings_beside(address, &links))
            .unwrap_or_default();
        let invalidated_links = match (same_address, current) {
            (Some(record), _) => newest(record.recently_invalidated(now)),
            (None, Some(moved)) => moved.with_links_invalidated(now),
            (None, None) => BTreeMap::new(),
        };
        let mails = current
            .map(|record| record.mails.clone())
            .unwrap_or_default();
        let keep = RateLimit {
            max: MAX_LINKS,
            window: MailLimit::WINDOW,
        };
        let known_language = || current.and_then(|record| record.mail_language.clone());
        let mails = mails.with(proof.mail_id(), keep, now);
        let requests = current
            .map(|record| record.requests_of(&mails))
            .unwrap_or_default();
        Self {
            version,
            address: address.clone(),
            verified: current.and_then(|record| record.verified.clone()),
            links,
            codes,
            spellings,
            mails,
            requests,
            invalidated_links,
            mail_language: proof.language.map(str::to_owned).or_else(known_language),
        }
    }

    /// The same record, with the request that is known by this digest and asked for `mail`.
    #[must_use]
    pub fn with_request(mut self, request: RequestDigest, mail: MailId) -> Self {
        self.requests.insert(request, mail);
        self
    }

    /// The earlier request with this digest, for `address`. A request whose mail was refunded may
    /// be made again.
    #[must_use]
    pub fn earlier_request(
        &self,
        request: &RequestDigest,
        address: &EmailAddress,
        lifetimes: ProofLifetimes,
        now: Timestamp,
    ) -> Option<EarlierRequest> {
        let mail = *self.requests.get(request)?;
        let counted_at = self.mails.timestamp(&mail)?;
        if counted_at.plus(MailLimit::WINDOW) <= now {
            return None;
        }
        let mut links = self.links.keys().chain(self.invalidated_links.keys());
        let link = links.find(|link| MailId::of(link) == mail);
        let expires_at = link.and_then(|link| self.links.get(link)).copied();
        Some(EarlierRequest {
            mail,
            // A verification has removed the links of other addresses.
            address: link
                .and_then(|link| self.mailed_to(link))
                .unwrap_or(address)
                .clone(),
            expires_at: expires_at.unwrap_or_else(|| counted_at.plus(lifetimes.link)),
        })
    }

    /// The address to which this link was mailed, whether or not the link still works. `None`: no
    /// link of this user on record.
    #[must_use]
    pub fn mailed_to(&self, link: &LinkDigest) -> Option<&EmailAddress> {
        if self.links.contains_key(link) {
            return Some(self.spelling(&MailId::of(link)));
        }
        let invalidated = self.invalidated_links.get(link);
        invalidated.map(|invalidated| &invalidated.email)
    }

    /// The address to which this link was mailed, if its reader refused mail since then.
    #[must_use]
    pub fn refused_by(&self, link: &LinkDigest) -> Option<&EmailAddress> {
        let invalidated = self.invalidated_links.get(link);
        let refused = invalidated.filter(|invalidated| invalidated.refused);
        refused.map(|refused| &refused.email)
    }

    /// Whether a proof of this address is on record.
    #[must_use]
    pub fn has_proof_of(&self, address: &EmailAddress) -> bool {
        self.address.is_same_mailbox(address) && !(self.links.is_empty() && self.codes.is_empty())
    }

    /// The record after the reader of `address` refuses mail at `now`: its links and codes are
    /// invalid. A verification stays.
    #[must_use]
    pub fn with_refusal(&self, address: &EmailAddress, now: Timestamp) -> Self {
        let mut refused = self.clone();
        // First, as one that is older than a month may be the one that refuses.
        refused.mark_refused(address, now);
        if self.address.is_same_mailbox(address) {
            refused = refused.without_proofs(now);
            refused.mark_refused(address, now);
            return refused;
        }
        Self {
            version: self.version.next(),
            invalidated_links: refused.recently_invalidated(now),
            ..refused
        }
    }

    fn mark_refused(&mut self, address: &EmailAddress, now: Timestamp) {
        let links = self.invalidated_links.values_mut();
        for link in links.filter(|link| link.email.is_same_mailbox(address)) {
            link.at = now;
            link.refused = true;
        }
    }

    /// The record after a pending move is withdrawn at `now`: the verified address is the user's
    /// address again, and the proofs of the other one are invalid. `None`: no move is pending.
    #[must_use]
    pub fn with_move_withdrawn(&self, now: Timestamp) -> Option<Self> {
        let verified = self.verified.as_ref()?;
        if verified.address.is_same_mailbox(&self.address) {
            return None;
        }
        Some(Self {
            address: verified.address.clone(),
            ..self.without_proofs(now)
        })
    }

    /// The address in the spelling of `mail`.
    #[must_use]
    pub fn spelling(&self, mail: &MailId) -> &EmailAddress {
        self.spellings.get(mail).unwrap_or(&self.address)
    }

    /// The verification of the address on record, and of no earlier one.
    #[must_use]
    pub fn verification(&self) -> Option<&Verification> {
        self.verified
            .as_ref()
            .filter(|verified| verified.address.is_same_mailbox(&self.address))
    }

    #[must_use]
    pub fn link_standing(&self, link: &LinkDigest, now: Timestamp) -> LinkStanding {
        match self.links.get(link) {
            Some(expires_at) if *expires_at > now => LinkStanding::Live,
            Some(_) => LinkStanding::Expired,
            None => LinkStanding::Unknown,
        }
    }

    #[must_use]
    pub fn code_standing(
        &self,
        digests: &[CodeDigest],
        limit: CodeLimit,
        now: Timestamp,
    ) -> CodeStanding {
        let is_right = |(_, code): &(MailId, MailedCode)| digests.contains(&code.digest);
        if let Some((mail, _)) = self.live_codes(limit, now).find(is_right) {
            CodeStanding::Live(mail)
        } else if self.recent_codes(now).any(|recent| is_right(&recent)) {
            CodeStanding::Expired
        } else {
            CodeStanding::Unknown
        }
    }

    /// When the item expires. `None`: a verified address stays.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        if self.verified.is_some() {
            return None;
        }
        let links_until = self
            .links
            .values()
            .max()
            .map(|expired| expired.plus(EXPIRED_LINK_RETENTION));
        let invalidated = self.invalidated_links.values();
        links_until
            .max(self.mails.empty_from(MailLimit::WINDOW))
            .max(invalidated.map(InvalidatedLink::expires_at).max())
    }

    /// The newest codes that have not expired. Behind the newest one, those of counted mails come
    /// first, so that an outage of SES does not displace the codes that arrived.
    fn live_codes(
        &self,
        limit: CodeLimit,
        now: Timestamp,
    ) -> impl Iterator<Item = (MailId, MailedCode)> {
        let unexpired = self.codes.iter().filter(|(_, code)| code.expires_at > now);
        let mut codes: Vec<_> = unexpired.map(|(mail, code)| (*mail, *code)).collect();
        codes.sort_by_key(|(_, code)| std::cmp::Reverse(code.version));
        if let Some((_newest, others)) = codes.split_first_mut() {
            others.sort_by_key(|(mail, _)| !self.counts(mail));
        }
        codes.into_iter().take(limit.live_codes)
    }

    /// Whether this mail is in the rate limits.
    fn counts(&self, mail: &MailId) -> bool {
        self.mails.timestamp(mail).is_some()
    }

    /// The codes of the last 24 hours, whose mails still count. Also a live one whose mail was
    /// refunded: somebody may have received it.
    fn recent_codes(&self, now: Timestamp) -> impl Iterator<Item = (MailId, MailedCode)> {
        let codes = self.codes.iter().map(|(mail, code)| (*mail, *code));
        codes.filter(move |(mail, code)| {
            let counts = |at: Timestamp| at.plus(MailLimit::WINDOW) > now;
            code.expires_at > now || self.mails.timestamp(mail).is_some_and(counts)
        })
    }

    /// The spellings in the mails of `links` that differ from `address`.
    fn spellings_beside(
        &self,
        address: &EmailAddress,
        links: &BTreeMap<LinkDigest, Timestamp>,
    ) -> BTreeMap<MailId, EmailAddress> {
        let kept = self.links.keys().filter(|link| links.contains_key(*link));
        kept.map(MailId::of)
            .map(|mail| (mail, self.spelling(&mail).clone()))
            .filter(|(_, spelling)| spelling.deliverable() != address.deliverable())
            .collect()
    }

    /// The requests whose mails are among `mails`.
    fn requests_of(&self, mails: &SlidingWindow<MailId>) -> BTreeMap<RequestDigest, MailId> {
        let requests = self.requests.iter();
        let kept = requests.filter(|(_, mail)| mails.timestamp(mail).is_some());
        kept.map(|(request, mail)| (*request, *mail)).collect()
    }

    fn without_proofs(&self, now: Timestamp) -> Self {
        Self {
            version: self.version.next(),
            links: BTreeMap::new(),
            codes: BTreeMap::new(),
            spellings: BTreeMap::new(),
            invalidated_links: self.with_links_invalidated(now),
            ..self.clone()
        }
    }

    /// The invalidated links, once those of the address on record are among them.
    fn with_links_invalidated(&self, now: Timestamp) -> BTreeMap<LinkDigest, InvalidatedLink> {
        let mut invalidated = self.recently_invalidated(now);
        invalidated.extend(self.links.keys().map(|link| {
            let email = self.spelling(&MailId::of(link)).clone();
            let invalidated = InvalidatedLink {
                at: now,
                email,
                refused: false,
            };
            (*link, invalidated)
        }));
        newest(invalidated)
    }

    fn recently_invalidated(&self, now: Timestamp) -> BTreeMap<LinkDigest, InvalidatedLink> {
        let links = self.invalidated_links.iter();
        let recent = links.filter(|(_, invalidated)| invalidated.expires_at() > now);
        recent
            .map(|(link, invalidated)| (*link, invalidated.clone()))
            .collect()
    }

    fn kept_links(
        &self,
        lifetimes: ProofLifetimes,
        now: Timestamp,
    ) -> BTreeMap<LinkDigest, Timestamp> {
        let mut links: Vec<_> = self
            .links
            .iter()
            .filter(|(_, expires_at)| expires_at.plus(EXPIRED_LINK_RETENTION) > now)
            .map(|(link, expires_at)| (*link, *expires_at))
            .collect();
        links.sort_unstable_by_key(|(_, expires_at)| std::cmp::Reverse(*expires_at));
        // Older mails have left the rate limits, too. After a change of the lifetime it is a guess.
        let is_of_last_day =
            |expires_at: Timestamp| expires_at.plus(MailLimit::WINDOW) > now.plus(lifetimes.link);
        let mut uncounted = 0;
        links.retain(|(link, expires_at)| {
            let is_uncounted = is_of_last_day(*expires_at) && !self.counts(&MailId::of(link));
            uncounted += usize::from(is_uncounted);
            !is_uncounted || uncounted <= MAX_UNCOUNTED_LINKS
        });
        links.truncate(MAX_LINKS - 1);
        links.into_iter().collect()
    }
}

fn newest(links: BTreeMap<LinkDigest, InvalidatedLink>) -> BTreeMap<LinkDigest, InvalidatedLink> {
    let mut links: Vec<_> = links.into_iter().collect();
    links.sort_by_key(|(_, invalidated)| std::cmp::Reverse(invalidated.at));
    links.truncate(MAX_INVALIDATED_LINKS);
    links.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: CodeLimit = CodeLimit::DEFAULT;
    use crate::domain::idempotency_key::IdempotencyKey;
    use crate::domain::link_token::LinkToken;

    fn link(number: u8) -> LinkDigest {
        LinkToken::from_random([number; 32]).digest()
    }

    fn mail(number: u8) -> MailId {
        MailId::of(&link(number))
    }

    fn code(number: u8) -> CodeDigest {
        CodeDigest::from_bytes(&[number; 32]).unwrap()
    }

    fn ada() -> EmailAddress {
        EmailAddress::parse("ada@example.com").unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    fn requested(
        current: Option<&UserRecord>,
        address: &EmailAddress,
        number: u8,
        now: Timestamp,
    ) -> UserRecord {
        let proof = MailedProof {
            link: link(number),
            code: Some(code(number)),
            language: None,
        };
        UserRecord::with_proof(current, address, proof, ProofLifetimes::DEFAULT, now)
    }

    #[test]
    fn earlier_links_keep_working() {
        let first = requested(None, &ada(), 1, at(0));
        let second = requested(Some(&first), &ada(), 2, at(60));
        assert_eq!(second.link_standing(&link(1), at(60)), LinkStanding::Live);
        assert_eq!(second.link_standing(&link(2), at(60)), LinkStanding::Live);
        assert_eq!(second.version, first.version.next());
    }

    #[test]
    fn mails_before_a_move_still_count() {
        let first = requested(None, &ada(), 1, at(0));
        let moved = requested(
            Some(&first),
            &EmailAddress::parse("ada@example.org").unwrap(),
            2,
            at(60),
        );
        assert_eq!(moved.link_standing(&link(1), at(60)), LinkStanding::Unknown);
        assert_eq!(moved.mails.events().count(), 2);
    }

    #[test]
    fn a_link_works_until_it_expires() {
        let record = requested(None, &ada(), 1, at(0));
        assert_eq!(
            record.link_standing(&link(1), at(24 * 60 * 60 - 1)),
            LinkStanding::Live
        );
        assert_eq!(
            record.link_standing(&link(1), at(24 * 60 * 60)),
            LinkStanding::Expired
        );
        assert_eq!(record.link_standing(&link(9), at(0)), LinkStanding::Unknown);
    }

    #[test]
    fn a_refusal_invalidates_all_proofs() {
        let spelled = EmailAddress::parse("Ada@example.com").unwrap();
        let first = requested(None, &spelled, 1, at(0));
        let second = requested(Some(&first), &ada(), 2, at(60));
        let refused = second.with_refusal(&spelled, at(90));
        for number in [1, 2] {
            let standing = refused.link_standing(&link(number), at(90));
            assert_eq!(standing, LinkStanding::Unknown);
            let standing = refused.code_standing(&[code(number)], LIMIT, at(90));
            assert_eq!(standing, CodeStanding::Unknown);
        }
        // The links still name the address, each in the spelling of its mail.
        let named = |number| {
            refused
                .mailed_to(&link(number))
                .map(EmailAddress::deliverable)
        };
        assert_eq!(named(1), Some("Ada@example.com"));
        assert_eq!(named(2), Some("ada@example.com"));
        assert_eq!(named(3), None);
        assert!(second.has_proof_of(&spelled) && !refused.has_proof_of(&spelled));
        assert!(refused.spellings.is_empty());
        assert_eq!(refused.mails, second.mails, "its mails still count");
        assert_eq!(refused.version, second.version.next());
        let month = 30 * 24 * 60 * 60;
        assert_eq!(refused.expires_at(), Some(at(90 + month)));
    }

    #[test]
    fn a_link_alone_is_a_proof() {
        let proof = MailedProof {
            link: link(1),
            code: None,
            language: None,
        };
        let record = UserRecord::with_proof(None, &ada(), proof, ProofLifetimes::DEFAULT, at(0));
        assert!(record.has_proof_of(&ada()));
    }

    #[test]
    fn a_code_outlives_its_refunded_mail() {
        let refunded = UserRecord {
            mails: SlidingWindow::default(),
            ..requested(None, &ada(), 1, at(0))
        };
        let standing = |now| {
            let next = requested(Some(&refunded), &ada(), 2, now);
            next.code_standing(&[code(1)], LIMIT, now)
        };
        let expires_at = refunded.codes[&mail(1)].expires_at;
        assert_eq!(standing(at(60)), CodeStanding::Live(mail(1)));
        assert_eq!(standing(expires_at), CodeStanding::Unknown);
    }

    /// The record after these requests, a second apart, each refunded after a 5xx of SES.
    fn failed(record: UserRecord, numbers: std::ops::RangeInclusive<u8>) -> UserRecord {
        numbers.fold(record, |record, number| {
            let next = requested(Some(&record), &ada(), number, at(i64::from(number)));
            UserRecord {
                mails: record.mails,
                ..next
            }
        })
    }

    #[test]
    fn an_outage_displaces_no_counted_code() {
        let counted = requested(Some(&requested(None, &ada(), 1, at(1))), &ada(), 2, at(2));
        let record = failed(counted, 3..=50);
        let standing = |number| record.code_standing(&[code(number)], LIMIT, at(51));
        for number in [1, 2, 50] {
            assert_eq!(standing(number), CodeStanding::Live(mail(number)));
        }
        assert_eq!(standing(49), CodeStanding::Expired);
        assert_eq!(standing(20), CodeStanding::Unknown);
        let next = requested(Some(&record), &ada(), 51, at(51));
        let standing = |number| next.code_standing(&[code(number)], LIMIT, at(51));
        for number in [1, 2, 51] {
            assert_eq!(standing(number), CodeStanding::Live(mail(number)));
        }
        // A counted one displaces the oldest, as always.
        let next = requested(Some(&next), &ada(), 52, at(52));
        let standing = |number| next.code_standing(&[code(number)], LIMIT, at(52));
        for number in [2, 51, 52] {
            assert_eq!(standing(number), CodeStanding::Live(mail(number)));
        }
        assert_eq!(standing(1), CodeStanding::Expired);
    }

    #[test]
    fn three_uncounted_codes_work() {
        let record = failed(requested(None, &ada(), 1, at(1)), 2..=4);
        let record = UserRecord {
            mails: SlidingWindow::default(),
            ..record
        };
        let standing = |number| record.code_standing(&[code(number)], LIMIT, at(5));
        for number in [2, 3, 4] {
            assert_eq!(standing(number), CodeStanding::Live(mail(number)));
        }
        assert_eq!(standing(1), CodeStanding::Expired);
    }

    #[test]
    fn an_outage_displaces_no_counted_link() {
        let record = failed(requested(None, &ada(), 1, at(1)), 2..=200);
        let standing = |number| record.link_standing(&link(number), at(201));
        for number in [1, 200, 199, 180] {
            assert_eq!(standing(number), LinkStanding::Live, "{number}");
        }
        assert_eq!(standing(179), LinkStanding::Unknown);
        let kept = MAX_UNCOUNTED_LINKS + 2;
        assert_eq!((record.links.len(), record.codes.len()), (kept, kept));
    }

    #[test]
    fn links_older_than_a_day_are_kept() {
        let lifetimes = ProofLifetimes {
            link: Duration::from_hours(7 * 24),
            ..ProofLifetimes::DEFAULT
        };
        let day = 24 * 60 * 60;
        let count = u8::try_from(MAX_UNCOUNTED_LINKS).unwrap() + 3;
        let record = (0..count).fold(None, |record: Option<UserRecord>, number| {
            let proof = MailedProof {
                link: link(number),
                code: None,
                language: None,
            };
            // The last two in the second in which the others leave the rate limits.
            let now = at(if number < count - 2 { 0 } else { day });
            let record = UserRecord::with_proof(record.as_ref(), &ada(), proof, lifetimes, now);
            Some(record)
        });
        assert_eq!(record.unwrap().links.len(), usize::from(count));
    }

    #[test]
    fn a_later_refusal_keeps_links_longer() {
        let refused = requested(None, &ada(), 1, at(0)).with_refusal(&ada(), at(5));
        let work = EmailAddress::parse("ada@example.org").unwrap();
        let moved = requested(Some(&refused), &work, 2, at(60));
        assert_eq!(moved.mailed_to(&link(1)), Some(&ada()));
        assert_eq!(moved.mailed_to(&link(2)), Some(&work));
        // The other address is not refused by the link of the first one.
        let again = moved.with_refusal(&ada(), at(90));
        assert_eq!(again.link_standing(&link(2), at(90)), LinkStanding::Live);
        assert_eq!(again.invalidated_links[&link(1)].at, at(90));
        assert_eq!(again.version, moved.version.next());
        let month = 30 * 24 * 60 * 60;
        let later = requested(Some(&again), &work, 3, at(90 + month));
        assert_eq!(later.mailed_to(&link(1)), None);
        let of_another = EmailAddress::parse("ada@example.net").unwrap();
        let refused = moved.with_refusal(&of_another, at(5 + month));
        assert_eq!(refused.mailed_to(&link(1)), None);
    }

    #[test]
    fn links_of_a_move_name_their_address() {
        let spelled = EmailAddress::parse("Ada@example.com").unwrap();
        let first = requested(None, &spelled, 1, at(0));
        let second = requested(Some(&first), &ada(), 2, at(1));
        let work = EmailAddress::parse("ada@example.org").unwrap();
        let moved = requested(Some(&second), &work, 3, at(2));
        let named = |number| moved.mailed_to(&link(number)).unwrap().deliverable();
        assert_eq!(
            [1, 2, 3].map(named),
            ["Ada@example.com", "ada@example.com", "ada@example.org"]
        );
        assert_eq!(moved.links.len(), 1);
        let month = 30 * 24 * 60 * 60;
        assert_eq!(moved.expires_at(), Some(at(2 + month)));
        let refused = moved.with_refusal(&ada(), at(3));
        assert_eq!(
            (&refused.links, &refused.codes),
            (&moved.links, &moved.codes)
        );
        assert_eq!(refused.expires_at(), Some(at(3 + month)));
    }

    #[test]
    fn a_withdrawn_move_names_its_address() {
        let mut record = requested(None, &ada(), 1, at(0));
        assert_eq!(record.with_move_withdrawn(at(1)), None);
        record.verified = Some(Verification {
            address: EmailAddress::parse("Ada@example.com").unwrap(),
            at: at(1),
        });
        assert_eq!(record.with_move_withdrawn(at(1)), None);
        let work = EmailAddress::parse("ada@example.org").unwrap();
        let moved = requested(Some(&record), &work, 2, at(2));
        let back = moved.with_move_withdrawn(at(3)).unwrap();
        assert_eq!(back.address.deliverable(), "Ada@example.com");
        assert_eq!(back.mailed_to(&link(2)), Some(&work));
        assert_eq!(back.link_standing(&link(2), at(3)), LinkStanding::Unknown);
        assert_eq!(back.version, moved.version.next());
    }

    #[test]
    fn only_the_newest_invalidated_links_stay() {
        let addresses = [ada(), EmailAddress::parse("ada@example.org").unwrap()];
        let moves = (0..=150_u8).fold(None, |current: Option<UserRecord>, number| {
            let address = &addresses[usize::from(number % 2)];
            let now = at(i64::from(number));
            Some(requested(current.as_ref(), address, number, now))
        });
        let record = moves.unwrap();
        for record in [&record, &record.with_refusal(&ada(), at(200))] {
            assert_eq!(record.invalidated_links.len(), MAX_INVALIDATED_LINKS);
        }
        assert_eq!(record.mailed_to(&link(49)), None);
        assert_eq!(record.mailed_to(&link(50)), Some(&ada()));
    }

    #[test]
    fn the_newest_three_codes_work() {
        let record = (1..=4).fold(None, |current: Option<UserRecord>, number| {
            Some(requested(
                current.as_ref(),
                &ada(),
                number,
                at(i64::from(number)),
            ))
        });
        let record = record.unwrap();
        assert_eq!(
            record.code_standing(&[code(1)], LIMIT, at(4)),
            CodeStanding::Expired
        );
        for number in 2..=4 {
            assert_eq!(
                record.code_standing(&[code(9), code(number)], LIMIT, at(4)),
                CodeStanding::Live(mail(number))
            );
        }
    }

    #[test]
    fn a_code_works_until_it_expires() {
        let record = requested(None, &ada(), 1, at(0));
        assert_eq!(
            record.code_standing(&[code(1)], LIMIT, at(30 * 60 - 1)),
            CodeStanding::Live(mail(1))
        );
        assert_eq!(
            record.code_standing(&[code(1)], LIMIT, at(30 * 60)),
            CodeStanding::Expired
        );
    }

    #[test]
    fn a_code_of_yesterday_is_unknown() {
        let record = requested(None, &ada(), 1, at(0));
        let day = 24 * 60 * 60;
        let standing = |seconds| record.code_standing(&[code(1)], LIMIT, at(seconds));
        assert_eq!(standing(day - 1), CodeStanding::Expired);
        assert_eq!(standing(day), CodeStanding::Unknown);
        let resent = requested(Some(&record), &ada(), 2, at(day));
        assert_eq!(resent.codes.len(), 1);
    }

    #[test]
    fn each_mail_keeps_its_spelling() {
        let spelled = |text| EmailAddress::parse(text).unwrap();
        let first = requested(None, &spelled("Ada@example.com"), 1, at(0));
        let second = requested(Some(&first), &spelled("ADA@example.com"), 2, at(1));
        let third = requested(Some(&second), &spelled("Ada@example.com"), 3, at(2));
        let spelling = |number| third.spelling(&mail(number)).deliverable();
        assert_eq!(spelling(1), "Ada@example.com");
        assert_eq!(spelling(2), "ADA@example.com");
        assert_eq!(spelling(3), "Ada@example.com");
        assert_eq!(third.spellings.len(), 1, "only what differs is kept");
        let moved = requested(Some(&third), &spelled("ada@example.org"), 4, at(3));
        assert_eq!(moved.spellings.len(), 0);
    }

    fn request(address: &str) -> RequestDigest {
        let address = EmailAddress::parse(address).unwrap();
        IdempotencyKey::parse("k").unwrap().digest(&address)
    }

    /// Ada's request, with the first mail.
    fn keyed() -> UserRecord {
        let spelled = EmailAddress::parse("Ada@example.com").unwrap();
        requested(None, &spelled, 1, at(0)).with_request(request("ada@example.com"), mail(1))
    }

    fn earlier(record: &UserRecord, now: Timestamp) -> Option<EarlierRequest> {
        let digest = request("ada@example.com");
        record.earlier_request(&digest, &ada(), ProofLifetimes::DEFAULT, now)
    }

    #[test]
    fn a_request_is_known_for_a_day() {
        let day = 24 * 60 * 60;
        let record = requested(Some(&keyed()), &ada(), 2, at(60));
        let known = earlier(&record, at(day - 1)).unwrap();
        assert_eq!((known.mail, known.expires_at), (mail(1), at(day)));
        assert_eq!(known.address.deliverable(), "Ada@example.com");
        assert_eq!(earlier(&record, at(day)), None);
        let next_day = requested(Some(&record), &ada(), 3, at(day));
        assert!(
            next_day.requests.is_empty(),
            "it leaves with the next write"
        );
    }

    #[test]
    fn a_move_keeps_earlier_requests() {
        let bob = EmailAddress::parse("bob@example.com").unwrap();
        let moved = requested(Some(&keyed()), &bob, 2, at(60));
        let known = earlier(&moved, at(61)).unwrap();
        assert_eq!((known.mail, known.expires_at), (mail(1), at(24 * 60 * 60)));
        assert_eq!(known.address.deliverable(), "Ada@example.com");
        let of_bob = request("bob@example.com");
        let lifetimes = ProofLifetimes::DEFAULT;
        assert_eq!(
            moved.earlier_request(&of_bob, &bob, lifetimes, at(61)),
            None
        );
    }

    #[test]
    fn a_refund_frees_the_request() {
        let refunded = UserRecord {
            mails: SlidingWindow::default(),
            ..keyed()
        };
        assert_eq!(earlier(&refunded, at(1)), None);
        let again = requested(Some(&refunded), &ada(), 2, at(1));
        assert!(again.requests.is_empty());
    }

    #[test]
    fn lifetimes_are_settings() {
        let lifetimes = ProofLifetimes {
            link: Duration::from_hours(1),
            code: Duration::from_mins(5),
        };
        let proof = MailedProof {
            link: link(1),
            code: Some(code(1)),
            language: Some("de"),
        };
        let record = UserRecord::with_proof(None, &ada(), proof, lifetimes, at(0));
        assert_eq!(
            record.code_standing(&[code(1)], LIMIT, at(299)),
            CodeStanding::Live(mail(1))
        );
        assert_eq!(
            record.code_standing(&[code(1)], LIMIT, at(300)),
            CodeStanding::Expired
        );
        assert_eq!(
            record.link_standing(&link(1), at(3_599)),
            LinkStanding::Live
        );
        assert_eq!(
            record.link_standing(&link(1), at(3_600)),
            LinkStanding::Expired
        );
    }

    #[test]
    fn a_link_alone_keeps_earlier_codes() {
        let first = requested(None, &ada(), 1, at(0));
        let proof = MailedProof {
            link: link(2),
            code: None,
            language: None,
        };
        let lifetimes = ProofLifetimes::DEFAULT;
        let second = UserRecord::with_proof(Some(&first), &ada(), proof, lifetimes, at(1));
        assert_eq!(second.link_standing(&link(2), at(1)), LinkStanding::Live);
        assert_eq!(second.codes, first.codes);
        let alone = UserRecord::with_proof(None, &ada(), proof, lifetimes, at(1));
        assert_eq!(alone.codes.len(), 0);
    }

    #[test]
    fn a_move_invalidates_codes() {
        let first = requested(None, &ada(), 1, at(0));
        let moved = requested(
            Some(&first),
            &EmailAddress::parse("ada@example.org").unwrap(),
            2,
            at(1),
        );
        assert_eq!(
            moved.code_standing(&[code(1)], LIMIT, at(1)),
            CodeStanding::Unknown
        );
        assert_eq!(
            moved.code_standing(&[code(2)], LIMIT, at(1)),
            CodeStanding::Live(mail(2))
        );
    }

    #[test]
    fn expired_links_are_kept_a_week() {
        let first = requested(None, &ada(), 1, at(0));
        let week_and_a_day = 8 * 24 * 60 * 60;
        let sooner = requested(Some(&first), &ada(), 2, at(week_and_a_day - 1));
        assert_eq!(
            sooner.link_standing(&link(1), at(week_and_a_day - 1)),
            LinkStanding::Expired
        );
        let later = requested(Some(&first), &ada(), 2, at(week_and_a_day));
        assert_eq!(
            later.link_standing(&link(1), at(week_and_a_day)),
            LinkStanding::Unknown
        );
        assert_eq!(first.expires_at(), Some(at(week_and_a_day)));
    }

    #[test]
    fn only_the_newest_links_are_kept() {
        let record = (0..=150).fold(None, |current: Option<UserRecord>, number| {
            Some(requested(
                current.as_ref(),
                &ada(),
                number,
                at(i64::from(number)),
            ))
        });
        let record = record.unwrap();
        assert_eq!(record.links.len(), MAX_LINKS);
        assert_eq!(
            record.link_standing(&link(150), at(151)),
            LinkStanding::Live
        );
        assert_eq!(
            record.link_standing(&link(50), at(151)),
            LinkStanding::Unknown
        );
    }

    #[test]
    fn verified_records_never_expire() {
        let mut record = requested(None, &ada(), 1, at(0));
        record.verified = Some(Verification {
            address: ada(),
            at: at(1),
        });
        assert_eq!(record.expires_at(), None);
        let resent = requested(Some(&record), &ada(), 2, at(2));
        assert_eq!(resent.expires_at(), None);
    }
}
