//! The suppression of an address by a bounce or a complaint, on its item.
//!
//! A suppression decides requests, so each write changes `version`, and a request in flight
//! loses its optimistic write.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::conditional::Conditional;
use super::item::{EXPIRES_AT, MAILS, VERSION, map, spelling, text, timestamp, written_timestamp};
use super::refusals::{REFUSAL, as_refusal};
use super::update::{Condition, ItemUpdate};
use super::{OperatorStore, Recorded, Store, StoreError, address};
use crate::domain::address_record::UNSUPPRESSED_RETENTION;
use crate::domain::clock::Timestamp;
use crate::domain::delivery::{Suppression, SuppressionReason};
use crate::domain::email_address::EmailAddress;
use crate::domain::mail_id::MailId;
use crate::domain::refusal::Refusal;
use crate::domain::user_id::UserId;
use crate::domain::version::Version;

pub const SUPPRESSION: &str = "suppression";
pub(super) const UNSUPPRESSED_AT: &str = "unsuppressed_at";

pub const REASON: &str = "reason";
pub const AT: &str = "at";
pub const EMAIL: &str = "email";
const MAIL: &str = "mail";
pub const USER: &str = "user";

/// In texts alone, as the stream carries it into events.
fn stored(suppression: &Suppression) -> AttributeValue {
    let known = [
        (REASON, text(suppression.reason.as_str())),
        (AT, written_timestamp(suppression.at)),
        (EMAIL, spelling(&suppression.email)),
    ];
    let mail = suppression.mail.map(|mail| (MAIL, text(mail.to_string())));
    let user = suppression.user.map(|user| (USER, text(user.to_string())));
    map(known.into_iter().chain(mail).chain(user))
}

pub(super) fn as_suppression(value: &AttributeValue) -> Option<Suppression> {
    let stored = value.as_m().ok()?;
    let text = |name| stored.get(name)?.as_s().ok();
    Some(Suppression {
        reason: SuppressionReason::parse(text(REASON)?)?,
        at: Timestamp::parse(text(AT)?)?,
        email: EmailAddress::parse_known(text(EMAIL)?)?,
        mail: match stored.get(MAIL) {
            Some(mail) => Some(MailId::parse(mail.as_s().ok()?)?),
            None => None,
        },
        user: match stored.get(USER) {
            Some(user) => Some(UserId::parse(user.as_s().ok()?)?),
            None => None,
        },
    })
}

/// A complaint replaces a bounce, an earlier event replaces a later one with the same reason, and
/// one with a mail replaces one without.
fn outranks_the_record(suppression: &Suppression) -> Condition {
    let [seen_reason, seen_at, seen_mail] =
        [REASON, AT, MAIL].map(|member| format!("{SUPPRESSION}.#{member}"));
    let weaker = match suppression.reason {
        SuppressionReason::Complained => format!(" OR {seen_reason} = :bounced"),
        SuppressionReason::Bounced | SuppressionReason::Refused => String::new(),
    };
    let tie = match suppression.mail {
        Some(_) => format!(
            " OR ({seen_at} = :at \
             AND (attribute_not_exists({seen_mail}) OR {seen_mail} > :mail))"
        ),
        None => String::new(),
    };
    let condition = Condition::from(format!(
        "attribute_not_exists({SUPPRESSION}){weaker} \
         OR ({seen_reason} = :reason AND ({seen_at} > :at{tie}))"
    ))
    .members([REASON, AT])
    .value(":reason", text(suppression.reason.as_str()))
    // All timestamps have the same length, so they sort as text.
    .value(":at", written_timestamp(suppression.at));
    // An unused name or value is an error.
    let condition = match suppression.reason {
        SuppressionReason::Complained => {
            condition.value(":bounced", text(SuppressionReason::Bounced.as_str()))
        }
        SuppressionReason::Bounced | SuppressionReason::Refused => condition,
    };
    match suppression.mail {
        Some(mail) => condition
            .members([MAIL])
            .value(":mail", text(mail.to_string())),
        None => condition,
    }
}

impl Store {
    /// Suppresses an address, if the event outranks the one on record. Creates the item if it has
    /// expired, as complaints may take days, and the item then stays. An event from before the
    /// address was unsuppressed has no effect. An event of the same second has no effect either:
    /// their order is unknown, and the operator has decided. `first` is the version of a new item.
    pub async fn suppress(
        &self,
        suppression: &Suppression,
        first: Version,
    ) -> Result<Recorded, StoreError> {
        let is_later = Condition::from(format!(
            "attribute_not_exists({UNSUPPRESSED_AT}) OR {UNSUPPRESSED_AT} < :happened_at"
        ));
        let update = ItemUpdate::of(address::key(&suppression.email))
            .only_if(is_later.value(":happened_at", timestamp(suppression.at)))
            .only_if(outranks_the_record(suppression))
            .set(SUPPRESSION, stored(suppression))
            .keep_map(MAILS)
            .change_version(VERSION, first)
            .remove(EXPIRES_AT);
        Ok(match self.update(update).await? {
            Conditional::Written(_) => Recorded::Recorded,
            Conditional::Refused(_) => Recorded::Duplicate,
        })
    }
}

/// The result when an operator ends a suppression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsuppression {
    /// With the suppression or the refusal that was on record, as far as it is readable.
    Unsuppressed(Option<Suppression>),
    /// There is a later one, which stays.
    SuppressedSince,
}

impl OperatorStore {
    /// Allows mail to an address again, also to one that is not on record: SES may have had it on
    /// its list, so that the event of its bounce may still arrive. Events until `now` no longer
    /// suppress it, and what came later stays. `first` is the version of a new item. Idempotent.
    pub async fn unsuppress(
        &self,
        address: &EmailAddress,
        first: Version,
        now: Timestamp,
    ) -> Result<Unsuppression, StoreError> {
        // Also one without a timestamp, which no function wrote.
        let is_earlier = |attribute| {
            let at = format!("{attribute}.#{AT}");
            Condition::from(format!("attribute_not_exists({at}) OR {at} <= :at"))
                .members([AT])
                .value(":at", written_timestamp(now))
        };
        let update = ItemUpdate::of(address::key(address))
            .only_if(is_earlier(SUPPRESSION))
            .only_if(is_earlier(REFUSAL))
            .remove(SUPPRESSION)
            .remove(REFUSAL)
            .set(UNSUPPRESSED_AT, timestamp(now))
            .keep_map(MAILS)
            .change_version(VERSION, first)
            // By then, no mail on record counts towards a limit.
            .expires_at(Some(now.plus(UNSUPPRESSED_RETENTION)));
        let written = self.store.update_returning(ReturnValue::AllOld, update);
        let Conditional::Written(before) = written.await? else {
            return Ok(Unsuppression::SuppressedSince);
        };
        let refusal = before.get(REFUSAL).and_then(as_refusal);
        let refusal = refusal.filter(|refusal| refusal.holds(now));
        let suppression = before.get(SUPPRESSION).and_then(as_suppression);
        Ok(Unsuppression::Unsuppressed(
            suppression.or_else(|| refusal.as_ref().map(Refusal::suppression)),
        ))
    }
}
