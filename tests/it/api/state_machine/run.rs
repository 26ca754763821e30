//! The actions on the real service, and the worlds that explain its answers.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use futures_util::future::join_all;
use local::captured_mails::CapturedMail;
use local::edge::Fault;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use shared::domain::clock::Timestamp;
use shared::domain::code_attempts::Channel;

use super::actions::{ADDRESSES, Action, DAY, KEYS, NO_CODE, Step, USERS, step};
use super::model::{Outcome, Proof, World, seconds_of};
use crate::events::publish_events::published;
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY};
use crate::support::http::Answer;
use crate::support::mail::{code_of, link_of};

/// The real service, and every world that its answers allow.
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
        let body = match action {
            Action::Ask { user, address, key } => {
                let body = json!({ "uuid": USERS[*user], "email": ADDRESSES[*address] });
                return self.ask(body, *key).await;
            }
            Action::AskAgain { user, key } => {
                return self.ask(json!({ "uuid": USERS[*user] }), *key).await;
            }
            Action::Stop { user, proof } | Action::Allow { user, proof } => {
                let token = self
                    .proofs
                    .get(*proof)
                    .map_or_else(wrong, |proof| proof.token.clone());
                let action_name = match action {
                    Action::Stop { .. } => "stop",
                    _ => "allow",
                };
                let body = json!({ "uuid": USERS[*user], "token": token, "action": action_name });
                return self.post_to_page(&body).await;
            }
            Action::Follow { user, proof } => {
                let token = self
                    .proofs
                    .get(*proof)
                    .map_or_else(wrong, |proof| proof.token.clone());
                json!({ "uuid": USERS[*user], "token": token })
            }
            Action::TryCode {
                user,
                proof,
                channel,
            } => {
                let code = self.proofs.get(*proof).map_or(NO_CODE, |proof| &proof.code);
                let body = json!({ "uuid": USERS[*user], "code": code });
                match channel {
                    Channel::Api => body,
                    Channel::Page => return self.post_to_page(&body).await,
                }
            }
        };
        self.app.post_preferring_representation(VERIFY, body).await
    }

    async fn ask(&self, body: Value, key: Option<usize>) -> Answer {
        match key {
            Some(key) => self.app.post_keyed(KEYS[key], body).await,
            None => self.app.post_preferring_representation(REQUEST, body).await,
        }
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

    /// Takes all these actions concurrently, and keeps the worlds in which an order explains the
    /// answers.
    async fn step(&mut self, actions: &[Action]) -> Result<(), TestCaseError> {
        let mails_before = self.app.sent.len();
        let answers = join_all(actions.iter().map(|action| self.take(action))).await;
        let outcomes: Vec<_> = answers.iter().map(Outcome::of).collect();
        let sent = self.proofs.len();
        let numbers = self.number_mails(mails_before, &answers);
        // A mail to one user at one address may belong to either answer.
        let mut assignments = vec![numbers.clone()];
        if let [one, other] = answers.as_slice()
            && one.json() == other.json()
            && self.proofs.len() > sent
        {
            assignments.push(numbers.into_iter().rev().collect());
        }
        prop_assert_eq!(
            self.app.sent.len() - mails_before,
            self.proofs.len() - sent,
            "each mail has an answer"
        );
        let mailed: BTreeSet<_> = (0..self.proofs.len()).collect();
        let mut worlds: Vec<World> = Vec::new();
        for world in &self.worlds {
            for order in [[0, 1], [1, 0]] {
                for numbers in &assignments {
                    let sent = &self.proofs[..sent];
                    let after = self.after(world, order, numbers, actions, &outcomes, sent);
                    for world in after.into_iter().filter(|world| world.mailed == mailed) {
                        if !worlds.contains(&world) {
                            worlds.push(world);
                        }
                    }
                }
            }
        }
        prop_assert!(
            !worlds.is_empty(),
            "no order of {actions:?} explains {outcomes:?} in any of {:#?}",
            self.worlds
        );
        self.worlds = worlds;
        Ok(())
    }

    /// The worlds in which this order of one or two actions explains their outcomes.
    fn after(
        &self,
        world: &World,
        order: [usize; 2],
        numbers: &[usize],
        actions: &[Action],
        outcomes: &[Outcome],
        sent: &[Proof],
    ) -> Vec<World> {
        let mut order = order.to_vec();
        order.retain(|index| *index < actions.len());
        let in_flight = match order[..] {
            [first, second] => {
                let order = [first, second].map(|index| (index, numbers[index]));
                self.while_in_flight(world, order, actions, outcomes, sent)
            }
            _ => None,
        };
        let mut after = Some(world.clone());
        for index in order {
            after = after.and_then(|world| {
                let action = &actions[index];
                let (outcome, after) = world.after(action, numbers[index], sent, self.now());
                (outcome == outcomes[index]).then_some(after)
            });
        }
        in_flight.into_iter().chain(after).collect()
    }

    /// The world if the second code is refused while the attempt of the first one is reserved: an
    /// attempt counts until its code is right. `order` has the number of each action, and of
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

    /// Requests a mail while SES refuses all mails, and keeps the worlds that explain the answer.
    async fn in_vain(
        &mut self,
        user: usize,
        address: usize,
        key: Option<usize>,
    ) -> Result<(), TestCaseError> {
        self.app.ses_faults.always(Fault::Paused);
        let answer = self.take(&Action::Ask { user, address, key }).await;
        self.app.ses_faults.clear();
        let (outcome, now) = (Outcome::of(&answer), self.now());
        let after = |world: &World| world.after_asking_in_vain(user, address, key, now);
        let before = std::mem::take(&mut self.worlds);
        for (explanation, world) in before.iter().map(after) {
            if explanation == outcome {
                self.worlds.push(world);
            }
        }
        prop_assert!(!self.worlds.is_empty(), "{outcome:?} in {before:#?}");
        Ok(())
    }

    /// Numbers the newly mailed proofs. Returns the number for each answer.
    fn number_mails(&mut self, mails_before: usize, answers: &[Answer]) -> Vec<usize> {
        let mails = self.app.sent.newest_first();
        let mut new: Vec<Arc<CapturedMail>> = mails.into_iter().rev().skip(mails_before).collect();
        let mut numbers = Vec::new();
        let expires_at = self.now() + DAY;
        for answer in answers {
            let body: Value = answer.json();
            let is_its = |mail: &Arc<CapturedMail>| {
                let ends = body["expires_at"].as_str().map(seconds_of);
                ends == Some(expires_at)
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

    /// The verification on record is that of one of the worlds, and each verification was published
    /// as one event.
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
                .filter(|(kind, detail)| kind == "Email Verified" && detail["uuid"] == *user)
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
            Step::InVain { user, address, key } => run.in_vain(*user, *address, *key).await,
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
