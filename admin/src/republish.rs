//! Publishes events whose changes the table's stream no longer has. The table still shows the
//! newest ones.

use serde::Serialize;
use shared::domain::clock::Timestamp;
use shared::store::RecordedChange;

use crate::arguments::Republish;
use crate::context::Context;
use crate::error::{AdminError, Detail};
use crate::output::counted;
use crate::publisher::Publisher;
use crate::table::Table;

#[derive(Debug, Serialize)]
struct Report {
    dry_run: bool,
    /// The events that the table still shows.
    found: usize,
    /// How many of them are on the bus now.
    published: usize,
    #[serde(skip)]
    failed: Vec<Detail>,
}

pub(crate) async fn run(
    wanted: &Republish,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let (table, publisher) = context.table_and_publisher(&wanted.function).await?;
    let changes = changes_since(&table, wanted.since).await?;
    let mut report = Report {
        dry_run: wanted.dry_run,
        found: changes.len(),
        published: 0,
        failed: Vec::new(),
    };
    if !report.dry_run {
        let outcome = report.publish(&changes, &publisher).await;
        outcome.map_err(|error| {
            error
                .after(report.progress())
                .advise("Run it again: each event keeps its id")
        })?;
    }
    if report.failed.is_empty() {
        return context.console.answer(&report, || report.describe());
    }
    let function = &wanted.function;
    Err(AdminError::failed(report.progress())
        .advise(format!(
            "Read the log of {function}, and run it again: each event keeps its id"
        ))
        .because_of(report.failed))
}

/// The oldest first, as a consumer may take a later event for the last word.
async fn changes_since(table: &Table, since: Timestamp) -> Result<Vec<RecordedChange>, AdminError> {
    let (mut changes, mut next) = (Vec::new(), None);
    loop {
        let page = table.call(table.operator.changes_page(next, since)).await?;
        changes.extend(page.changes);
        if page.next.is_none() {
            changes.sort_by(|one, other| one.at.cmp(&other.at));
            return Ok(changes);
        }
        next = page.next;
    }
}

impl Report {
    async fn publish(
        &mut self,
        changes: &[RecordedChange],
        publisher: &Publisher,
    ) -> Result<(), AdminError> {
        for batch in changes.chunks(Publisher::BATCH) {
            let records: Vec<_> = batch.iter().map(|change| &change.record).collect();
            let failed = publisher.publish(&records).await?;
            for change in batch {
                if failed.contains(&change.id) {
                    self.failed.push(Detail {
                        of: change.key.clone(),
                        problem: format!("the event of {} was not published", change.at),
                    });
                } else {
                    self.published += 1;
                }
            }
        }
        Ok(())
    }

    fn progress(&self) -> String {
        let found = counted(self.found, "event");
        format!("{} of {found} published", self.published)
    }

    fn describe(&self) -> String {
        let found = counted(self.found, "event");
        if self.dry_run {
            format!("{found} to publish. --dry-run published nothing.")
        } else {
            format!("{found} published")
        }
    }
}
