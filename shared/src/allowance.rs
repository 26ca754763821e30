//! How many mails a day: one allowance per address and one per user, each a sliding window.
//!
//! Every mail is counted under the digest of its proof, so that a mail which SES did not take can
//! be given back by name, whatever else was counted in between.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::proof::TokenDigest;

/// Mails in one [`WINDOW`].
pub const MAX_MAILS: usize = 6;
/// How long a mail counts.
pub const WINDOW: Duration = Duration::from_hours(24);

/// The mails that count against one address or one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailAllowance {
    sent: BTreeMap<TokenDigest, Timestamp>,
}

impl MailAllowance {
    /// The allowance with these mails, each with the moment it was sent.
    pub fn of(sent: impl IntoIterator<Item = (TokenDigest, Timestamp)>) -> Self {
        Self {
            sent: sent.into_iter().collect(),
        }
    }

    /// The mails on record, in no particular order.
    pub fn mails(&self) -> impl Iterator<Item = (&TokenDigest, Timestamp)> {
        self.sent.iter().map(|(mail, at)| (mail, *at))
    }

    /// How many mails count at `now`.
    #[must_use]
    pub fn counting(&self, now: Timestamp) -> usize {
        self.counting_until(now).count()
    }

    /// Seconds until one more mail may go; 0 when it may go now.
    #[must_use]
    pub fn wait_seconds(&self, now: Timestamp) -> u64 {
        let mut counting: Vec<_> = self.counting_until(now).collect();
        counting.sort_unstable();
        // Room is made when all but MAX_MAILS - 1 of them have stopped counting.
        let excess = (counting.len() + 1).saturating_sub(MAX_MAILS);
        match excess.checked_sub(1).and_then(|last| counting.get(last)) {
            Some(room_at) => room_at.seconds_since(now),
            None => 0,
        }
    }

    /// The allowance once `mail` is sent at `now`; what no longer counts is forgotten.
    #[must_use]
    pub fn with(&self, mail: TokenDigest, now: Timestamp) -> Self {
        let counts = |at: Timestamp| at.plus(WINDOW) > now;
        let sent = self
            .mails()
            .filter(|(_, at)| counts(*at))
            .map(|(mail, at)| (*mail, at));
        Self::of(sent.chain([(mail, now)]))
    }

    /// The moments from which the mails that count at `now` no longer do.
    fn counting_until(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        let until = self.sent.values().map(|at| at.plus(WINDOW));
        until.filter(move |until| *until > now)
    }

    /// The moment from which nothing counts any more. `None` when nothing ever did.
    #[must_use]
    pub fn empty_from(&self) -> Option<Timestamp> {
        self.sent.values().max().map(|at| at.plus(WINDOW))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::LinkToken;

    fn mail(number: u8) -> TokenDigest {
        LinkToken::from_random([number; 32]).digest()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    const DAY: i64 = 24 * 60 * 60;

    #[test]
    fn the_seventh_mail_waits_until_the_first_is_a_day_old() {
        let mut allowance = MailAllowance::default();
        for number in 0..6 {
            assert_eq!(allowance.wait_seconds(at(i64::from(number) * 10)), 0);
            allowance = allowance.with(mail(number), at(i64::from(number) * 10));
        }
        assert_eq!(allowance.counting(at(50)), 6);
        assert_eq!(allowance.counting(at(DAY + 10)), 4);
        assert_eq!(allowance.wait_seconds(at(50)), 24 * 60 * 60 - 50);
        assert_eq!(allowance.wait_seconds(at(DAY - 1)), 1);
        assert_eq!(allowance.wait_seconds(at(DAY)), 0);
    }

    #[test]
    fn the_window_slides_mail_by_mail() {
        let full =
            MailAllowance::of((0..6).map(|number| (mail(number), at(i64::from(number) * 100))));
        let next = full.with(mail(6), at(DAY));
        assert_eq!(next.wait_seconds(at(DAY)), 100);
    }

    #[test]
    fn more_mails_than_allowed_wait_for_all_that_are_too_many() {
        let eight = MailAllowance::of((0..8).map(|number| (mail(number), at(i64::from(number)))));
        assert_eq!(eight.wait_seconds(at(DAY)), 2);
    }

    #[test]
    fn what_no_longer_counts_is_forgotten() {
        let old = MailAllowance::default().with(mail(0), at(0));
        assert_eq!(old.with(mail(1), at(DAY)).mails().count(), 1);
        assert_eq!(old.with(mail(1), at(DAY - 1)).mails().count(), 2);
    }
}
