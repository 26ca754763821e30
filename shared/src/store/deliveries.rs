//! Delivery status and suppression, on the record of the address.
//!
//! Events may be late, duplicated or reordered. The record keeps their maximum: each write has the
//! condition that its event outranks what is on record, so the order of writes does not matter.
//!
//! A delivery status does not decide requests, so its write leaves `version` as it is. A
//! suppression does, so its write increments `version`, and a request in flight loses its
//! optimistic write.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::conditional::{self, Conditional};
use super::item::{self, as_timestamp, read_optional};
use super::{OperatorStore, Store, StoreError};
use crate::domain::address_record::UNSUPPRESSED_RETENTION;
use crate::domain::clock::Timestamp;
use crate::domain::delivery::{MailEvent, Suppression, SuppressionReason};
use crate::domain::email_address::EmailAddress;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsuppressMode {
    /// Only if it is suppressed on record.
    IfSuppressed,
    /// Also if it is not on record: SES had it on its list, so the event of its bounce may still
    /// arrive.
    Always,
}

impl Store {
    /// Records the delivery status of a mail, if it outranks the one on record. Ignores a mail that
    /// is not on record, unless the event suppresses its address.
    pub async fn record_delivery(&self, event: &MailEvent) -> Result<Recorded, StoreError> {
        // The newest mail, then the highest state, then the latest event. Of mails of the same
        // millisecond the greater id counts.
        const OUTRANKS: &str = "(attribute_not_exists(#delivery) OR #delivery.#sent_at < :sent_at \
             OR (#delivery.#sent_at = :sent_at AND (#delivery.#mail < :mail \
             OR (#delivery.#mail = :mail AND (#delivery.#rank < :rank \
             OR (#delivery.#rank = :rank AND #delivery.#at < :at))))))";
        let delivery = &event.delivery;
        let mail = delivery.mail.to_string();
        let is_ours = match delivery.state.suppresses() {
            None => "attribute_exists(#mails.#id)",
            Some(_) => "attribute_exists(pk)",
        };
        let update = self
            .update_address(&event.address)
            .condition_expression(format!("{is_ours} AND {OUTRANKS}"))
            .update_expression("SET #delivery = :delivery")
            .expression_attribute_names("#delivery", item::DELIVERY)
            .expression_attribute_names("#sent_at", item::SENT_AT)
            .expression_attribute_names("#mail", item::MAIL)
            .expression_attribute_names("#rank", item::RANK)
            .expression_attribute_names("#at", item::AT)
            .expression_attribute_values(":sent_at", item::sent_at(delivery.sent_at))
            .expression_attribute_values(":mail", AttributeValue::S(mail.clone()))
            .expression_attribute_values(":rank", item::number(delivery.state.rank()))
            .expression_attribute_values(":at", item::timestamp(delivery.at))
            .expression_attribute_values(":delivery", item::delivery(delivery));
        let update = match delivery.state.suppresses() {
            // An unused name is an error.
            None => update
                .expression_attribute_names("#mails", item::MAILS)
                .expression_attribute_names("#id", &mail),
            Some(_) => update,
        };
        let Conditional::Refused(found) = conditional::update(update).await? else {
            return Ok(Recorded::Recorded);
        };
        let is_on_record = found.as_ref().is_some_and(|item| {
            let mails = item.get(item::MAILS).and_then(|mails| mails.as_m().ok());
            delivery.state.suppresses().is_some()
                || mails.is_some_and(|mails| mails.contains_key(&mail))
        });
        Ok(if is_on_record {
            Recorded::Duplicate
        } else {
            Recorded::Ignored
        })
    }

    /// Suppresses an address. Creates the item if it has expired, as complaints may take days, and
    /// the item then stays. A complaint replaces a bounce, an earlier event replaces a later one
    /// with the same reason, and one with a mail replaces one without. An event from before the
    /// address was unsuppressed has no effect. Nor has one of the same second: which was first is
    /// unknown, and the operator has decided.
    pub async fn suppress(&self, suppression: &Suppression) -> Result<Recorded, StoreError> {
        const IS_NAMED: &str = " OR (#suppression.#at = :at \
             AND (attribute_not_exists(#suppression.#mail) OR #suppression.#mail > :mail))";
        const IS_BOUNCE: &str = " OR #suppression.#reason = :bounced";
        let weaker = match suppression.reason {
            SuppressionReason::Complained => IS_BOUNCE,
            SuppressionReason::Bounced => "",
        };
        let tie = suppression.mail.map_or("", |_| IS_NAMED);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self
            .update_address(&suppression.email)
            .condition_expression(format!(
                "(attribute_not_exists(unsuppressed_at) OR unsuppressed_at < :happened_at) \
                 AND (attribute_not_exists(#suppression){weaker} \
                 OR (#suppression.#reason = :reason AND (#suppression.#at > :at{tie})))"
            ))
            .update_expression(
                "SET #suppression = :suppression, #mails = if_not_exists(#mails, :none), \
                 version = if_not_exists(version, :first) + :one REMOVE expires_at",
            )
            .expression_attribute_names("#suppression", item::SUPPRESSION)
            .expression_attribute_names("#reason", item::REASON)
            .expression_attribute_names("#at", item::AT)
            .expression_attribute_names("#mails", item::MAILS)
            .expression_attribute_values(":happened_at", item::timestamp(suppression.at))
            .expression_attribute_values(":reason", text(suppression.reason.as_str()))
            // All timestamps have the same length, so they sort as text.
            .expression_attribute_values(":at", text(&suppression.at.to_string()))
            .expression_attribute_values(":suppression", item::suppression(suppression));
        // An unused name or value is an error.
        let update = match suppression.reason {
            SuppressionReason::Complained => update
                .expression_attribute_values(":bounced", text(SuppressionReason::Bounced.as_str())),
            SuppressionReason::Bounced => update,
        };
        let update = match suppression.mail {
            None => update,
            Some(mail) => update
                .expression_attribute_names("#mail", item::MAIL)
                .expression_attribute_values(":mail", text(&mail.to_string())),
        };
        let written = conditional::update(with_next_version(update)).await?;
        Ok(match written {
            Conditional::Written(_) => Recorded::Recorded,
            Conditional::Refused(_) => Recorded::Duplicate,
        })
    }

    fn update_address(&self, address: &EmailAddress) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(item::KEY, item::address_key(address))
    }
}

impl OperatorStore {
    /// Allows mail to an address again. Events from before `now` no longer suppress it.
    pub async fn unsuppress(
        &self,
        address: &EmailAddress,
        mode: UnsuppressMode,
        now: Timestamp,
    ) -> Result<Unsuppressed, StoreError> {
        let update = self
            .store
            .update_address(address)
            .update_expression(
                "SET unsuppressed_at = :now, expires_at = :expires_at, \
                 #mails = if_not_exists(#mails, :none), \
                 version = if_not_exists(version, :first) + :one REMOVE #suppression",
            )
            .expression_attribute_names("#suppression", item::SUPPRESSION)
            .expression_attribute_names("#mails", item::MAILS)
            .expression_attribute_values(":now", item::timestamp(now))
            // Later than any mail on record counts.
            .expression_attribute_values(
                ":expires_at",
                item::timestamp(now.plus(UNSUPPRESSED_RETENTION)),
            )
            .return_values(ReturnValue::AllOld);
        let update = match mode {
            UnsuppressMode::IfSuppressed => {
                update.condition_expression("attribute_exists(#suppression)")
            }
            UnsuppressMode::Always => update,
        };
        match conditional::update(with_next_version(update)).await? {
            Conditional::Written(before) => Ok(Unsuppressed::Done {
                was: before.get(item::SUPPRESSION).and_then(item::as_suppression),
            }),
            Conditional::Refused(found) => {
                let unsuppressed_at = |item| read_optional(item, "unsuppressed_at", as_timestamp);
                let unsuppressed_at = found.as_ref().map(unsuppressed_at).transpose()?.flatten();
                // An attempt whose answer was lost may have done it.
                Ok(if unsuppressed_at == Some(now) {
                    Unsuppressed::Done { was: None }
                } else {
                    Unsuppressed::NotSuppressed
                })
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsuppressed {
    Done {
        /// The suppression that was on record, as far as it is readable.
        was: Option<Suppression>,
    },
    /// It was not suppressed on record. Nothing changed.
    NotSuppressed,
}

/// Values of an expression that increments `version`. An item without one is at the first.
fn with_next_version(update: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
    update
        .expression_attribute_values(":first", item::number(0))
        .expression_attribute_values(":one", item::number(1))
        .expression_attribute_values(":none", AttributeValue::M(HashMap::new()))
}
