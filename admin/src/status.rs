//! What is on record about a person: counts and timestamps, and never a secret or its digest.

use serde::Serialize;
use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::code_attempts::{Channel, CodeAttempts};
use shared::domain::email_address::EmailAddress;
use shared::domain::rate_limit::{CodeLimit, MAILS_TO_UNVERIFIED, MailLimit};
use shared::domain::user_id::UserId;
use shared::store::UserOnRecord;

use crate::error::AdminError;
use crate::output::{Console, columns, indented};
use crate::subject::Subject;
use crate::table::Table;

#[derive(Debug, Serialize)]
struct AddressStatus {
    email: String,
    derived_uuid: String,
    address: Option<AddressSummary>,
    users: Vec<UserSummary>,
}

#[derive(Debug, Serialize)]
struct UserStatus {
    uuid: String,
    user: Option<UserSummary>,
}

#[derive(Debug, Serialize)]
struct AddressSummary {
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

#[derive(Debug, Serialize)]
struct UserSummary {
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

/// Links or codes. `live_until` is the last expiry.
#[derive(Debug, Serialize)]
struct Proofs {
    live: usize,
    live_until: Option<String>,
    expired: usize,
}

/// Attempts at codes in the last 30 minutes, and wrong codes in a row.
#[derive(Debug, Serialize)]
struct Attempts {
    app: usize,
    page: usize,
    limit: usize,
    wrong_in_a_row: u64,
    locked: bool,
}

pub(crate) async fn show(
    table: &Table,
    subject: &Subject,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    match subject {
        Subject::Address(address) => show_address(table, address, now, console).await,
        Subject::User(user) => show_user(table, user, now, console).await,
    }
}

async fn show_user(
    table: &Table,
    id: &UserId,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let found = table.store.inspect_user(id).await;
    let found = found.map_err(|error| table.explain(error))?;
    let limit = table.mail_limit().await;
    let status = UserStatus {
        uuid: id.to_string(),
        user: found.map(|user| UserSummary::at(&user, limit, now)),
    };
    let Some(user) = &status.user else {
        console.answer_script(&status)?;
        return Err(AdminError::NotFound(format!(
            "nothing is on record about the user {id}"
        )));
    };
    console.answer(&status, || user.describe(""))
}

async fn show_address(
    table: &Table,
    address: &EmailAddress,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let explain = |error| table.explain(error);
    let derived = UserId::derived_from(address);
    let record = table.store.find_address(address).await.map_err(explain)?;
    let mut users = table
        .store
        .inspect_users_with(address)
        .await
        .map_err(explain)?;
    // The derived user belongs to the address even if it uses another one by now.
    if !users.iter().any(|user| user.id == derived) {
        users.extend(table.store.inspect_user(&derived).await.map_err(explain)?);
    }
    users.sort_by_key(|user| (user.id != derived, user.id));
    let limit = table.mail_limit().await;
    let status = AddressStatus {
        email: address.canonical().to_owned(),
        derived_uuid: derived.to_string(),
        address: record.map(|record| AddressSummary::at(&record, limit, now)),
        users: users
            .iter()
            .map(|user| UserSummary::at(user, limit, now))
            .collect(),
    };
    if status.address.is_none() && status.users.is_empty() {
        console.answer_script(&status)?;
        return Err(AdminError::NotFound(format!(
            "nothing is on record about {}. Its derived UUID is {derived}",
            status.email
        )));
    }
    console.answer(&status, || status.describe())
}

impl AddressSummary {
    fn at(record: &AddressRecord, limit: Option<MailLimit>, now: Timestamp) -> Self {
        Self {
            mails: record.mails.counting(MailLimit::WINDOW, now),
            mails_per_day: limit.map(|limit| limit.limit().max),
            mails_in_30_days: record.mails.counting(MAILS_TO_UNVERIFIED.window, now),
            newest_mail: record.newest_mail().map(|(state, at)| NewestMail {
                state: state.as_str(),
                at: at.to_string(),
            }),
            suppression: record.suppression.as_ref().map(|suppression| Suppressed {
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

impl Attempts {
    fn at(attempts: &CodeAttempts, now: Timestamp) -> Self {
        let limit = CodeLimit::DEFAULT.limit();
        let counting = |channel| attempts.of(channel).counting(limit.window, now);
        Self {
            app: counting(Channel::Api),
            page: counting(Channel::Page),
            limit: limit.max,
            wrong_in_a_row: attempts.wrong_in_a_row,
            locked: attempts.is_locked(),
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
            "{app} of {limit} in the app and {page} of {limit} on the page in the last 30 minutes; \
             {wrong_in_a_row} wrong in a row"
        )
    }
}

fn in_the_last_day(mails: usize, limit: Option<usize>) -> String {
    match limit {
        Some(limit) => format!("{mails} of {limit} in the last 24 hours"),
        None => format!("{mails} in the last 24 hours"),
    }
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

impl UserSummary {
    fn at(user: &UserOnRecord, limit: Option<MailLimit>, now: Timestamp) -> Self {
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
            mails_per_day: limit.map(|limit| limit.limit().max),
            leaves_at: user.expires_at.map(|at| at.to_string()),
        }
    }

    fn describe(&self, note: &str) -> String {
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
        format!("User {}{note}\n{}", self.uuid, fields(rows))
    }
}

impl AddressStatus {
    fn describe(&self) -> String {
        let address = match &self.address {
            None => "  no mail and no suppression on record\n".to_owned(),
            Some(address) => fields([
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

fn kept(leaves_at: Option<&str>) -> String {
    leaves_at.map_or_else(|| "until `forget`".to_owned(), |at| format!("until {at}"))
}

fn fields<const N: usize>(rows: [(&str, String); N]) -> String {
    let rows = rows.map(|(name, value)| [name.to_owned(), value]);
    indented(&columns(&rows))
}
