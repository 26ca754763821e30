//! Deletes what is on record about a person.
//!
//! The plan is printed before it is carried out. Whether a user still has the addresses of the plan
//! is a condition of each write, and users are deleted last, so running the command again finds
//! what an aborted run left. A last look finds what a request wrote meanwhile.

mod plan;
mod report;

use shared::domain::clock::Timestamp;
use shared::domain::user_id::UserId;
use shared::store::Search;

use crate::arguments::Forget;
use crate::context::Context;
use crate::error::{AdminError, Detail};
use crate::output::Console;
use crate::subject::Subject;
use crate::table::Table;
use crate::text_file;

pub use plan::Plan;

pub(crate) async fn run(wanted: &Forget, context: &mut Context<'_, '_>) -> Result<(), AdminError> {
    let Forget {
        subject,
        file,
        search,
        yes,
    } = wanted;
    let subjects = match (subject, file) {
        (_, Some(file)) => read(file)?,
        (subject, None) => vec![Subject::parse(subject.as_deref().unwrap_or_default())?],
    };
    require_consent(*yes, context.console)?;
    let table = &context.table().await?;
    let now = context.now();
    let (search, console) = ((*search).into(), &mut *context.console);
    match (file, subjects.as_slice()) {
        (None, [subject]) => forget(table, subject, (search, now), *yes, console).await,
        _ => forget_all(table, &subjects, (search, now), *yes, console).await,
    }
}

/// Fails early if nobody can be asked.
fn require_consent(yes: bool, console: &Console<'_>) -> Result<(), AdminError> {
    if yes || console.has_person() {
        Ok(())
    } else {
        Err(AdminError::usage("nothing is deleted without confirmation")
            .advise("Run it in a terminal, or add --yes"))
    }
}

/// Reads the subjects of a file, one a line. Blank lines and those that begin with # are comments.
fn read(path: &str) -> Result<Vec<Subject>, AdminError> {
    let text = text_file::read(path)?;
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let (mut subjects, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in lines {
        match Subject::parse(line) {
            Ok(subject) if subjects.iter().any(|other| subject.is_same(other)) => {}
            Ok(subject) => subjects.push(subject),
            Err(error) => wrong.push(Detail {
                of: format!("line {}", number + 1),
                problem: error.to_string(),
            }),
        }
    }
    if !wrong.is_empty() {
        let wrong_lines = text_file::wrong_lines(wrong.len());
        return Err(
            AdminError::usage(format!("{wrong_lines}, and nothing was deleted"))
                .advise("Correct the file")
                .because_of(wrong),
        );
    }
    if subjects.is_empty() {
        return Err(AdminError::usage("the file has no address and no UUID")
            .advise("Give a file with an address or a UUID on each line"));
    }
    Ok(subjects)
}

async fn forget(
    table: &Table,
    subject: &Subject,
    (search, now): (Search, Timestamp),
    yes: bool,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let (plan, name) = plan_of(table, subject, search, now).await?;
    if plan.is_empty() {
        return console.answer(&plan.report(), || {
            format!("Nothing is on record about {name}.")
        });
    }
    require_yes(yes, console, || {
        format!("In the table {}, about {}", table.name, plan.intend(&name))
    })?;
    let (done, changed) = plan.carry_out(table).await?;
    console.answer(&done.report(), || done.describe(DONE))?;
    check(table, &[done], &changed).await
}

/// Forgets all of them after one confirmation.
async fn forget_all(
    table: &Table,
    subjects: &[Subject],
    (search, now): (Search, Timestamp),
    yes: bool,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let mut plans = Vec::new();
    for (number, subject) in subjects.iter().enumerate() {
        plans.push(plan_of(table, subject, search, now).await?);
        console.progress(&format!("{} of {} looked up", number + 1, subjects.len()));
    }
    console.progress("");
    require_yes(yes, console, || {
        let plans = plans.iter();
        let plans: Vec<_> = plans.map(|(plan, name)| plan.intend(name)).collect();
        format!(
            "In the table {}, about {}",
            table.name,
            plans.join("\nAbout ")
        )
    })?;
    let (mut all_done, mut all_changed, mut reports) = (Vec::new(), Vec::new(), Vec::new());
    let mut text = String::new();
    for ((plan, name), subject) in plans.into_iter().zip(subjects) {
        let (done, changed) = plan.carry_out(table).await?;
        text += &done.conclude(&name);
        reports.push(done.report().about(subject.text()));
        all_changed.extend(changed);
        all_done.push(done);
    }
    console.answer(&reports, || text)?;
    check(table, &all_done, &all_changed).await
}

const INTENDED: [&str; 3] = ["delete", "withdraw", "keep"];
const DONE: [&str; 3] = ["deleted", "withdrawn", "kept"];

impl Plan {
    fn intend(&self, name: &str) -> String {
        if self.is_empty() {
            return format!("{name}: nothing is on record\n");
        }
        format!("{name}:\n\n{}", self.describe(INTENDED))
    }

    fn conclude(&self, name: &str) -> String {
        if self.is_empty() {
            return format!("{name}\n  nothing was on record\n");
        }
        format!("{name}\n{}", self.describe(DONE))
    }
}

/// What is deleted, and the name of the subject in sentences.
async fn plan_of(
    table: &Table,
    subject: &Subject,
    search: Search,
    now: Timestamp,
) -> Result<(Plan, String), AdminError> {
    Ok(match subject {
        Subject::User(user) => (
            Plan::for_user(table, user, search, now).await?,
            format!("the user {user}"),
        ),
        Subject::Address(address) => (
            Plan::for_address(table, address, search, now).await?,
            address.canonical().to_owned(),
        ),
    })
}

fn require_yes(
    yes: bool,
    console: &mut Console<'_>,
    plan: impl FnOnce() -> String,
) -> Result<(), AdminError> {
    let question = || format!("{}\nThis cannot be undone. Continue? [y/N] ", plan());
    if yes || console.confirm(&question())? {
        Ok(())
    } else {
        Err(AdminError::failed("nothing was deleted"))
    }
}

/// Whether everything is gone now.
async fn check(table: &Table, done: &[Plan], changed: &[UserId]) -> Result<(), AdminError> {
    if !changed.is_empty() {
        let users: Vec<_> = changed.iter().map(ToString::to_string).collect();
        return Err(AdminError::failed(format!(
            "the record of {} has changed meanwhile, and was not deleted",
            users.join(" and ")
        ))
        .advise("Run it again to see it as it is now"));
    }
    for done in done {
        if done.left_traces(table).await? {
            return Err(
                AdminError::failed("a request wrote a new record meanwhile").advise("Run it again")
            );
        }
    }
    Ok(())
}
