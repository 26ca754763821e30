//! Publishes events whose changes the table's stream no longer has. The table still shows the
//! newest ones.

use serde::Serialize;
use shared::domain::clock::Timestamp;

use crate::arguments::Republish;
use crate::context::Context;
use crate::error::AdminError;
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
}

pub(crate) async fn run(
    wanted: &Republish,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let (table, publisher) = context.table_and_publisher(&wanted.function).await?;
    let mut report = Report {
        dry_run: wanted.dry_run,
        found: 0,
        published: 0,
    };
    let republished = report.republish(&table, &publisher, wanted.since).await;
    if let Err(error) = republished {
        return Err(error
            .after(report.progress())
            .advise("Run it again: each event keeps its id"));
    }
    if !report.dry_run && report.published < report.found {
        let function = &wanted.function;
        return Err(AdminError::failed(report.progress()).advise(format!(
            "Read the log of {function}, and run it again: each event keeps its id"
        )));
    }
    context.console.answer(&report, || report.describe())
}

impl Report {
    async fn republish(
        &mut self,
        table: &Table,
        publisher: &Publisher,
        since: Timestamp,
    ) -> Result<(), AdminError> {
        let mut next = None;
        loop {
            let page = table.call(table.operator.changes_page(next, since)).await?;
            self.found += page.records.len();
            if !self.dry_run {
                for batch in page.records.chunks(Publisher::BATCH) {
                    self.published += publisher.publish(batch).await?;
                }
            }
            if page.next.is_none() {
                return Ok(());
            }
            next = page.next;
        }
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
