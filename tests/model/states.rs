//! The states of a history, and the steps between them.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use super::defects::Defect;
use super::interner::Interner;
use super::network::Answer;
use super::past::Past;
use super::record::Record;
use super::runs::{Deeds, Mailing, RunNumber, Runs, SesAnswer};
use super::table::{ItemNumber, Items, KEYS, Table};
use super::tasks::{MailNumber, NOON, Task, To, USERS};

pub const ACTORS: usize = 3;

/// When no window holds what the actors did.
const LATER: i64 = NOON + 80 * 24 * 60 * 60;
/// The number of who acts then.
const LAST: MailNumber = 5;

/// What is explored: actors that act at once, after others that acted one after the other.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Before the actors. They mail under the numbers from [`ACTORS`] on.
    pub earlier: Vec<Task>,
    /// Seconds between the last of these and the first actor.
    pub pause: i64,
    pub actors: Vec<Task>,
    /// Seconds that may pass. A run that has begun before does not go on.
    pub passing: Option<i64>,
    /// How many answers of DynamoDB are lost, calls repeated or late, and transactions cancelled.
    pub faults: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Waiting,
    Running {
        run: RunNumber,
        /// The call was made, and is made again, as the SDK does after a lost answer.
        repeats: bool,
    },
    /// With the number of its deeds.
    Ended(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub items: Items,
    pub has_passed: bool,
    pub actors: [Place; ACTORS],
    /// How many faults may still happen.
    pub faults: u8,
    pub late: Option<Late>,
    pub past: Past,
}

/// A write that was given up, and reaches DynamoDB after what came next. A history has one at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Late {
    pub actor: usize,
    /// Up to this call.
    pub run: RunNumber,
    pub has_arrived: bool,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallOutcome {
    Done,
    DoneAndAnswerLost,
    NotDoneAndAnswerLost,
    /// It is done, its answer is lost, and the SDK repeats it.
    DoneAndRepeated,
    /// It has a timeout, and is done later.
    LateAndAnswerLost,
    /// It has a timeout, the SDK repeats it, and it is done later, too.
    LateAndRepeated,
    /// Another transaction holds an item.
    Conflict,
    Ses(SesAnswer),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// An actor's call, the first one of a run that begins, or the next one.
    Call(usize, CallOutcome),
    /// The late write of an actor reaches DynamoDB.
    Arrive(usize),
    Pass,
    /// DynamoDB deletes an expired item.
    Expire(usize),
}

pub struct World {
    pub runs: Runs,
    pub table: Table,
    deeds: Interner<Deeds>,
    /// Whether the first user can verify the first address later, by their items.
    verifiable: HashMap<(ItemNumber, ItemNumber), bool>,
}

impl World {
    pub fn new(defect: Option<Defect>) -> Self {
        Self {
            runs: Runs::new(),
            table: Table::new(defect),
            deeds: Interner::default(),
            verifiable: HashMap::new(),
        }
    }

    pub fn record(&self, items: &Items, place: usize) -> &Rc<Record> {
        self.table.record(items[place])
    }

    pub fn deeds(&self, place: Place) -> Option<Deeds> {
        match place {
            Place::Waiting => None,
            Place::Running { run, .. } => Some(self.runs.deeds(run)),
            Place::Ended(number) => Some(**self.deeds.get(number)),
        }
    }

    /// The state once the earlier tasks are done, each without a fault, and their deeds.
    pub fn first(&mut self, scenario: &Scenario) -> (State, Vec<Deeds>) {
        let mut state = State {
            items: [0; KEYS],
            has_passed: false,
            actors: [Place::Waiting; ACTORS],
            faults: scenario.faults,
            late: None,
            past: Past::default(),
        };
        let mut earlier = Vec::new();
        for (task, number) in scenario.earlier.iter().zip(ACTORS..) {
            let number = MailNumber::try_from(number).unwrap();
            earlier.push(self.do_alone(*task, number, NOON, &mut state));
        }
        (state, earlier)
    }

    /// Runs a task to its end, without a fault and while nobody else does anything.
    fn do_alone(&mut self, task: Task, number: MailNumber, now: i64, state: &mut State) -> Deeds {
        let mut run = self.runs.begin(task, number, now);
        while self.runs.call(run).is_some() {
            let outcome = if self.waits_for_ses(run) {
                CallOutcome::Ses(SesAnswer::Sent)
            } else {
                CallOutcome::Done
            };
            let before = state.items;
            let (next, items) = self.make(run, false, outcome, before);
            run = next.unwrap();
            state.items = items;
            let deeds = self.runs.deeds(run);
            state.past.remember(self, &before, &items, Some(deeds));
        }
        self.runs.deeds(run)
    }

    /// Whether the first user can verify the first address once all windows passed, even if all
    /// runs under way go no further. An operator allows mail to the address before.
    pub fn can_verify(&mut self, state: &State) -> bool {
        const ADDRESS: usize = USERS.len();
        let items = (state.items[0], state.items[ADDRESS]);
        if let Some(known) = self.verifiable.get(&items) {
            return *known;
        }
        let mut later = *state;
        if self.record(&later.items, ADDRESS).stops_mail(LATER) {
            self.do_alone(Task::Unsuppress { address: 0 }, LAST, LATER, &mut later);
        }
        let request = Task::Request {
            user: 0,
            to: To::Address(0),
            keyed: true,
        };
        self.do_alone(request, LAST, LATER, &mut later);
        let follow = Task::Follow {
            user: 0,
            mail: LAST,
        };
        self.do_alone(follow, LAST, LATER, &mut later);
        let verified = &self.record(&later.items, 0).verified;
        let can_verify = verified.as_ref().is_some_and(|(address, _)| *address == 0);
        self.verifiable.insert(items, can_verify);
        can_verify
    }

    fn waits_for_ses(&self, run: RunNumber) -> bool {
        let call = self.runs.call(run);
        call.is_some_and(|call| self.runs.call_of(call).is_to_ses())
    }

    /// All steps from a state, each with the state after it.
    pub fn steps(&mut self, scenario: &Scenario, state: &State) -> Vec<(Step, State)> {
        let mut steps = Vec::new();
        for actor in 0..scenario.actors.len() {
            self.add_calls(scenario, state, actor, &mut steps);
        }
        if let Some(late) = state.late.filter(|late| !late.has_arrived) {
            steps.push((Step::Arrive(late.actor), self.arrive(state, late)));
        }
        let now = scenario.now(state);
        for place in 0..KEYS {
            let expires_at = self.record(&state.items, place).expires_at;
            if expires_at.is_some_and(|at| at <= now) {
                let mut after = *state;
                after.items[place] = 0;
                after.past.remember(self, &state.items, &after.items, None);
                steps.push((Step::Expire(place), after));
            }
        }
        if scenario.passing.is_some() && !state.has_passed {
            let mut after = *state;
            after.has_passed = true;
            // No write takes that long.
            after.late = state.late.filter(|late| late.has_arrived);
            for actor in &mut after.actors {
                if let Place::Running { run, .. } = *actor {
                    *actor = Place::Ended(self.deeds.number(self.runs.deeds(run)));
                }
            }
            steps.push((Step::Pass, after));
        }
        steps
    }

    fn add_calls(
        &mut self,
        scenario: &Scenario,
        state: &State,
        actor: usize,
        steps: &mut Vec<(Step, State)>,
    ) {
        let repeats = match state.actors[actor] {
            Place::Ended(_) => return,
            Place::Running { repeats, .. } => repeats,
            Place::Waiting if !self.may_begin(scenario, state, actor) => return,
            Place::Waiting => false,
        };
        let run = self.run_of(scenario, state, actor);
        let may_be_late = state.late.is_none() && !repeats;
        for outcome in self.outcomes(run, state.faults, may_be_late) {
            let mut after = *state;
            let (next, items) = self.make(run, repeats, outcome, state.items);
            after.items = items;
            if !matches!(outcome, CallOutcome::Done | CallOutcome::Ses(_)) {
                after.faults -= 1;
            }
            if outcome.is_late() {
                after.late = Some(Late {
                    actor,
                    run,
                    has_arrived: false,
                });
            }
            after.actors[actor] = match next {
                None if items == state.items && !outcome.is_late() => continue,
                None => Place::Running { run, repeats: true },
                Some(run) if self.runs.call(run).is_none() => {
                    Place::Ended(self.deeds.number(self.runs.deeds(run)))
                }
                Some(run) => Place::Running {
                    run,
                    repeats: false,
                },
            };
            let deeds = self.deeds(after.actors[actor]);
            after.past.remember(self, &state.items, &items, deeds);
            steps.push((Step::Call(actor, outcome), after));
        }
    }

    /// The run of an actor, which begins now if it has not begun before.
    pub fn run_of(&mut self, scenario: &Scenario, state: &State, actor: usize) -> RunNumber {
        if let Place::Running { run, .. } = state.actors[actor] {
            return run;
        }
        let number = MailNumber::try_from(actor).unwrap();
        let now = scenario.now(state);
        self.runs.begin(scenario.actors[actor], number, now)
    }

    /// Whether its actor has read the mail that it needs.
    fn may_begin(&self, scenario: &Scenario, state: &State, actor: usize) -> bool {
        let Some(mail) = scenario.actors[actor].reads() else {
            return true;
        };
        let mailing = state.actors.get(usize::from(mail));
        mailing.is_none_or(|mailing| {
            let mail = self.deeds(*mailing).map(|deeds| deeds.mail);
            matches!(mail, Some(Mailing::Answered(answer)) if answer.may_be_read())
        })
    }

    /// The state once a late write has arrived.
    fn arrive(&mut self, state: &State, late: Late) -> State {
        let mut after = *state;
        let number = self.runs.call(late.run).unwrap();
        let call = Rc::clone(self.runs.call_of(number));
        after.items = self.table.apply(number, &call, state.items).1;
        after.late = Some(Late {
            has_arrived: true,
            ..late
        });
        let deeds = self.deeds(state.actors[late.actor]);
        after.past.remember(self, &state.items, &after.items, deeds);
        after
    }

    fn outcomes(&self, run: RunNumber, faults: u8, may_be_late: bool) -> Vec<CallOutcome> {
        if self.waits_for_ses(run) {
            return SesAnswer::ALL.map(CallOutcome::Ses).into();
        }
        let mut outcomes = vec![CallOutcome::Done];
        if faults > 0 {
            let call = self.runs.call_of(self.runs.call(run).unwrap());
            outcomes.push(CallOutcome::NotDoneAndAnswerLost);
            if !call.is_reading() {
                outcomes.extend([CallOutcome::DoneAndAnswerLost, CallOutcome::DoneAndRepeated]);
            }
            if !call.is_reading() && may_be_late {
                outcomes.push(CallOutcome::LateAndAnswerLost);
                // The token of a transaction lets it be done once.
                if !call.is_transaction() {
                    outcomes.push(CallOutcome::LateAndRepeated);
                }
            }
            if call.is_transaction() {
                outcomes.push(CallOutcome::Conflict);
            }
        }
        outcomes
    }

    /// The run after its call, and the items. `None`: the call is repeated.
    fn make(
        &mut self,
        run: RunNumber,
        repeats: bool,
        outcome: CallOutcome,
        items: Items,
    ) -> (Option<RunNumber>, Items) {
        let number = self.runs.call(run).unwrap();
        let call = Rc::clone(self.runs.call_of(number));
        let (answer, items) = match outcome {
            CallOutcome::Ses(answered) => {
                let number = self.table.number_of(answered.answer());
                let answer = self.table.answer(number);
                return (
                    Some(self.runs.answer_ses(run, answered, number, answer)),
                    items,
                );
            }
            CallOutcome::NotDoneAndAnswerLost | CallOutcome::LateAndAnswerLost => {
                (self.table.number_of(Answer::Lost), items)
            }
            CallOutcome::LateAndRepeated => return (None, items),
            CallOutcome::Conflict => (self.table.number_of(Answer::conflict()), items),
            // A transaction that was done is not done again: its repetition has the same token.
            CallOutcome::Done if repeats && call.is_transaction() => {
                (self.table.number_of(Answer::done()), items)
            }
            CallOutcome::Done => self.table.apply(number, &call, items),
            CallOutcome::DoneAndAnswerLost => {
                let (_, items) = self.table.apply(number, &call, items);
                (self.table.number_of(Answer::Lost), items)
            }
            CallOutcome::DoneAndRepeated => {
                return (None, self.table.apply(number, &call, items).1);
            }
        };
        let next = self.runs.answer(run, answer, self.table.answer(answer));
        (Some(next), items)
    }
}

impl CallOutcome {
    fn is_late(self) -> bool {
        matches!(self, Self::LateAndAnswerLost | Self::LateAndRepeated)
    }
}

impl Scenario {
    pub fn now(&self, state: &State) -> i64 {
        let passed = self.passing.filter(|_| state.has_passed);
        NOON + self.pause + passed.unwrap_or(0)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} after {:?}", self.actors, self.earlier)
    }
}
