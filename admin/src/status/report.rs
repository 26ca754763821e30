//! A status as people and scripts read it.

use serde::Serialize;
use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::code_attempts::{Channel, CodeAttempts};
use shared::domain::rate_limit::{CodeLimit, MailLimit};
use shared::store::UserOnRecord;

use crate::output::{fields, indented};

#[derive(Debug, Serialize)]
pub(super) struct AddressStatus {
    pub(super) email: String,
    pub(super) derived_uuid: String,
    pub(super) address: Option<AddressSummary>,
    pub(super) users: Vec<UserSummary>,
}

impl AddressStatus {
    pub(super) fn describe(&self) -> String {
        let address = match &self.address {
            None => "  no mail and no suppression on record\n".to_owned(),
            Some(address) => section([
                (
                    "Mails",
                    format!(
                        "{}, {} in 30 days",
                        in_the_last_day(address.mails, address.mails_per_day),
                        address.mails_in_30_days
                    ),
                ),
                ("Newest mail", address.describe_newest_mail()),
                ("Suppressed", address.describe_suppression()),
                ("Kept", kept(address.leaves_at.as_deref())),
            ]),
        };
        let users = if self.users.is_empty() {
            format!(
                "\nNo user has it. Its derived UUID is {}.\n",
                self.derived_uuid
            )
        } else {
            self.users.iter().fold(String::new(), |text, user| {
                let note = if user.uuid == self.derived_uuid {
                    " (derived from the address)"
                } else {
                    ""
                };
                format!("{text}\n{}", user.describe(note))
            })
        };
        format!("Address {}\n{address}{users}", self.email)
    }
}

#[derive(Debug, Serialize)]
pub(super) struct UserStatus {
    pub(super) uuid: String,
    pub(super) user: Option<UserSummary>,
}

#[derive(Debug, Serialize)]
pub(super) struct AddressSummary {
    mails: usize,
    /// The stack's limit. `None`: it cannot be read.
    mails_per_day: Option<usize>,
    mails_in_30_days: usize,
    newest_mail: Option<NewestMail>,
    suppression: Option<Suppressed>,
    unsuppressed_at: Option<String>,
    leaves_at: Option<String>,
}

/// The delivery status of the newest mail.
#[derive(Debug, Serialize)]
struct NewestMail {
    state: &'static str,
    at: String,
}

#[derive(Debug, Serialize)]
struct Suppressed {
    reason: &'static str,
    at: String,
}

impl AddressSummary {
    pub(super) fn at(record: &AddressRecord, limit: Option<MailLimit>, now: Timestamp) -> Self {
        Self {
            mails: record.mails.counting(MailLimit::WINDOW, now),
            mails_per_day: limit.map(|limit| limit.per_day.max),
            mails_in_30_days: record.mails.counting(MailLimit::UNVERIFIED_WINDOW, now),
            newest_mail: record.newest_mail().map(|(state, at)| NewestMail {
                state: state.as_str(),
                at: at.to_string(),
            }),
            suppression: record.suppression_at(now).map(|suppression| Suppressed {
                reason: suppression.reason.as_str(),
                at: suppression.at.to_string(),
            }),
            unsuppressed_at: record.unsuppressed_at.map(|at| at.to_string()),
            leaves_at: record.expires_at().map(|at| at.to_string()),
        }
    }

    fn describe_newest_mail(&self) -> String {
        let newest = self.newest_mail.as_ref();
        newest.map_or_else(
            || "unknown".to_owned(),
            |mail| format!("{}, at {}", mail.state.replace('_', "-"), mail.at),
        )
    }

    fn describe_suppression(&self) -> String {
        match (&self.suppression, &self.unsuppressed_at) {
            (Some(Suppressed { reason, at }), _) => format!("{reason}, since {at}"),
            (None, Some(at)) => format!("no, unsuppressed at {at}"),
            (None, None) => "no".to_owned(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct UserSummary {
    uuid: String,
    email: String,
    verified: Option<Verified>,
    links: Proofs,
    codes: Proofs,
    attempts: Attempts,
    mails: usize,
    mails_per_day: Option<usize>,
    leaves_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct Verified {
    email: String,
    at: String,
}

impl UserSummary {
    pub(super) fn at(user: &UserOnRecord, limit: Option<MailLimit>, now: Timestamp) -> Self {
        let record = &user.record;
        Self {
            uuid: user.id.to_string(),
            email: record.address.deliverable().to_owned(),
            verified: record.verified.as_ref().map(|verification| Verified {
                email: verification.address.deliverable().to_owned(),
                at: verification.at.to_string(),
            }),
            links: Proofs::at(record.links.values().copied(), now),
            codes: Proofs::at(record.codes.values().map(|code| code.expires_at), now),
            attempts: Attempts::at(&user.attempts, now),
            mails: record.mails.counting(MailLimit::WINDOW, now),
            mails_per_day: limit.map(|limit| limit.per_day.max),
            leaves_at: user.expires_at.map(|at| at.to_string()),
        }
    }

    pub(super) fn describe(&self, note: &str) -> String {
        let verified = self.verified.as_ref().map_or_else(
            || "no".to_owned(),
            |verified| format!("{}, at {}", verified.email, verified.at),
        );
        let rows = [
            ("Address", self.email.clone()),
            ("Verified", verified),
            ("Links", self.links.describe()),
            ("Codes", self.codes.describe()),
            ("Codes tried", self.attempts.describe()),
            ("Mails", in_the_last_day(self.mails, self.mails_per_day)),
            ("Kept", kept(self.leaves_at.as_deref())),
        ];
        format!("User {}{note}\n{}", self.uuid, section(rows))
    }
}

/// Links or codes. `live_until` is the last expiry.
#[derive(Debug, Serialize)]
struct Proofs {
    live: usize,
    live_until: Option<String>,
    expired: usize,
}

impl Proofs {
    fn at(expiries: impl Iterator<Item = Timestamp>, now: Timestamp) -> Self {
        let (live, expired): (Vec<_>, Vec<_>) = expiries.partition(|expires_at| *expires_at > now);
        Self {
            live: live.len(),
            live_until: live.iter().max().map(ToString::to_string),
            expired: expired.len(),
        }
    }

    fn describe(&self) -> String {
        let live = match (&self.live_until, self.live) {
            (Some(until), 1) => Some(format!("1 works until {until}")),
            (Some(until), live) => Some(format!("{live} work, the last until {until}")),
            (None, _) => None,
        };
        let expired = (self.expired > 0).then(|| format!("{} expired", self.expired));
        let known: Vec<_> = live.into_iter().chain(expired).collect();
        if known.is_empty() {
            "none".to_owned()
        } else {
            known.join("; ")
        }
    }
}

/// Attempts at codes that still count, and wrong codes in a row.
#[derive(Debug, Serialize)]
struct Attempts {
    app: usize,
    page: usize,
    limit: usize,
    wrong_in_a_row: u64,
    locked: bool,
}

impl Attempts {
    fn at(attempts: &CodeAttempts, now: Timestamp) -> Self {
        let limit = CodeLimit::DEFAULT;
        let counting = |channel| attempts.of(channel).counting(limit.attempts.window, now);
        Self {
            app: counting(Channel::Api),
            page: counting(Channel::Page),
            limit: limit.attempts.max,
            wrong_in_a_row: attempts.wrong_in_a_row,
            locked: attempts.is_locked(limit),
        }
    }

    fn describe(&self) -> String {
        let Self {
            app,
            page,
            limit,
            wrong_in_a_row,
            ..
        } = self;
        if self.locked {
            return format!("locked after {wrong_in_a_row} wrong codes in a row; `unlock` ends it");
        }
        if *wrong_in_a_row == 0 {
            return "none".to_owned();
        }
        format!(
            "{app} of {limit} in the app and {page} of {limit} on the page in the last {} minutes; \
             {wrong_in_a_row} wrong in a row",
            CodeLimit::DEFAULT.attempts.window.as_secs() / 60
        )
    }
}

fn in_the_last_day(mails: usize, limit: Option<usize>) -> String {
    let hours = MailLimit::WINDOW.as_secs() / 3600;
    match limit {
        Some(limit) => format!("{mails} of {limit} in the last {hours} hours"),
        None => format!("{mails} in the last {hours} hours"),
    }
}

fn kept(leaves_at: Option<&str>) -> String {
    leaves_at.map_or_else(|| "until `forget`".to_owned(), |at| format!("until {at}"))
}

fn section<const N: usize>(rows: [(&str, String); N]) -> String {
    indented(&fields(rows))
}
