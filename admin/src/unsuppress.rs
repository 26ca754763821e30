//! Letting an address go that gets no more mail.
//!
//! SES's list goes first: as long as SES lists an address, a mail to it comes back and puts it on
//! record again. What was done is done for good, so a run that broke off is finished by the next
//! one.

use serde::Serialize;
use shared::domain::clock::Timestamp;
use shared::domain::delivery::Suppression;
use shared::domain::email_address::EmailAddress;
use shared::store::{UnsuppressMode, Unsuppressed};

use crate::connection::Table;
use crate::error::AdminError;
use crate::output::{Console, columns, indented};
use crate::suppression_list::SuppressionList;

/// What was undone, and what was not there.
#[derive(Debug, Serialize)]
struct Report {
    email: String,
    /// What was on record.
    suppression: Option<Was>,
    /// The spellings that SES had on its list.
    ses: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Was {
    reason: &'static str,
    at: String,
}

pub(crate) async fn unsuppress(
    table: &Table,
    list: &SuppressionList,
    address: &EmailAddress,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let explain = |error| table.explain(error);
    let on_record = table.store.find_address(address).await.map_err(explain)?;
    let suppression = on_record.and_then(|record| record.suppression);
    let mut removed = Vec::new();
    for spelling in spellings(address, suppression.as_ref()) {
        if list.remove(&spelling).await? {
            removed.push(spelling);
        }
    }
    let which = if removed.is_empty() {
        UnsuppressMode::IfSuppressed
    } else {
        UnsuppressMode::Always
    };
    let outcome = table.store.unsuppress(address, which, now).await;
    let email = address.canonical().to_owned();
    let Unsuppressed::Done { was } = outcome.map_err(explain)? else {
        let nothing = Report {
            email,
            suppression: None,
            ses: removed,
        };
        console.answer_script(&nothing)?;
        return Err(AdminError::NotFound(format!(
            "{} is not suppressed, neither in the table {} nor by SES",
            nothing.email, table.name
        )));
    };
    let was = was.or(suppression).map(|suppression| Was {
        reason: suppression.reason.as_str(),
        at: suppression.at.to_string(),
    });
    let report = Report {
        email,
        suppression: was,
        ses: removed,
    };
    console.answer(&report, || report.describe())
}

/// SES lists an address in the case in which mail went to it, and finds it by no other. Each of
/// these once.
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
            || "it was not suppressed".to_owned(),
            |was| format!("it was suppressed since {}: {}", was.at, was.reason),
        );
        let at_ses = if self.ses.is_empty() {
            "it was not on the list".to_owned()
        } else {
            format!("{} is off the list", self.ses.join(" and "))
        };
        let rows = [("Table", on_record), ("SES", at_ses)];
        let rows = rows.map(|(name, value)| [name.to_owned(), value]);
        format!(
            "{} can be mailed again.\n{}",
            self.email,
            indented(&columns(&rows))
        )
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::delivery::SuppressionReason;

    use super::*;

    #[test]
    fn each_spelling_that_ses_may_know_is_asked_for_once() {
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
