//! The delivery status of the newest mail, on the item of its address.
//!
//! Events may be late, duplicated or reordered. The record keeps their maximum: each write has the
//! condition that its event outranks what is on record, so the order of writes does not matter.
//!
//! A delivery status does not decide requests, so its write leaves `version` as it is.

use aws_sdk_dynamodb::types::AttributeValue;

use super::conditional::Conditional;
use super::item::{Item, KEY, MAILS, as_timestamp, map, number, text, timestamp};
use super::update::{Condition, ItemUpdate};
use super::{Store, StoreError, address};
use crate::domain::delivery::{Delivery, DeliveryState, MailEvent, SentAt};
use crate::domain::mail_id::MailId;

pub(super) const DELIVERY: &str = "delivery";

const MAIL: &str = "mail";
/// Milliseconds since the Unix epoch.
const SENT_AT: &str = "sent_at";
const STATE: &str = "state";
/// The rank of the state, for conditions to compare.
const RANK: &str = "rank";
const AT: &str = "at";

/// The outcome of an event. Of the outcomes of two writes the greater one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Recorded {
    /// Not about a mail on record.
    Ignored,
    /// A duplicate, or outranked by what is on record.
    #[strum(serialize = "known")]
    Duplicate,
    Recorded,
}

impl Recorded {
    /// The word in the log and in the answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn stored(delivery: &Delivery) -> AttributeValue {
    map([
        (MAIL, text(delivery.mail.to_string())),
        (SENT_AT, sent_at(delivery)),
        (STATE, text(delivery.state.as_str())),
        (RANK, number(delivery.state.rank())),
        (AT, timestamp(delivery.at)),
    ])
}

fn sent_at(delivery: &Delivery) -> AttributeValue {
    AttributeValue::N(delivery.sent_at.unix_millis().to_string())
}

pub(super) fn as_delivery(value: &AttributeValue) -> Option<Delivery> {
    let stored = value.as_m().ok()?;
    let millis = stored.get(SENT_AT)?.as_n().ok()?.parse().ok()?;
    Some(Delivery {
        mail: MailId::parse(stored.get(MAIL)?.as_s().ok()?)?,
        sent_at: SentAt::from_unix_millis(millis),
        state: DeliveryState::parse(stored.get(STATE)?.as_s().ok()?)?,
        at: as_timestamp(stored.get(AT)?)?,
    })
}

/// The newest mail, then the highest state, then the latest event. Of mails of the same millisecond
/// the greater id counts.
fn outranks_the_record(delivery: &Delivery) -> Condition {
    let [seen_sent_at, seen_mail, seen_rank, seen_at] =
        [SENT_AT, MAIL, RANK, AT].map(|member| format!("{DELIVERY}.#{member}"));
    Condition::from(format!(
        "attribute_not_exists({DELIVERY}) OR {seen_sent_at} < :sent_at \
         OR ({seen_sent_at} = :sent_at AND ({seen_mail} < :mail \
         OR ({seen_mail} = :mail AND ({seen_rank} < :rank \
         OR ({seen_rank} = :rank AND {seen_at} < :at)))))"
    ))
    .members([SENT_AT, MAIL, RANK, AT])
    .value(":sent_at", sent_at(delivery))
    .value(":mail", text(delivery.mail.to_string()))
    .value(":rank", number(delivery.state.rank()))
    .value(":at", timestamp(delivery.at))
}

impl Store {
    /// Records the delivery status of a mail, if it outranks the one on record. Ignores a mail that
    /// is not on record, unless the event suppresses its address.
    pub async fn record_delivery(&self, event: &MailEvent) -> Result<Recorded, StoreError> {
        let delivery = &event.delivery;
        let mail = delivery.mail.to_string();
        let suppresses = delivery.state.suppresses().is_some();
        let update = ItemUpdate::of(address::key(&event.address))
            .only_if(outranks_the_record(delivery))
            .set(DELIVERY, stored(delivery));
        let update = if suppresses {
            update.only_if(format!("attribute_exists({KEY})"))
        } else {
            update
                .only_if(format!("attribute_exists({MAILS}.#id)"))
                .name("#id", &mail)
        };
        let Conditional::Refused(found) = self.update(update).await? else {
            return Ok(Recorded::Recorded);
        };
        let has_mail = |item: &Item| {
            let mails = item.get(MAILS).and_then(|mails| mails.as_m().ok());
            mails.is_some_and(|mails| mails.contains_key(&mail))
        };
        let is_on_record = found.is_some_and(|item| suppresses || has_mail(&item));
        Ok(if is_on_record {
            Recorded::Duplicate
        } else {
            Recorded::Ignored
        })
    }
}
