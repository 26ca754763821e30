//! What becomes of mails, on the records of their addresses.
//!
//! Events come late, twice and in any order, so each write holds only if it says more than what is
//! there. What is more is an order on the events themselves, so any order of writes ends in the
//! same record.
//!
//! What was heard of a mail is a note beside the rest of the item and leaves `version` alone: a
//! request that was decided before it is decided no less rightly. Whether an address is suppressed
//! decides requests, so those writes move `version`, and a request that knew nothing of them loses
//! its attempt.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::conditional::{self, Conditional};
use super::item::{self, as_timestamp, read_optional};
use super::{OperatorStore, Store, StoreError};
use crate::domain::address_record::UNSUPPRESSED_MEMORY;
use crate::domain::clock::Timestamp;
use crate::domain::delivery::{MailEvent, Suppression, SuppressionReason};
use crate::domain::email_address::EmailAddress;

/// What came of an event, in the order in which the better of two is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Recorded {
    /// It is about nothing that is on record.
    Ignored,
    /// It, or what says more, was on record before.
    Known,
    /// It is on record now.
    Recorded,
}

impl Recorded {
    /// The word for it, in the log and in the answer.
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
    /// Notes what became of a mail, if it is newer or says more than what is noted. A mail that is
    /// not on record is none of ours any more, unless it ended the mail to its address.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve.
    pub async fn record_delivery(&self, event: &MailEvent) -> Result<Recorded, StoreError> {
        // The newest mail, then the highest state, then the latest word of it. Mails of one
        // millisecond are told apart by their names.
        const SAYS_MORE: &str = "(attribute_not_exists(#delivery) OR #delivery.#sent_at < :sent_at \
             OR (#delivery.#sent_at = :sent_at AND (#delivery.#mail < :mail \
             OR (#delivery.#mail = :mail AND (#delivery.#rank < :rank \
             OR (#delivery.#rank = :rank AND #delivery.#at < :at))))))";
        let heard = &event.delivery;
        let name = heard.mail.to_string();
        let is_ours = match heard.state.suppresses() {
            None => "attribute_exists(#mails.#name)",
            Some(_) => "attribute_exists(pk)",
        };
        let update = self
            .update_address(&event.address)
            .condition_expression(format!("{is_ours} AND {SAYS_MORE}"))
            .update_expression("SET #delivery = :delivery")
            .expression_attribute_names("#delivery", item::DELIVERY)
            .expression_attribute_names("#sent_at", item::SENT_AT)
            .expression_attribute_names("#mail", item::MAIL)
            .expression_attribute_names("#rank", item::RANK)
            .expression_attribute_names("#at", item::AT)
            .expression_attribute_values(":sent_at", item::sent_at(heard.sent_at))
            .expression_attribute_values(":mail", AttributeValue::S(name.clone()))
            .expression_attribute_values(":rank", item::number(heard.state.rank()))
            .expression_attribute_values(":at", item::timestamp(heard.at))
            .expression_attribute_values(":delivery", item::delivery(heard));
        let update = match heard.state.suppresses() {
            // An unused name is an error.
            None => update
                .expression_attribute_names("#mails", item::MAILS)
                .expression_attribute_names("#name", &name),
            Some(_) => update,
        };
        let Conditional::Refused(found) = conditional::update(update).await? else {
            return Ok(Recorded::Recorded);
        };
        let is_on_record = found.as_ref().is_some_and(|item| {
            let mails = item.get(item::MAILS).and_then(|mails| mails.as_m().ok());
            heard.state.suppresses().is_some()
                || mails.is_some_and(|mails| mails.contains_key(&name))
        });
        Ok(if is_on_record {
            Recorded::Known
        } else {
            Recorded::Ignored
        })
    }

    /// Puts on record that an address gets no more mail. The record is made if it is gone, as
    /// complaints come days later, and it stays. A complaint takes the place of a bounce, the
    /// earlier of two events with one reason that of the later, and one that names its mail that of
    /// one that does not. Nothing happens if the event is from before the address was let go, or
    /// from that very second: then nobody knows which was first, and a person has looked at it.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve.
    pub async fn suppress(&self, suppression: &Suppression) -> Result<Recorded, StoreError> {
        const BREAKS_THE_TIE: &str = " OR (#suppression.#at = :at \
             AND (attribute_not_exists(#suppression.#mail) OR #suppression.#mail > :mail))";
        let weaker = match suppression.reason {
            SuppressionReason::Complained => SuppressionReason::Bounced.as_str(),
            SuppressionReason::Bounced => "nothing is weaker",
        };
        let tie = suppression.mail.map_or("", |_| BREAKS_THE_TIE);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self
            .update_address(&suppression.email)
            .condition_expression(format!(
                "(attribute_not_exists(unsuppressed_at) OR unsuppressed_at < :moment) \
                 AND (attribute_not_exists(#suppression) OR #suppression.#reason = :weaker \
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
            .expression_attribute_values(":moment", item::timestamp(suppression.at))
            .expression_attribute_values(":weaker", text(weaker))
            .expression_attribute_values(":reason", text(suppression.reason.as_str()))
            // RFC 3339 in UTC is as long for every moment, so its order as text is that of time.
            .expression_attribute_values(":at", text(&suppression.at.to_string()))
            .expression_attribute_values(":suppression", item::suppression(suppression));
        let update = match suppression.mail {
            // An unused name is an error.
            None => update,
            Some(mail) => update
                .expression_attribute_names("#mail", item::MAIL)
                .expression_attribute_values(":mail", text(&mail.to_string())),
        };
        let written = conditional::update(with_next_version(update)).await?;
        Ok(match written {
            Conditional::Written(_) => Recorded::Recorded,
            Conditional::Refused(_) => Recorded::Known,
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
    /// Lets an address go: more mail may go there, and an event from before `now` does not end
    /// that.
    ///
    /// # Errors
    ///
    /// DynamoDB cannot serve, or the item is malformed.
    pub async fn unsuppress(
        &self,
        address: &EmailAddress,
        which: UnsuppressMode,
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
                item::timestamp(now.plus(UNSUPPRESSED_MEMORY)),
            )
            .return_values(ReturnValue::AllOld);
        let update = match which {
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
                let let_go_at = |item| read_optional(item, "unsuppressed_at", as_timestamp);
                let let_go_at = found.as_ref().map(let_go_at).transpose()?.flatten();
                // A try whose answer was lost may have done it.
                Ok(if let_go_at == Some(now) {
                    Unsuppressed::Done { was: None }
                } else {
                    Unsuppressed::WasNot
                })
            }
        }
    }
}

/// What came of letting an address go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsuppressed {
    /// More mail may go there.
    Done {
        /// What was on record until then, as far as it can be told.
        was: Option<Suppression>,
    },
    /// It is not on record as suppressed. Nothing was done.
    WasNot,
}

/// Values of an expression that moves `version`, also of an item that has none, which is at the
/// first.
fn with_next_version(update: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
    update
        .expression_attribute_values(":first", item::number(0))
        .expression_attribute_values(":one", item::number(1))
        .expression_attribute_values(":none", AttributeValue::M(HashMap::new()))
}
