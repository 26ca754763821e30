//! What must be true of every step, whatever happened before.

use std::rc::Rc;

use super::past::MailSet;
use super::record::{MAILS, Record};
use super::runs::{Deeds, Mailing, SesAnswer};
use super::states::{Place, Scenario, State, Step, World};
use super::tasks::{ADDRESSES, CODES, CodeChannel, Ending, MAILS as MAIL_LIMIT, NOON, Task, USERS};

const DAY: i64 = 24 * 60 * 60;
const HALF_AN_HOUR: i64 = 30 * 60;
const MONTH: i64 = 30 * DAY;

/// A step, and all that the rules may look at.
pub struct Look<'w> {
    pub world: &'w World,
    pub scenario: &'w Scenario,
    /// The deeds of the earlier tasks.
    pub earlier: &'w [Deeds],
    pub before: &'w State,
    pub step: Step,
    pub after: &'w State,
}

/// Whether a step keeps a rule.
type Keeps<L> = fn(&L) -> bool;

impl Look<'_> {
    /// Each rule as a sentence, and whether a step keeps it.
    const RULES: [(&'static str, Keeps<Self>); 16] = [
        (
            "no user or address gets more mails than a day allows",
            Self::keeps_the_daily_limit,
        ),
        (
            "no unverified address gets more mails than a month allows",
            Self::keeps_the_monthly_limit,
        ),
        (
            "a mail that was sent, or may have been, counts for a day",
            Self::counts_what_was_sent,
        ),
        (
            "a mail that SES refused does not count and proves nothing",
            Self::refunds_what_was_not_sent,
        ),
        (
            "an address is verified by a live proof that was mailed to it",
            Self::verifies_by_own_proof,
        ),
        (
            "no proof works after a move, a refusal or a deletion",
            Self::keeps_proofs_invalid,
        ),
        (
            "of the codes through one channel, no more are compared than allowed",
            Self::limits_codes,
        ),
        (
            "so many wrong codes in a row, through any channel, lock the codes",
            Self::locks_codes,
        ),
        (
            "a verified address stays until the user verifies another",
            Self::keeps_the_verified,
        ),
        ("a verified user never expires", Self::keeps_verified_users),
        ("a key mails at most once", Self::mails_once_by_key),
        (
            "no mail is counted for an address that gets none",
            Self::mails_no_suppressed_address,
        ),
        (
            "a refusal and its end change nothing else",
            Self::refuses_nothing_else,
        ),
        (
            "each verification is one event",
            Self::publishes_each_verification,
        ),
        (
            "an answer names the address to which its proof was mailed",
            Self::names_the_own_address,
        ),
        ("nothing of a forgotten user comes back", Self::forgets),
    ];

    /// The first rule that the step breaks.
    pub fn broken_rule(&self) -> Option<&'static str> {
        let broken = Self::RULES.into_iter().find(|(_, keeps)| !keeps(self));
        broken.map(|(rule, _)| rule)
    }

    fn now(&self) -> i64 {
        self.scenario.now(self.after)
    }

    fn user(&self, state: &State, user: usize) -> &Rc<Record> {
        self.world.record(&state.items, user)
    }

    fn address(&self, state: &State, address: usize) -> &Rc<Record> {
        self.world.record(&state.items, USERS.len() + address)
    }

    /// The deeds of the actor whose step it is.
    fn actor(&self) -> Option<Deeds> {
        match self.step {
            Step::Call(actor, _) | Step::Arrive(actor) => {
                self.world.deeds(self.after.actors[actor])
            }
            Step::Pass | Step::Expire(_) => None,
        }
    }

    fn all_deeds(&self) -> impl Iterator<Item = Deeds> {
        let actors = self.after.actors.iter();
        let actors = actors.filter_map(|place| self.world.deeds(*place));
        self.earlier.iter().copied().chain(actors)
    }

    /// The mails that are with SES or may be on their way, by the deeds of those who mailed them.
    fn mails(&self) -> impl Iterator<Item = Deeds> {
        let actors = self.after.actors.iter();
        let running = actors.filter(|place| matches!(place, Place::Running { .. }));
        let running: Vec<_> = running
            .filter_map(|place| self.world.deeds(*place))
            .collect();
        self.all_deeds().filter(move |deeds| match deeds.mail {
            Mailing::None => false,
            Mailing::WithSes => running.contains(deeds),
            Mailing::Answered(answer) => matches!(answer, SesAnswer::Sent | SesAnswer::Lost),
        })
    }

    /// The mails that count, and were not erased.
    fn counted(&self, window: i64) -> impl Iterator<Item = usize> {
        let (now, erased) = (self.now(), self.after.past.erased);
        self.mails()
            .filter(move |deeds| deeds.now + window > now)
            .map(|deeds| usize::from(deeds.number))
            .filter(move |mail| !erased.has(*mail))
    }

    fn keeps_the_daily_limit(&self) -> bool {
        let mails: Vec<_> = self.counted(DAY).collect();
        let past = &self.after.past;
        let is_within = |of: &dyn Fn(usize) -> bool| {
            mails.iter().filter(|mail| of(**mail)).count() <= MAIL_LIMIT.per_day.max
        };
        (0..USERS.len()).all(|user| is_within(&|mail| past.user(mail) == Some(user)))
            && (0..ADDRESSES.len())
                .all(|address| is_within(&|mail| past.address(mail) == Some(address)))
    }

    fn keeps_the_monthly_limit(&self) -> bool {
        let past = &self.after.past;
        (0..ADDRESSES.len()).all(|address| {
            let mut users = 0..USERS.len();
            let is_verified = users.any(|user| {
                let verified = &self.user(self.after, user).verified;
                verified
                    .as_ref()
                    .is_some_and(|(known, _)| *known == address)
            });
            let mails = self.counted(MONTH);
            let mails = mails.filter(|mail| past.address(*mail) == Some(address));
            is_verified || mails.count() <= MAIL_LIMIT.to_unverified.max
        })
    }

    fn counts_what_was_sent(&self) -> bool {
        let past = &self.after.past;
        self.counted(DAY).all(|mail| {
            let (Some(user), Some(address)) = (past.user(mail), past.address(mail)) else {
                return false;
            };
            let records = [
                self.user(self.after, user),
                self.address(self.after, address),
            ];
            records.iter().all(|record| counts(record, mail))
        })
    }

    /// Without a fault of DynamoDB, or if that was before anything was mailed. A write that arrives
    /// after its refund counts.
    fn refunds_what_was_not_sent(&self) -> bool {
        self.all_deeds().all(|deeds| {
            let Task::Request { .. } = deeds.task else {
                return true;
            };
            let is_unsent = match deeds.mail {
                Mailing::None => self.scenario.faults <= 1 && !self.has_late_write(&deeds),
                Mailing::Answered(SesAnswer::Refused | SesAnswer::Failed) => !deeds.lost_an_answer,
                Mailing::WithSes | Mailing::Answered(_) => false,
            };
            let mail = usize::from(deeds.number);
            if deeds.ending != Some(Ending::Failed) || !is_unsent {
                return true;
            }
            let mut records = self.after.items.iter();
            let is_proof = |record: &Rc<Record>| {
                deeds.mail != Mailing::Answered(SesAnswer::Failed)
                    && (record.links.contains(&deeds.number)
                        || record.codes.contains(&deeds.number))
            };
            records.all(|item| {
                let record = self.world.table.record(*item);
                !counts(record, mail) && !is_proof(record)
            })
        })
    }

    fn has_late_write(&self, deeds: &Deeds) -> bool {
        let late = self.after.late.filter(|late| late.has_arrived);
        late.is_some_and(|late| late.actor == usize::from(deeds.number))
    }

    /// The users whose verification the step changed.
    fn newly_verified(&self) -> impl Iterator<Item = usize> {
        (0..USERS.len()).filter(|user| {
            let after = self.user(self.after, *user);
            after.verified.is_some() && after.verified != self.user(self.before, *user).verified
        })
    }

    fn verifies_by_own_proof(&self) -> bool {
        self.newly_verified().all(|user| {
            let verified = self.user(self.after, user).verified.as_ref();
            let address = verified.map(|(address, _)| *address);
            let Some(deeds) = self.actor() else {
                return false;
            };
            let (mail, lifetime) = match deeds.task {
                Task::Follow { user: of, mail } | Task::FollowThenRead { user: of, mail }
                    if of == user =>
                {
                    (mail, DAY)
                }
                Task::Enter { user: of, mail, .. } if of == user => (mail, HALF_AN_HOUR),
                _ => return false,
            };
            let mailed = self.all_deeds().find(|deeds| deeds.number == mail);
            let past = &self.before.past;
            past.address(usize::from(mail)) == address
                && past.user(usize::from(mail)) == Some(user)
                && mailed.is_some_and(|mailed| mailed.now + lifetime > deeds.now)
        })
    }

    fn keeps_proofs_invalid(&self) -> bool {
        let invalid = self.after.past.invalid;
        let used = self.actor().and_then(|deeds| deeds.task.reads());
        let is_by_invalid =
            used.is_some_and(|mail| self.before.past.invalid.has(usize::from(mail)));
        let verifies = self.newly_verified().next().is_some();
        let users = (0..USERS.len()).map(|user| self.user(self.after, user));
        !(verifies && is_by_invalid) && has_none_of(invalid, users)
    }

    fn limits_codes(&self) -> bool {
        [CodeChannel::Api, CodeChannel::Page].iter().all(|channel| {
            let at_channel = |task: Task| match task {
                Task::EnterWrong { at, .. } | Task::EnterWrongThenCount { at, .. } => {
                    at == *channel
                }
                _ => false,
            };
            let of_now = |deeds: &Deeds| deeds.now + HALF_AN_HOUR > self.now();
            let wrong = self.all_deeds().filter(|deeds| {
                deeds.ending == Some(Ending::Wrong) && at_channel(deeds.task) && of_now(deeds)
            });
            self.has_verified() || wrong.count() <= CODES.attempts.max
        })
    }

    fn locks_codes(&self) -> bool {
        let wrong = self
            .all_deeds()
            .filter(|deeds| deeds.ending == Some(Ending::Wrong));
        let allowed = usize::try_from(CODES.wrong_in_a_row).unwrap();
        self.has_verified() || wrong.count() <= allowed
    }

    /// Whether a verification gave attempts back, or an operator deleted them.
    fn has_verified(&self) -> bool {
        let mut users = 0..USERS.len();
        users.any(|user| self.user(self.after, user).verified.is_some())
            || self.all_deeds().any(|deeds| is_forget(deeds.task))
    }

    fn keeps_the_verified(&self) -> bool {
        let is_forgetting = matches!(self.actor(), Some(deeds) if is_forget(deeds.task));
        (0..USERS.len()).all(|user| {
            let verified = &self.user(self.before, user).verified;
            verified.is_none() || is_forgetting || self.user(self.after, user).verified.is_some()
        })
    }

    fn keeps_verified_users(&self) -> bool {
        (0..USERS.len()).all(|user| {
            let record = self.user(self.after, user);
            record.verified.is_none() || record.expires_at.is_none()
        })
    }

    fn mails_once_by_key(&self) -> bool {
        let past = &self.after.past;
        let of_key: Vec<_> = self
            .mails()
            .filter(|deeds| matches!(deeds.task, Task::Request { keyed: true, .. }))
            .filter(|deeds| !past.erased.has(usize::from(deeds.number)))
            .map(|deeds| {
                let mail = usize::from(deeds.number);
                (past.user(mail), past.address(mail), deeds.now)
            })
            .collect();
        let is_second = |index: usize| {
            let (user, address, now) = of_key[index];
            let mut earlier = of_key[..index].iter();
            earlier.any(|(of, to, at)| (*of, *to) == (user, address) && (now - at).abs() < DAY)
        };
        !(0..of_key.len()).any(is_second)
    }

    fn mails_no_suppressed_address(&self) -> bool {
        (0..MAILS).all(|mail| {
            let Some(address) = self.after.past.address(mail) else {
                return true;
            };
            let is_new = self.before.past.address(mail).is_none();
            let now = self.actor().map_or(NOON, |deeds| deeds.now);
            !is_new || !self.address(self.before, address).stops_mail(now)
        })
    }

    fn refuses_nothing_else(&self) -> bool {
        let Some(deeds) = self.actor() else {
            return true;
        };
        let (of_address, of_user): (&[&str], &[&str]) = match deeds.task {
            Task::Allow { .. } => (&["refusal", "version"], &[]),
            Task::Unsuppress { .. } => (
                &[
                    "suppression",
                    "refusal",
                    "unsuppressed_at",
                    "version",
                    "expires_at",
                    "mails",
                ],
                &[],
            ),
            Task::Refuse { .. } => (
                &["refusal", "version", "expires_at", "mails"],
                &[
                    "version",
                    "links",
                    "codes",
                    "spellings",
                    "invalidated_links",
                    "expires_at",
                ],
            ),
            _ => return true,
        };
        let unchanged = |before: &Record, after: &Record, names: &[&str]| {
            let was_there = before.exists();
            let names: Vec<_> = names
                .iter()
                .copied()
                .chain((!was_there).then_some("pk"))
                .collect();
            let (before_item, after_item) = (before.without(&names), after.without(&names));
            before.mails == after.mails
                && (before_item == after_item || (!was_there && after_item == empty()))
        };
        (0..USERS.len()).all(|user| {
            unchanged(
                self.user(self.before, user),
                self.user(self.after, user),
                of_user,
            )
        }) && (0..ADDRESSES.len()).all(|address| {
            let (before, after) = (
                self.address(self.before, address),
                self.address(self.after, address),
            );
            unchanged(before, after, of_address)
        })
    }

    fn publishes_each_verification(&self) -> bool {
        (0..USERS.len()).all(|user| {
            if self.before.items[user] == self.after.items[user] {
                return true;
            }
            let (before, after) = (self.user(self.before, user), self.user(self.after, user));
            let is_verification = self.newly_verified().any(|verified| verified == user);
            Record::is_published_as_verification(before, after) == is_verification
        })
    }

    fn names_the_own_address(&self) -> bool {
        let Some(deeds) = self.actor() else {
            return true;
        };
        match (deeds.ending, deeds.task.reads()) {
            (Some(Ending::Verified { address }), Some(mail)) => {
                self.after.past.address(usize::from(mail)) == Some(address)
            }
            _ => true,
        }
    }

    fn forgets(&self) -> bool {
        let past = &self.after.past;
        let users = (0..USERS.len()).map(|user| self.user(self.after, user));
        let mut addresses = (0..ADDRESSES.len()).map(|address| self.address(self.after, address));
        let counts_one = |record: &Record, of: MailSet| {
            let mut mails = record.mails.keys();
            mails.any(|mail| of.has(usize::from(*mail)))
        };
        has_none_of(past.forgotten, users.clone())
            && !users
                .clone()
                .any(|record| counts_one(record, past.forgotten))
            && !addresses.any(|record| counts_one(record, past.forgotten_at_address))
    }
}

fn empty() -> serde_json::Value {
    serde_json::json!({})
}

fn is_forget(task: Task) -> bool {
    matches!(task, Task::Forget { .. })
}

fn counts(record: &Record, mail: usize) -> bool {
    record
        .mails
        .keys()
        .any(|counted| usize::from(*counted) == mail)
}

/// Whether no proof of these mails is on record.
fn has_none_of<'r>(mails: MailSet, mut records: impl Iterator<Item = &'r Rc<Record>>) -> bool {
    mails.is_empty()
        || records.all(|record| {
            let mut proofs = record.links.iter().chain(&record.codes);
            !proofs.any(|mail| mails.has(usize::from(*mail)))
        })
}
