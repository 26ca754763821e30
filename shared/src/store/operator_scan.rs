//! A scan of the whole table, for lists and counts.

use super::item::{EXPIRES_AT, Item, KEY, as_timestamp, malformed, optional};
use super::operator::read_user_on_record;
use super::{OperatorStore, StoreError, UserOnRecord, address, api_key, unavailable, user};
use crate::domain::address_record::AddressRecord;
use crate::domain::api_key::ApiKey;
use crate::domain::clock::Timestamp;
use crate::domain::email_address::EmailAddress;

#[derive(Debug)]
pub struct ScanPage {
    /// An item that cannot be read does not hide the others.
    pub items: Vec<Result<ItemOnRecord, StoreError>>,
    /// Where the next page begins. `None`: this is the last one.
    pub next: Option<ScanPosition>,
}

#[derive(Clone, Debug)]
pub struct ScanPosition(pub(super) Item);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemOnRecord {
    User(UserOnRecord),
    Address(EmailAddress, AddressRecord),
    Key(ApiKey),
    /// It counts attempts at codes, or DynamoDB has not removed it yet.
    Other,
}

impl OperatorStore {
    /// The page after this position, else the first one. The read is eventually consistent, which
    /// costs half.
    pub async fn scan_page(
        &self,
        after: Option<ScanPosition>,
        now: Timestamp,
    ) -> Result<ScanPage, StoreError> {
        let scan = self.store.client.scan().table_name(&self.store.table);
        let scan = scan.set_exclusive_start_key(after.map(|ScanPosition(key)| key));
        let page = scan.send().await.map_err(unavailable)?;
        let items = page.items().iter();
        Ok(ScanPage {
            items: items.map(|item| read(item, now)).collect(),
            next: page.last_evaluated_key.map(ScanPosition),
        })
    }
}

fn read(item: &Item, now: Timestamp) -> Result<ItemOnRecord, StoreError> {
    let expires_at = optional(item, EXPIRES_AT, as_timestamp)?;
    if expires_at.is_some_and(|at| at <= now) {
        return Ok(ItemOnRecord::Other);
    }
    let key = item.get(KEY).and_then(|key| key.as_s().ok());
    let key = key.map(String::as_str).unwrap_or_default();
    if key.starts_with(user::PREFIX) {
        let user = read_user_on_record(Some(item))?;
        return Ok(user.map_or(ItemOnRecord::Other, ItemOnRecord::User));
    }
    if let Some(canonical) = key.strip_prefix(address::PREFIX) {
        let record = address::read(Some(item))?.unwrap_or_default();
        let address = EmailAddress::parse_known(canonical).ok_or_else(|| malformed(item, KEY))?;
        return Ok(ItemOnRecord::Address(address, record));
    }
    if key.starts_with(api_key::PREFIX) {
        return Ok(ItemOnRecord::Key(api_key::read(item)?));
    }
    Ok(ItemOnRecord::Other)
}
