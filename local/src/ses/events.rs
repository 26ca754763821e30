//! The events that SES publishes to EventBridge, complete and in SES's own words (SES Developer
//! Guide, "Contents of event data", and "Monitoring SES events using Amazon EventBridge").
//!
//! An event is made of the mail and of what became of it alone, so the same mail and outcome make
//! the same event.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use uuid::Uuid;

use super::address::Address;
use super::delivery_outcome::DeliveryOutcome;
use super::suppression_list::SuppressedFor;
use crate::captured_mails::{CapturedMail, Field};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
const MTA: &str = "a8-50.smtp-out.amazonses.com";
/// Documentation addresses stand for SES's and the sender's (RFC 5737).
const SES_IP: &str = "198.51.100.8";
const CALLER_IP: &str = "203.0.113.7";
/// How long SES tries when it is not told otherwise: 14 hours.
const LONGEST_TRY_MILLIS: i64 = 14 * 60 * 60 * 1_000;
const ON_ACCOUNT_LIST: &str = "Amazon SES did not send the message to this address because it is \
     on the suppression list for your account. For more information about removing addresses \
     from the suppression list, see the Amazon SES Developer Guide at \
     https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html";
const ON_GLOBAL_LIST: &str = "Amazon SES has suppressed sending to this address because it has a \
     recent history of bouncing as an invalid address.";

/// The event that tells of this outcome of a mail, for this recipient, at this moment.
#[must_use]
pub fn event(
    mail: &CapturedMail,
    recipient: &str,
    outcome: DeliveryOutcome,
    unix_millis: i64,
) -> Value {
    let recipient = Address::parse(recipient).address;
    let at = timestamp(unix_millis);
    let id = |salt: u128| id_of(mail, outcome, unix_millis, salt);
    let feedback_id = format!("0100{unix_millis:012x}-{}-000000", id(1));
    let about = About {
        recipient: &recipient,
        at: &at,
        feedback_id: &feedback_id,
    };
    let EventBody {
        detail_type,
        event_type,
        part,
        what,
    } = about.body(outcome, mail);
    let mut detail = json!({ "eventType": event_type, "mail": mail_object(mail) });
    insert(&mut detail, part, what);
    let domain = Address::parse(&mail.from).address;
    let domain = domain.rsplit('@').next().unwrap_or_default();
    json!({
        "version": "0",
        "id": id(0),
        "detail-type": detail_type,
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": rfc_3339(unix_millis.div_euclid(1_000)),
        "region": REGION,
        "resources": [
            format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}"),
            format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{}", configuration_set(mail)),
        ],
        "detail": detail,
    })
}

/// What an event says beyond which mail it is about.
struct EventBody {
    detail_type: &'static str,
    event_type: &'static str,
    /// The member of the detail that says it.
    part: &'static str,
    what: Value,
}

/// Whom an event names, and when it happened.
struct About<'a> {
    recipient: &'a str,
    at: &'a str,
    feedback_id: &'a str,
}

impl About<'_> {
    fn body(&self, outcome: DeliveryOutcome, mail: &CapturedMail) -> EventBody {
        match outcome {
            DeliveryOutcome::Delivered => self.delivery(),
            DeliveryOutcome::Delayed => self.delay(mail),
            DeliveryOutcome::GivenUp => {
                let expired = "smtp; 550 4.4.7 Message expired: unable to deliver";
                self.bounce("Transient", "General", Some(("4.4.7", expired, MTA)))
            }
            DeliveryOutcome::AnsweredByMachine => self.bounce("Transient", "General", None),
            DeliveryOutcome::Bounced => {
                let unknown = "smtp; 550 5.1.1 user unknown";
                self.bounce("Permanent", "General", Some(("5.1.1", unknown, MTA)))
            }
            DeliveryOutcome::OnGlobalList => {
                let failure = ("5.1.1", ON_GLOBAL_LIST, "amazonses.com");
                self.bounce("Permanent", "Suppressed", Some(failure))
            }
            DeliveryOutcome::OnAccountList(SuppressedFor::Bounce) => {
                let failure = ("5.1.1", ON_ACCOUNT_LIST, "amazonses.com");
                self.bounce("Permanent", "OnAccountSuppressionList", Some(failure))
            }
            DeliveryOutcome::OnAccountList(SuppressedFor::Complaint) => {
                self.complaint(&json!({ "complaintSubType": "OnAccountSuppressionList" }))
            }
            DeliveryOutcome::Complained => self.report("abuse"),
            DeliveryOutcome::Reported => self.report("auth-failure"),
            DeliveryOutcome::Rejected => EventBody {
                detail_type: "Email Rejected",
                event_type: "Reject",
                part: "reject",
                what: json!({ "reason": "Bad content" }),
            },
        }
    }

    fn delivery(&self) -> EventBody {
        EventBody {
            detail_type: "Email Delivered",
            event_type: "Delivery",
            part: "delivery",
            what: json!({
                "timestamp": self.at,
                "processingTimeMillis": 900,
                "recipients": [self.recipient],
                "smtpResponse": "250 2.6.0 Message received",
                "remoteMtaIp": "192.0.2.25",
                "reportingMTA": MTA,
            }),
        }
    }

    fn delay(&self, mail: &CapturedMail) -> EventBody {
        EventBody {
            detail_type: "Email Delivery Delayed",
            event_type: "DeliveryDelay",
            part: "deliveryDelay",
            what: json!({
                "timestamp": self.at,
                "delayType": "MailboxFull",
                "expirationTime": timestamp(mail.received_at + LONGEST_TRY_MILLIS),
                "delayedRecipients": [{
                    "emailAddress": self.recipient,
                    "status": "4.2.2",
                    "diagnosticCode": "smtp; 452 4.2.2 The mailbox is full",
                }],
                "reportingMTA": MTA,
            }),
        }
    }

    /// With the status, the words and the name of the server that refused, if one did.
    fn bounce(&self, kind: &str, subtype: &str, failure: Option<(&str, &str, &str)>) -> EventBody {
        let mut bounced = json!({ "emailAddress": self.recipient });
        let mut what = json!({
            "feedbackId": self.feedback_id,
            "bounceType": kind,
            "bounceSubType": subtype,
            "timestamp": self.at,
        });
        if let Some((status, words, server)) = failure {
            bounced = json!({
                "emailAddress": self.recipient,
                "action": "failed",
                "status": status,
                "diagnosticCode": words,
            });
            insert(&mut what, "reportingMTA", json!(format!("dns; {server}")));
        }
        insert(&mut what, "bouncedRecipients", json!([bounced]));
        EventBody {
            detail_type: "Email Bounced",
            event_type: "Bounce",
            part: "bounce",
            what,
        }
    }

    /// A complaint that came as a feedback report of this type.
    fn report(&self, kind: &str) -> EventBody {
        self.complaint(&json!({
            "complaintSubType": null,
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": kind,
            "arrivalDate": self.at,
        }))
    }

    fn complaint(&self, more: &Value) -> EventBody {
        let mut what = more.clone();
        let complained = json!([{ "emailAddress": self.recipient }]);
        insert(&mut what, "complainedRecipients", complained);
        insert(&mut what, "feedbackId", json!(self.feedback_id));
        insert(&mut what, "timestamp", json!(self.at));
        EventBody {
            detail_type: "Email Complaint Received",
            event_type: "Complaint",
            part: "complaint",
            what,
        }
    }
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn mail_object(mail: &CapturedMail) -> Value {
    let to = || mail.to.iter().chain(&mail.cc).chain(&mail.bcc);
    let destination: Vec<_> = to().map(|to| Address::parse(to).address).collect();
    let domain = Address::parse(&mail.from).address;
    let domain = domain.rsplit('@').next().unwrap_or_default().to_owned();
    let date = moment(mail.received_at.div_euclid(1_000)).format(&Rfc2822);
    let date = date.unwrap_or_default();
    let header = |name: &str, value: &str| json!({ "name": name, "value": value });
    let mut headers = vec![
        header("From", &mail.from),
        header("To", &mail.to.join(", ")),
        header("Subject", &mail.subject),
        header("MIME-Version", "1.0"),
    ];
    headers.extend(
        mail.headers
            .iter()
            .map(|Field { name, value }| header(name, value)),
    );
    let mut object = json!({
        "timestamp": timestamp(mail.received_at),
        "source": mail.from,
        "sourceArn": format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}"),
        "sendingAccountId": ACCOUNT,
        "messageId": mail.message_id,
        "destination": destination,
        "headersTruncated": false,
        "headers": headers,
        "commonHeaders": {
            "from": [mail.from],
            "date": date,
            "to": mail.to,
            "messageId": mail.message_id,
            "subject": mail.subject,
        },
        "tags": tags(mail, &domain),
    });
    if !mail.reply_to.is_empty()
        && let Some(common) = object.get_mut("commonHeaders")
    {
        insert(common, "replyTo", json!(mail.reply_to));
    }
    object
}

/// SES's own tags, and those that the mail was sent with.
fn tags(mail: &CapturedMail, domain: &str) -> Value {
    let of_ses = [
        ("ses:source-tls-version", "TLSv1.3"),
        ("ses:operation", "SendEmail"),
        ("ses:configuration-set", configuration_set(mail)),
        ("ses:source-ip", CALLER_IP),
        ("ses:from-domain", domain),
        ("ses:caller-identity", "RequestEmailVerificationRole"),
        ("ses:outgoing-ip", SES_IP),
    ];
    let mut tags: Map<String, Value> = of_ses
        .map(|(name, value)| (name.to_owned(), json!([value])))
        .into_iter()
        .collect();
    for Field { name, value } in &mail.tags {
        match tags.get_mut(name).and_then(Value::as_array_mut) {
            Some(values) => values.push(json!(value)),
            None => {
                tags.insert(name.clone(), json!([value]));
            }
        }
    }
    Value::Object(tags)
}

/// SES publishes nothing without a configuration set. This one does, so as to be of use without
/// one.
fn configuration_set(mail: &CapturedMail) -> &str {
    mail.configuration_set.as_deref().unwrap_or("local")
}

/// An id that is the same for the same event, and another for any other.
fn id_of(mail: &CapturedMail, outcome: DeliveryOutcome, unix_millis: i64, salt: u128) -> String {
    let of_mail = Uuid::parse_str(&mail.id).unwrap_or_default().as_u128();
    let of_fate: u128 = match outcome {
        DeliveryOutcome::Delivered => 1,
        DeliveryOutcome::Delayed => 2,
        DeliveryOutcome::GivenUp => 3,
        DeliveryOutcome::AnsweredByMachine => 4,
        DeliveryOutcome::Bounced => 5,
        DeliveryOutcome::OnGlobalList => 6,
        DeliveryOutcome::OnAccountList(SuppressedFor::Bounce) => 7,
        DeliveryOutcome::OnAccountList(SuppressedFor::Complaint) => 8,
        DeliveryOutcome::Complained => 9,
        DeliveryOutcome::Rejected => 10,
        DeliveryOutcome::Reported => 11,
    };
    let number = (u128::from(unix_millis.unsigned_abs()) << 8) | (of_fate << 4) | salt;
    Uuid::from_u128(of_mail ^ number).to_string()
}

/// RFC 3339 with milliseconds, as SES writes moments.
fn timestamp(unix_millis: i64) -> String {
    let seconds = rfc_3339(unix_millis.div_euclid(1_000));
    let millis = unix_millis.rem_euclid(1_000);
    format!("{}.{millis:03}Z", seconds.trim_end_matches('Z'))
}

fn rfc_3339(unix_seconds: i64) -> String {
    moment(unix_seconds).format(&Rfc3339).unwrap_or_default()
}

fn moment(unix_seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(unix_seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captured_mails::tests::mail;

    const FATES: [DeliveryOutcome; 11] = [
        DeliveryOutcome::Delivered,
        DeliveryOutcome::Delayed,
        DeliveryOutcome::GivenUp,
        DeliveryOutcome::AnsweredByMachine,
        DeliveryOutcome::Bounced,
        DeliveryOutcome::OnGlobalList,
        DeliveryOutcome::OnAccountList(SuppressedFor::Bounce),
        DeliveryOutcome::OnAccountList(SuppressedFor::Complaint),
        DeliveryOutcome::Complained,
        DeliveryOutcome::Rejected,
        DeliveryOutcome::Reported,
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
    fn an_event_names_the_mail_as_ses_does() {
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
    fn the_same_mail_and_fate_make_the_same_event_and_others_another_id() {
        let mail = tagged();
        let id = |outcome, at| event(&mail, "ada@example.com", outcome, at)["id"].clone();
        let mut ids: Vec<_> = FATES
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
        assert_eq!(ids.len(), FATES.len());
    }

    #[test]
    fn each_fate_is_told_in_the_member_of_its_kind() {
        let mail = tagged();
        for outcome in FATES {
            let event = event(&mail, "ada@example.com", outcome, 5);
            let part = match event["detail"]["eventType"].as_str().expect("a type") {
                "Delivery" => "delivery",
                "DeliveryDelay" => "deliveryDelay",
                "Bounce" => "bounce",
                "Complaint" => "complaint",
                "Reject" => "reject",
                other => panic!("{other}"),
            };
            assert!(event["detail"][part].is_object(), "{event}");
            assert_eq!(event["detail"].as_object().expect("an object").len(), 3);
        }
    }
}
