//! How many users, addresses and keys are on record.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::domain::address_record::AddressRecord;
use shared::domain::api_key::ApiKey;
use shared::domain::clock::Timestamp;
use shared::domain::delivery::SuppressionReason;
use shared::store::{ItemOnRecord, UserOnRecord};

use crate::context::Context;
use crate::error::{AdminError, Detail};
use crate::output::{Console, columns, first_rows, indented};
use crate::table::Table;

#[derive(Debug, Default, Serialize)]
struct Stats {
    users: Users,
    /// Of pending verifications: a proof of a verified address verifies nothing more.
    live_links: usize,
    live_codes: usize,
    addresses: Addresses,
    api_keys: usize,
    /// Not as this version writes them.
    unreadable: usize,
    unreadable_items: Vec<Detail>,
}

#[derive(Debug, Default, Serialize)]
struct Users {
    verified: usize,
    /// Of the verified ones: a link for another address works.
    changing: usize,
    /// Not verified, and a link works.
    pending: usize,
    /// Not verified, and no link works.
    expired: usize,
}

#[derive(Debug, Default, Serialize)]
struct Addresses {
    on_record: usize,
    suppressed: BTreeMap<&'static str, usize>,
}

pub(crate) async fn run(context: &mut Context<'_, '_>) -> Result<(), AdminError> {
    let table = context.table().await?;
    show(&table, context.now(), context.console).await
}

async fn show(table: &Table, now: Timestamp, console: &mut Console<'_>) -> Result<(), AdminError> {
    let mut stats = Stats::default();
    for reason in [
        SuppressionReason::Bounced,
        SuppressionReason::Complained,
        SuppressionReason::Refused,
    ] {
        stats.addresses.suppressed.insert(reason.as_str(), 0);
    }
    let mut read = 0;
    let unreadable = table.scan(now, |items| {
        read += items.len();
        for item in &items {
            stats.count(item, now);
        }
        console.progress(&format!("{read} items read"));
        Ok(())
    });
    stats.unreadable_items = unreadable.await?;
    stats.unreadable = stats.unreadable_items.len();
    console.progress("");
    console.answer(&stats, || stats.describe())
}

impl Stats {
    fn count(&mut self, item: &ItemOnRecord, now: Timestamp) {
        match item {
            ItemOnRecord::User(user) => self.count_user(user, now),
            ItemOnRecord::Address(_, record) => self.count_address(record, now),
            ItemOnRecord::Key(key) => self.count_key(key, now),
            ItemOnRecord::Other => {}
        }
    }

    fn count_user(&mut self, user: &UserOnRecord, now: Timestamp) {
        let record = &user.record;
        let links = record.links.values().filter(|until| **until > now).count();
        let codes = record.codes.values();
        let codes = codes.filter(|code| code.expires_at > now).count();
        let is_pending = record.verification().is_none();
        if is_pending {
            self.live_links += links;
            self.live_codes += codes;
        }
        let works = is_pending && links > 0;
        match (&record.verified, works) {
            (Some(_), works) => {
                self.users.verified += 1;
                self.users.changing += usize::from(works);
            }
            (None, true) => self.users.pending += 1,
            (None, false) => self.users.expired += 1,
        }
    }

    fn count_address(&mut self, record: &AddressRecord, now: Timestamp) {
        self.addresses.on_record += 1;
        if let Some(suppression) = record.suppression_at(now) {
            let reason = suppression.reason.as_str();
            *self.addresses.suppressed.entry(reason).or_default() += 1;
        }
    }

    fn count_key(&mut self, key: &ApiKey, now: Timestamp) {
        self.api_keys += usize::from(!key.has_expired(now));
    }

    fn describe(&self) -> String {
        let users = &self.users;
        let total = users.verified + users.pending + users.expired;
        let all = |heading: &str, count, rows: &[(&str, usize)]| {
            let rows = rows.iter();
            let rows = rows.map(|(name, count)| [(*name).to_owned(), count.to_string()]);
            let rows: Vec<_> = rows.collect();
            format!("{heading}  {count}\n{}", indented(&columns(&rows)))
        };
        let suppressed = self.addresses.suppressed.iter();
        let suppressed: Vec<_> = suppressed
            .map(|(reason, count)| (*reason, *count))
            .collect();
        let unreadable = self.unreadable_items.iter().map(Detail::row);
        let unreadable: Vec<_> = unreadable.collect();
        [
            all(
                "Users",
                total,
                &[
                    ("verified", users.verified),
                    ("of these changing to another address", users.changing),
                    ("pending, with a link that works", users.pending),
                    ("expired, never verified", users.expired),
                ],
            ),
            all(
                "Proofs of pending verifications",
                self.live_links + self.live_codes,
                &[("links", self.live_links), ("codes", self.live_codes)],
            ),
            all(
                "Addresses that were mailed or suppressed",
                self.addresses.on_record,
                &suppressed,
            ),
            all("API keys", self.api_keys, &[]),
            all("Items that cannot be read", self.unreadable, &[]),
            first_rows(&unreadable),
        ]
        .concat()
    }
}
