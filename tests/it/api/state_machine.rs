//! The store against a model of it: random calls, one after the other and two at once, with time
//! passing between them.
//!
//! The model is the API in a few lines of plain data. Two calls at once may take effect in
//! either order, so the test keeps every world that the answers so far allow, and fails when none
//! is left: then the answers fit no order of the calls at all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use futures_util::future::join_all;
use local::captured_mails::CapturedMail;
use local::ses::Fault;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use shared::domain::clock::Timestamp;
use shared::domain::code_attempts::Channel;

use crate::events::publish_events::published;
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY, code_of, link_of};
use crate::support::http::Answer;

const USERS: [&str; 2] = [
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99",
];
const ADDRESSES: [&str; 2] = ["ada@example.org", "bob@example.org"];

const DAY: i64 = 24 * 60 * 60;
const HALF_AN_HOUR: i64 = 30 * 60;
const FIVE_MINUTES: i64 = 5 * 60;
/// What a caller without a code tries.
const NO_CODE: &str = "000000";

/// What a caller does. A proof is one of those mailed so far, by its number, whoever it was for.
#[derive(Clone, Debug)]
enum Action {
    Ask {
        user: usize,
        address: usize,
    },
    AskAgain {
        user: usize,
    },
    Follow {
        user: usize,
        proof: usize,
    },
    TryCode {
        user: usize,
        proof: usize,
        channel: Channel,
    },
}

#[derive(Clone, Debug)]
enum Step {
    One(Action),
    Both(Action, Action),
    /// Asks while SES takes no mail.
    InVain {
        user: usize,
        address: usize,
    },
    Pass(i64),
}

fn action() -> impl Strategy<Value = Action> {
    let (user, address, proof) = (0..USERS.len(), 0..ADDRESSES.len(), 0..8_usize);
    prop_oneof![
        4 => (user.clone(), address).prop_map(|(user, address)| Action::Ask { user, address }),
        2 => user.clone().prop_map(|user| Action::AskAgain { user }),
        3 => (user.clone(), proof.clone()).prop_map(|(user, proof)| Action::Follow { user, proof }),
        6 => (user, proof, proptest::sample::select(Channel::ALL.to_vec()))
            .prop_map(|(user, proof, channel)| Action::TryCode { user, proof, channel }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let times = [
        1,
        600,
        HALF_AN_HOUR - 1,
        HALF_AN_HOUR,
        DAY - 1,
        DAY,
        8 * DAY,
    ];
    prop_oneof![
        6 => action().prop_map(Step::One),
        4 => (action(), action()).prop_map(|(one, other)| Step::Both(one, other)),
        1 => (0..USERS.len(), 0..ADDRESSES.len())
            .prop_map(|(user, address)| Step::InVain { user, address }),
        1 => proptest::sample::select(times.to_vec()).prop_map(Step::Pass),
    ]
}

/// What a caller learns.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Mailed {
        address: usize,
    },
    Verified {
        address: usize,
        at: i64,
    },
    /// The page tells no time.
    VerifiedOnPage {
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

    fn of(answer: &Answer) -> Self {
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
        match body["verified_at"].as_str() {
            None if body["state"].is_string() => Self::VerifiedOnPage { address },
            None => Self::Mailed { address },
            Some(at) => {
                let at = seconds_of(at);
                Self::Verified { address, at }
            }
        }
    }
}

/// Seconds since the Unix epoch of an RFC 3339 time in UTC, by the days of the civil calendar.
fn seconds_of(rfc_3339: &str) -> i64 {
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

/// What has been mailed, from outside.
struct Proof {
    token: String,
    code: String,
}

/// A user in the model. Proofs are known by their numbers.
#[derive(Clone, Debug, PartialEq)]
struct User {
    address: usize,
    /// All that were verified, with their timestamps. The last one is what is on record.
    verified: Vec<(usize, i64)>,
    links: BTreeMap<usize, i64>,
    codes: Vec<(usize, i64)>,
    mails: Vec<i64>,
}

impl User {
    /// The verification of the address on record.
    fn verified(&self) -> Option<(usize, i64)> {
        let last = self.verified.last().copied();
        last.filter(|(verified, _)| *verified == self.address)
    }
}

/// All there is to know.
#[derive(Clone, Debug, Default, PartialEq)]
struct World {
    users: [Option<User>; USERS.len()],
    mails: [Vec<i64>; ADDRESSES.len()],
    /// When codes were tried that did not prove right, through each channel.
    attempts: [[Vec<i64>; Channel::ALL.len()]; USERS.len()],
    /// When codes were tried on the page, all by one client.
    on_page: Vec<i64>,
}

/// Seconds until a seventh mail may go; 0 if it may go now.
fn wait(mails: &[i64], now: i64) -> i64 {
    let counting: Vec<_> = mails.iter().filter(|at| **at + DAY > now).collect();
    match counting.len().checked_sub(6) {
        Some(last_in_the_way) => counting[last_in_the_way] + DAY - now,
        None => 0,
    }
}

impl World {
    /// How the action goes. `number` is that of the proof that it may mail; `sent` are the proofs
    /// that there were when it began.
    fn after(&self, action: &Action, number: usize, sent: &[Proof], now: i64) -> (Outcome, Self) {
        match *action {
            Action::Ask { user, address } => self.after_asking(user, Some(address), number, now),
            Action::AskAgain { user } => self.after_asking(user, None, number, now),
            Action::Follow { user, proof } if proof < sent.len() => {
                self.after_following(user, proof, now)
            }
            Action::Follow { .. } => (Outcome::refused("invalid_token"), self.clone()),
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
        });
        let is_verified = next
            .verified
            .last()
            .is_some_and(|(verified, _)| *verified == address);
        let seconds = wait(&next.mails, now).max(wait(&self.mails[address], now));
        if !is_verified && seconds > 0 {
            let code = "throttled".to_owned();
            return (Outcome::Wait { code, seconds }, world);
        }
        if next.address != address {
            next.links.clear();
            next.codes.clear();
        }
        next.address = address;
        if is_verified {
            world.users[user] = Some(next);
            return (Outcome::refused("already_verified"), world);
        }
        next.links
            .retain(|_, expires_at| *expires_at + 7 * DAY > now);
        next.links.insert(number, now + DAY);
        next.codes.push((number, now + HALF_AN_HOUR));
        next.mails.push(now);
        world.users[user] = Some(next);
        world.mails[address].push(now);
        (Outcome::Mailed { address }, world)
    }

    /// How it goes when SES does not take the mail: what it would have mailed is gone again.
    fn after_asking_in_vain(&self, user: usize, address: usize, now: i64) -> (Outcome, Self) {
        let number = usize::MAX;
        let (outcome, mut world) = self.after_asking(user, Some(address), number, now);
        if let (Outcome::Mailed { .. }, Some(known)) = (&outcome, &mut world.users[user]) {
            known.links.remove(&number);
            known.codes.retain(|(code, _)| *code != number);
            known.mails.pop();
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
            // What a late link was for may be done by now.
            Some(expires_at) if *expires_at <= now && !is_verified => {
                (Outcome::refused("expired_token"), self.clone())
            }
            Some(_) => self.after_verifying(user, Channel::Api, now),
        }
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
            // A verification refunds all attempts of its channel.
            world.attempts[user][channel as usize].clear();
            (known.address, now)
        });
        (Outcome::Verified { address, at }, world)
    }
}

/// The real thing, and every world that it may be in.
struct Run {
    app: TestApp,
    proofs: Vec<Proof>,
    worlds: Vec<World>,
}

impl Run {
    fn now(&self) -> i64 {
        self.app.now().unix_seconds()
    }

    async fn take(&self, action: &Action) -> Answer {
        let wrong = || "x".to_owned();
        let (path, body) = match action {
            Action::Ask { user, address } => (
                REQUEST,
                json!({ "uuid": USERS[*user], "email": ADDRESSES[*address] }),
            ),
            Action::AskAgain { user } => (REQUEST, json!({ "uuid": USERS[*user] })),
            Action::Follow { user, proof } => {
                let token = self
                    .proofs
                    .get(*proof)
                    .map_or_else(wrong, |proof| proof.token.clone());
                (VERIFY, json!({ "uuid": USERS[*user], "token": token }))
            }
            Action::TryCode {
                user,
                proof,
                channel,
            } => {
                let code = self.proofs.get(*proof).map_or(NO_CODE, |proof| &proof.code);
                let body = json!({ "uuid": USERS[*user], "code": code });
                match channel {
                    Channel::Api => (VERIFY, body),
                    Channel::Page => return self.post_to_page(&body).await,
                }
            }
        };
        self.app.post_preferring_representation(path, body).await
    }

    async fn post_to_page(&self, body: &Value) -> Answer {
        let request = self
            .app
            .request(Method::POST, PAGE)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .body(body.to_string().into());
        self.app.send(request.unwrap()).await
    }

    /// Takes all these actions at once, and keeps the worlds in which some order explains the
    /// answers.
    async fn step(&mut self, actions: &[Action]) -> Result<(), TestCaseError> {
        let mails_before = self.app.sent.len();
        let answers = join_all(actions.iter().map(|action| self.take(action))).await;
        let outcomes: Vec<_> = answers.iter().map(Outcome::of).collect();
        let sent = self.proofs.len();
        let numbers = self.number_mails(mails_before, &answers);
        // Two mails to one user at one address may be either answer's.
        let mut assignments = vec![numbers.clone()];
        if let [one, other] = answers.as_slice()
            && one.json() == other.json()
            && self.proofs.len() == sent + 2
        {
            assignments.push(numbers.into_iter().rev().collect());
        }
        let mut worlds: Vec<World> = Vec::new();
        for world in &self.worlds {
            let orders = [[0, 1], [1, 0]].into_iter();
            for (order, numbers) in
                orders.flat_map(|order| assignments.iter().map(move |numbers| (order, numbers)))
            {
                let order: Vec<_> = order
                    .into_iter()
                    .filter(|index| *index < actions.len())
                    .collect();
                if let [first, second] = order[..] {
                    worlds.extend(self.while_in_flight(
                        world,
                        [(first, numbers[first]), (second, numbers[second])],
                        actions,
                        &outcomes,
                        &self.proofs[..sent],
                    ));
                }
                let mut after = Some(world.clone());
                for index in order {
                    after = after.and_then(|world| {
                        let sent = &self.proofs[..sent];
                        let action = &actions[index];
                        let (outcome, after) =
                            world.after(action, numbers[index], sent, self.now());
                        (outcome == outcomes[index]).then_some(after)
                    });
                }
                worlds.extend(after);
            }
        }
        let mailed = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Outcome::Mailed { .. }));
        prop_assert_eq!(
            mailed.count(),
            self.proofs.len() - sent,
            "each mail has an answer"
        );
        prop_assert!(
            !worlds.is_empty(),
            "no order of {actions:?} explains {outcomes:?} in any of {:#?}",
            self.worlds
        );
        let mut distinct: Vec<World> = Vec::new();
        for world in worlds {
            if !distinct.contains(&world) {
                distinct.push(world);
            }
        }
        self.worlds = distinct;
        Ok(())
    }

    /// How it goes if the second code is refused while the attempt of the first one is reserved: an
    /// attempt counts until its code proves right. `order` has the number of each action, and of
    /// the proof that it may mail.
    fn while_in_flight(
        &self,
        world: &World,
        order: [(usize, usize); 2],
        actions: &[Action],
        outcomes: &[Outcome],
        sent: &[Proof],
    ) -> Option<World> {
        let [(first, first_number), (second, second_number)] = order;
        let (
            Action::TryCode { user, channel, .. },
            Action::TryCode {
                user: other,
                channel: at,
                ..
            },
        ) = (&actions[first], &actions[second])
        else {
            return None;
        };
        if (user, channel) != (other, at) {
            return None;
        }
        let now = self.now();
        let mut reserved = world.clone();
        reserved.attempts[*user][*channel as usize].push(now);
        let (outcome, mut after) = reserved.after(&actions[second], second_number, sent, now);
        if outcome != outcomes[second] || !matches!(outcome, Outcome::Wait { .. }) {
            return None;
        }
        after.attempts[*user][*channel as usize].pop();
        let (outcome, after) = after.after(&actions[first], first_number, sent, now);
        (outcome == outcomes[first]).then_some(after)
    }

    /// Asks while SES takes no mail, and keeps the worlds that explain the answer.
    async fn in_vain(&mut self, user: usize, address: usize) -> Result<(), TestCaseError> {
        self.app.ses_faults.always(Fault::SendingPaused);
        let answer = self.take(&Action::Ask { user, address }).await;
        self.app.ses_faults.clear();
        let (outcome, now) = (Outcome::of(&answer), self.now());
        let after = |world: &World| world.after_asking_in_vain(user, address, now);
        let before = std::mem::take(&mut self.worlds);
        for (explanation, world) in before.iter().map(after) {
            if explanation == outcome {
                self.worlds.push(world);
            }
        }
        prop_assert!(!self.worlds.is_empty(), "{outcome:?} in {before:#?}");
        Ok(())
    }

    /// Numbers the proofs that were mailed just now. Returns the number of each answer's.
    fn number_mails(&mut self, mails_before: usize, answers: &[Answer]) -> Vec<usize> {
        let mails = self.app.sent.newest_first();
        let mut new: Vec<Arc<CapturedMail>> = mails.into_iter().rev().skip(mails_before).collect();
        let mut numbers = Vec::new();
        for answer in answers {
            let body: Value = answer.json();
            let is_its = |mail: &Arc<CapturedMail>| {
                body["expires_at"].is_string()
                    && body["uuid"] == link_of(mail).0
                    && body["email"] == mail.to[0]
            };
            numbers.push(self.proofs.len());
            if let Some(position) = new.iter().position(is_its) {
                let mail = new.remove(position);
                let (token, code) = (link_of(&mail).1, code_of(&mail));
                self.proofs.push(Proof { token, code });
            }
        }
        numbers
    }

    /// What is verified on record is verified in one of the worlds, and all that ever was has been
    /// published as an event, once.
    async fn check_the_table(&self) -> Result<(), TestCaseError> {
        let events = published(&self.app).await;
        for (number, user) in USERS.iter().enumerate() {
            let item = self
                .app
                .item(&format!("user#{user}"))
                .await
                .unwrap_or_default();
            let on_record = item.get("verified_email").map(|email| {
                let at = Timestamp::parse(item["verified_at"].as_s().unwrap()).unwrap();
                (email.as_s().unwrap().clone(), at.unix_seconds())
            });
            let published: Vec<_> = events
                .iter()
                .filter(|(_, detail)| detail["uuid"] == *user)
                .map(|(_, detail)| {
                    let text = |name: &str| detail[name].as_str().unwrap();
                    (text("email").to_owned(), seconds_of(text("verified_at")))
                })
                .collect();
            let explained = self.worlds.iter().any(|world| {
                let known = world.users[number].as_ref();
                let verified = known.map_or(&[] as &[_], |known| &known.verified);
                let verified: Vec<_> = verified
                    .iter()
                    .map(|(address, at)| (ADDRESSES[*address].to_owned(), *at))
                    .collect();
                verified.last() == on_record.as_ref() && verified == published
            });
            prop_assert!(explained, "{on_record:?}, {published:?}");
            prop_assert!(on_record.is_none() || !item.contains_key("expires_at"));
        }
        Ok(())
    }
}

async fn run(steps: &[Step]) -> Result<(), TestCaseError> {
    let mut run = Run {
        app: TestApp::start().await,
        proofs: Vec::new(),
        worlds: vec![World::default()],
    };
    for step in steps {
        match step {
            Step::One(action) => run.step(std::slice::from_ref(action)).await,
            Step::Both(one, other) => run.step(&[one.clone(), other.clone()]).await,
            Step::InVain { user, address } => run.in_vain(*user, *address).await,
            Step::Pass(seconds) => {
                run.app.pass(Duration::from_secs(seconds.unsigned_abs()));
                Ok(())
            }
        }
        .map_err(|error| {
            if run.app.edge.saw_a_repeated_call() {
                TestCaseError::reject("this machine was too busy to prove anything")
            } else {
                error
            }
        })?;
    }
    run.check_the_table().await
}

#[test]
fn every_answer_fits_the_model() {
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let steps = proptest::collection::vec(step(), 1..50);
    let outcome = TestRunner::new(config).run(&steps, |steps| runtime.block_on(run(&steps)));
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn the_model_reads_the_services_times() {
    assert_eq!(seconds_of("1970-01-01T00:00:00Z"), 0);
    assert_eq!(seconds_of("2026-11-23T12:00:00Z"), 1_795_435_200);
    assert_eq!(seconds_of("2028-02-29T23:59:59Z"), 1_835_481_599);
}
