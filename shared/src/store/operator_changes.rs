//! The changes that are events, as the items still show them, for events that the stream has lost.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::item::{Item, KEY, text};
use super::refusals::REFUSAL;
use super::suppression::{AT, SUPPRESSION};
use super::user::{PENDING, USER_ID, VERIFIED_AT, VERIFIED_BY, VERIFIED_EMAIL};
use super::{OperatorStore, ScanPosition, StoreError, unavailable};
use crate::domain::clock::Timestamp;

/// The namespace of the ids (RFC 9562, section 5.5). With another one, consumers would take events
/// that were published again for new ones.
const NAMESPACE: Uuid = Uuid::from_u128(0x1d0e_7a43_9c5f_4b21_8e6a_52c3_07f9_d41b);

/// The attributes that show a change by their timestamps, and those of which its event is made.
const CHANGES: [(&str, &[&str]); 3] = [
    (
        VERIFIED_AT,
        &[USER_ID, VERIFIED_EMAIL, VERIFIED_AT, VERIFIED_BY],
    ),
    (SUPPRESSION, &[SUPPRESSION]),
    (REFUSAL, &[REFUSAL]),
];

#[derive(Clone, Debug, PartialEq)]
pub struct RecordedChange {
    /// The same each time.
    pub id: String,
    /// The key of its item.
    pub key: String,
    /// The time in its event, as RFC 3339 in UTC. All have the same length, so they sort as text.
    pub at: String,
    /// As the stream has it, for `publish_events`.
    pub record: Value,
}

#[derive(Debug)]
pub struct ChangesPage {
    pub changes: Vec<RecordedChange>,
    /// Where the next page begins. `None`: this is the last one.
    pub next: Option<ScanPosition>,
}

impl OperatorStore {
    /// The page after this position, else the first one, with the newest verification of each user,
    /// and the suppression and the refusal of each address, if they are not older than `since`.
    ///
    /// The ids are not the stream's. What a change replaced is not on record, so a verification has
    /// no previous address.
    pub async fn changes_page(
        &self,
        after: Option<ScanPosition>,
        since: Timestamp,
    ) -> Result<ChangesPage, StoreError> {
        let since = since.to_string();
        let scan = self.store.client.scan().table_name(&self.store.table);
        let scan = scan
            .set_exclusive_start_key(after.map(|ScanPosition(key)| key))
            .filter_expression(format!(
                "{VERIFIED_AT} >= :since OR {SUPPRESSION}.#{AT} >= :since \
                 OR {REFUSAL}.#{AT} >= :since"
            ))
            .expression_attribute_names(format!("#{AT}"), AT)
            .expression_attribute_values(":since", text(&since));
        let page = scan.send().await.map_err(unavailable)?;
        let changes = page.items().iter().flat_map(|item| changes(item, &since));
        Ok(ChangesPage {
            changes: changes.collect(),
            next: page.last_evaluated_key.map(ScanPosition),
        })
    }
}

/// The changes of an item that are not older than `since`.
fn changes(item: &Item, since: &str) -> Vec<RecordedChange> {
    let changes = CHANGES.into_iter().filter_map(|(change, attributes)| {
        let at = happened_at(item.get(change)?).filter(|at| *at >= since)?;
        let key = item.get(KEY)?.as_s().ok()?.as_str();
        let id = [key, change, at].join("\n");
        let id = Uuid::new_v5(&NAMESPACE, id.as_bytes()).simple().to_string();
        let after = attributes.iter();
        let after =
            after.filter_map(|name| Some(((*name).to_owned(), streamed(item.get(*name)?)?)));
        let record = json!({
            "eventID": id,
            "dynamodb": {
                "SequenceNumber": id,
                // A verification ends a request. The other changes do not depend on one.
                "OldImage": { PENDING: { "BOOL": true } },
                "NewImage": after.collect::<Map<_, _>>(),
            },
        });
        Some(RecordedChange {
            id,
            key: key.to_owned(),
            at: at.to_owned(),
            record,
        })
    });
    changes.collect()
}

/// The timestamp of a change: the attribute itself, or a member of it.
fn happened_at(attribute: &AttributeValue) -> Option<&str> {
    let at = match attribute {
        AttributeValue::M(members) => members.get(AT)?,
        at => at,
    };
    Some(at.as_s().ok()?)
}

/// An attribute as the stream has it: a text, or a map of texts. Events need no other kinds.
fn streamed(value: &AttributeValue) -> Option<Value> {
    match value {
        AttributeValue::S(text) => Some(json!({ "S": text })),
        AttributeValue::M(map) => {
            let members = map.iter();
            let members = members.filter_map(|(name, it)| Some((name.clone(), streamed(it)?)));
            Some(json!({ "M": members.collect::<Map<_, _>>() }))
        }
        _ => None,
    }
}
