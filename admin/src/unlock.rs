//! Resets the attempts at codes of a user.

use serde::Serialize;
use shared::domain::user_id::UserId;
use shared::store::Search;

use crate::arguments;
use crate::context::Context;
use crate::error::AdminError;
use crate::output::Console;
use crate::subject::Subject;
use crate::table::Table;

#[derive(Debug, Serialize)]
struct Report {
    unlocked: Vec<String>,
}

pub(crate) async fn run(
    subject: &str,
    search: arguments::Search,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let subject = Subject::parse(subject)?;
    let table = context.table().await?;
    unlock(&table, &subject, search.into(), context.console).await
}

async fn unlock(
    table: &Table,
    subject: &Subject,
    search: Search,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let mut users = match subject {
        Subject::User(user) => vec![*user],
        Subject::Address(address) => {
            let found = table
                .call(table.operator.inspect_users_with(address, search))
                .await?;
            let found = found.into_iter().map(|user| user.id);
            found.chain([UserId::derived_from(address)]).collect()
        }
    };
    users.sort_unstable();
    users.dedup();
    let mut unlocked = Vec::new();
    for user in users {
        if table.call(table.operator.reset_attempts(&user)).await? {
            unlocked.push(user.to_string());
        }
    }
    let report = Report { unlocked };
    if report.unlocked.is_empty() {
        console.answer_script(&report)?;
        return Err(AdminError::failed("no attempts are on record")
            .advise("Check the address or UUID, --table and --region"));
    }
    console.answer(&report, || {
        format!(
            "The attempts of {} are reset.",
            report.unlocked.join(" and ")
        )
    })
}
