//! What an actor does: one run of a real use case.

use std::pin::Pin;
use std::time::Duration;

use admin::{Plan, Table};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_smithy_runtime_api::client::http::{SharedHttpConnector, http_client_fn};
use local::stack::{self, TABLE};
use mail::{MailSettings, Mailer, Ses};
use record_mail_events::record_mail_event::RecordMailEvent;
use request_email_verification::request_verification::{
    MailPolicy, MailTo, RequestError, RequestOutcome, RequestVerification, Timeouts,
    VerificationRequest,
};
use shared::domain::claim::Claim;
use shared::domain::clock::Timestamp;
use shared::domain::code_attempts::{AttemptId, Channel};
use shared::domain::delivery::{Delivery, DeliveryState, MailEvent, SentAt};
use shared::domain::email_address::EmailAddress;
use shared::domain::idempotency_key::IdempotencyKey;
use shared::domain::presented_proof::PresentedProof;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::rate_limit::{CodeLimit, MailLimit, RateLimit};
use shared::domain::user_id::UserId;
use shared::domain::verification_code::Code;
use shared::domain::version::Version;
use shared::runtime::aws::Aws;
use shared::runtime::settings::{Environment, domains, proofs};
use shared::store::{OperatorStore, Search, Store};
use shared::text::locale::Locale;
use shared::use_cases::confirm_verification::{Attempt, ConfirmVerification, Verdict};
use verification_page::refuse_mail::{Allowed, RefuseMail, Refused};

use super::network::Network;

pub const USERS: [&str; 2] = [
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98",
    "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99",
];
pub const ADDRESSES: [&str; 2] = ["ada@example.org", "bob@example.org"];

/// 2026-11-23T12:00:00Z, at which each history begins.
pub const NOON: i64 = 1_795_435_200;

/// Smaller limits than the service has, so that three actors reach them.
pub const MAILS: MailLimit = MailLimit {
    per_day: RateLimit {
        max: 2,
        ..MailLimit::DEFAULT.per_day
    },
    to_unverified: RateLimit {
        max: 3,
        ..MailLimit::DEFAULT.to_unverified
    },
};
pub const CODES: CodeLimit = CodeLimit {
    attempts: RateLimit {
        max: 2,
        ..CodeLimit::DEFAULT.attempts
    },
    wrong_in_a_row: 3,
    ..CodeLimit::DEFAULT
};

/// No call is slow here, so no timeout ends it.
const NO_TIMEOUT: Duration = Duration::from_hours(1);

/// The number of a mail. An actor mails under its own number.
pub type MailNumber = u8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum To {
    Address(usize),
    AddressOnRecord,
    ReaderOf(MailNumber),
}

/// `user` is the number of a user, `address` of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    Request {
        user: usize,
        to: To,
        /// Whether it has the one `Idempotency-Key`.
        keyed: bool,
    },
    Follow {
        user: usize,
        mail: MailNumber,
    },
    Enter {
        user: usize,
        mail: MailNumber,
        at: CodeChannel,
    },
    EnterWrong {
        user: usize,
        at: CodeChannel,
    },
    Refuse {
        user: usize,
        mail: MailNumber,
    },
    Allow {
        user: usize,
        mail: MailNumber,
    },
    Bounce {
        user: usize,
        address: usize,
        mail: MailNumber,
    },
    Unsuppress {
        address: usize,
    },
    Forget {
        user: usize,
    },
    /// A broken variant of entering a wrong code: the attempt is counted after the comparison.
    EnterWrongThenCount {
        user: usize,
        at: CodeChannel,
    },
    /// A broken variant of following a link: the answer names the address that is on record after
    /// the verification.
    FollowThenRead {
        user: usize,
        mail: MailNumber,
    },
}

/// A [`Channel`] that can be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeChannel {
    Api,
    Page,
}

impl CodeChannel {
    pub fn channel(self) -> Channel {
        match self {
            Self::Api => Channel::Api,
            Self::Page => Channel::Page,
        }
    }
}

impl Task {
    /// The mail that its actor has read.
    pub fn reads(self) -> Option<MailNumber> {
        match self {
            Self::Request {
                to: To::ReaderOf(mail),
                ..
            }
            | Self::Follow { mail, .. }
            | Self::FollowThenRead { mail, .. }
            | Self::Enter { mail, .. }
            | Self::Refuse { mail, .. }
            | Self::Allow { mail, .. }
            | Self::Bounce { mail, .. } => Some(mail),
            _ => None,
        }
    }
}

/// How a run ended, as far as the rules are about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    Mailed,
    /// An earlier request with the key was counted.
    Duplicate,
    /// A rule refused the request.
    NotMailed,
    /// An address is verified, by this proof or before.
    Verified {
        address: usize,
    },
    /// A code was compared, and is no code of the last day.
    Wrong,
    /// Whatever else the service answers.
    Other,
    Forgotten,
    /// DynamoDB or SES failed.
    Failed,
}

pub type Running = Pin<Box<dyn Future<Output = Ending>>>;

/// What a run needs: the use cases with all that they have on AWS.
pub struct Service {
    request: RequestVerification,
    confirm: ConfirmVerification,
    refuse: RefuseMail,
    record: RecordMailEvent,
    operator: OperatorStore,
    table: Table,
    store: Store,
}

impl Service {
    pub fn new() -> Self {
        let settings = stack::environment("http://dynamodb", "http://ses");
        let environment = Environment::from_pairs(&settings);
        let aws = Aws::with_connector(&environment, SharedHttpConnector::new(Network)).unwrap();
        let client = dynamodb();
        let store = Store::new(client.clone(), TABLE);
        let keys = proofs::code_keys(&environment).unwrap();
        let mail = MailSettings::from_environment(&environment).unwrap();
        Self {
            request: RequestVerification {
                store: store.clone(),
                mailer: Mailer::new(Ses::new(&aws, &environment), mail),
                keys: keys.clone(),
                domains: domains::domain_policy(&environment).unwrap(),
                policy: MailPolicy {
                    lifetimes: ProofLifetimes::DEFAULT,
                    limit: MAILS,
                    code_in_subject: true,
                },
                timeouts: Timeouts {
                    reserve: NO_TIMEOUT,
                    refund: NO_TIMEOUT,
                },
            },
            confirm: ConfirmVerification {
                store: store.clone(),
                keys,
                code_limit: CODES,
                timeout: NO_TIMEOUT,
            },
            refuse: RefuseMail {
                store: store.clone(),
                timeout: NO_TIMEOUT,
            },
            record: RecordMailEvent {
                store: store.clone(),
            },
            operator: OperatorStore::new(store.clone()),
            table: Table::new(client, TABLE.to_owned(), String::new()),
            store,
        }
    }

    /// A run of this task by the actor that mails under `number`.
    pub fn run(&'static self, task: Task, number: MailNumber, now: Timestamp) -> Running {
        match task {
            Task::Request { user, to, keyed } => {
                Box::pin(self.ask(user_id(user), to, keyed, number, now))
            }
            Task::Follow { user, mail } => {
                let token = proof(mail).token;
                let claim = claim(user);
                Box::pin(self.confirm(
                    PresentedProof::Link { claim, token },
                    CodeChannel::Api,
                    number,
                    now,
                ))
            }
            Task::Enter { user, mail, at } => {
                let code = proof(mail).code.unwrap();
                let claim = claim(user);
                Box::pin(self.confirm(PresentedProof::Code { claim, code }, at, number, now))
            }
            Task::EnterWrong { user, at } => {
                let (claim, code) = (claim(user), wrong_code());
                Box::pin(self.confirm(PresentedProof::Code { claim, code }, at, number, now))
            }
            Task::EnterWrongThenCount { user, at } => {
                Box::pin(self.enter_then_count(user_id(user), at, number, now))
            }
            Task::FollowThenRead { user, mail } => {
                Box::pin(self.follow_then_read(user, mail, number, now))
            }
            Task::Refuse { user, mail } => Box::pin(async move {
                let (user, token) = (user_id(user), proof(mail).token);
                match self.refuse.refuse(&user, &token, first(number), now).await {
                    Ok(Refused::Now(_) | Refused::Before(_) | Refused::Suppressed(_)) => {
                        Ending::Other
                    }
                    Ok(Refused::UnknownLink) => Ending::NotMailed,
                    Err(_) => Ending::Failed,
                }
            }),
            Task::Allow { user, mail } => Box::pin(async move {
                match self.refuse.allow(&user_id(user), &proof(mail).token).await {
                    Ok(Allowed::Mailable(_) | Allowed::Suppressed(_)) => Ending::Other,
                    Ok(Allowed::UnknownLink) => Ending::NotMailed,
                    Err(_) => Ending::Failed,
                }
            }),
            Task::Bounce {
                user,
                address,
                mail,
            } => Box::pin(async move {
                let event = bounced(user, address, mail, now);
                or_failed(
                    self.record
                        .run(&event, first(number))
                        .await
                        .map(|_| Ending::Other),
                )
            }),
            Task::Unsuppress { address } => Box::pin(async move {
                let address = email(address);
                let unsuppressed = self.operator.unsuppress(&address, first(number), now).await;
                or_failed(unsuppressed.map(|_| Ending::Other))
            }),
            Task::Forget { user } => Box::pin(self.forget(user_id(user), now)),
        }
    }

    async fn ask(
        &self,
        user: UserId,
        to: To,
        keyed: bool,
        number: MailNumber,
        now: Timestamp,
    ) -> Ending {
        let request = VerificationRequest {
            user,
            to: match to {
                To::Address(address) => MailTo::Address(email(address)),
                To::AddressOnRecord => MailTo::AddressOnRecord,
                To::ReaderOf(mail) => MailTo::ReaderOf(proof(mail).token.digest()),
            },
            key: keyed.then(|| IdempotencyKey::parse("key").unwrap()),
            greeting: None,
            locale: Locale::En,
            // Its link is known without.
            url: None,
        };
        match self.request.run(&request, &proof(number), now).await {
            Ok(RequestOutcome::Mailed { .. }) => Ending::Mailed,
            Ok(RequestOutcome::Duplicate { .. }) => Ending::Duplicate,
            Ok(_) => Ending::NotMailed,
            Err(RequestError::Store(_) | RequestError::Send(_)) => Ending::Failed,
        }
    }

    async fn confirm(
        &self,
        proof: PresentedProof,
        at: CodeChannel,
        number: MailNumber,
        now: Timestamp,
    ) -> Ending {
        let attempt = Attempt {
            channel: at.channel(),
            id: attempt(number),
        };
        or_failed(
            self.confirm
                .run(&proof, attempt, now)
                .await
                .map(|verdict| match verdict {
                    Verdict::Verified(verification) | Verdict::AlreadyVerified(verification) => {
                        Ending::Verified {
                            address: number_of(&verification.address),
                        }
                    }
                    Verdict::Invalid if matches!(proof, PresentedProof::Code { .. }) => {
                        Ending::Wrong
                    }
                    _ => Ending::Other,
                }),
        )
    }

    async fn enter_then_count(
        &self,
        user: UserId,
        at: CodeChannel,
        number: MailNumber,
        now: Timestamp,
    ) -> Ending {
        let compared = self.store.find_user(&user).await;
        let reserving =
            self.store
                .reserve_attempt(&user, at.channel(), attempt(number), CODES, now);
        let counted = reserving.await;
        if compared.is_err() || counted.is_err() {
            return Ending::Failed;
        }
        Ending::Wrong
    }

    async fn follow_then_read(
        &self,
        user: usize,
        mail: MailNumber,
        number: MailNumber,
        now: Timestamp,
    ) -> Ending {
        let (claim, token) = (claim(user), proof(mail).token);
        let link = PresentedProof::Link { claim, token };
        let ending = self.confirm(link, CodeChannel::Api, number, now).await;
        match (ending, self.store.find_user(&user_id(user)).await) {
            (Ending::Verified { .. }, Ok(Some(record))) => Ending::Verified {
                address: number_of(&record.address),
            },
            (ending, _) => ending,
        }
    }

    async fn forget(&self, user: UserId, now: Timestamp) -> Ending {
        let plan = Plan::for_user(&self.table, &user, Search::Index, now);
        let done = async {
            let (done, changed) = plan.await?.carry_out(&self.table).await?;
            Ok::<_, admin::AdminError>(changed.is_empty() && !done.left_traces(&self.table).await?)
        };
        match Box::pin(done).await {
            Ok(true) => Ending::Forgotten,
            Ok(false) => Ending::Other,
            Err(_) => Ending::Failed,
        }
    }
}

fn or_failed<E>(ended: Result<Ending, E>) -> Ending {
    ended.unwrap_or(Ending::Failed)
}

/// DynamoDB's client without retries: the model repeats calls itself.
fn dynamodb() -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://dynamodb")
        .allow_no_auth()
        .http_client(http_client_fn(|_, _| SharedHttpConnector::new(Network)))
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

pub fn user_id(user: usize) -> UserId {
    UserId::parse(USERS[user]).unwrap()
}

pub fn email(address: usize) -> EmailAddress {
    EmailAddress::parse(ADDRESSES[address]).unwrap()
}

fn number_of(address: &EmailAddress) -> usize {
    let mut known = ADDRESSES.iter();
    known
        .position(|known| *known == address.canonical())
        .unwrap()
}

pub fn proof(mail: MailNumber) -> Proof {
    Proof::from_random([mail + 1; 32], Some([mail + 1; 8]))
}

fn wrong_code() -> Code {
    Code::from_random([0xfe; 8])
}

fn claim(user: usize) -> Claim {
    Claim {
        user: user_id(user),
        address: None,
    }
}

fn attempt(number: MailNumber) -> AttemptId {
    AttemptId::from_random([number + 1; 8])
}

/// The version of a record that is not made by a mail or an attempt.
fn first(number: MailNumber) -> Version {
    Version::first([number + 1; 4])
}

fn bounced(user: usize, address: usize, mail: MailNumber, now: Timestamp) -> MailEvent {
    MailEvent {
        address: email(address),
        user: Some(user_id(user)),
        delivery: Delivery {
            mail: proof(mail).mail_id(),
            sent_at: SentAt::from_unix_millis(now.unix_seconds() * 1_000),
            state: DeliveryState::Bounced,
            at: now,
        },
    }
}
