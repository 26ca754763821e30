//! Which changes of the table are events.
//!
//! A record of DynamoDB's stream has the item before and after a change. The filter in
//! `template.yaml` drops most records that are no events.

use serde_json::{Value, json};
use shared::domain::clock::Timestamp;
use shared::domain::delivery::SuppressionReason;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::domain::user_record::ProofMethod;
use shared::store::stream::{Attributes, RecordedVerification, UnreadableRecord, event_id};
use shared::store::{refusals, suppression};

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

impl Event {
    /// Reads a record of the stream. `None`: the change is no event.
    pub fn of(record: &Value, stage: &str) -> Result<Option<Self>, UnreadableRecord> {
        let after = Attributes::after(record);
        if let Some(verification) = RecordedVerification::of(record)? {
            Ok(Some(verified(event_id(record)?, verification, stage)))
        } else if is_suppression(&Attributes::before(record), &after) {
            undeliverable(event_id(record)?, &after, stage).map(Some)
        } else if is_refusal(&Attributes::before(record), &after) {
            refused(event_id(record)?, &after, stage).map(Some)
        } else {
            Ok(None)
        }
    }
}

/// The first bounce or complaint adds `suppression` to the item of its address. Later ones change
/// it.
fn is_suppression(before: &Attributes<'_>, after: &Attributes<'_>) -> bool {
    before.get(suppression::SUPPRESSION).is_none() && after.get(suppression::SUPPRESSION).is_some()
}

/// Each press that refuses mail writes another `refusal`. A repeated press writes nothing.
fn is_refusal(before: &Attributes<'_>, after: &Attributes<'_>) -> bool {
    let refusal = after.get(refusals::REFUSAL);
    refusal.is_some() && refusal != before.get(refusals::REFUSAL)
}

fn verified(id: &str, verification: RecordedVerification, stage: &str) -> Event {
    let RecordedVerification {
        user,
        address,
        previous,
        at,
        method,
        ..
    } = verification;
    let detail = json!({
        "id": id,
        "stage": stage,
        "uuid": user.to_string(),
        "email": address.deliverable(),
        "previous_email": previous.as_ref().map(EmailAddress::deliverable),
        "verified_at": at.to_string(),
        "method": method.map(ProofMethod::as_str),
    });
    Event {
        detail_type: "Email Verified",
        id: id.to_owned(),
        user: Some(user),
        address,
        happened_at: at,
        detail,
    }
}

fn undeliverable(id: &str, after: &Attributes<'_>, stage: &str) -> Result<Event, UnreadableRecord> {
    let suppression = after.map(suppression::SUPPRESSION);
    let address = suppression.required(suppression::EMAIL, EmailAddress::parse_known)?;
    let reason = suppression.required(suppression::REASON, SuppressionReason::parse)?;
    let occurred_at = suppression.required(suppression::AT, Timestamp::parse)?;
    // Unknown for a mail of an earlier release and for an entry of SES's list.
    let user = suppression.optional(suppression::USER, UserId::parse)?;
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
        id: id.to_owned(),
        user,
        address,
        happened_at: occurred_at,
        detail,
    })
}

fn refused(id: &str, after: &Attributes<'_>, stage: &str) -> Result<Event, UnreadableRecord> {
    let refusal = after.map(refusals::REFUSAL);
    let user = refusal.required(refusals::USER, UserId::parse)?;
    let address = refusal.required(refusals::EMAIL, EmailAddress::parse_known)?;
    let at = refusal.required(refusals::AT, Timestamp::parse)?;
    let detail = json!({
        "id": id,
        "stage": stage,
        "uuid": user.to_string(),
        "email": address.deliverable(),
        "at": at.to_string(),
    });
    Ok(Event {
        detail_type: "Verification Refused",
        id: id.to_owned(),
        user: Some(user),
        address,
        happened_at: at,
        detail,
    })
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

    fn refusal() -> Value {
        json!({
            "eventID": "3",
            "eventName": "MODIFY",
            "dynamodb": {
                "OldImage": { "version": { "N": "1" } },
                "NewImage": { "refusal": { "M": {
                    "at": text("2026-11-23T12:00:05Z"),
                    "email": text("Ada@example.com"),
                    "user": text("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11"),
                } } },
                "SequenceNumber": "3",
            },
        })
    }

    #[test]
    fn each_refusal_is_one_event() {
        let mut record = refusal();
        let event = read(&record).unwrap().unwrap();
        assert_eq!(event.detail_type, "Verification Refused");
        // Another user's link renews it.
        let before = with(
            record.clone(),
            "/dynamodb/NewImage/refusal/M/user",
            text("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c22"),
        );
        record["dynamodb"]["OldImage"] = before["dynamodb"]["NewImage"].clone();
        assert_eq!(read(&record).unwrap().unwrap(), event);
        // Another change of the same item, such as a mail's delivery.
        record["dynamodb"]["OldImage"] = record["dynamodb"]["NewImage"].clone();
        assert_eq!(read(&record), Ok(None));
        // The reader allows mail again.
        assert_eq!(
            read(&without(refusal(), "/dynamodb/NewImage/refusal")),
            Ok(None)
        );
    }

    #[test]
    fn a_bounce_after_a_refusal_is_published() {
        let mut record = suppression();
        for image in ["OldImage", "NewImage"] {
            record["dynamodb"][image]["refusal"] =
                refusal()["dynamodb"]["NewImage"]["refusal"].clone();
        }
        let event = read(&record).unwrap().unwrap();
        assert_eq!(event.detail_type, "Email Undeliverable");
    }

    /// A verification by an operator, of a user without a request.
    fn verification_by_operator() -> Value {
        let verification = with(
            verification(),
            "/dynamodb/NewImage/verified_by",
            text("operator"),
        );
        without(verification, "/dynamodb/OldImage")
    }

    #[test]
    fn an_operators_verification_is_one_event() {
        let record = verification_by_operator();
        let event = read(&record).unwrap().unwrap();
        assert_eq!(event.detail["method"], "operator");
        assert_eq!(event.detail["previous_email"], Value::Null);
        // A later change of the same user.
        let mut later = record.clone();
        later["dynamodb"]["OldImage"] = record["dynamodb"]["NewImage"].clone();
        assert_eq!(read(&later), Ok(None));
        // The same change by a proof removes `pending`, or is no verification.
        let by_link = with(record, "/dynamodb/NewImage/verified_by", text("link"));
        assert_eq!(read(&by_link), Ok(None));
    }

    fn read(record: &Value) -> Result<Option<Event>, UnreadableRecord> {
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
        let of_refusal = [
            "/eventID",
            "/dynamodb/NewImage/refusal/M/at",
            "/dynamodb/NewImage/refusal/M/email",
            "/dynamodb/NewImage/refusal/M/user",
        ];
        let refusal = of_refusal.map(|member| (refusal(), member));
        let verification = of_verification.map(|member| (verification(), member));
        let suppression = of_suppression.map(|member| (suppression(), member));
        let records = verification.into_iter().chain(suppression).chain(refusal);
        for (record, member) in records {
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
            let error = UnreadableRecord(member.to_owned());
            assert_eq!(read(&without(record, member)), Err(error));
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
