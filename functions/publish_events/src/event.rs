//! Which changes of the table are events.
//!
//! A record of DynamoDB's stream has the item before and after a change. The filter in
//! `template.yaml` drops most records that are no events.
//!
//! Errors name a member of the record and never its value, which may be an address.

use serde_json::{Value, json};
use shared::domain::clock::Timestamp;
use shared::domain::delivery::SuppressionReason;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::domain::user_record::ProofMethod;
use thiserror::Error;

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Adopters' rules match it.
    pub detail_type: &'static str,
    /// The stream's id of the change, so an event that is published twice has the same.
    pub id: String,
    pub user: Option<UserId>,
    pub address: EmailAddress,
    pub happened_at: Timestamp,
    pub detail: Value,
}

/// A record that is not as the table's writers leave it. Holds the JSON pointer of the member that
/// is missing or of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a record of the stream cannot be read: {0}")]
pub struct Unreadable(pub(crate) &'static str);

impl Event {
    /// Reads a record of the stream. `None`: the change is no event.
    pub fn of(record: &Value, stage: &str) -> Result<Option<Self>, Unreadable> {
        if is_verification(record) {
            verified(record, stage).map(Some)
        } else if is_suppression(record) {
            undeliverable(record, stage).map(Some)
        } else {
            Ok(None)
        }
    }
}

/// Only the write of a verification removes `pending` from a user's item.
fn is_verification(record: &Value) -> bool {
    let was_pending = record.pointer("/dynamodb/OldImage/pending/BOOL");
    was_pending == Some(&Value::Bool(true))
        && record.pointer("/dynamodb/NewImage/pending").is_none()
        && record.pointer("/dynamodb/NewImage/verified_at").is_some()
}

/// The first bounce or complaint adds `suppression` to the item of its address. Later ones change
/// it.
fn is_suppression(record: &Value) -> bool {
    record.pointer("/dynamodb/OldImage/suppression").is_none()
        && record.pointer("/dynamodb/NewImage/suppression").is_some()
}

fn verified(record: &Value, stage: &str) -> Result<Event, Unreadable> {
    let id = id_of(record)?;
    let user = required(record, "/dynamodb/NewImage/user_id", UserId::parse)?;
    let address = required(record, "/dynamodb/NewImage/verified_email", known_address)?;
    let verified_at = required(record, "/dynamodb/NewImage/verified_at", Timestamp::parse)?;
    let previous = optional(record, "/dynamodb/OldImage/verified_email", known_address)?;
    // Earlier releases did not write it.
    let method = optional(record, "/dynamodb/NewImage/verified_by", ProofMethod::parse)?;
    let detail = json!({
        "id": id,
        "stage": stage,
        "uuid": user.to_string(),
        "email": address.deliverable(),
        "previous_email": previous.as_ref().map(EmailAddress::deliverable),
        "verified_at": verified_at.to_string(),
        "method": method.map(ProofMethod::as_str),
    });
    Ok(Event {
        detail_type: "Email Verified",
        id,
        user: Some(user),
        address,
        happened_at: verified_at,
        detail,
    })
}

fn undeliverable(record: &Value, stage: &str) -> Result<Event, Unreadable> {
    const REASON: &str = "/dynamodb/NewImage/suppression/M/reason";
    let id = id_of(record)?;
    let address = required(
        record,
        "/dynamodb/NewImage/suppression/M/email",
        known_address,
    )?;
    let reason = required(record, REASON, SuppressionReason::parse)?;
    let occurred_at = required(
        record,
        "/dynamodb/NewImage/suppression/M/at",
        Timestamp::parse,
    )?;
    // Unknown for a mail of an earlier release and for an entry of SES's list.
    let user = optional(
        record,
        "/dynamodb/NewImage/suppression/M/user",
        UserId::parse,
    )?;
    let detail = json!({
        "id": id,
        "stage": stage,
        "uuid": user.map(|user| user.to_string()),
        "email": address.deliverable(),
        "reason": reason.as_str(),
        "occurred_at": occurred_at.to_string(),
    });
    Ok(Event {
        detail_type: "Email Undeliverable",
        id,
        user,
        address,
        happened_at: occurred_at,
        detail,
    })
}

fn id_of(record: &Value) -> Result<String, Unreadable> {
    const ID: &str = "/eventID";
    let id = record.pointer(ID).and_then(Value::as_str);
    id.map(str::to_owned).ok_or(Unreadable(ID))
}

/// Recorded addresses stay readable, even if the rules for new ones become stricter.
fn known_address(text: &str) -> Option<EmailAddress> {
    EmailAddress::parse_known(text)
}

/// The text of an attribute that has to be there.
fn required<T>(
    record: &Value,
    attribute: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Unreadable> {
    optional(record, attribute, parse)?.ok_or(Unreadable(attribute))
}

/// The text of an attribute that may be absent, but not of another kind.
fn optional<T>(
    record: &Value,
    attribute: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Unreadable> {
    let Some(value) = record.pointer(attribute) else {
        return Ok(None);
    };
    let text = value.get("S").and_then(Value::as_str);
    text.and_then(parse).map(Some).ok_or(Unreadable(attribute))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        json!({ "S": text })
    }

    /// A verification of a second address, as the stream has it.
    fn verification() -> Value {
        json!({
            "eventID": "1",
            "eventName": "MODIFY",
            "dynamodb": {
                "OldImage": {
                    "pending": { "BOOL": true },
                    "verified_email": text("Old@example.com"),
                },
                "NewImage": {
                    "user_id": text("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11"),
                    "verified_email": text("Ada@example.com"),
                    "verified_at": text("2026-11-23T12:00:00Z"),
                    "verified_by": text("link"),
                },
                "SequenceNumber": "1",
            },
        })
    }

    fn suppression() -> Value {
        json!({
            "eventID": "2",
            "eventName": "MODIFY",
            "dynamodb": {
                "OldImage": { "version": { "N": "1" } },
                "NewImage": { "suppression": { "M": {
                    "reason": text("bounced"),
                    "at": text("2026-11-23T12:00:05Z"),
                    "email": text("Ada@example.com"),
                    "mail": text("A"),
                    "user": text("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11"),
                } } },
                "SequenceNumber": "2",
            },
        })
    }

    fn read(record: &Value) -> Result<Option<Event>, Unreadable> {
        Event::of(record, "prod")
    }

    /// Takes a member out.
    fn without(mut record: Value, member: &str) -> Value {
        let (parent, name) = member.rsplit_once('/').unwrap();
        let parent = record.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        parent.remove(name).unwrap();
        record
    }

    fn with(mut record: Value, member: &str, value: Value) -> Value {
        *record.pointer_mut(member).expect("the member exists") = value;
        record
    }

    #[test]
    fn errors_name_the_member_alone() {
        let of_verification = [
            "/eventID",
            "/dynamodb/NewImage/user_id",
            "/dynamodb/NewImage/verified_email",
            "/dynamodb/NewImage/verified_at",
            "/dynamodb/NewImage/verified_by",
            "/dynamodb/OldImage/verified_email",
        ];
        let of_suppression = [
            "/eventID",
            "/dynamodb/NewImage/suppression/M/reason",
            "/dynamodb/NewImage/suppression/M/at",
            "/dynamodb/NewImage/suppression/M/email",
            "/dynamodb/NewImage/suppression/M/user",
        ];
        let verification = of_verification.map(|member| (verification(), member));
        let suppression = of_suppression.map(|member| (suppression(), member));
        for (record, member) in verification.into_iter().chain(suppression) {
            assert!(read(&record).unwrap().is_some());
            for odd in [Value::Null, json!({ "N": "1" }), json!({ "S": "ada@" })] {
                let error = read(&with(record.clone(), member, odd)).unwrap_err();
                let expected = format!("a record of the stream cannot be read: {member}");
                assert_eq!(error.to_string(), expected);
            }
        }
    }

    #[test]
    fn only_new_attributes_may_be_missing() {
        let optional = [
            (verification(), "/dynamodb/NewImage/verified_by", "method"),
            (
                verification(),
                "/dynamodb/OldImage/verified_email",
                "previous_email",
            ),
            (
                suppression(),
                "/dynamodb/NewImage/suppression/M/user",
                "uuid",
            ),
        ];
        for (record, member, name) in optional {
            assert!(read(&record).unwrap().unwrap().detail[name].is_string());
            let event = read(&without(record, member)).unwrap().unwrap();
            assert_eq!(event.detail.get(name), Some(&Value::Null));
        }
        let required = [
            (verification(), "/dynamodb/NewImage/user_id"),
            (verification(), "/dynamodb/NewImage/verified_email"),
            (suppression(), "/dynamodb/NewImage/suppression/M/reason"),
            (suppression(), "/dynamodb/NewImage/suppression/M/at"),
            (suppression(), "/dynamodb/NewImage/suppression/M/email"),
        ];
        for (record, member) in required {
            assert_eq!(read(&without(record, member)), Err(Unreadable(member)));
        }
    }

    #[test]
    fn any_other_change_is_no_event() {
        let pending = json!({ "BOOL": true });
        let mut still_pending = verification();
        still_pending["dynamodb"]["NewImage"]["pending"] = pending;
        let mut suppressed_again = suppression();
        let image = &mut suppressed_again["dynamodb"];
        image["OldImage"] = image["NewImage"].clone();
        for record in [
            still_pending,
            with(
                verification(),
                "/dynamodb/OldImage/pending",
                json!({ "BOOL": false }),
            ),
            with(verification(), "/dynamodb/OldImage/pending", text("true")),
            suppressed_again,
            without(verification(), "/dynamodb/NewImage"),
            without(verification(), "/dynamodb/OldImage"),
            without(verification(), "/dynamodb/OldImage/pending"),
            without(verification(), "/dynamodb/NewImage/verified_at"),
            without(suppression(), "/dynamodb/NewImage"),
            json!({}),
            Value::Null,
        ] {
            assert_eq!(read(&record), Ok(None), "{record}");
        }
        assert!(
            read(&without(suppression(), "/dynamodb/OldImage"))
                .unwrap()
                .is_some()
        );
    }
}
