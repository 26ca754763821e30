//! The runs of tasks, as far as they went: a tree whose branches are the answers of AWS.
//!
//! A run is deterministic, so its place in the tree says all about it. Each branch is run once,
//! from the beginning, however many states have it.

use std::collections::HashMap;
use std::rc::Rc;
use std::task::Poll;

use shared::domain::clock::Timestamp;
use tokio::runtime::{Builder, Runtime};

use super::interner::Interner;
use super::network::{self, Answer, Call, Slot};
use super::table::{AnswerNumber, CallNumber};
use super::tasks::{Ending, MailNumber, Running, Service, Task};

/// A run up to a call, or to its end.
pub type RunNumber = u32;

/// What SES answers. A mail whose answer was lost, or that failed, may have been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SesAnswer {
    Sent,
    Refused,
    Failed,
    Lost,
}

impl SesAnswer {
    pub const ALL: [Self; 4] = [Self::Sent, Self::Refused, Self::Failed, Self::Lost];

    pub fn may_be_read(self) -> bool {
        self != Self::Refused
    }

    pub fn answer(self) -> Answer {
        let (status, body) = match self {
            Self::Sent => (200, r#"{"MessageId":"1"}"#),
            Self::Refused => (400, r#"{"__type":"MessageRejected","message":"refused"}"#),
            Self::Failed => (500, r#"{"__type":"InternalFailure","message":"failed"}"#),
            Self::Lost => return Answer::Lost,
        };
        Answer::Http {
            status,
            body: body.to_owned(),
        }
    }
}

/// How far the mail of a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mailing {
    None,
    WithSes,
    Answered(SesAnswer),
}

/// What a run did so far, as the rules need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deeds {
    pub task: Task,
    /// The number of its actor.
    pub number: MailNumber,
    pub now: i64,
    pub mail: Mailing,
    /// Whether an answer of DynamoDB was lost.
    pub lost_an_answer: bool,
    /// `None`: it has not ended.
    pub ending: Option<Ending>,
}

struct Run {
    deeds: Deeds,
    before: Option<Branch>,
    /// `None`: it has ended.
    call: Option<CallNumber>,
    /// The run itself, which the first answer takes. `None`: for another answer, it has to be run
    /// again.
    waiting: Option<(Running, Slot)>,
}

/// The run before an answer, and the answer.
type Branch = (RunNumber, Rc<Answer>);

pub struct Runs {
    service: &'static Service,
    runtime: Runtime,
    tree: Vec<Run>,
    after: HashMap<(RunNumber, AnswerNumber), RunNumber>,
    calls: Interner<Call>,
    begun: HashMap<(Task, MailNumber, i64), RunNumber>,
}

impl Runs {
    pub fn new() -> Self {
        Self {
            service: Box::leak(Box::new(Service::new())),
            runtime: Builder::new_current_thread().enable_time().build().unwrap(),
            tree: Vec::new(),
            after: HashMap::new(),
            calls: Interner::default(),
            begun: HashMap::new(),
        }
    }

    pub fn count(&self) -> usize {
        self.tree.len()
    }

    pub fn deeds(&self, run: RunNumber) -> Deeds {
        self.tree[run as usize].deeds
    }

    /// The call that waits for an answer.
    pub fn call(&self, run: RunNumber) -> Option<CallNumber> {
        self.tree[run as usize].call
    }

    pub fn call_of(&self, number: CallNumber) -> &Rc<Call> {
        self.calls.get(number)
    }

    pub fn begin(&mut self, task: Task, number: MailNumber, now: i64) -> RunNumber {
        if let Some(run) = self.begun.get(&(task, number, now)) {
            return *run;
        }
        let deeds = Deeds {
            task,
            number,
            now,
            mail: Mailing::None,
            lost_an_answer: false,
            ending: None,
        };
        let run = self.add(deeds, None);
        self.begun.insert((task, number, now), run);
        run
    }

    pub fn answer_ses(
        &mut self,
        run: RunNumber,
        answered: SesAnswer,
        number: AnswerNumber,
        answer: &Rc<Answer>,
    ) -> RunNumber {
        let mail = Mailing::Answered(answered);
        let deeds = Deeds {
            mail,
            ..self.deeds(run)
        };
        self.go_on(run, deeds, number, answer)
    }

    pub fn answer(
        &mut self,
        run: RunNumber,
        number: AnswerNumber,
        answer: &Rc<Answer>,
    ) -> RunNumber {
        let mut deeds = self.deeds(run);
        deeds.lost_an_answer |= **answer == Answer::Lost;
        self.go_on(run, deeds, number, answer)
    }

    fn go_on(
        &mut self,
        run: RunNumber,
        deeds: Deeds,
        number: AnswerNumber,
        answer: &Rc<Answer>,
    ) -> RunNumber {
        if let Some(known) = self.after.get(&(run, number)) {
            return *known;
        }
        let next = self.add(deeds, Some((run, Rc::clone(answer))));
        self.after.insert((run, number), next);
        next
    }

    /// Goes on with the run, or runs the task again with all answers so far.
    fn add(&mut self, mut deeds: Deeds, before: Option<Branch>) -> RunNumber {
        let waiting = before.as_ref().and_then(|(run, answer)| {
            let (running, slot) = self.tree[*run as usize].waiting.take()?;
            *slot.lock().unwrap() = Some((**answer).clone());
            network::answer_with([]);
            Some(running)
        });
        let mut running = waiting.unwrap_or_else(|| self.again(&deeds, before.as_ref()));
        deeds.ending = self.runtime.block_on(async {
            tokio::select! {
                biased;
                ending = &mut running => Some(ending),
                () = until_a_call_waits() => None,
            }
        });
        let (call, slot) = network::take_held().unzip();
        assert_eq!(call.is_none(), deeds.ending.is_some());
        if call.as_ref().is_some_and(Call::is_to_ses) {
            deeds.mail = Mailing::WithSes;
        }
        self.tree.push(Run {
            deeds,
            before,
            call: call.map(|call| self.calls.number(call)),
            waiting: slot.map(|slot| (running, slot)),
        });
        RunNumber::try_from(self.tree.len() - 1).unwrap()
    }

    /// The task from its beginning, with all answers so far.
    fn again(&self, deeds: &Deeds, before: Option<&Branch>) -> Running {
        let mut answers = Vec::new();
        let mut last = before;
        while let Some((run, answer)) = last {
            answers.push(Rc::clone(answer));
            last = self.tree[*run as usize].before.as_ref();
        }
        network::answer_with(answers.into_iter().rev());
        let now = Timestamp::from_unix_seconds(deeds.now);
        self.service.run(deeds.task, deeds.number, now)
    }
}

/// It is polled whenever the run is.
async fn until_a_call_waits() {
    std::future::poll_fn(|_| {
        if network::is_holding() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
