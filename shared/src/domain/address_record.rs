//! What is on record about an address, whoever asked to verify it.

use std::time::Duration;

use crate::domain::clock::Timestamp;
use crate::domain::delivery::{Delivery, DeliveryState, Suppression};
use crate::domain::mail_id::MailId;
use crate::domain::rate_limit::{MAILS_TO_UNVERIFIED, SlidingWindow};
use crate::domain::user_id::UserId;

/// How long it is remembered that an operator let an address go. An event from before that moment
/// may still come: EventBridge tries for a day and Lambda for six hours, and what failed waits up
/// to 14 days in a dead-letter queue, once for each of the two.
pub const UNSUPPRESSED_MEMORY: Duration = Duration::from_hours(30 * 24);

/// One address's item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRecord {
    /// Counts the writes: the next one holds only if nobody wrote in between.
    pub version: u64,
    /// Why no more mail goes there: its mail bounced, or its reader complained. SES would not
    /// deliver there any more either.
    pub suppression: Option<Suppression>,
    /// When an operator last let it go. Events from before that moment suppress it no more.
    pub unsuppressed_at: Option<Timestamp>,
    /// What was heard of the newest mail of which something was heard.
    pub delivery: Option<Delivery>,
    /// The mails that count against this address.
    pub mails: SlidingWindow<MailId>,
    /// The users for whom it was mailed, each with the newest mail. They are asked whether somebody
    /// verified the address, once that decides.
    pub mailed_users: SlidingWindow<UserId>,
    /// When somebody verified it, as far as that was asked.
    pub verified_at: Option<Timestamp>,
}

impl AddressRecord {
    /// The record once `mail` is sent for `user` at `now`.
    #[must_use]
    pub fn with_mail(current: Option<&Self>, mail: MailId, user: UserId, now: Timestamp) -> Self {
        let current = current.cloned().unwrap_or_default();
        Self {
            version: current.version + 1,
            mails: current.mails.with(mail, MAILS_TO_UNVERIFIED, now),
            mailed_users: current.mailed_users.with(user, MAILS_TO_UNVERIFIED, now),
            ..current
        }
    }

    /// Seconds until one more mail may go if nobody verified the address of late; 0 if it may go
    /// now.
    #[must_use]
    pub fn unverified_wait_seconds(&self, now: Timestamp) -> u64 {
        let is_verified = self
            .verified_at
            .is_some_and(|at| at.plus(MAILS_TO_UNVERIFIED.window) > now);
        if is_verified {
            0
        } else {
            self.mails.wait_seconds(MAILS_TO_UNVERIFIED, now)
        }
    }

    /// Whether no more mail goes there.
    #[must_use]
    pub fn is_suppressed(&self) -> bool {
        self.suppression.is_some()
    }

    /// When the item may leave the table: as soon as nothing counts any more and no late event can
    /// undo what an operator decided. `None` for a suppressed address: that stays.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        let remembered_until = self.unsuppressed_at.map(|at| at.plus(UNSUPPRESSED_MEMORY));
        self.mails
            .empty_from(MAILS_TO_UNVERIFIED.window)
            .max(remembered_until)
            .filter(|_| !self.is_suppressed())
    }

    /// What is known of the newest mail, and since when. `None`: there was none of late.
    ///
    /// A mail of which nothing was heard is merely sent.
    #[must_use]
    pub fn newest_mail(&self) -> Option<(DeliveryState, Timestamp)> {
        let heard = self.delivery.map(|heard| (heard.state, heard.at));
        let Some(newest) = self.mails.events().map(|(_, at)| at).max() else {
            return heard;
        };
        let is_heard_of = |heard: &Delivery| {
            let mut of_that_moment = self.mails.events().filter(|(_, at)| *at == newest);
            of_that_moment.any(|(mail, _)| *mail == heard.mail)
        };
        if self.delivery.as_ref().is_some_and(is_heard_of) {
            heard
        } else {
            Some((DeliveryState::Sent, newest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::{SentAt, SuppressionReason};
    use crate::domain::email_address::EmailAddress;
    use crate::domain::link_token::LinkToken;

    fn mail(number: u8) -> MailId {
        MailId::of(&LinkToken::from_random([number; 32]).digest())
    }

    fn user() -> UserId {
        UserId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6").unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    fn heard(number: u8, state: DeliveryState, seconds: i64) -> Delivery {
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
        let first = AddressRecord::with_mail(None, mail(1), user(), at(0));
        assert_eq!(first.newest_mail(), Some((DeliveryState::Sent, at(0))));
        let delivered = AddressRecord {
            delivery: Some(heard(1, DeliveryState::Delivered, 5)),
            ..first
        };
        let newest = Some((DeliveryState::Delivered, at(5)));
        assert_eq!(delivered.newest_mail(), newest);
        let second = AddressRecord::with_mail(Some(&delivered), mail(2), user(), at(60));
        assert_eq!(second.newest_mail(), Some((DeliveryState::Sent, at(60))));
    }

    #[test]
    fn of_one_second_the_reported_mail_shows() {
        let first = AddressRecord::with_mail(None, mail(1), user(), at(0));
        let both = AddressRecord {
            delivery: Some(heard(1, DeliveryState::Delivered, 5)),
            ..AddressRecord::with_mail(Some(&first), mail(2), user(), at(0))
        };
        assert_eq!(both.newest_mail(), Some((DeliveryState::Delivered, at(5))));
    }

    #[test]
    fn only_suppressed_addresses_stay() {
        let month = MAILS_TO_UNVERIFIED.window;
        let mailed = AddressRecord::with_mail(None, mail(1), user(), at(0));
        assert_eq!(mailed.expires_at(), Some(at(0).plus(month)));
        let suppressed = AddressRecord {
            suppression: suppressed(5),
            ..mailed.clone()
        };
        assert_eq!(suppressed.expires_at(), None);
        let let_go = AddressRecord {
            unsuppressed_at: Some(at(60)),
            ..mailed
        };
        let remembered = Some(at(60).plus(UNSUPPRESSED_MEMORY));
        assert_eq!(let_go.expires_at(), remembered);
        let again = AddressRecord::with_mail(Some(&let_go), mail(2), user(), at(90));
        assert_eq!(again.expires_at(), Some(at(90).plus(month)));
        assert_eq!(again.unsuppressed_at, Some(at(60)), "a request keeps that");
        let late = at(60).plus(UNSUPPRESSED_MEMORY);
        let much_later = AddressRecord::with_mail(Some(&let_go), mail(2), user(), late);
        assert_eq!(much_later.expires_at(), Some(late.plus(month)));
    }
}
