//! The events that SES publishes to EventBridge, complete and in SES's own words (SES Developer
//! Guide, "Contents of event data", and "Monitoring SES events using Amazon EventBridge").
//!
//! An event depends on nothing but the mail, the outcome and its timestamp, so the same input makes
//! the same event.

mod body;
mod mail_object;

use serde_json::{Value, json};
use uuid::Uuid;

use super::address::Address;
use super::delivery_outcome::DeliveryOutcome;
use super::suppression_list::SuppressedFor;
use crate::captured_mails::CapturedMail;
use crate::date::{rfc3339_millis, rfc3339_seconds};
use body::{EventBody, Subject};
use mail_object::{configuration_set, mail_object, sender_domain};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "us-east-1";

/// The event about an outcome of a mail for one recipient.
#[must_use]
pub fn event(
    mail: &CapturedMail,
    recipient: &str,
    outcome: DeliveryOutcome,
    unix_millis: i64,
) -> Value {
    let recipient = Address::parse(recipient).address;
    let at = rfc3339_millis(unix_millis);
    let id = |salt: u128| id_of(mail, outcome, unix_millis, salt);
    let feedback_id = format!("0100{unix_millis:012x}-{}-000000", id(1));
    let subject = Subject {
        recipient: &recipient,
        at: &at,
        feedback_id: &feedback_id,
    };
    let EventBody {
        detail_type,
        event_type,
        member,
        value,
    } = subject.body(outcome, mail);
    let mut detail = json!({ "eventType": event_type, "mail": mail_object(mail) });
    insert(&mut detail, member, value);
    let domain = sender_domain(mail);
    json!({
        "version": "0",
        "id": id(0),
        "detail-type": detail_type,
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": rfc3339_seconds(unix_millis),
        "region": REGION,
        "resources": [
            format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}"),
            format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{}", configuration_set(mail)),
        ],
        "detail": detail,
    })
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Equal events have equal ids, and other events have other ids.
fn id_of(mail: &CapturedMail, outcome: DeliveryOutcome, unix_millis: i64, salt: u128) -> String {
    let of_mail = Uuid::parse_str(&mail.id).unwrap_or_default().as_u128();
    let of_outcome: u128 = match outcome {
        DeliveryOutcome::Delivered => 1,
        DeliveryOutcome::Delayed => 2,
        DeliveryOutcome::Expired => 3,
        DeliveryOutcome::OutOfOffice => 4,
        DeliveryOutcome::Bounced => 5,
        DeliveryOutcome::OnGlobalList => 6,
        DeliveryOutcome::OnAccountList(SuppressedFor::Bounce) => 7,
        DeliveryOutcome::OnAccountList(SuppressedFor::Complaint) => 8,
        DeliveryOutcome::Complained => 9,
        DeliveryOutcome::Rejected => 10,
        DeliveryOutcome::AuthenticationFailed => 11,
    };
    let number = (u128::from(unix_millis.unsigned_abs()) << 8) | (of_outcome << 4) | salt;
    Uuid::from_u128(of_mail ^ number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captured_mails::Field;
    use crate::captured_mails::tests::mail;

    const OUTCOMES: [DeliveryOutcome; 11] = [
        DeliveryOutcome::Delivered,
        DeliveryOutcome::Delayed,
        DeliveryOutcome::Expired,
        DeliveryOutcome::OutOfOffice,
        DeliveryOutcome::Bounced,
        DeliveryOutcome::OnGlobalList,
        DeliveryOutcome::OnAccountList(SuppressedFor::Bounce),
        DeliveryOutcome::OnAccountList(SuppressedFor::Complaint),
        DeliveryOutcome::Complained,
        DeliveryOutcome::Rejected,
        DeliveryOutcome::AuthenticationFailed,
    ];

    fn tagged() -> CapturedMail {
        let mut mail = mail("f2a1", "Ada <ada@example.com>", "Hi");
        mail.id = Uuid::from_u128(7).simple().to_string();
        mail.received_at = 1_795_435_200_123;
        mail.tags = [("kind", "verification"), ("kind", "again")]
            .map(|(name, value)| Field {
                name: name.to_owned(),
                value: value.to_owned(),
            })
            .into();
        mail
    }

    #[test]
    fn an_event_describes_its_mail() {
        let event = event(
            &tagged(),
            "Ada <ada@example.com>",
            DeliveryOutcome::Delivered,
            1_795_435_201_005,
        );
        assert_eq!(event["detail-type"], "Email Delivered");
        assert_eq!(event["time"], "2026-11-23T12:00:01Z");
        let mail = &event["detail"]["mail"];
        assert_eq!(mail["timestamp"], "2026-11-23T12:00:00.123Z");
        assert_eq!(mail["destination"], json!(["ada@example.com"]));
        assert_eq!(mail["tags"]["kind"], json!(["verification", "again"]));
        assert_eq!(mail["tags"]["ses:from-domain"], json!(["acme.example"]));
        assert_eq!(
            mail["commonHeaders"]["date"],
            "Mon, 23 Nov 2026 12:00:00 +0000"
        );
        let delivery = &event["detail"]["delivery"];
        assert_eq!(delivery["timestamp"], "2026-11-23T12:00:01.005Z");
        assert_eq!(delivery["recipients"], json!(["ada@example.com"]));
    }

    #[test]
    fn equal_events_have_equal_ids() {
        let mail = tagged();
        let id = |outcome, at| event(&mail, "ada@example.com", outcome, at)["id"].clone();
        let mut ids: Vec<_> = OUTCOMES
            .iter()
            .map(|outcome| id(*outcome, 5).to_string())
            .collect();
        assert_eq!(
            id(DeliveryOutcome::Bounced, 5),
            id(DeliveryOutcome::Bounced, 5)
        );
        assert_ne!(
            id(DeliveryOutcome::Bounced, 5),
            id(DeliveryOutcome::Bounced, 6)
        );
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), OUTCOMES.len());
    }

    #[test]
    fn each_outcome_has_its_member() {
        let mail = tagged();
        for outcome in OUTCOMES {
            let event = event(&mail, "ada@example.com", outcome, 5);
            let member = match event["detail"]["eventType"].as_str().expect("a type") {
                "Delivery" => "delivery",
                "DeliveryDelay" => "deliveryDelay",
                "Bounce" => "bounce",
                "Complaint" => "complaint",
                "Reject" => "reject",
                other => panic!("{other}"),
            };
            assert!(event["detail"][member].is_object(), "{event}");
            assert_eq!(event["detail"].as_object().expect("an object").len(), 3);
        }
    }
}
