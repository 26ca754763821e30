//! The record of an address, for all users together.

use std::time::Duration;

use crate::domain::clock::Timestamp;
use crate::domain::delivery::{Delivery, DeliveryState, Suppression};
use crate::domain::mail_id::MailId;
use crate::domain::notice::{NoticeDecision, NoticeId};
use crate::domain::rate_limit::{MailLimit, NOTICE_LIMIT, RateLimit, SlidingWindow};
use crate::domain::refusal::Refusal;
use crate::domain::user_id::UserId;
use crate::domain::version::Version;

/// How long `unsuppressed_at` stays on record. An earlier event may still arrive: EventBridge
/// retries for a day and Lambda for six hours, and each has a dead-letter queue that keeps events
/// for up to 14 days.
pub const UNSUPPRESSED_RETENTION: Duration = Duration::from_hours(30 * 24);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRecord {
    /// [`NONE`](Version::NONE): an operator made the item by hand.
    pub version: Version,
    /// By a bounce or a complaint, for good. SES does not deliver to such an address either.
    /// [`suppression_at`](Self::suppression_at) also knows a refusal.
    pub suppression: Option<Suppression>,
    pub refusal: Option<Refusal>,
    /// When an operator last unsuppressed it. Earlier events do not suppress it again.
    pub unsuppressed_at: Option<Timestamp>,
    /// The status of the newest mail about which an event arrived.
    pub delivery: Option<Delivery>,
    pub mails: SlidingWindow<MailId>,
    /// The users for whom it was mailed, each with the newest mail. Their records show whether
    /// somebody verified the address.
    pub mailed_users: SlidingWindow<UserId>,
    /// The notices that were mailed to it, which do not count as `mails`.
    pub notices: SlidingWindow<NoticeId>,
    /// When somebody last verified it, if that was looked up.
    pub verified_at: Option<Timestamp>,
}

impl AddressRecord {
    /// The record after `mail` is sent for `user` at `now`. It keeps the mails that count for
    /// `keep`, the limit with the longest window.
    #[must_use]
    pub fn with_mail(
        current: Option<&Self>,
        mail: MailId,
        user: UserId,
        keep: RateLimit,
        now: Timestamp,
    ) -> Self {
        let current = current.cloned().unwrap_or_default();
        Self {
            version: current.version.next_or(Version::first_by_mail(&mail)),
            mails: current.mails.with(mail, keep, now),
            mailed_users: current.mailed_users.with(user, keep, now),
            ..current
        }
    }

    /// Whether this notice may be mailed at `now`. The limit counts notices of every kind.
    #[must_use]
    pub fn decide_notice(&self, mail: &MailId, limit: RateLimit, now: Timestamp) -> NoticeDecision {
        if self
            .notices
            .events()
            .any(|(notice, _)| notice.mail == *mail)
        {
            NoticeDecision::Duplicate
        } else if self.is_suppressed(now) {
            NoticeDecision::Suppressed
        } else if self.notices.wait_seconds(limit, now) > 0 {
            NoticeDecision::Throttled
        } else {
            NoticeDecision::Mail
        }
    }

    /// The record after `notice` is mailed at `now`.
    #[must_use]
    pub fn with_notice(&self, notice: NoticeId, now: Timestamp) -> Self {
        Self {
            version: self
                .version
                .next_or(Version::first_by_attempt(notice.attempt)),
            notices: self.notices.with(notice, NOTICE_LIMIT, now),
            ..self.clone()
        }
    }

    /// Seconds until the limit allows one more mail to an unverified address; 0 if it does now, or
    /// if the address was verified within its window.
    #[must_use]
    pub fn unverified_wait_seconds(&self, limit: MailLimit, now: Timestamp) -> u64 {
        let limit = limit.to_unverified;
        let is_verified = self
            .verified_at
            .is_some_and(|at| at.plus(limit.window) > now);
        if is_verified {
            0
        } else {
            self.mails.wait_seconds(limit, now)
        }
    }

    /// Why no mail may go at `now`.
    #[must_use]
    pub fn suppression_at(&self, now: Timestamp) -> Option<Suppression> {
        let refusal = self.refusal.as_ref().filter(|refusal| refusal.holds(now));
        let for_good = self.suppression.clone();
        for_good.or_else(|| refusal.map(Refusal::suppression))
    }

    #[must_use]
    pub fn is_suppressed(&self, now: Timestamp) -> bool {
        self.suppression_at(now).is_some()
    }

    /// The record after its reader refuses mail. `first` is the version of a new one.
    #[must_use]
    pub fn with_refusal(current: Option<&Self>, refusal: Refusal, first: Version) -> Self {
        let current = current.cloned().unwrap_or_default();
        Self {
            version: current.version.next_or(first),
            refusal: Some(refusal),
            ..current
        }
    }

    /// When the item expires: no mail counts any more, no refusal holds, and no late event can undo
    /// what an operator decided. `None`: an address that bounced or complained stays.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        let kept_until = self
            .unsuppressed_at
            .map(|at| at.plus(UNSUPPRESSED_RETENTION));
        let window = MailLimit::UNVERIFIED_WINDOW;
        // A refunded mail still names its user.
        let mails = self.mails.empty_from(window);
        mails
            .max(self.mailed_users.empty_from(window))
            .max(self.notices.empty_from(NOTICE_LIMIT.window))
            .max(self.refusal.as_ref().map(Refusal::ends_at))
            .max(kept_until)
            .filter(|_| self.suppression.is_none())
    }

    /// The status of the newest mail, and since when. `None`: no mail is on record.
    #[must_use]
    pub fn newest_mail(&self) -> Option<(DeliveryState, Timestamp)> {
        let reported = self.delivery.map(|delivery| (delivery.state, delivery.at));
        let Some(newest) = self.mails.events().map(|(_, at)| at).max() else {
            return reported;
        };
        let is_newest = |delivery: &Delivery| {
            let mut newest = self.mails.events().filter(|(_, at)| *at == newest);
            newest.any(|(mail, _)| *mail == delivery.mail)
        };
        if self.delivery.as_ref().is_some_and(is_newest) {
            reported
        } else {
            Some((DeliveryState::Sent, newest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code_attempts::AttemptId;
    use crate::domain::delivery::{SentAt, SuppressionReason};
    use crate::domain::email_address::EmailAddress;
    use crate::domain::link_token::LinkToken;

    const LIMIT: RateLimit = MailLimit::DEFAULT.to_unverified;
    const FIRST: Version = Version::from_number(1);

    fn mail(number: u8) -> MailId {
        MailId::of(&LinkToken::from_random([number; 32]).digest())
    }

    fn user() -> UserId {
        UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6").unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    fn delivery(number: u8, state: DeliveryState, seconds: i64) -> Delivery {
        Delivery {
            mail: mail(number),
            sent_at: SentAt::from_unix_millis(0),
            state,
            at: at(seconds),
        }
    }

    fn suppressed(seconds: i64) -> Option<Suppression> {
        Some(Suppression {
            reason: SuppressionReason::Bounced,
            at: at(seconds),
            email: EmailAddress::parse("ada@example.com")?,
            mail: Some(mail(1)),
            user: None,
        })
    }

    #[test]
    fn a_mail_is_sent_until_an_event() {
        assert_eq!(AddressRecord::default().newest_mail(), None);
        let first = AddressRecord::with_mail(None, mail(1), user(), LIMIT, at(0));
        assert_eq!(first.newest_mail(), Some((DeliveryState::Sent, at(0))));
        let delivered = AddressRecord {
            delivery: Some(delivery(1, DeliveryState::Delivered, 5)),
            ..first
        };
        let newest = Some((DeliveryState::Delivered, at(5)));
        assert_eq!(delivered.newest_mail(), newest);
        let second = AddressRecord::with_mail(Some(&delivered), mail(2), user(), LIMIT, at(60));
        assert_eq!(second.newest_mail(), Some((DeliveryState::Sent, at(60))));
    }

    #[test]
    fn the_reported_mail_wins_its_second() {
        let first = AddressRecord::with_mail(None, mail(1), user(), LIMIT, at(0));
        let both = AddressRecord {
            delivery: Some(delivery(1, DeliveryState::Delivered, 5)),
            ..AddressRecord::with_mail(Some(&first), mail(2), user(), LIMIT, at(0))
        };
        assert_eq!(both.newest_mail(), Some((DeliveryState::Delivered, at(5))));
    }

    fn notice(number: u8) -> NoticeId {
        NoticeId {
            mail: mail(number),
            attempt: AttemptId::from_random([number; 8]),
        }
    }

    #[test]
    fn each_notice_is_mailed_once() {
        let none = AddressRecord::default();
        assert_eq!(
            none.decide_notice(&mail(1), NOTICE_LIMIT, at(0)),
            NoticeDecision::Mail
        );
        let mailed = none.with_notice(notice(1), at(0));
        let decide =
            |number, seconds| mailed.decide_notice(&mail(number), NOTICE_LIMIT, at(seconds));
        assert_eq!(decide(1, 0), NoticeDecision::Duplicate);
        assert_eq!(decide(2, 0), NoticeDecision::Mail);
        let suppressed = AddressRecord {
            suppression: suppressed(5),
            ..mailed
        };
        let decide = |number| suppressed.decide_notice(&mail(number), NOTICE_LIMIT, at(5));
        assert_eq!(decide(2), NoticeDecision::Suppressed);
        assert_eq!(decide(1), NoticeDecision::Duplicate);
    }

    #[test]
    fn notices_have_a_limit_of_their_own() {
        let mut record = AddressRecord::default();
        for number in 1..=6 {
            let full = AddressRecord::with_mail(Some(&record), mail(number), user(), LIMIT, at(0));
            record = full.with_notice(notice(number), at(0));
        }
        let day = i64::try_from(NOTICE_LIMIT.window.as_secs()).unwrap();
        let decide = |seconds| record.decide_notice(&mail(7), NOTICE_LIMIT, at(seconds));
        assert_eq!(decide(day - 1), NoticeDecision::Throttled);
        assert_eq!(decide(day), NoticeDecision::Mail);
        assert_eq!(record.mails.events().count(), 6);
        // A request leaves the notices as they are.
        let mailed = AddressRecord::with_mail(Some(&record), mail(8), user(), LIMIT, at(day));
        assert_eq!(mailed.notices, record.notices);
    }

    #[test]
    fn a_notice_is_kept_for_a_day() {
        let noticed = AddressRecord::default().with_notice(notice(1), at(0));
        assert_ne!(noticed.version, Version::NONE);
        assert_eq!(noticed.expires_at(), Some(at(0).plus(NOTICE_LIMIT.window)));
        // A mail stays longer.
        let mailed = AddressRecord::with_mail(Some(&noticed), mail(1), user(), LIMIT, at(60));
        let month = MailLimit::UNVERIFIED_WINDOW;
        assert_eq!(mailed.expires_at(), Some(at(60).plus(month)));
    }

    fn refusal(seconds: i64) -> Option<Refusal> {
        Some(Refusal {
            at: at(seconds),
            email: EmailAddress::parse("Ada@example.com")?,
            user: user(),
        })
    }

    #[test]
    fn a_refusal_holds_for_30_days() {
        let mailed = AddressRecord::with_mail(None, mail(1), user(), LIMIT, at(0));
        let refused = AddressRecord::with_refusal(Some(&mailed), refusal(5).unwrap(), FIRST);
        let month = 30 * 24 * 60 * 60;
        let reason = |record: &AddressRecord, seconds| {
            let suppression = record.suppression_at(at(seconds));
            suppression.map(|suppression| (suppression.reason, suppression.at))
        };
        let known = Some((SuppressionReason::Refused, at(5)));
        assert_eq!(reason(&refused, 5), known);
        assert_eq!(reason(&refused, 5 + month - 1), known);
        assert_eq!(reason(&refused, 5 + month), None);
        assert_eq!(refused.expires_at(), Some(at(5 + month)));
        assert_eq!(refused.version, mailed.version.next());
        let decide = |seconds| refused.decide_notice(&mail(9), NOTICE_LIMIT, at(seconds));
        assert_eq!(decide(5), NoticeDecision::Suppressed);
        assert_eq!(decide(5 + month), NoticeDecision::Mail);
        // A mail that is counted later keeps the item longer.
        let later = at(5 + month);
        let again = AddressRecord::with_mail(Some(&refused), mail(2), user(), LIMIT, later);
        let window = MailLimit::UNVERIFIED_WINDOW;
        assert_eq!(again.expires_at(), Some(later.plus(window)));
    }

    #[test]
    fn a_bounce_outranks_a_refusal() {
        let refused = AddressRecord::with_refusal(None, refusal(5).unwrap(), FIRST);
        let bounced = AddressRecord {
            suppression: suppressed(9),
            ..refused
        };
        let reason = |record: &AddressRecord| record.suppression_at(at(10)).unwrap().reason;
        assert_eq!(reason(&bounced), SuppressionReason::Bounced);
        assert_eq!(bounced.expires_at(), None, "it stays for good");
        let refused_again =
            AddressRecord::with_refusal(Some(&bounced), refusal(10).unwrap(), FIRST);
        assert_eq!(reason(&refused_again), SuppressionReason::Bounced);
    }

    #[test]
    fn only_suppressed_addresses_stay() {
        let month = MailLimit::UNVERIFIED_WINDOW;
        let mailed = AddressRecord::with_mail(None, mail(1), user(), LIMIT, at(0));
        assert_eq!(mailed.expires_at(), Some(at(0).plus(month)));
        let suppressed = AddressRecord {
            suppression: suppressed(5),
            ..mailed.clone()
        };
        assert_eq!(suppressed.expires_at(), None);
        let unsuppressed = AddressRecord {
            unsuppressed_at: Some(at(60)),
            ..mailed
        };
        let kept = Some(at(60).plus(UNSUPPRESSED_RETENTION));
        assert_eq!(unsuppressed.expires_at(), kept);
        let again = AddressRecord::with_mail(Some(&unsuppressed), mail(2), user(), LIMIT, at(90));
        assert_eq!(again.expires_at(), Some(at(90).plus(month)));
        assert_eq!(again.unsuppressed_at, Some(at(60)), "a request keeps that");
        let late = at(60).plus(UNSUPPRESSED_RETENTION);
        let much_later =
            AddressRecord::with_mail(Some(&unsuppressed), mail(2), user(), LIMIT, late);
        assert_eq!(much_later.expires_at(), Some(late.plus(month)));
    }
}
