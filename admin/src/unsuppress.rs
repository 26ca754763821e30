//! Removes a suppression, first from SES's list and then from the table.
//!
//! The order matters: while SES lists an address, the next mail bounces and suppresses it again.
//! Each step is idempotent, so running the command again completes one that failed.
//!
//! A refusal is on no list of SES. It ends without a call to SES, which the sandbox would refuse.

use serde::Serialize;
use shared::domain::clock::Timestamp;
use shared::domain::delivery::{Suppression, SuppressionReason};
use shared::domain::email_address::EmailAddress;
use shared::store::suppression::Unsuppression;

use crate::arguments::Ses;
use crate::context::Context;
use crate::error::AdminError;
use crate::output::{Console, fields, indented};
use crate::subject;
use crate::suppression_list::SuppressionList;
use crate::table::{Table, first_version};

#[derive(Debug, Serialize)]
struct Report {
    email: String,
    /// The suppression that the table had.
    suppression: Option<Was>,
    /// The spellings that were removed from SES's list.
    ses: Vec<String>,
    /// By its reader alone, so SES was not called.
    #[serde(skip)]
    was_refused: bool,
}

#[derive(Debug, Serialize)]
struct Was {
    reason: &'static str,
    at: String,
}

pub(crate) async fn run(
    email: &str,
    ses: &Ses,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let address = subject::address(email)?;
    let (table, list) = context.table_and_list(ses).await?;
    unsuppress(&table, &list, &address, context.now(), context.console).await
}

async fn unsuppress(
    table: &Table,
    list: &SuppressionList,
    address: &EmailAddress,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let on_record = table.call(table.store.find_address(address)).await?;
    let suppression = on_record.and_then(|record| record.suppression_at(now));
    let was_refused = suppression.as_ref().is_some_and(is_refusal);
    let mut removed = Vec::new();
    if !was_refused {
        for spelling in spellings(address, suppression.as_ref()) {
            if list.remove(&spelling).await? {
                removed.push(spelling);
            }
        }
    }
    let email = address.canonical().to_owned();
    if suppression.is_none() && removed.is_empty() {
        let nothing = Report {
            email,
            suppression: None,
            ses: removed,
            was_refused,
        };
        console.answer_script(&nothing)?;
        return Err(AdminError::failed(format!(
            "{} is not suppressed, neither in the table {} nor at SES",
            nothing.email, table.name
        ))
        .advise("Check the address, --table and --region"));
    }
    // The clock of SES, or of the function, may be ahead.
    let known = suppression.as_ref().map_or(now, |known| known.at.max(now));
    let unsuppressing = table.operator.unsuppress(address, first_version()?, known);
    let Unsuppression::Unsuppressed(was) = table.call(unsuppressing).await? else {
        return Err(AdminError::failed(format!(
            "{email} was suppressed again meanwhile, in the table {}",
            table.name
        ))
        .advise("Look at it with `admin status`, and run the command again to allow email"));
    };
    let was = was.or(suppression).map(|suppression| Was {
        reason: suppression.reason.as_str(),
        at: suppression.at.to_string(),
    });
    let report = Report {
        email,
        suppression: was,
        ses: removed,
        was_refused,
    };
    console.answer(&report, || report.describe())
}

fn is_refusal(suppression: &Suppression) -> bool {
    suppression.reason == SuppressionReason::Refused
}

/// The spellings that SES may list. Its list distinguishes case, and has the address as it was
/// mailed.
fn spellings(address: &EmailAddress, suppression: Option<&Suppression>) -> Vec<String> {
    let of_mail = suppression.map(|suppression| suppression.email.deliverable());
    let known = [
        of_mail,
        Some(address.deliverable()),
        Some(address.canonical()),
    ];
    known
        .into_iter()
        .flatten()
        .fold(Vec::new(), |mut each, spelling| {
            if !each.iter().any(|other| other == spelling) {
                each.push(spelling.to_owned());
            }
            each
        })
}

impl Report {
    fn describe(&self) -> String {
        let on_record = self.suppression.as_ref().map_or_else(
            || "was not suppressed".to_owned(),
            |was| format!("removed: {}, since {}", was.reason, was.at),
        );
        let at_ses = if self.was_refused {
            "has no refusals".to_owned()
        } else if self.ses.is_empty() {
            "was not listed".to_owned()
        } else {
            format!("removed: {}", self.ses.join(", "))
        };
        let rows = [("Table", on_record), ("SES", at_ses)];
        format!(
            "{} can be mailed again.\n{}",
            self.email,
            indented(&fields(rows))
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_tried_once() {
        let address = |text| EmailAddress::parse(text).unwrap();
        let suppression = |email| Suppression {
            reason: SuppressionReason::Bounced,
            at: Timestamp::from_unix_seconds(0),
            email: address(email),
            mail: None,
            user: None,
        };
        let ada = address("Ada@example.com");
        assert_eq!(
            spellings(&ada, None),
            ["Ada@example.com", "ada@example.com"]
        );
        assert_eq!(
            spellings(&ada, Some(&suppression("ADA@example.com"))),
            ["ADA@example.com", "Ada@example.com", "ada@example.com"]
        );
        let plain = address("ada@example.com");
        let known = spellings(&plain, Some(&suppression("ada@example.com")));
        assert_eq!(known, ["ada@example.com"]);
    }
}
