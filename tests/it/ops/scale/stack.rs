//! A model of `request_email_verification`, from the gateway to SES.
//!
//! Timeouts, attempts, backoffs, `Retry-After` and the sliding window of emails are the product's
//! own. The rest is assumed: how long AWS takes, and how SES behaves in a brownout. The table is
//! healthy and has capacity.

use std::ops::Range;
use std::time::Duration;

use mail::{SES_ATTEMPT, SES_OPERATION};
use shared::api::RETRY_UNAVAILABLE_AFTER;
use shared::domain::clock::Timestamp;
use shared::domain::rate_limit::{MailLimit, SlidingWindow};
use shared::runtime::aws::{MAX_ATTEMPTS, SERVICE_BACKOFF};

use super::limits::{Bucket, Instances};
use super::queue::Random;

const WRITE: Duration = Duration::from_millis(15);
const COLD_START: Duration = Duration::from_millis(150);
/// The least that SES takes for a mail, and what a healthy SES may take beyond it.
const MAIL: Duration = Duration::from_millis(50);
const MAIL_SPREAD: Duration = Duration::from_millis(50);
/// SES refuses sooner than it accepts.
const REFUSAL: Duration = Duration::from_millis(20);

/// What the account and the stack's parameters allow.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub throttle_rate: u32,
    pub throttle_burst: u32,
    /// Lambda's concurrent executions.
    pub instances: u32,
    /// SES's sending rate.
    pub mails_per_second: u32,
}

/// SES throttles a share of the calls, and is slow to answer the others.
#[derive(Clone, Debug)]
pub struct Brownout {
    pub seconds: Range<u64>,
    pub throttled: f64,
    pub longest_mail: Duration,
}

/// What is on record about a user.
#[derive(Debug, Default)]
pub struct User {
    counted: SlidingWindow<u32>,
    /// The mail of the user's `Idempotency-Key`.
    keyed: Option<u32>,
    /// The mails that SES accepted.
    pub mailed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200.
    Mailed,
    /// 200: an earlier call with this key has mailed, or may have.
    Duplicate,
    /// 429 of the gateway, without `Retry-After`.
    Throttled,
    /// 429 of the API.
    LimitReached { retry_after: u64 },
    /// 503 of the API.
    Unavailable,
    /// 503 of the gateway, without `Retry-After`: no instance is free.
    NoInstance,
}

impl Answer {
    pub fn is_200(self) -> bool {
        matches!(self, Self::Mailed | Self::Duplicate)
    }

    pub fn retry_after(self) -> Option<Duration> {
        match self {
            Self::LimitReached { retry_after } => Some(Duration::from_secs(retry_after)),
            Self::Unavailable => Some(Duration::from_secs(RETRY_UNAVAILABLE_AFTER)),
            _ => None,
        }
    }

    fn is_of_the_gateway(self) -> bool {
        matches!(self, Self::Throttled | Self::NoInstance)
    }
}

/// What follows in a call.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Reserve,
    Send(Sending),
    Answer(Answer),
}

/// A mail that is counted.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    mail: u32,
    attempt: u32,
    deadline: Duration,
}

/// A step, and after which time it follows.
type Next = (Duration, Step);

#[derive(Debug)]
pub struct Stack {
    gateway: Bucket,
    instances: Instances,
    ses: Bucket,
    brownout: Option<Brownout>,
    counted: u32,
}

impl Stack {
    pub fn new(limits: Limits, brownout: Option<Brownout>) -> Self {
        let rate = limits.mails_per_second;
        Self {
            gateway: Bucket::new(limits.throttle_rate, limits.throttle_burst),
            instances: Instances::new(limits.instances),
            // A short burst beyond the rate, as SES allows.
            ses: Bucket::new(rate, rate),
            brownout,
            counted: 0,
        }
    }

    /// The most instances that were busy at once.
    pub fn instances(&self) -> u32 {
        self.instances.started()
    }

    pub fn call(&mut self, now: Duration) -> Next {
        if !self.gateway.take(now) {
            return answer_after(Duration::ZERO, Answer::Throttled);
        }
        match self.instances.take(now) {
            None => answer_after(Duration::ZERO, Answer::NoInstance),
            Some(is_cold) => {
                let start = if is_cold { COLD_START } else { Duration::ZERO };
                (start + WRITE, Step::Reserve)
            }
        }
    }

    /// Counts a mail if the user's limit allows one.
    pub fn reserve(&mut self, user: &mut User, has_key: bool, now: Duration) -> Next {
        let limit = MailLimit::DEFAULT.per_day;
        let at = Timestamp::from_unix_seconds(0).plus(now);
        let is_counted = |mail: u32| user.counted.timestamp(&mail).is_some();
        if has_key && user.keyed.is_some_and(is_counted) {
            return answer_after(Duration::ZERO, Answer::Duplicate);
        }
        let retry_after = user.counted.wait_seconds(limit, at);
        if retry_after > 0 {
            return answer_after(Duration::ZERO, Answer::LimitReached { retry_after });
        }
        // The first write assumed that nothing is on record.
        let is_first = user.counted.events().next().is_none();
        let write = if is_first { Duration::ZERO } else { WRITE };
        self.counted += 1;
        user.counted = user.counted.with(self.counted, limit, at);
        user.keyed = Some(self.counted);
        let sending = Sending {
            mail: self.counted,
            attempt: 1,
            deadline: now + write + SES_OPERATION,
        };
        (write, Step::Send(sending))
    }

    /// One attempt to send. Only a throttled one is repeated.
    pub fn send(
        &mut self,
        user: &mut User,
        sending: Sending,
        random: &mut Random,
        now: Duration,
    ) -> Next {
        let brownout = self.brownout.as_ref();
        let brownout = brownout.filter(|brownout| brownout.seconds.contains(&now.as_secs()));
        let is_ill = brownout.is_some_and(|brownout| random.happens(brownout.throttled));
        if is_ill || !self.ses.take(now) {
            return refused(user, sending, random);
        }
        user.mailed += 1;
        let spread = brownout.map_or(MAIL_SPREAD, |brownout| brownout.longest_mail);
        let duration = MAIL + random.up_to(spread);
        let timeout = SES_ATTEMPT.min(sending.deadline.saturating_sub(now));
        if duration > timeout {
            // The answer is lost, so the mail stays counted.
            return answer_after(timeout, Answer::Unavailable);
        }
        answer_after(duration, Answer::Mailed)
    }

    /// A caller has its answer.
    pub fn answered(&mut self, answer: Answer) {
        if !answer.is_of_the_gateway() {
            self.instances.release();
        }
    }
}

/// SES throttled an attempt.
fn refused(user: &mut User, sending: Sending, random: &mut Random) -> Next {
    if sending.attempt < MAX_ATTEMPTS {
        let longest = SERVICE_BACKOFF * 2_u32.pow(sending.attempt - 1);
        let attempt = sending.attempt + 1;
        let wait = REFUSAL + random.up_to(longest);
        return (wait, Step::Send(Sending { attempt, ..sending }));
    }
    user.refund(sending.mail);
    // On both items, one after the other.
    answer_after(REFUSAL + 2 * WRITE, Answer::Unavailable)
}

fn answer_after(duration: Duration, answer: Answer) -> Next {
    (duration, Step::Answer(answer))
}

impl User {
    fn refund(&mut self, mail: u32) {
        let counted = self.counted.events().map(|(id, at)| (*id, at));
        self.counted = SlidingWindow::of(counted.filter(|(id, _)| *id != mail));
    }
}
