//! The model: what each action answers, and the world after it.

use std::collections::{BTreeMap, BTreeSet};

use shared::domain::code_attempts::Channel;

use super::actions::{ADDRESSES, Action, DAY, HALF_AN_HOUR, NO_CODE, USERS};
use crate::support::http::Answer;

/// How long a refusal holds.
const MONTH: i64 = 30 * DAY;
/// The window of the limit on codes by one client.
const FIVE_MINUTES: i64 = 5 * 60;

/// The part of an answer that the model predicts.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A mail was sent, now or for an earlier request with the same key.
    Mailed {
        address: usize,
        expires_at: i64,
    },
    Verified {
        address: usize,
        at: i64,
    },
    /// The page does not show when.
    VerifiedOnPage {
        address: usize,
    },
    /// Mail to the address is stopped, by this press or before.
    Stopped {
        address: usize,
        before: bool,
    },
    Allowed {
        address: usize,
    },
    Refused(String),
    Wait {
        code: String,
        seconds: i64,
    },
}

impl Outcome {
    fn refused(code: &str) -> Self {
        Self::Refused(code.to_owned())
    }

    pub fn of(answer: &Answer) -> Self {
        let body = answer.json();
        let code = body["code"].as_str().or(match body["state"].as_str() {
            Some("code_wrong") => Some("invalid_code"),
            Some("code_expired") => Some("expired_code"),
            state => state,
        });
        let code = code.unwrap_or_default().to_owned();
        if let Some(seconds) = answer.header("retry-after") {
            let seconds = seconds.parse().unwrap();
            return Self::Wait { code, seconds };
        }
        if answer.status != 200 {
            return Self::Refused(code);
        }
        let address = ADDRESSES
            .iter()
            .position(|address| body["email"] == *address)
            .expect("an answer names one of the addresses");
        match body["state"].as_str() {
            Some("allowed") => return Self::Allowed { address },
            Some(state @ ("stopped" | "already_stopped")) => {
                let before = state == "already_stopped";
                return Self::Stopped { address, before };
            }
            _ => {}
        }
        match body["verified_at"].as_str() {
            None if body["state"].is_string() => Self::VerifiedOnPage { address },
            None => {
                let expires_at = seconds_of(body["expires_at"].as_str().unwrap());
                Self::Mailed {
                    address,
                    expires_at,
                }
            }
            Some(at) => {
                let at = seconds_of(at);
                Self::Verified { address, at }
            }
        }
    }
}

/// Seconds since the Unix epoch of an RFC 3339 time in UTC, by the days of the civil calendar.
pub fn seconds_of(rfc_3339: &str) -> i64 {
    let numbers: Vec<i64> = rfc_3339
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse().unwrap())
        .collect();
    let [year, month, day, hour, minute, second] = numbers[..] else {
        panic!("{rfc_3339}")
    };
    // March is the first month of such a year, so that a leap day is its last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    (days - 719_468) * DAY + hour * 3_600 + minute * 60 + second
}

/// The proofs of a mail.
pub struct Proof {
    pub token: String,
    pub code: String,
}

/// A user in the model. Proofs are known by their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    address: usize,
    /// All verifications, with their timestamps. The last one is on record.
    pub verified: Vec<(usize, i64)>,
    links: BTreeMap<usize, i64>,
    codes: Vec<(usize, i64)>,
    mails: Vec<i64>,
    /// When a mail was sent for an address and a key.
    requests: BTreeMap<(usize, usize), i64>,
    /// The links that refusals and moves invalidated, with their address and a timestamp.
    invalidated: BTreeMap<usize, (usize, i64)>,
}

impl User {
    /// The address to which this proof was mailed, if that is on record.
    fn mailed_to(&self, proof: usize) -> Option<usize> {
        if self.links.contains_key(&proof) {
            return Some(self.address);
        }
        self.invalidated.get(&proof).map(|(address, _)| *address)
    }

    /// Invalidates all proofs of the address on record.
    fn invalidate(&mut self, now: i64) {
        let links = std::mem::take(&mut self.links).into_keys();
        self.invalidated
            .extend(links.map(|link| (link, (self.address, now))));
        self.codes.clear();
    }

    fn drop_invalidated(&mut self, now: i64) {
        self.invalidated.retain(|_, (_, at)| *at + MONTH > now);
    }

    /// The verification of the address on record.
    fn verified(&self) -> Option<(usize, i64)> {
        let last = self.verified.last().copied();
        last.filter(|(verified, _)| *verified == self.address)
    }
}

/// The whole state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    pub users: [Option<User>; USERS.len()],
    mails: [Vec<i64>; ADDRESSES.len()],
    /// When mail to an address was last refused.
    refusals: [Option<i64>; ADDRESSES.len()],
    /// The numbers of all proofs.
    pub mailed: BTreeSet<usize>,
    /// When wrong codes were tried, per channel.
    pub attempts: [[Vec<i64>; Channel::ALL.len()]; USERS.len()],
    /// When codes were tried on the page, all by one client.
    on_page: Vec<i64>,
}

/// Seconds until a seventh mail is allowed; 0 if it is allowed now.
fn wait(mails: &[i64], now: i64) -> i64 {
    let counting: Vec<_> = mails.iter().filter(|at| **at + DAY > now).collect();
    match counting.len().checked_sub(6) {
        Some(last_in_the_way) => counting[last_in_the_way] + DAY - now,
        None => 0,
    }
}

impl World {
    /// The outcome of an action and the world after it. `number` is that of the proof that it may
    /// mail; `sent` are the proofs that existed when it began.
    pub fn after(
        &self,
        action: &Action,
        number: usize,
        sent: &[Proof],
        now: i64,
    ) -> (Outcome, Self) {
        match *action {
            Action::Ask { user, address, key } => {
                self.after_asking(user, Some(address), key, number, now)
            }
            Action::AskAgain { user, key } => self.after_asking(user, None, key, number, now),
            Action::Follow { user, proof } if proof < sent.len() => {
                self.after_following(user, proof, now)
            }
            Action::Follow { .. } => (Outcome::refused("invalid_token"), self.clone()),
            Action::Stop { user, proof } => self.after_stopping(user, proof, now),
            Action::Allow { user, proof } => self.after_allowing(user, proof),
            Action::TryCode {
                user,
                proof,
                channel,
            } => {
                let code = sent.get(proof).map_or(NO_CODE, |proof| &proof.code);
                match channel {
                    Channel::Api => self.after_trying(user, code, channel, sent, now),
                    Channel::Page => self.after_trying_on_page(user, code, sent, now),
                }
            }
        }
    }

    fn after_asking(
        &self,
        user: usize,
        address: Option<usize>,
        key: Option<usize>,
        number: usize,
        now: i64,
    ) -> (Outcome, Self) {
        let mut world = self.clone();
        let known = world.users[user].clone();
        let Some(address) = address.or(known.as_ref().map(|known| known.address)) else {
            return (Outcome::refused("not_found"), world);
        };
        let mut next = known.unwrap_or(User {
            address,
            verified: Vec::new(),
            links: BTreeMap::new(),
            codes: Vec::new(),
            mails: Vec::new(),
            requests: BTreeMap::new(),
            invalidated: BTreeMap::new(),
        });
        let earlier = key.and_then(|key| next.requests.get(&(address, key)));
        if let Some(expires_at) = earlier.map(|at| at + DAY).filter(|ends| *ends > now) {
            return (
                Outcome::Mailed {
                    address,
                    expires_at,
                },
                world,
            );
        }
        let is_verified = next
            .verified
            .last()
            .is_some_and(|(verified, _)| *verified == address);
        if !is_verified && self.is_refused(address, now) {
            return (Outcome::refused("email_address_suppressed"), world);
        }
        let seconds = wait(&next.mails, now).max(wait(&self.mails[address], now));
        if !is_verified && seconds > 0 {
            let code = "throttled".to_owned();
            return (Outcome::Wait { code, seconds }, world);
        }
        if next.address != address {
            next.invalidate(now);
            next.drop_invalidated(now);
        }
        next.address = address;
        if is_verified {
            world.users[user] = Some(next);
            return (Outcome::refused("already_verified"), world);
        }
        next.links
            .retain(|_, expires_at| *expires_at + 7 * DAY > now);
        next.drop_invalidated(now);
        next.links.insert(number, now + DAY);
        next.codes.push((number, now + HALF_AN_HOUR));
        next.mails.push(now);
        next.requests.extend(key.map(|key| ((address, key), now)));
        world.users[user] = Some(next);
        world.mails[address].push(now);
        world.mailed.insert(number);
        let expires_at = now + DAY;
        (
            Outcome::Mailed {
                address,
                expires_at,
            },
            world,
        )
    }

    /// The same if SES refuses the mail: its proofs are removed, its count is refunded, and its key
    /// is free.
    pub fn after_asking_in_vain(
        &self,
        user: usize,
        address: usize,
        key: Option<usize>,
        now: i64,
    ) -> (Outcome, Self) {
        let number = usize::MAX;
        let (outcome, mut world) = self.after_asking(user, Some(address), key, number, now);
        if world.mailed.remove(&number)
            && let Some(known) = &mut world.users[user]
        {
            known.links.remove(&number);
            known.codes.retain(|(code, _)| *code != number);
            known.mails.pop();
            if let Some(key) = key {
                known.requests.remove(&(address, key));
            }
            world.mails[address].pop();
            let code = "service_unavailable".to_owned();
            return (Outcome::Wait { code, seconds: 5 }, world);
        }
        (outcome, world)
    }

    fn after_following(&self, user: usize, proof: usize, now: i64) -> (Outcome, Self) {
        let known = self.users[user].as_ref();
        let link = known.and_then(|known| known.links.get(&proof));
        let is_verified = known.is_some_and(|known| known.verified().is_some());
        match link {
            None => (Outcome::refused("invalid_token"), self.clone()),
            // A link is a replay if the address is verified, even if the link has expired.
            Some(expires_at) if *expires_at <= now && !is_verified => {
                (Outcome::refused("expired_token"), self.clone())
            }
            Some(_) => self.after_verifying(user, Channel::Api, now),
        }
    }

    fn is_refused(&self, address: usize, now: i64) -> bool {
        self.refusals[address].is_some_and(|at| at + MONTH > now)
    }

    fn after_stopping(&self, user: usize, proof: usize, now: i64) -> (Outcome, Self) {
        let mut world = self.clone();
        let known = world.users[user].as_mut();
        let Some((known, address)) = known.and_then(|known| {
            let address = known.mailed_to(proof)?;
            Some((known, address))
        }) else {
            return (Outcome::refused("invalid"), world);
        };
        let is_pending = known.address == address && !known.links.is_empty();
        let before = self.is_refused(address, now) && !is_pending;
        if !before {
            let earlier = known.invalidated.values_mut();
            for (_, at) in earlier.filter(|(mailed, _)| *mailed == address) {
                *at = now;
            }
            known.drop_invalidated(now);
            if known.address == address {
                known.invalidate(now);
            }
            world.refusals[address] = Some(now);
        }
        (Outcome::Stopped { address, before }, world)
    }

    fn after_allowing(&self, user: usize, proof: usize) -> (Outcome, Self) {
        let mut world = self.clone();
        let known = world.users[user].as_ref();
        let Some(address) = known.and_then(|known| known.mailed_to(proof)) else {
            return (Outcome::refused("invalid"), world);
        };
        world.refusals[address] = None;
        (Outcome::Allowed { address }, world)
    }

    fn after_trying_on_page(
        &self,
        user: usize,
        tried: &str,
        sent: &[Proof],
        now: i64,
    ) -> (Outcome, Self) {
        let earlier = self.on_page.iter();
        let counting: Vec<_> = earlier.filter(|at| **at + FIVE_MINUTES > now).collect();
        if counting.len() >= 30 {
            let code = "too_many_attempts".to_owned();
            let seconds = counting[counting.len() - 30] + FIVE_MINUTES - now;
            return (Outcome::Wait { code, seconds }, self.clone());
        }
        let (outcome, mut world) = self.after_trying(user, tried, Channel::Page, sent, now);
        world.on_page.push(now);
        match outcome {
            Outcome::Verified { address, .. } => (Outcome::VerifiedOnPage { address }, world),
            outcome => (outcome, world),
        }
    }

    fn after_trying(
        &self,
        user: usize,
        tried: &str,
        channel: Channel,
        sent: &[Proof],
        now: i64,
    ) -> (Outcome, Self) {
        let attempts = self.attempts[user][channel as usize].iter();
        let counting: Vec<_> = attempts.filter(|at| **at + HALF_AN_HOUR > now).collect();
        if counting.len() >= 5 {
            let code = "too_many_attempts".to_owned();
            let seconds = counting[counting.len() - 5] + HALF_AN_HOUR - now;
            return (Outcome::Wait { code, seconds }, self.clone());
        }
        let has = |codes: &[(usize, i64)]| {
            let mut codes = codes.iter();
            codes.any(|(number, _)| sent.get(*number).is_some_and(|proof| proof.code == tried))
        };
        let known = self.users[user].as_ref();
        let recent: Vec<_> = known.map_or_else(Vec::new, |known| {
            let mailed_at = |expires_at: i64| expires_at - HALF_AN_HOUR;
            let codes = known.codes.iter().copied();
            codes
                .filter(|(_, ends)| mailed_at(*ends) + DAY > now)
                .collect()
        });
        let live: Vec<_> = recent
            .iter()
            .copied()
            .filter(|(_, ends)| *ends > now)
            .collect();
        let newest = &live[live.len().saturating_sub(3)..];
        if has(newest) {
            return self.after_verifying(user, channel, now);
        }
        if has(&recent) {
            return (Outcome::refused("expired_code"), self.clone());
        }
        let mut world = self.clone();
        world.attempts[user][channel as usize].push(now);
        (Outcome::refused("invalid_code"), world)
    }

    fn after_verifying(&self, user: usize, channel: Channel, now: i64) -> (Outcome, Self) {
        let mut world = self.clone();
        let Some(known) = &mut world.users[user] else {
            unreachable!("only a user's proof is right")
        };
        let (address, at) = known.verified().unwrap_or_else(|| {
            known.verified.push((known.address, now));
            known.invalidated.clear();
            // A verification refunds all attempts of its channel.
            world.attempts[user][channel as usize].clear();
            (known.address, now)
        });
        (Outcome::Verified { address, at }, world)
    }
}

#[test]
fn the_model_reads_the_services_times() {
    assert_eq!(seconds_of("1970-01-01T00:00:00Z"), 0);
    assert_eq!(seconds_of("2026-11-23T12:00:00Z"), 1_795_435_200);
    assert_eq!(seconds_of("2028-02-29T23:59:59Z"), 1_835_481_599);
}
