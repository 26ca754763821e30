//! Deletes what is on record about a person.
//!
//! The plan is printed before it is carried out. Whether a user still has the addresses of the plan
//! is a condition of each write, and users are deleted last, so running the command again finds
//! what an aborted run left. A last look finds what a request wrote meanwhile.

mod plan;
mod report;

use shared::store::Search;

use crate::error::AdminError;
use crate::output::Console;
use crate::subject::Subject;
use crate::table::Table;

use plan::Plan;

/// Fails early if nobody can be asked.
pub(crate) fn require_consent(yes: bool, console: &Console<'_>) -> Result<(), AdminError> {
    if yes || console.has_person() {
        Ok(())
    } else {
        Err(AdminError::usage(
            "nothing is deleted without confirmation. Run it in a terminal, or add --yes",
        ))
    }
}

pub(crate) async fn forget(
    table: &Table,
    subject: &Subject,
    search: Search,
    yes: bool,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let (plan, name) = match subject {
        Subject::User(user) => (
            Plan::for_user(table, user, search).await?,
            format!("the user {user}"),
        ),
        Subject::Address(address) => (
            Plan::for_address(table, address, search).await?,
            address.canonical().to_owned(),
        ),
    };
    if plan.is_empty() {
        return console.answer(&plan.report(), || {
            format!("Nothing is on record about {name}.")
        });
    }
    if !yes {
        let question = format!(
            "In the table {}, about {name}:\n\n{}\nThis cannot be undone. Continue? [y/N] ",
            table.name,
            plan.describe(["delete", "withdraw", "keep"])
        );
        if !console.confirm(&question)? {
            return Err(AdminError::failed("nothing was deleted"));
        }
    }
    let (done, changed) = plan.carry_out(table).await?;
    console.answer(&done.report(), || {
        done.describe(["deleted", "withdrawn", "kept"])
    })?;
    if !changed.is_empty() {
        let users: Vec<_> = changed.iter().map(ToString::to_string).collect();
        return Err(AdminError::failed(format!(
            "the record of {} has changed meanwhile, and was not deleted",
            users.join(" and ")
        ))
        .advise("Run it again to see it as it is now"));
    }
    if done.left_traces(table).await? {
        return Err(
            AdminError::failed("a request wrote a new record meanwhile").advise("Run it again")
        );
    }
    Ok(())
}
