//! Records the bounces and complaints on SES's suppression list that no event reported.
//!
//! SES sends its events to EventBridge on a best-effort basis, so one may never arrive. Its list
//! has the address anyway. The list belongs to the whole account: an address that is not in the
//! table may be another product's, and is neither stored nor shown.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use shared::domain::address_record::AddressRecord;
use shared::domain::delivery::Suppression;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::store::{OperatorStore, Recorded, Store, StoreError};

use crate::arguments::Ses;
use crate::context::Context;
use crate::error::{AdminError, Detail};
use crate::output::{Console, columns, indented};
use crate::suppression_list::{Listed, SuppressionList};
use crate::table::{Table, first_version, unreadable_item};

/// SES allows one call a second to its settings.
const BETWEEN_PAGES: Duration = Duration::from_secs(1);
/// How many addresses are looked up in parallel.
const LOOKUPS: usize = 16;

#[derive(Debug, Default)]
struct Comparison {
    listed: usize,
    unreadable: usize,
    unreadable_items: Vec<Detail>,
    known: usize,
    on_record: usize,
    unsuppressed: Vec<String>,
    /// By canonical address: SES may list several spellings of one.
    missed: BTreeMap<String, Suppression>,
}

#[derive(Debug, Serialize)]
struct Report {
    dry_run: bool,
    /// The entries of SES's list.
    listed: usize,
    /// Entries whose address, reason or record this version cannot read.
    unreadable: usize,
    /// Those whose record is not as this version writes it.
    unreadable_items: Vec<Detail>,
    /// Entries whose address is in the table.
    known: usize,
    /// Entries that the table had already.
    on_record: usize,
    /// Entries that were unsuppressed after SES listed them, in the spelling that SES lists.
    unsuppressed: Vec<String>,
    /// Addresses that the table should have had.
    missed: Vec<Missed>,
    /// How many of them were recorded.
    recorded: usize,
}

#[derive(Debug, Serialize)]
struct Missed {
    email: String,
    reason: &'static str,
    at: String,
}

pub(crate) async fn run(
    dry_run: bool,
    ses: &Ses,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let (table, list) = context.table_and_list(ses).await?;
    reconcile(&table, &list, dry_run, context.console).await
}

async fn reconcile(
    table: &Table,
    list: &SuppressionList,
    dry_run: bool,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let mut comparison = Comparison::default();
    let compared = comparison.compare(table, list, dry_run).await;
    let report = comparison.report(dry_run);
    if let Err(error) = compared {
        return Err(match report.recorded {
            0 => error,
            recorded => error
                .after(format!("{} recorded", addresses(recorded)))
                .advise("Run it again for the rest"),
        });
    }
    console.answer(&report, || report.describe())
}

impl Comparison {
    async fn compare(
        &mut self,
        table: &Table,
        list: &SuppressionList,
        dry_run: bool,
    ) -> Result<(), AdminError> {
        let mut token = None;
        loop {
            let next_page = tokio::time::sleep(BETWEEN_PAGES);
            let page = list.page(token).await?;
            for entries in page.entries.chunks(LOOKUPS) {
                self.compare_entries(entries, table, dry_run).await?;
            }
            if page.next.is_none() {
                return Ok(());
            }
            token = page.next;
            next_page.await;
        }
    }

    async fn compare_entries(
        &mut self,
        entries: &[Listed],
        table: &Table,
        dry_run: bool,
    ) -> Result<(), AdminError> {
        self.listed += entries.len();
        let readable = entries
            .iter()
            .filter_map(|entry| Some((&entry.spelling, entry.suppression.as_ref()?)));
        let lookups: Vec<_> = readable
            .map(|(spelling, listed)| {
                let stores = (table.store.clone(), table.operator.clone());
                let lookup = look_up(stores, listed.email.clone());
                (spelling, listed, tokio::spawn(lookup))
            })
            .collect();
        self.unreadable += entries.len() - lookups.len();
        for (spelling, listed, lookup) in lookups {
            let found = lookup
                .await
                .map_err(|error| AdminError::caused_by("a lookup was aborted", error))?;
            let (record, user) = match found {
                Ok(Some(known)) => known,
                Ok(None) => continue,
                // One unreadable item must not stop the comparison.
                Err(error @ StoreError::Malformed(_)) => {
                    self.unreadable += 1;
                    self.unreadable_items.push(unreadable_item(&error));
                    continue;
                }
                Err(error) => return Err(table.explain(error)),
            };
            self.known += 1;
            match listing(&record, listed) {
                Listing::OnRecord => self.on_record += 1,
                Listing::Unsuppressed => self.unsuppressed.push(spelling.clone()),
                Listing::Missed => {
                    let missed = Suppression {
                        user,
                        ..listed.clone()
                    };
                    self.record(&missed, table, dry_run).await?;
                }
            }
        }
        Ok(())
    }

    async fn record(
        &mut self,
        listed: &Suppression,
        table: &Table,
        dry_run: bool,
    ) -> Result<(), AdminError> {
        let address = listed.email.canonical();
        // SES may have listed another spelling before, which a dry run does not write.
        let missed = self.missed.get(address);
        let is_known = missed.is_some_and(|missed| missed.reason >= listed.reason);
        // An event may have been recorded since the lookup.
        if is_known || !(dry_run || suppress(listed, table).await?) {
            self.on_record += 1;
            return Ok(());
        }
        let weaker = self.missed.insert(address.to_owned(), listed.clone());
        self.on_record += usize::from(weaker.is_some());
        Ok(())
    }

    fn report(self, dry_run: bool) -> Report {
        let missed = self.missed.into_iter().map(|(email, listed)| Missed {
            email,
            reason: listed.reason.as_str(),
            at: listed.at.to_string(),
        });
        let missed: Vec<_> = missed.collect();
        Report {
            dry_run,
            listed: self.listed,
            unreadable: self.unreadable,
            unreadable_items: self.unreadable_items,
            known: self.known,
            on_record: self.on_record,
            unsuppressed: self.unsuppressed,
            recorded: if dry_run { 0 } else { missed.len() },
            missed,
        }
    }
}

/// The record of a listed address, and its user if all mails were for one. `None`: the address is
/// not in the table.
///
/// The derived user's item counts too, as it outlives the record of the address. Other users would
/// cost a scan for each address on the list.
async fn look_up(
    (store, operator): (Store, OperatorStore),
    address: EmailAddress,
) -> Result<Option<(AddressRecord, Option<UserId>)>, StoreError> {
    if let Some(record) = store.find_address(&address).await? {
        let users: Vec<_> = record.mailed_users.events().collect();
        let user = match users.as_slice() {
            [(user, _)] => Some(**user),
            _ => None,
        };
        return Ok(Some((record, user)));
    }
    let derived = UserId::derived_from(&address);
    let user = operator.find_user_addresses(&derived).await?;
    let holds = user.is_some_and(|user| {
        let verified = user.verified.as_ref();
        user.address.is_same_mailbox(&address)
            || verified.is_some_and(|verified| verified.is_same_mailbox(&address))
    });
    Ok(holds.then(|| (AddressRecord::default(), Some(derived))))
}

/// Whether it was recorded now.
async fn suppress(listed: &Suppression, table: &Table) -> Result<bool, AdminError> {
    let suppressing = table.store.suppress(listed, first_version()?);
    let outcome = table.call(suppressing).await?;
    Ok(outcome == Recorded::Recorded)
}

/// What the table has on an address that SES lists.
enum Listing {
    /// A suppression for the same or a stronger reason.
    OnRecord,
    /// An operator unsuppressed it after SES listed it.
    Unsuppressed,
    /// No suppression, or one for a weaker reason.
    Missed,
}

fn listing(record: &AddressRecord, listed: &Suppression) -> Listing {
    let unsuppressed_since = record.unsuppressed_at.is_some_and(|at| at >= listed.at);
    match &record.suppression {
        Some(known) if known.reason >= listed.reason || unsuppressed_since => Listing::OnRecord,
        None if unsuppressed_since => Listing::Unsuppressed,
        _ => Listing::Missed,
    }
}

/// A heading and its rows. `None`: there are no rows.
fn section<const N: usize>(
    heading: &str,
    rows: impl IntoIterator<Item = [String; N]>,
) -> Option<String> {
    let rows: Vec<_> = rows.into_iter().collect();
    (!rows.is_empty()).then(|| format!("{heading}\n{}", indented(&columns(&rows))))
}

fn addresses(count: usize) -> String {
    match count {
        1 => "1 address".to_owned(),
        _ => format!("{count} addresses"),
    }
}

impl Report {
    fn describe(&self) -> String {
        let missed = addresses(self.missed.len());
        let outcome = match (self.missed.is_empty(), self.dry_run) {
            (true, _) => "Nothing was missed.".to_owned(),
            (false, true) => format!("{missed} to record. --dry-run changed nothing."),
            (false, false) => format!("{missed} recorded and suppressed."),
        };
        let counts = [
            ("Listed by SES", self.listed),
            ("In this table", self.known),
            ("Already recorded", self.on_record),
            ("Recorded now", self.recorded),
            ("Unreadable", self.unreadable),
        ];
        let counts = counts.map(|(name, count)| [name.to_owned(), count.to_string()]);
        let missed = self.missed.iter().map(|missed| {
            let Missed { email, reason, at } = missed;
            [email.clone(), format!("{reason}, since {at}")]
        });
        let unreadable = self.unreadable_items.iter().map(Detail::row);
        let unsuppressed = self.unsuppressed.iter().map(|spelling| [spelling.clone()]);
        let sections = [
            section(&outcome, counts),
            section("Missed", missed),
            section(
                "Unsuppressed here, but still on SES's list. Run `unsuppress` with this spelling",
                unsuppressed,
            ),
            section("Items that cannot be read", unreadable),
        ];
        let sections: Vec<_> = sections.into_iter().flatten().collect();
        sections.join("\n")
    }
}
