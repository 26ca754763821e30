//! Rate limits as sliding windows: at no time do more events count than a limit allows.
//!
//! Each event has an id of its own and a timestamp. So a write that the SDK retries counts once,
//! and a refund removes exactly its event, whatever was counted in between.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::domain::clock::Timestamp;

/// At most `max` events in any `window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    pub max: usize,
    /// In whole seconds.
    pub window: Duration,
}

/// Codes that are compared for one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeLimit {
    /// Through one channel.
    pub attempts: RateLimit,
    /// Wrong codes in a row, through both channels together, that lock a user's codes (NIST SP
    /// 800-63B-4, section 3.2.2).
    pub wrong_in_a_row: u64,
    /// How many unexpired codes of one user and address work: mails arrive out of order.
    pub live_codes: usize,
}

impl CodeLimit {
    /// With three live codes, five attempts find one with a probability of 15 in a million, however
    /// often a new code is requested.
    pub const DEFAULT: Self = Self {
        attempts: RateLimit {
            max: 5,
            window: Duration::from_mins(30),
        },
        wrong_in_a_row: 100,
        live_codes: 3,
    };
}

/// Codes that one client tries on the page, for all users together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLimit(RateLimit);

impl ClientLimit {
    pub const DEFAULT: Self = Self(RateLimit {
        max: 30,
        window: Duration::from_mins(5),
    });

    #[must_use]
    pub fn limit(self) -> RateLimit {
        self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailLimit {
    /// Mails to one address, and mails for one user, in 24 hours.
    pub per_day: RateLimit,
    /// Mails to an address that nobody verified in that time: without it, somebody could have mails
    /// sent to a stranger's address for ever.
    pub to_unverified: RateLimit,
}

impl MailLimit {
    /// Records keep mails as long as a window.
    pub const WINDOW: Duration = Duration::from_hours(24);
    pub const UNVERIFIED_WINDOW: Duration = Duration::from_hours(30 * 24);

    pub const DEFAULT: Self = Self {
        per_day: RateLimit {
            max: 6,
            window: Self::WINDOW,
        },
        to_unverified: RateLimit {
            max: 30,
            window: Self::UNVERIFIED_WINDOW,
        },
    };

    /// What a stack may set, in mails per day.
    pub const BOUNDS: RangeInclusive<u64> = 1..=20;

    #[must_use]
    pub fn per_day(max: u64) -> Self {
        Self {
            per_day: RateLimit {
                max: usize::try_from(max).unwrap_or(usize::MAX),
                window: Self::WINDOW,
            },
            ..Self::DEFAULT
        }
    }
}

/// Notices to one address. They have a limit of their own: nobody can use it up with requests, and
/// no notice keeps a reader from a proof.
pub const NOTICE_LIMIT: RateLimit = RateLimit {
    max: 6,
    // The stream keeps a change for 24 hours, so no duplicate is later.
    window: Duration::from_hours(24),
};

/// Notices of requested changes. Whoever asks for many must not use up the notice of the change.
pub const REQUESTED_NOTICE_LIMIT: RateLimit = RateLimit {
    max: 3,
    ..NOTICE_LIMIT
};

/// Events by id, each with its timestamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlidingWindow<Id> {
    events: BTreeMap<Id, Timestamp>,
}

impl<Id> Default for SlidingWindow<Id> {
    fn default() -> Self {
        Self {
            events: BTreeMap::new(),
        }
    }
}

impl<Id: Copy + Ord> SlidingWindow<Id> {
    pub fn of(events: impl IntoIterator<Item = (Id, Timestamp)>) -> Self {
        Self {
            events: events.into_iter().collect(),
        }
    }

    pub fn events(&self) -> impl Iterator<Item = (&Id, Timestamp)> {
        self.events.iter().map(|(id, at)| (id, *at))
    }

    #[must_use]
    pub fn timestamp(&self, id: &Id) -> Option<Timestamp> {
        self.events.get(id).copied()
    }

    #[must_use]
    pub fn counting(&self, window: Duration, now: Timestamp) -> usize {
        self.counting_until(window, now).len()
    }

    /// Seconds until the limit allows one more event; 0 if it does now. At most the window, even if
    /// a clock was set back.
    #[must_use]
    pub fn wait_seconds(&self, limit: RateLimit, now: Timestamp) -> u64 {
        let counting = self.counting_until(limit.window, now);
        // The limit allows one more once all but `max` - 1 of them have left the window.
        let excess = (counting.len() + 1).saturating_sub(limit.max);
        let allowed_at = excess.checked_sub(1).and_then(|last| counting.get(last));
        allowed_at.map_or(0, |allowed_at| {
            allowed_at.seconds_since(now).min(limit.window.as_secs())
        })
    }

    /// Adds the event `id` at `now`. Drops the events that have left the window, and all but the
    /// newest `max`: only those decide.
    #[must_use]
    pub fn with(&self, id: Id, keep: RateLimit, now: Timestamp) -> Self {
        let others = self.events().filter(|(other, _)| **other != id);
        let mut others: Vec<_> = others
            .filter(|(_, at)| at.plus(keep.window) > now)
            .map(|(id, at)| (at, *id))
            .collect();
        others.sort_unstable();
        let dropped = (others.len() + 1).saturating_sub(keep.max);
        let kept = others.into_iter().skip(dropped).map(|(at, id)| (id, at));
        Self::of(kept.chain([(id, now)]))
    }

    /// When the last event leaves the window. `None`: there is no event.
    #[must_use]
    pub fn empty_from(&self, window: Duration) -> Option<Timestamp> {
        self.events.values().max().map(|at| at.plus(window))
    }

    /// When each event that counts at `now` leaves the window, earliest first.
    fn counting_until(&self, window: Duration, now: Timestamp) -> Vec<Timestamp> {
        let until = self.events.values().map(|at| at.plus(window));
        let mut counting: Vec<_> = until.filter(|until| *until > now).collect();
        counting.sort_unstable();
        counting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60;
    const SIX_A_DAY: RateLimit = MailLimit::DEFAULT.per_day;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    #[test]
    fn the_seventh_waits_for_the_first() {
        let mut window = SlidingWindow::default();
        for number in 0..6 {
            assert_eq!(window.wait_seconds(SIX_A_DAY, at(number * 10)), 0);
            window = window.with(number, SIX_A_DAY, at(number * 10));
        }
        assert_eq!(window.counting(SIX_A_DAY.window, at(50)), 6);
        assert_eq!(window.counting(SIX_A_DAY.window, at(DAY + 10)), 4);
        assert_eq!(window.wait_seconds(SIX_A_DAY, at(50)), 24 * 60 * 60 - 50);
        assert_eq!(window.wait_seconds(SIX_A_DAY, at(DAY - 1)), 1);
        assert_eq!(window.wait_seconds(SIX_A_DAY, at(DAY)), 0);
    }

    #[test]
    fn the_window_slides_event_by_event() {
        let full = SlidingWindow::of((0..6).map(|number| (number, at(number * 100))));
        let next = full.with(6, SIX_A_DAY, at(DAY));
        assert_eq!(next.wait_seconds(SIX_A_DAY, at(DAY)), 100);
    }

    #[test]
    fn a_lowered_limit_waits_for_all_excess() {
        let eight = SlidingWindow::of((0..8).map(|number| (number, at(number))));
        assert_eq!(eight.wait_seconds(SIX_A_DAY, at(DAY)), 2);
        let newest = eight.with(8, SIX_A_DAY, at(8));
        assert_eq!(newest.events().count(), SIX_A_DAY.max);
    }

    #[test]
    fn a_clock_set_back_waits_one_window() {
        let full = SlidingWindow::of((0..6).map(|number| (number, at(number))));
        let earlier = at(-10 * DAY);
        assert_eq!(full.wait_seconds(SIX_A_DAY, earlier), 24 * 60 * 60);
    }

    #[test]
    fn a_repeated_event_counts_once() {
        let once = SlidingWindow::default().with(1, SIX_A_DAY, at(0));
        assert_eq!(once.with(1, SIX_A_DAY, at(1)).events().count(), 1);
    }
}
