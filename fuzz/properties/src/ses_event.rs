//! SES's events.

use record_mail_events::event::SesEvent;
use serde_json::{Value, json};
use shared::domain::delivery::DeliveryState;
use shared::domain::email_address::EmailAddress;

const STAGE: &str = "local";
const TYPES: [&str; 5] = [
    "Email Bounced",
    "Email Complaint Received",
    "Email Delivered",
    "Email Delivery Delayed",
    "Email Rejected",
];

/// An event of ours is read or an error that names a member and no value.
pub fn ses_event(input: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(input) else {
        return;
    };
    let event = SesEvent::of(value.clone());
    // Arrays stand for objects as well, and an object for a text of a known few.
    let is_object = |pointer: &str| value.pointer(pointer).is_some_and(Value::is_object);
    if !["", "/detail", "/detail/mail"].into_iter().all(is_object)
        || !value["detail-type"].is_string()
    {
        return;
    }
    if !event.is_ours(STAGE) {
        assert!(!has_our_tags(&value), "{value}");
        return;
    }
    assert_eq!(value["source"], "aws.ses");
    assert_eq!(
        value
            .pointer("/detail/mail/tags/stage/0")
            .and_then(Value::as_str),
        Some(STAGE)
    );
    match event.recipient() {
        Ok(address) => {
            let list = value["detail"]["mail"]["destination"].as_array().unwrap();
            let named = EmailAddress::parse_known(list[0].as_str().unwrap());
            assert_eq!((list.len(), Some(address)), (1, named));
        }
        Err(error) => names_a_member(&error.to_string()),
    }
    match event.mail_id() {
        Ok(mail) => match event.delivery(mail) {
            Ok(delivery) => {
                let state = delivery.map(|delivery| delivery.state);
                assert_eq!(state, expected(&value));
                assert!(delivery.is_none_or(|delivery| delivery.mail == mail));
            }
            Err(error) => names_a_member(&error.to_string()),
        },
        Err(error) => names_a_member(&error.to_string()),
    }
}

/// The marks of a mail with a proof, in other words.
fn has_our_tags(event: &Value) -> bool {
    let has_tag = |name: &str, value: &str| {
        let tag = event.pointer(&format!("/detail/mail/tags/{name}"));
        tag.is_some_and(|tag| *tag == json!([value]))
    };
    event["source"] == "aws.ses"
        && TYPES.iter().any(|known| event["detail-type"] == *known)
        && has_tag("kind", "verification")
        && has_tag("stage", STAGE)
}

/// The table of SES's types, in other words.
fn expected(event: &Value) -> Option<DeliveryState> {
    let text = |pointer| event.pointer(pointer).and_then(Value::as_str);
    match text("/detail-type")? {
        "Email Delivered" => Some(DeliveryState::Delivered),
        "Email Delivery Delayed" => Some(DeliveryState::Delayed),
        "Email Rejected" => Some(DeliveryState::Rejected),
        "Email Bounced" if text("/detail/bounce/bounceType") == Some("Permanent") => {
            Some(DeliveryState::Bounced)
        }
        "Email Bounced" => Some(DeliveryState::SoftBounced),
        "Email Complaint Received" => {
            let kind = text("/detail/complaint/complaintFeedbackType").unwrap_or_default();
            let is = |other: &&str| kind.eq_ignore_ascii_case(other);
            match (is(&"not-spam"), ["auth-failure", "virus"].iter().any(is)) {
                (true, _) => None,
                (_, true) => Some(DeliveryState::Reported),
                _ => Some(DeliveryState::Complained),
            }
        }
        _ => None,
    }
}

fn names_a_member(error: &str) {
    let pointer = error.strip_prefix("an event about a mail of ours cannot be read: ");
    let is_of_pointer = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '-');
    assert!(
        pointer.is_some_and(|pointer| pointer.chars().all(is_of_pointer)),
        "{error}"
    );
}
