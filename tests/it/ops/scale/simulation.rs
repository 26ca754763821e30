//! Runs a scenario from the first sign-up to the last answer.

use std::collections::BTreeMap;
use std::time::Duration;

use super::callers::Callers;
use super::queue::{Queue, Random};
use super::stack::{Answer, Brownout, Limits, Stack, Step, User};

const SEED: u64 = 1;

#[derive(Clone, Debug)]
pub struct Scenario {
    pub limits: Limits,
    pub brownout: Option<Brownout>,
    /// From which second on how many users sign up in each second. In the last second nobody does.
    pub sign_ups: &'static [(u64, u32)],
    /// The second from which on the load is usual, and SES is healthy.
    pub over_at: u64,
}

/// The outcome for all users and their calls.
#[derive(Debug, Default)]
pub struct Report {
    pub users: u32,
    /// Those whose caller gave up.
    pub given_up: u32,
    /// Those who got no mail.
    pub without_mail: u32,
    pub mails: u32,
    /// The most mails of one user.
    pub most_mails: u32,
    /// In each second.
    pub calls: BTreeMap<u64, u32>,
    pub first_refusal: Option<(Duration, Answer)>,
    pub throttled: u32,
    pub limit_reached: u32,
    pub unavailable: u32,
    pub no_instance: u32,
    /// The most users at once who waited for an answer or for their next call.
    pub most_waiting: u32,
    /// The most instances that were busy at once.
    pub instances: u32,
    /// How long after [`Scenario::over_at`] the last user of before had the last answer.
    pub drained_after: Duration,
    waiting: u32,
}

impl Report {
    pub fn all_calls(&self) -> u32 {
        self.calls.values().sum()
    }

    /// The most calls in any second from this one on.
    pub fn most_calls_from(&self, second: u64) -> u32 {
        let calls = self.calls.range(second..).map(|(_, calls)| *calls);
        calls.max().unwrap_or(0)
    }

    fn count(&mut self, answer: Answer, now: Duration) {
        let refusals = match answer {
            Answer::Mailed | Answer::Duplicate => return,
            Answer::Throttled => &mut self.throttled,
            Answer::LimitReached { .. } => &mut self.limit_reached,
            Answer::Unavailable => &mut self.unavailable,
            Answer::NoInstance => &mut self.no_instance,
        };
        *refusals += 1;
        self.first_refusal.get_or_insert((now, answer));
    }
}

/// Of one call for one user.
#[derive(Clone, Copy, Debug)]
struct Event {
    user: usize,
    /// The calls for the user, with this one.
    calls: u32,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Call,
    Step(Step),
}

struct Simulation<'a> {
    scenario: &'a Scenario,
    callers: Callers,
    random: Random,
    queue: Queue<Event>,
    stack: Stack,
    users: Vec<User>,
    sign_ups: Vec<Duration>,
    report: Report,
}

pub fn simulate(scenario: &Scenario, callers: Callers) -> Report {
    let mut random = Random::with_seed(SEED);
    let sign_ups = sign_ups(scenario.sign_ups, &mut random);
    let mut simulation = Simulation {
        scenario,
        callers,
        random,
        queue: Queue::default(),
        stack: Stack::new(scenario.limits, scenario.brownout.clone()),
        users: sign_ups.iter().map(|_| User::default()).collect(),
        sign_ups,
        report: Report::default(),
    };
    simulation.run();
    simulation.report()
}

impl Simulation<'_> {
    fn run(&mut self) {
        for (user, sign_up) in self.sign_ups.iter().enumerate() {
            let (calls, what) = (1, What::Call);
            self.queue.plan(*sign_up, Event { user, calls, what });
        }
        while let Some(event) = self.queue.pop() {
            let now = self.queue.now();
            let user = &mut self.users[event.user];
            let (wait, step) = match event.what {
                What::Call => self.call(event, now),
                What::Step(Step::Reserve) => self.stack.reserve(user, self.callers.has_key(), now),
                What::Step(Step::Send(sending)) => {
                    self.stack.send(user, sending, &mut self.random, now)
                }
                What::Step(Step::Answer(answer)) => {
                    self.answer(event, answer, now);
                    continue;
                }
            };
            let what = What::Step(step);
            self.queue.plan(wait, Event { what, ..event });
        }
    }

    fn call(&mut self, event: Event, now: Duration) -> (Duration, Step) {
        *self.report.calls.entry(now.as_secs()).or_default() += 1;
        if event.calls == 1 {
            self.report.waiting += 1;
            self.report.most_waiting = self.report.most_waiting.max(self.report.waiting);
        }
        self.stack.call(now)
    }

    fn answer(&mut self, event: Event, answer: Answer, now: Duration) {
        self.stack.answered(answer);
        self.report.count(answer, now);
        if !answer.is_200() {
            if let Some(wait) = self.callers.wait(event.calls, answer, &mut self.random) {
                let (calls, what) = (event.calls + 1, What::Call);
                self.queue.plan(
                    wait,
                    Event {
                        calls,
                        what,
                        ..event
                    },
                );
                return;
            }
            self.report.given_up += 1;
        }
        self.report.waiting -= 1;
        let over_at = Duration::from_secs(self.scenario.over_at);
        if self.sign_ups[event.user] < over_at {
            let after = now.saturating_sub(over_at);
            self.report.drained_after = self.report.drained_after.max(after);
        }
    }

    fn report(mut self) -> Report {
        self.report.instances = self.stack.instances();
        for user in &self.users {
            self.report.users += 1;
            self.report.mails += user.mailed;
            self.report.most_mails = self.report.most_mails.max(user.mailed);
            self.report.without_mail += u32::from(user.mailed == 0);
        }
        self.report
    }
}

/// When each user signs up.
fn sign_ups(rates: &[(u64, u32)], random: &mut Random) -> Vec<Duration> {
    let mut all = Vec::new();
    for (&(from, users), &(until, _)) in rates.iter().zip(rates.iter().skip(1)) {
        for second in (from..until).map(Duration::from_secs) {
            let within = (0..users).map(|_| second + random.up_to(Duration::from_secs(1)));
            all.extend(within);
        }
    }
    all
}
