//! What is explored. Each test prints how many states it found.

use super::defects::Defect;
use super::explorer::{Counterexample, LIVENESS};
use super::states::{Scenario, World};
use super::tasks::Task::{
    Allow, Bounce, Enter, EnterWrong, EnterWrongThenCount, Follow, FollowThenRead, Forget, Refuse,
    Request, Unsuppress,
};
use super::tasks::{CodeChannel, Task, To};

const DOCS: &str = include_str!("../../docs/develop.md");

const A_DAY: i64 = 25 * 60 * 60;
/// By then, each item that expires has expired.
const A_MONTH: i64 = 39 * 24 * 60 * 60;

/// The mail that was sent before the actors began.
const EARLIER: u8 = 3;

const ASK: Task = asking(0, To::Address(0), false);
const KEYED: Task = asking(0, To::Address(0), true);
const MOVE: Task = asking(0, To::Address(1), false);
const FOLLOW: Task = Follow {
    user: 0,
    mail: EARLIER,
};
const ENTER: Task = entering(CodeChannel::Api);
const WRONG: Task = entering_wrong(CodeChannel::Api);
const WRONG_ON_PAGE: Task = entering_wrong(CodeChannel::Page);
const REFUSE: Task = Refuse {
    user: 0,
    mail: EARLIER,
};
const ALLOW: Task = Allow {
    user: 0,
    mail: EARLIER,
};
const BOUNCE: Task = Bounce {
    user: 0,
    address: 0,
    mail: EARLIER,
};
const UNSUPPRESS: Task = Unsuppress { address: 0 };
const FORGET: Task = Forget { user: 0 };

/// The tasks of one user.
const TASKS: [Task; 15] = [
    ASK,
    KEYED,
    MOVE,
    asking(0, To::AddressOnRecord, false),
    asking(0, To::ReaderOf(EARLIER), false),
    FOLLOW,
    ENTER,
    entering(CodeChannel::Page),
    WRONG,
    WRONG_ON_PAGE,
    REFUSE,
    ALLOW,
    BOUNCE,
    UNSUPPRESS,
    FORGET,
];

/// With the mail of the first actor.
const FOLLOW_FIRST: Task = Follow { user: 0, mail: 0 };

/// Of the other user, to the same address.
const OTHER_ASKS: Task = asking(1, To::Address(0), false);
const OTHER_FOLLOWS: Task = Follow { user: 1, mail: 0 };
const OTHER_REFUSES: Task = Refuse { user: 1, mail: 0 };
const OTHER_ALLOWS: Task = Allow { user: 1, mail: 0 };
const OTHER_IS_FORGOTTEN: Task = Forget { user: 1 };

/// The tasks of the other user, once that one has asked.
const TASKS_OF_OTHER: [Task; 8] = [
    OTHER_ASKS,
    OTHER_FOLLOWS,
    other_enters(CodeChannel::Api),
    other_enters(CodeChannel::Page),
    EnterWrong {
        user: 1,
        at: CodeChannel::Api,
    },
    OTHER_REFUSES,
    OTHER_ALLOWS,
    OTHER_IS_FORGOTTEN,
];

const fn other_enters(at: CodeChannel) -> Task {
    Enter {
        user: 1,
        mail: 0,
        at,
    }
}

const fn asking(user: usize, to: To, keyed: bool) -> Task {
    Request { user, to, keyed }
}

const fn entering(at: CodeChannel) -> Task {
    Enter {
        user: 0,
        mail: EARLIER,
        at,
    }
}

const fn entering_wrong(at: CodeChannel) -> Task {
    EnterWrong { user: 0, at }
}

impl Scenario {
    /// These actors, once a mail was sent to the user.
    fn of(actors: &[Task]) -> Self {
        Self::after(&[ASK], actors)
    }

    fn after(earlier: &[Task], actors: &[Task]) -> Self {
        Self {
            earlier: earlier.to_vec(),
            pause: 0,
            actors: actors.to_vec(),
            passing: None,
            faults: 0,
        }
    }

    /// The actors begin so many seconds after the earlier ones.
    fn pausing(self, seconds: i64) -> Self {
        Self {
            pause: seconds,
            ..self
        }
    }

    fn passing(self, seconds: i64) -> Self {
        Self {
            passing: Some(seconds),
            ..self
        }
    }

    fn with_faults(self, faults: u8) -> Self {
        Self { faults, ..self }
    }
}

fn pairs(tasks: &[Task]) -> impl Iterator<Item = [Task; 2]> {
    let numbered = tasks.iter().enumerate();
    numbered.flat_map(|(first, task)| tasks[first..].iter().map(|other| [*task, *other]))
}

/// Explores all of these, of which none may break a rule. The docs have the row.
fn explore(name: &str, scenarios: impl IntoIterator<Item = Scenario>) {
    let mut world = World::new(None);
    let (mut count, mut states, mut steps) = (0, 0, 0);
    for scenario in scenarios {
        match world.explore(&scenario) {
            Ok(found) => {
                count += 1;
                states += found.states;
                steps += found.steps;
            }
            Err(Counterexample { rule, history }) => panic!("{rule}\n{history}"),
        }
    }
    let (runs, calls) = (world.runs.count(), world.table.calls());
    let row = format!("| {name} | {count} | {states} | {steps} |");
    println!("{row} by {runs} runs up to a call, and {calls} calls of DynamoDB");
    assert!(
        DOCS.contains(&row),
        "docs/develop.md: the row is now\n{row}"
    );
}

#[test]
fn two_tasks_of_one_user() {
    explore(
        "two tasks of one user",
        pairs(&TASKS).map(|pair| Scenario::of(&pair)),
    );
}

#[test]
fn three_requests_of_one_user() {
    explore(
        "three requests of one user",
        [[ASK, ASK, ASK], [KEYED, KEYED, MOVE]].map(|actors| Scenario::of(&actors)),
    );
}

#[test]
fn three_tasks_of_one_user() {
    let tried = |actors| Scenario::after(&[ASK, WRONG], actors);
    let verified = |actors| Scenario::after(&[ASK, FOLLOW], actors);
    explore(
        "three tasks of one user",
        [
            Scenario::of(&[WRONG, WRONG, WRONG]),
            tried(&[WRONG, ENTER, WRONG_ON_PAGE]),
            tried(&[WRONG_ON_PAGE, WRONG_ON_PAGE, WRONG]),
            Scenario::after(&[], &[WRONG, WRONG, WRONG]),
            Scenario::of(&[MOVE, FOLLOW, ENTER]),
            Scenario::of(&[MOVE, FOLLOW_FIRST, REFUSE]),
            Scenario::of(&[MOVE, FOLLOW_FIRST, FOLLOW]),
            verified(&[MOVE, FOLLOW_FIRST, ASK]),
            verified(&[MOVE, FOLLOW_FIRST, FORGET]),
            Scenario::of(&[ASK, REFUSE, ALLOW]),
            Scenario::of(&[ASK, FOLLOW, REFUSE]),
            Scenario::of(&[ASK, BOUNCE, UNSUPPRESS]),
            Scenario::of(&[BOUNCE, REFUSE, UNSUPPRESS]),
            Scenario::of(&[FOLLOW, MOVE, FORGET]),
            Scenario::of(&[ASK, REFUSE, FORGET]),
        ],
    );
}

#[test]
fn two_users_of_one_address() {
    let both = TASKS
        .iter()
        .flat_map(|task| TASKS_OF_OTHER.map(|other| Scenario::of(&[OTHER_ASKS, *task, other])));
    explore("two users of one address", both);
}

#[test]
fn one_answer_of_dynamodb_is_lost() {
    let pairs = [
        [KEYED, KEYED],
        [ASK, FOLLOW],
        [ASK, REFUSE],
        [ASK, MOVE],
        [FOLLOW, MOVE],
        [FOLLOW, ENTER],
        [ENTER, WRONG],
        [WRONG, WRONG],
        [REFUSE, ALLOW],
        [REFUSE, BOUNCE],
        [FOLLOW, FORGET],
    ];
    explore(
        "two tasks, and a fault of DynamoDB",
        pairs.map(|pair| Scenario::of(&pair).with_faults(1)),
    );
}

#[test]
fn windows_pass_and_items_expire() {
    let pairs = [
        [ASK, ASK],
        [ASK, FOLLOW],
        [ASK, ENTER],
        [WRONG, WRONG],
        [MOVE, FOLLOW],
        [REFUSE, ASK],
        [REFUSE, ALLOW],
        [BOUNCE, ASK],
    ];
    let passing = [A_DAY, A_MONTH];
    explore(
        "two tasks, while time passes",
        pairs
            .iter()
            .flat_map(|pair| passing.map(|seconds| Scenario::of(pair).passing(seconds))),
    );
}

/// Two mails are of the day before, so the limit of a month leaves one.
#[test]
fn requests_reach_the_limit_of_a_month() {
    explore(
        "requests on the next day",
        [[ASK, ASK, FOLLOW_FIRST], [ASK, MOVE, OTHER_ASKS]].map(|actors| the_next_day(&actors)),
    );
}

fn the_next_day(actors: &[Task]) -> Scenario {
    Scenario::after(&[ASK, ASK], actors).pausing(A_DAY)
}

/// Of these, the tests of two and three tasks are a choice. Others also begin later, or let time
/// pass.
#[test]
#[ignore = "it takes twenty minutes"]
fn any_three_tasks_and_any_fault() {
    let three = TASKS.iter().enumerate().flat_map(|(first, task)| {
        pairs(&TASKS[first..]).map(|[other, third]| Scenario::of(&[*task, other, third]))
    });
    let faults = pairs(&TASKS).map(|pair| Scenario::of(&pair).with_faults(1));
    explore(
        "any three tasks of one user, or two and a fault",
        three.chain(faults),
    );
}

/// Of which random histories are replayed.
pub fn replayed() -> Vec<Scenario> {
    let faults = [
        [KEYED, MOVE],
        [ENTER, WRONG],
        [FOLLOW, FORGET],
        [REFUSE, ASK],
    ];
    let passing = [[ASK, FOLLOW], [REFUSE, ALLOW], [BOUNCE, UNSUPPRESS]];
    let first = Scenario::after(&[], &[KEYED, KEYED]);
    let faults = faults.iter().map(|pair| Scenario::of(pair));
    let faults = faults.chain([first]);
    let faults = faults.map(|scenario| scenario.with_faults(3));
    let passing = passing
        .iter()
        .map(|pair| Scenario::of(pair).passing(A_MONTH));
    faults.chain(passing).collect()
}

/// The rule that a broken variant breaks.
fn broken(defect: Option<Defect>, scenario: &Scenario) -> &'static str {
    match World::new(defect).explore(scenario) {
        Err(Counterexample { rule, history }) => {
            println!("{defect:?} breaks: {rule}\n{history}");
            rule
        }
        Ok(_) => "no rule",
    }
}

#[test]
fn without_versions_limits_are_passed() {
    assert_eq!(
        broken(Some(Defect::NoVersionCheck), &Scenario::of(&[ASK, ASK])),
        "no user or address gets more mails than a day allows"
    );
}

#[test]
fn without_versions_a_month_allows_more() {
    assert_eq!(
        broken(Some(Defect::NoVersionCheck), &the_next_day(&[ASK, ASK])),
        "no unverified address gets more mails than a month allows"
    );
}

#[test]
fn without_a_condition_the_forgotten_return() {
    let scenario = Scenario::of(&[OTHER_ASKS, FORGET]);
    assert_eq!(
        broken(Some(Defect::NoCondition), &scenario),
        "nothing of a forgotten user comes back"
    );
}

/// A request has read a record, an operator deletes it, and another request makes a new one: the
/// first request may not write over that.
#[test]
fn versions_from_one_lose_a_new_record() {
    assert_eq!(
        broken(
            Some(Defect::VersionsBeginAtOne),
            &Scenario::of(&[ASK, ASK, FORGET])
        ),
        "a mail that was sent, or may have been, counts for a day"
    );
}

#[test]
fn a_late_count_allows_more_codes() {
    let late = EnterWrongThenCount {
        user: 0,
        at: CodeChannel::Api,
    };
    assert_eq!(
        broken(None, &Scenario::of(&[late, late, late])),
        "of the codes through one channel, no more are compared than allowed"
    );
}

#[test]
fn a_refund_by_number_frees_another_mail() {
    assert_eq!(
        broken(Some(Defect::RefundByNumber), &Scenario::of(&[ASK])),
        "a mail that was sent, or may have been, counts for a day"
    );
}

#[test]
fn half_a_refund_counts_an_unsent_mail() {
    assert_eq!(
        broken(Some(Defect::RefundOfUserAlone), &Scenario::of(&[ASK])),
        "a mail that SES refused does not count and proves nothing"
    );
}

#[test]
fn a_request_may_not_unverify() {
    let scenario = Scenario::after(&[ASK, FOLLOW], &[MOVE]);
    assert_eq!(
        broken(Some(Defect::RequestUnverifies), &scenario),
        "a verified address stays until the user verifies another"
    );
}

#[test]
fn an_address_read_later_is_another() {
    let follow = FollowThenRead {
        user: 0,
        mail: EARLIER,
    };
    assert_eq!(
        broken(None, &Scenario::of(&[MOVE, follow])),
        "an answer names the address to which its proof was mailed"
    );
}

#[test]
fn a_suppression_that_stays_locks_out() {
    assert_eq!(
        broken(Some(Defect::SuppressionStays), &Scenario::of(&[BOUNCE])),
        LIVENESS
    );
}

#[test]
fn without_its_condition_a_link_moves() {
    assert_eq!(
        broken(
            Some(Defect::NoLinkCondition),
            &Scenario::of(&[MOVE, FOLLOW])
        ),
        "an address is verified by a live proof that was mailed to it"
    );
}

#[test]
fn a_key_kept_elsewhere_mails_twice() {
    let scenario = Scenario::after(&[], &[KEYED, KEYED]);
    assert_eq!(
        broken(Some(Defect::KeyNotInTheWrite), &scenario),
        "a key mails at most once"
    );
}

#[test]
fn a_refusal_may_not_keep_links() {
    assert_eq!(
        broken(Some(Defect::RefusalKeepsLinks), &Scenario::of(&[REFUSE])),
        "no proof works after a move, a refusal or a deletion"
    );
}

#[test]
fn an_unseen_refusal_lets_a_mail_through() {
    let scenario = Scenario::of(&[ASK, OTHER_ASKS, REFUSE]);
    assert_eq!(
        broken(Some(Defect::RefusalKeepsVersion), &scenario),
        "no mail is counted for an address that gets none"
    );
}

#[test]
fn a_ttl_that_stays_deletes_the_verified() {
    assert_eq!(
        broken(Some(Defect::VerifiedUsersExpire), &Scenario::of(&[FOLLOW])),
        "a verified user never expires"
    );
}

#[test]
fn a_verification_unseen_is_no_event() {
    assert_eq!(
        broken(
            Some(Defect::VerifiedUsersArePending),
            &Scenario::of(&[ENTER])
        ),
        "each verification is one event"
    );
}

#[test]
fn without_a_count_nothing_locks_codes() {
    let scenario = Scenario::after(&[ASK, WRONG], &[WRONG, WRONG_ON_PAGE, WRONG_ON_PAGE]);
    assert_eq!(
        broken(Some(Defect::NoLock), &scenario),
        "so many wrong codes in a row, through any channel, lock the codes"
    );
}

#[test]
fn allowing_mail_may_not_remove_more() {
    assert_eq!(
        broken(
            Some(Defect::AllowingRemovesMore),
            &Scenario::after(&[ASK, REFUSE], &[ALLOW])
        ),
        "a refusal and its end change nothing else"
    );
}
