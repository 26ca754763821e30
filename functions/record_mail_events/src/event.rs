//! SES's events, as EventBridge hands them on.
//!
//! An event is ours if its mail's tags say so. One that is ours has to be readable; of all others
//! nothing is expected. Errors name a member of the event and never its value, which may hold an
//! address.

use serde_json::Value;
use shared::domain::clock::Timestamp;
use shared::domain::delivery::{
    Delivery, DeliveryState, SentAt, TAG_KIND, TAG_STAGE, TAG_USER, VERIFICATION,
};
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::user_id::UserId;
use thiserror::Error;

/// What AWS services sign their events with. Nobody else can: EventBridge refuses other senders
/// this source.
const SOURCE: &str = "aws.ses";

/// An event about a mail of ours that is not as SES documents it. Holds the JSON pointer of the
/// member that is missing or of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an event about a mail of ours cannot be read: {0}")]
pub struct Unreadable(&'static str);

/// The kinds of events that say what became of a mail (SES Developer Guide, "Monitoring SES events
/// using Amazon EventBridge").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Delivered,
    Delayed,
    Bounced,
    Complained,
    Rejected,
}

/// Whether this deployment sent the mail that the event is about, by the mail's tags.
#[must_use]
pub fn is_ours(event: &Value, stage: &str) -> bool {
    kind_of(event).is_some()
        && tag(event, TAG_KIND) == Some(VERIFICATION)
        && tag(event, TAG_STAGE) == Some(stage)
}

/// The mail that an event of ours is about, and whom it went to.
///
/// # Errors
///
/// It has no name, or not one recipient, as each mail of ours has.
pub fn mail_of(event: &Value) -> Result<(EmailAddress, MailId), Unreadable> {
    // The tag is TAG_MAIL.
    const NAME: &str = "/detail/mail/tags/mail";
    const RECIPIENT: &str = "/detail/mail/destination";
    let the_one = |member| event.pointer(member).and_then(only);
    let mail = the_one(NAME).and_then(MailId::parse);
    let address = the_one(RECIPIENT).and_then(EmailAddress::parse_known);
    Ok((
        address.ok_or(Unreadable(RECIPIENT))?,
        mail.ok_or(Unreadable(NAME))?,
    ))
}

/// For whom the mail was sent. `None`: an earlier release sent it, and what is on record about the
/// address can do without the user.
#[must_use]
pub fn user_of(event: &Value) -> Option<UserId> {
    UserId::parse(tag(event, TAG_USER)?)
}

/// What became of this mail. `None`: the event takes something back that was never ours to record.
///
/// # Errors
///
/// The event is not as SES documents it.
pub fn delivery_of(event: &Value, mail: MailId) -> Result<Option<Delivery>, Unreadable> {
    const SENT_AT: &str = "/detail/mail/timestamp";
    const DETAIL_TYPE: &str = "/detail-type";
    let kind = kind_of(event).ok_or(Unreadable(DETAIL_TYPE))?;
    let sent_at = SentAt::parse(text(event, SENT_AT)?).ok_or(Unreadable(SENT_AT))?;
    let (state, moment) = match kind {
        Kind::Delivered => (DeliveryState::Delivered, "/detail/delivery/timestamp"),
        Kind::Delayed => (DeliveryState::Delayed, "/detail/deliveryDelay/timestamp"),
        Kind::Bounced => (bounce(event)?, "/detail/bounce/timestamp"),
        Kind::Complained => match complaint(event) {
            Some(state) => (state, "/detail/complaint/timestamp"),
            None => return Ok(None),
        },
        Kind::Rejected => {
            text(event, "/detail/reject/reason")?;
            // It has no moment of its own: SES looks at a mail when it takes it.
            (DeliveryState::Rejected, SENT_AT)
        }
    };
    let at = Timestamp::parse(text(event, moment)?).ok_or(Unreadable(moment))?;
    Ok(Some(Delivery {
        mail,
        sent_at,
        state,
        at,
    }))
}

/// SES's id of the mail, as its `SendEmail` answered.
#[must_use]
pub fn message_id(event: &Value) -> &str {
    let id = event.pointer("/detail/mail/messageId");
    id.and_then(Value::as_str).unwrap_or_default()
}

/// What SES says of a bounce beyond that it was one: type and subtype, such as `Permanent/General`.
#[must_use]
pub fn bounce_reason(event: &Value) -> Option<String> {
    let word = |pointer| event.pointer(pointer).and_then(Value::as_str);
    let kind = word("/detail/bounce/bounceType")?;
    let subtype = word("/detail/bounce/bounceSubType").unwrap_or("-");
    Some(format!("{kind}/{subtype}"))
}

/// The one value of a message tag.
fn tag<'a>(event: &'a Value, name: &str) -> Option<&'a str> {
    only(event.pointer("/detail/mail/tags")?.get(name)?)
}

fn kind_of(event: &Value) -> Option<Kind> {
    if event.get("source")?.as_str()? != SOURCE {
        return None;
    }
    Some(match event.get("detail-type")?.as_str()? {
        "Email Delivered" => Kind::Delivered,
        "Email Delivery Delayed" => Kind::Delayed,
        "Email Bounced" => Kind::Bounced,
        "Email Complaint Received" => Kind::Complained,
        "Email Rejected" => Kind::Rejected,
        _ => return None,
    })
}

/// A bounce is for good, or it is not; what SES cannot tell is not. Whom it names is of no
/// interest: a mail has one recipient, and where that one forwards to is told as another.
fn bounce(event: &Value) -> Result<DeliveryState, Unreadable> {
    const TYPE: &str = "/detail/bounce/bounceType";
    match text(event, TYPE)? {
        "Permanent" => Ok(DeliveryState::Bounced),
        "Transient" | "Undetermined" => Ok(DeliveryState::SoftBounced),
        _ => Err(Unreadable(TYPE)),
    }
}

/// Complaints come as feedback reports of a type (RFC 5965, section 7.3). Only a reader's complaint
/// ends the mail to an address, and a type that is unknown or missing counts as one, as it does for
/// SES. `None`: the report says that the mail is no spam.
fn complaint(event: &Value) -> Option<DeliveryState> {
    let kind = feedback_type(event).unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "not-spam" => None,
        // What a receiving server found, about forged senders and about content.
        "auth-failure" | "virus" => Some(DeliveryState::Reported),
        _ => Some(DeliveryState::Complained),
    }
}

/// The type of the feedback report that a complaint came as.
#[must_use]
pub fn feedback_type(event: &Value) -> Option<&str> {
    let kind = event.pointer("/detail/complaint/complaintFeedbackType");
    kind.and_then(Value::as_str)
}

fn text<'a>(event: &'a Value, member: &'static str) -> Result<&'a str, Unreadable> {
    let found = event.pointer(member).and_then(Value::as_str);
    found.ok_or(Unreadable(member))
}

/// The text of a list that holds this one text and nothing else.
fn only(list: &Value) -> Option<&str> {
    match list.as_array()?.as_slice() {
        [Value::String(text)] => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::domain::link_token::LinkToken;

    use super::*;

    fn mail() -> MailId {
        MailId::of(&LinkToken::from_random([1; 32]).digest())
    }

    fn event(kind: &str, part: &str, what: Value) -> Value {
        let mut event = json!({
            "source": "aws.ses",
            "detail-type": kind,
            "detail": { "mail": {
                "timestamp": "2026-11-23T12:00:00.123Z",
                "messageId": "0100-id-000000",
                "destination": ["Ada@example.com"],
                "tags": { "kind": ["verification"], "stage": ["prod"], "mail": [mail().to_string()] },
            } },
        });
        event["detail"][part] = what;
        event
    }

    fn bounced(kind: &str) -> Value {
        let what = json!({ "bounceType": kind, "timestamp": "2026-11-23T12:00:05.500Z" });
        event("Email Bounced", "bounce", what)
    }

    /// The event with one member replaced.
    fn with(mut event: Value, member: &str, value: Value) -> Value {
        *event.pointer_mut(member).expect("the member exists") = value;
        event
    }

    #[test]
    fn a_mail_of_before_has_its_address() {
        // It was mailed before special-use domains were refused.
        let event = bounced("Permanent");
        let event = with(event, "/detail/mail/destination", json!(["Ada@corp.local"]));
        let (address, _) = mail_of(&event).unwrap();
        assert_eq!(address.deliverable(), "Ada@corp.local");
    }

    #[test]
    fn each_kind_of_event_is_a_state_with_its_moment() {
        let moment = json!({ "timestamp": "2026-11-23T12:00:05.500Z" });
        let later = Timestamp::from_unix_seconds(1_795_435_205);
        let at_once = Timestamp::from_unix_seconds(1_795_435_200);
        for (event, state, at) in [
            (
                event("Email Delivered", "delivery", moment.clone()),
                DeliveryState::Delivered,
                later,
            ),
            (
                event("Email Delivery Delayed", "deliveryDelay", moment.clone()),
                DeliveryState::Delayed,
                later,
            ),
            (bounced("Permanent"), DeliveryState::Bounced, later),
            (bounced("Transient"), DeliveryState::SoftBounced, later),
            (bounced("Undetermined"), DeliveryState::SoftBounced, later),
            (
                event("Email Complaint Received", "complaint", moment),
                DeliveryState::Complained,
                later,
            ),
            (
                event(
                    "Email Rejected",
                    "reject",
                    json!({ "reason": "Bad content" }),
                ),
                DeliveryState::Rejected,
                at_once,
            ),
        ] {
            assert!(is_ours(&event, "prod"));
            let (address, mail) = mail_of(&event).unwrap();
            assert_eq!(address.deliverable(), "Ada@example.com");
            let delivery = delivery_of(&event, mail).unwrap().unwrap();
            let sent_at = SentAt::from_unix_millis(1_795_435_200_123);
            assert_eq!(
                delivery,
                Delivery {
                    mail,
                    sent_at,
                    state,
                    at
                }
            );
        }
    }

    #[test]
    fn what_is_not_marked_as_ours_is_somebody_elses() {
        let ours = bounced("Permanent");
        assert!(is_ours(&ours, "prod"));
        assert!(!is_ours(&ours, "test"));
        for (member, value) in [
            ("/source", json!("acme.ses")),
            ("/detail-type", json!("Email Opened")),
            ("/detail", json!("none")),
            ("/detail/mail", Value::Null),
            ("/detail/mail/tags", json!([])),
            ("/detail/mail/tags/kind", json!(["newsletter"])),
            ("/detail/mail/tags/kind", json!("verification")),
            ("/detail/mail/tags/stage", json!(["prod", "test"])),
        ] {
            let event = with(ours.clone(), member, value);
            assert!(!is_ours(&event, "prod"), "{event}");
        }
        for event in [Value::Null, json!([]), json!("x"), json!({})] {
            assert!(!is_ours(&event, "prod"));
        }
    }

    #[test]
    fn a_mail_of_ours_has_a_name_and_one_recipient() {
        let name = "/detail/mail/tags/mail";
        let recipient = "/detail/mail/destination";
        for (member, value) in [
            (name, Value::Null),
            (name, json!([])),
            (name, json!(["short"])),
            (name, json!([1])),
            (name, json!(mail().to_string())),
            (recipient, Value::Null),
            (recipient, json!([])),
            (recipient, json!("ada@example.com")),
            (recipient, json!(["a@example.com", "b@example.com"])),
            (recipient, json!(["nobody"])),
            (recipient, json!(["Ada <ada@example.com>"])),
        ] {
            let event = with(bounced("Permanent"), member, value);
            assert!(is_ours(&event, "prod"), "{event}");
            assert_eq!(mail_of(&event), Err(Unreadable(member)), "{event}");
        }
    }

    #[test]
    fn a_user_is_told_if_the_mail_has_one() {
        let of = |value: Value| {
            let mut event = bounced("Permanent");
            event["detail"]["mail"]["tags"]["user"] = value;
            assert!(mail_of(&event).is_ok(), "{event}");
            user_of(&event).map(|user| user.to_string())
        };
        let uuid = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11";
        assert_eq!(of(json!([uuid])).as_deref(), Some(uuid));
        assert_eq!(user_of(&bounced("Permanent")), None);
        for value in [
            Value::Null,
            json!(uuid),
            json!([]),
            json!([1]),
            json!(["ada"]),
            json!([uuid, uuid]),
        ] {
            assert_eq!(of(value.clone()), None, "{value}");
        }
    }

    #[test]
    fn an_event_of_ours_that_cannot_be_read_names_the_member_and_not_its_value() {
        let rejected = event(
            "Email Rejected",
            "reject",
            json!({ "reason": "Bad content" }),
        );
        for (event, member) in [
            (bounced("Permanent"), "/detail/mail/timestamp"),
            (bounced("Permanent"), "/detail/bounce/bounceType"),
            (bounced("Permanent"), "/detail/bounce/timestamp"),
            (rejected, "/detail/reject/reason"),
        ] {
            let mut values = vec![Value::Null, json!(1)];
            if !member.ends_with("reason") {
                values.push(json!("ada@example.com"));
            }
            for value in values {
                let error = delivery_of(&with(event.clone(), member, value), mail()).unwrap_err();
                assert_eq!(
                    error.to_string(),
                    format!("an event about a mail of ours cannot be read: {member}")
                );
            }
        }
    }

    #[test]
    fn a_report_that_a_mail_is_no_spam_is_no_complaint() {
        let complained = |kind: Value| {
            let what = json!({
                "complaintFeedbackType": kind,
                "timestamp": "2026-11-23T12:00:05.500Z",
            });
            delivery_of(
                &event("Email Complaint Received", "complaint", what),
                mail(),
            )
            .unwrap()
        };
        assert_eq!(complained(json!("not-spam")), None);
        for kind in [json!("abuse"), json!("other"), Value::Null] {
            assert!(complained(kind).is_some());
        }
    }

    #[test]
    fn the_log_is_told_type_and_subtype_of_a_bounce() {
        let mut event = bounced("Permanent");
        assert_eq!(bounce_reason(&event).unwrap(), "Permanent/-");
        event["detail"]["bounce"]["bounceSubType"] = json!("NoEmail");
        assert_eq!(bounce_reason(&event).unwrap(), "Permanent/NoEmail");
        assert_eq!(message_id(&event), "0100-id-000000");
        assert_eq!(
            (bounce_reason(&json!({})), message_id(&json!({}))),
            (None, "")
        );
    }
}
