//! SES's events, as EventBridge delivers them.
//!
//! An event is ours if its mail has our tags. An event of ours must be readable; other events may
//! have any form. Errors name a member of the event and never its value, which may contain an
//! address.

use std::collections::BTreeMap;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use shared::domain::clock::Timestamp;
use shared::domain::delivery::{
    Delivery, DeliveryState, SentAt, TAG_KIND, TAG_MAIL, TAG_STAGE, TAG_USER,
};
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::mail_kind::MailKind;
use shared::domain::user_id::UserId;
use thiserror::Error;

/// Only AWS's own services can publish with this source: EventBridge refuses it from others.
const SOURCE: &str = "aws.ses";

/// An event about a mail of ours that is not as SES documents it. Holds the JSON pointer of the
/// member that is missing or of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an event about a mail of ours cannot be read: {0}")]
pub struct UnreadableEvent(&'static str);

/// The event, as far as it matters here (SES Developer Guide, "Monitoring SES events using Amazon
/// EventBridge").
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct SesEvent {
    id: Text,
    source: Text,
    detail_type: Lenient<Option<DetailType>>,
    detail: Lenient<Detail>,
}

/// The events that report a delivery status.
#[derive(Clone, Copy, Debug, Deserialize)]
enum DetailType {
    #[serde(rename = "Email Delivered")]
    Delivered,
    #[serde(rename = "Email Delivery Delayed")]
    Delayed,
    #[serde(rename = "Email Bounced")]
    Bounced,
    #[serde(rename = "Email Complaint Received")]
    Complained,
    #[serde(rename = "Email Rejected")]
    Rejected,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    mail: Lenient<Mail>,
    delivery: Lenient<Report>,
    delivery_delay: Lenient<Report>,
    bounce: Lenient<Report>,
    complaint: Lenient<Report>,
    reject: Lenient<Report>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Mail {
    timestamp: Text,
    message_id: Text,
    destination: OneText,
    tags: Lenient<BTreeMap<String, OneText>>,
}

/// What an event reports beyond its type. Each type has some of these members.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Report {
    timestamp: Text,
    bounce_type: Text,
    bounce_sub_type: Text,
    complaint_feedback_type: Text,
    reason: Text,
}

type Text = Lenient<Option<String>>;
/// A list with one text and nothing else.
type OneText = Lenient<Option<[String; 1]>>;

/// A member that counts as missing if it is of another kind: events that are not ours may have any
/// form.
#[derive(Debug, Default)]
struct Lenient<T>(T);

impl<'de, T: DeserializeOwned + Default> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let member = Value::deserialize(deserializer)?;
        Ok(Self(serde_json::from_value(member).unwrap_or_default()))
    }
}

impl<T> Deref for Lenient<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl OneText {
    fn text(&self) -> Option<&str> {
        self.as_ref().map(|[text]| text.as_str())
    }
}

impl SesEvent {
    #[must_use]
    pub fn of(event: Value) -> Self {
        serde_json::from_value(event).unwrap_or_default()
    }

    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether this deployment sent the mail that the event is about, by the mail's tags.
    #[must_use]
    pub fn is_ours(&self, stage: &str) -> bool {
        self.source.as_deref() == Some(SOURCE)
            && self.detail_type.is_some()
            && self.tag(TAG_KIND).is_some_and(is_kind)
            && self.tag(TAG_STAGE) == Some(stage)
    }

    /// The only recipient: each mail of ours has exactly one.
    pub fn recipient(&self) -> Result<EmailAddress, UnreadableEvent> {
        let recipient = self.detail.mail.destination.text();
        let recipient = recipient.and_then(EmailAddress::parse_known);
        recipient.ok_or(UnreadableEvent("/detail/mail/destination"))
    }

    pub fn mail_id(&self) -> Result<MailId, UnreadableEvent> {
        let id = self.tag(TAG_MAIL).and_then(MailId::parse);
        id.ok_or(UnreadableEvent("/detail/mail/tags/mail"))
    }

    /// The user whose mail it is. `None`: an earlier release sent it. The record of the address
    /// does not need the user.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        UserId::parse(self.tag(TAG_USER)?)
    }

    /// The state that the event reports. `None`: it withdraws one that was never recorded.
    pub fn state(&self) -> Result<Option<DeliveryState>, UnreadableEvent> {
        let detail = &self.detail;
        Ok(match self.detail_type()? {
            DetailType::Delivered => Some(DeliveryState::Delivered),
            DetailType::Delayed => Some(DeliveryState::Delayed),
            DetailType::Bounced => Some(detail.bounce.bounce_state()?),
            DetailType::Complained => detail.complaint.complaint_state(),
            DetailType::Rejected => {
                let reason = detail.reject.reason.as_deref();
                reason.ok_or(UnreadableEvent("/detail/reject/reason"))?;
                Some(DeliveryState::Rejected)
            }
        })
    }

    /// The state of this mail, and its timestamps. `None`: see [`SesEvent::state`].
    pub fn delivery(&self, mail: MailId) -> Result<Option<Delivery>, UnreadableEvent> {
        const SENT_AT: &str = "/detail/mail/timestamp";
        let detail = &self.detail;
        let mailed = &detail.mail.timestamp;
        let sent_at = mailed.as_deref().and_then(SentAt::parse);
        let sent_at = sent_at.ok_or(UnreadableEvent(SENT_AT))?;
        let Some(state) = self.state()? else {
            return Ok(None);
        };
        let (at, member) = match self.detail_type()? {
            DetailType::Delivered => (&detail.delivery.timestamp, "/detail/delivery/timestamp"),
            DetailType::Delayed => (
                &detail.delivery_delay.timestamp,
                "/detail/deliveryDelay/timestamp",
            ),
            DetailType::Bounced => (&detail.bounce.timestamp, "/detail/bounce/timestamp"),
            DetailType::Complained => (&detail.complaint.timestamp, "/detail/complaint/timestamp"),
            // It has no timestamp of its own: SES scans a mail when it accepts it.
            DetailType::Rejected => (mailed, SENT_AT),
        };
        let at = at.as_deref().and_then(Timestamp::parse);
        Ok(Some(Delivery {
            mail,
            sent_at,
            state,
            at: at.ok_or(UnreadableEvent(member))?,
        }))
    }

    fn detail_type(&self) -> Result<DetailType, UnreadableEvent> {
        self.detail_type.ok_or(UnreadableEvent("/detail-type"))
    }

    /// The id that `SendEmail` returned.
    #[must_use]
    pub fn message_id(&self) -> &str {
        self.detail.mail.message_id.as_deref().unwrap_or_default()
    }

    /// Type and subtype of a bounce, such as `Permanent/General`.
    #[must_use]
    pub fn bounce_reason(&self) -> Option<String> {
        let bounce = &self.detail.bounce;
        let subtype = bounce.bounce_sub_type.as_deref().unwrap_or("-");
        Some(format!("{}/{subtype}", bounce.bounce_type.as_deref()?))
    }

    /// The type of the feedback report that a complaint came as.
    #[must_use]
    pub fn feedback_type(&self) -> Option<&str> {
        self.detail.complaint.complaint_feedback_type.as_deref()
    }

    fn tag(&self, name: &str) -> Option<&str> {
        self.detail.mail.tags.get(name)?.text()
    }
}

fn is_kind(tag: &str) -> bool {
    MailKind::ALL.iter().any(|kind| kind.as_str() == tag)
}

impl Report {
    /// A bounce that SES cannot judge is not permanent. The bounced recipients are ignored: our
    /// mail has one recipient, and if that one forwards it, the bounce names another address.
    fn bounce_state(&self) -> Result<DeliveryState, UnreadableEvent> {
        match self.bounce_type.as_deref() {
            Some("Permanent") => Ok(DeliveryState::Bounced),
            Some("Transient" | "Undetermined") => Ok(DeliveryState::SoftBounced),
            _ => Err(UnreadableEvent("/detail/bounce/bounceType")),
        }
    }

    /// Complaints come as feedback reports of a type (RFC 5965, section 7.3). Only a reader's
    /// complaint suppresses the address. An unknown or missing type counts as a reader's, as it
    /// does for SES. `None`: the report is that the mail is no spam.
    fn complaint_state(&self) -> Option<DeliveryState> {
        let kind = self.complaint_feedback_type.as_deref().unwrap_or_default();
        match kind.to_ascii_lowercase().as_str() {
            "not-spam" => None,
            // What a receiving server found, about forged senders and about content.
            "auth-failure" | "virus" => Some(DeliveryState::Reported),
            _ => Some(DeliveryState::Complained),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::domain::link_token::LinkToken;

    use super::*;

    fn is_ours(event: &Value, stage: &str) -> bool {
        SesEvent::of(event.clone()).is_ours(stage)
    }

    fn mail_of(event: &Value) -> Result<(EmailAddress, MailId), UnreadableEvent> {
        let event = SesEvent::of(event.clone());
        Ok((event.recipient()?, event.mail_id()?))
    }

    fn user_of(event: &Value) -> Option<UserId> {
        SesEvent::of(event.clone()).user()
    }

    fn delivery_of(event: &Value, mail: MailId) -> Result<Option<Delivery>, UnreadableEvent> {
        SesEvent::of(event.clone()).delivery(mail)
    }

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
                "tags": {
                    "kind": ["verification"],
                    "stage": ["prod"],
                    "mail": [mail().to_string()],
                },
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
    fn earlier_addresses_stay_readable() {
        // It was mailed before special-use domains were refused.
        let event = bounced("Permanent");
        let event = with(event, "/detail/mail/destination", json!(["Ada@corp.local"]));
        let (address, _) = mail_of(&event).unwrap();
        assert_eq!(address.deliverable(), "Ada@corp.local");
    }

    #[test]
    fn each_event_type_is_a_state() {
        let timestamp = json!({ "timestamp": "2026-11-23T12:00:05.500Z" });
        let later = Timestamp::from_unix_seconds(1_795_435_205);
        let at_once = Timestamp::from_unix_seconds(1_795_435_200);
        for (event, state, at) in [
            (
                event("Email Delivered", "delivery", timestamp.clone()),
                DeliveryState::Delivered,
                later,
            ),
            (
                event("Email Delivery Delayed", "deliveryDelay", timestamp.clone()),
                DeliveryState::Delayed,
                later,
            ),
            (bounced("Permanent"), DeliveryState::Bounced, later),
            (bounced("Transient"), DeliveryState::SoftBounced, later),
            (bounced("Undetermined"), DeliveryState::SoftBounced, later),
            (
                event("Email Complaint Received", "complaint", timestamp),
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
    fn untagged_events_are_not_ours() {
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
    fn our_mails_have_an_id_and_a_recipient() {
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
            assert_eq!(mail_of(&event), Err(UnreadableEvent(member)), "{event}");
        }
    }

    #[test]
    fn the_user_is_optional() {
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
    fn errors_name_the_member_alone() {
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
    fn not_spam_is_no_complaint() {
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
    fn bounces_are_logged_by_type() {
        let mut event = bounced("Permanent");
        let of = |event: &Value| {
            let event = SesEvent::of(event.clone());
            (event.bounce_reason(), event.message_id().to_owned())
        };
        let expected = |reason: &str| (Some(reason.to_owned()), "0100-id-000000".to_owned());
        assert_eq!(of(&event), expected("Permanent/-"));
        event["detail"]["bounce"]["bounceSubType"] = json!("NoEmail");
        assert_eq!(of(&event), expected("Permanent/NoEmail"));
        assert_eq!(of(&json!({})), (None, String::new()));
    }
}
