//! Records users who were verified elsewhere.
//!
//! The file is checked whole before the first write. Each user is one conditional write, which
//! replaces no newer verification, so a run that stopped is completed by running it again.

mod csv;
mod file;

use serde::Serialize;
use shared::domain::version::Version;
use shared::store::{OperatorStore, OperatorVerification, Overwrite, StoreError};

use crate::arguments::Import;
use crate::context::Context;
use crate::error::{AdminError, Detail};
use crate::output::{Console, columns, counted, first_rows, indented};
use crate::table::{Table, first_version};
use crate::text_file;

use file::{Checked, ImportedUser, Refused};

/// How many users are written in parallel.
const WRITES: usize = 16;

#[derive(Debug, Serialize)]
struct Report<'c> {
    dry_run: bool,
    /// Lines of users, without the refused ones.
    users: usize,
    verified: usize,
    /// Verified already.
    known: usize,
    /// Users who verified another address later, and keep it.
    kept: usize,
    refused: &'c [Refused],
}

pub(crate) async fn run(wanted: &Import, context: &mut Context<'_, '_>) -> Result<(), AdminError> {
    let text = text_file::read_file_or_input(&wanted.file)?;
    let checked = file::check(&text, context.now())?;
    require_right_lines(&checked, wanted)?;
    if wanted.dry_run {
        return show_plan(&checked, context.console);
    }
    import(&context.table().await?, &checked, context.console).await
}

/// Fails if a line is wrong and the others must not be imported without it.
fn require_right_lines(checked: &Checked, wanted: &Import) -> Result<(), AdminError> {
    if checked.refused.is_empty() || wanted.skip_refused {
        return Ok(());
    }
    let wrong = text_file::wrong_lines(checked.refused.len());
    Err(
        AdminError::failed(format!("{wrong}, and nothing was written"))
            .advise("Correct the lines, or leave them out with --skip-refused")
            .because_of(checked.refused.iter().map(Refused::detail).collect()),
    )
}

async fn import(
    table: &Table,
    checked: &Checked,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let mut report = report(checked, false);
    let written = write(table, checked, &mut report, console).await;
    console.progress("");
    if let Err(error) = written {
        let done = report.verified + report.known + report.kept;
        return Err(error
            .after(format!("{done} of {} users are done", report.users))
            .advise("Run it again: it continues with the rest"));
    }
    console.answer(&report, || report.describe())
}

fn show_plan(checked: &Checked, console: &mut Console<'_>) -> Result<(), AdminError> {
    let report = report(checked, true);
    console.answer(&report, || report.describe())
}

fn report(checked: &Checked, dry_run: bool) -> Report<'_> {
    Report {
        dry_run,
        users: checked.users.len(),
        verified: 0,
        known: 0,
        kept: 0,
        refused: &checked.refused,
    }
}

async fn write(
    table: &Table,
    checked: &Checked,
    report: &mut Report<'_>,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    for users in checked.users.chunks(WRITES) {
        let mut writes = Vec::new();
        for user in users {
            let writing = record(table.operator.clone(), user.clone(), first_version()?);
            writes.push(tokio::spawn(writing));
        }
        let mut failed = None;
        for write in writes {
            let outcome = write
                .await
                .map_err(|error| AdminError::caused_by("a write was aborted", error))?;
            match outcome {
                Ok(OperatorVerification::Recorded) => report.verified += 1,
                Ok(OperatorVerification::AlreadyVerified(_)) => report.known += 1,
                Ok(OperatorVerification::NewerKept(_)) => report.kept += 1,
                Err(error) => failed = Some(error),
            }
        }
        if let Some(error) = failed {
            return Err(table.explain(error));
        }
        let done = report.verified + report.known + report.kept;
        console.progress(&bar(done, report.users));
    }
    Ok(())
}

async fn record(
    store: OperatorStore,
    user: ImportedUser,
    first: Version,
) -> Result<OperatorVerification, StoreError> {
    let ImportedUser {
        user, verification, ..
    } = user;
    store
        .record_operator_verification(&user, &verification, Overwrite::Older, first)
        .await
}

/// `[#####-----]  50 %  8 of 16`
fn bar(done: usize, all: usize) -> String {
    const WIDTH: usize = 30;
    let filled = (done * WIDTH).checked_div(all).unwrap_or(WIDTH);
    let percent = (done * 100).checked_div(all).unwrap_or(100);
    let (full, empty) = ("#".repeat(filled), "-".repeat(WIDTH.saturating_sub(filled)));
    format!("[{full}{empty}] {percent:>3} %  {done} of {all}")
}

impl Refused {
    fn detail(&self) -> Detail {
        Detail {
            of: format!("line {}", self.line),
            problem: self.problem.to_string(),
        }
    }
}

impl Report<'_> {
    fn describe(&self) -> String {
        let outcome = if self.dry_run {
            format!(
                "{} to import. --dry-run wrote nothing.\n",
                counted(self.users, "user")
            )
        } else {
            let rows = [
                ["verified".to_owned(), self.verified.to_string()],
                ["verified already".to_owned(), self.known.to_string()],
                [
                    "with a newer verification, which stays".to_owned(),
                    self.kept.to_string(),
                ],
            ];
            let users = counted(self.users, "user");
            let verified = self.verified;
            format!(
                "{verified} of {users} imported\n{}",
                indented(&columns(&rows))
            )
        };
        if self.refused.is_empty() {
            return outcome;
        }
        let lines = counted(self.refused.len(), "line");
        let rows: Vec<_> = self.refused.iter().map(|of| of.detail().row()).collect();
        format!("{outcome}{lines} left out\n{}", first_rows(&rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_up() {
        for (done, all, shown) in [
            (0, 2, "[------------------------------]   0 %  0 of 2"),
            (1, 2, "[###############---------------]  50 %  1 of 2"),
            (2, 2, "[##############################] 100 %  2 of 2"),
            (0, 0, "[##############################] 100 %  0 of 0"),
        ] {
            assert_eq!(bar(done, all), shown);
        }
    }
}
