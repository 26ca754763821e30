//! A plan as people and scripts read it.

use serde::Serialize;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::store::UserAddresses;

use super::plan::Plan;
use crate::output::{columns, indented};

#[derive(Debug, Serialize)]
pub(super) struct Report {
    deleted: Deleted,
    withdrawn: Vec<Withdrawn>,
    kept: Vec<Kept>,
}

#[derive(Debug, Serialize)]
struct Deleted {
    users: Vec<String>,
    addresses: Vec<String>,
    attempts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Withdrawn {
    uuid: String,
    email: String,
}

#[derive(Debug, Serialize)]
struct Kept {
    email: String,
    users: Vec<String>,
}

/// The report on one subject of several.
#[derive(Debug, Serialize)]
pub(super) struct OfSubject {
    subject: String,
    #[serde(flatten)]
    report: Report,
}

impl Report {
    pub(super) fn about(self, subject: String) -> OfSubject {
        OfSubject {
            subject,
            report: self,
        }
    }
}

impl Plan {
    pub(super) fn report(&self) -> Report {
        let ids = |ids: &[UserId]| ids.iter().map(ToString::to_string).collect();
        let text = |address: &EmailAddress| address.canonical().to_owned();
        let users = self.users.iter().map(|user| user.id.to_string());
        let addresses = self.addresses.iter().map(|record| text(&record.address));
        let withdrawn = self.withdrawn.iter().map(|user| Withdrawn {
            uuid: user.id.to_string(),
            email: text(&user.address),
        });
        let kept = self.kept.iter().map(|(address, others)| Kept {
            email: text(address),
            users: ids(others),
        });
        Report {
            deleted: Deleted {
                users: users.collect(),
                addresses: addresses.collect(),
                attempts: ids(&self.attempts),
            },
            withdrawn: withdrawn.collect(),
            kept: kept.collect(),
        }
    }

    /// One line for each item, beginning with one of these verbs.
    pub(super) fn describe(&self, [delete, withdraw, keep]: [&str; 3]) -> String {
        let row = |verb: &str, what: &str, text: String| [verb.to_owned(), what.to_owned(), text];
        let mut rows = Vec::new();
        for user in &self.users {
            let text = format!("{} ({})", user.id, addresses_of(user));
            rows.push(row(delete, "user", text));
        }
        for record in &self.addresses {
            let note = if record.suppressed {
                " (suppressed: without the record, it can get mail again)"
            } else {
                ""
            };
            let text = format!("{}{note}", record.address.canonical());
            rows.push(row(delete, "address", text));
        }
        for user in &self.attempts {
            rows.push(row(delete, "attempts", format!("for {user}")));
        }
        for user in &self.withdrawn {
            let verified = user.verified.as_ref().map_or("", EmailAddress::canonical);
            let text = format!("of user {}, who keeps the verified {verified}", user.id);
            rows.push(row(withdraw, "request", text));
        }
        for (address, others) in &self.kept {
            let others: Vec<_> = others.iter().map(ToString::to_string).collect();
            let (address, others) = (address.canonical(), others.join(", "));
            let text = format!("{address} (also of user {others})");
            rows.push(row(keep, "address", text));
        }
        indented(&columns(&rows))
    }
}

fn addresses_of(user: &UserAddresses) -> String {
    let requested = user.address.canonical();
    match user.verified.as_ref().map(EmailAddress::canonical) {
        Some(verified) if verified == requested => format!("verified {verified}"),
        Some(verified) => format!("requested {requested}, verified {verified}"),
        None => format!("requested {requested}"),
    }
}
