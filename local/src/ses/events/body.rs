//! The part of SES's events that differs from outcome to outcome.

use serde_json::{Value, json};

use super::insert;
use crate::captured_mails::CapturedMail;
use crate::date::rfc3339_millis;
use crate::ses::delivery_outcome::DeliveryOutcome;
use crate::ses::suppression_list::SuppressedFor;

const MTA: &str = "a8-50.smtp-out.amazonses.com";
/// SES retries for 14 hours by default.
const MAX_RETRY_MILLIS: i64 = 14 * 60 * 60 * 1_000;
const ON_ACCOUNT_LIST: &str = "Amazon SES did not send the message to this address because it is \
     on the suppression list for your account. For more information about removing addresses \
     from the suppression list, see the Amazon SES Developer Guide at \
     https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html";
const ON_GLOBAL_LIST: &str = "Amazon SES has suppressed sending to this address because it has a \
     recent history of bouncing as an invalid address.";

/// The part of an event that depends on the outcome.
pub(super) struct EventBody {
    pub(super) detail_type: &'static str,
    pub(super) event_type: &'static str,
    /// The member of `detail` that describes the outcome, and its value.
    pub(super) member: &'static str,
    pub(super) value: Value,
}

/// The recipient and the timestamp of an event.
pub(super) struct Subject<'a> {
    pub(super) recipient: &'a str,
    pub(super) at: &'a str,
    pub(super) feedback_id: &'a str,
}

impl Subject<'_> {
    pub(super) fn body(&self, outcome: DeliveryOutcome, mail: &CapturedMail) -> EventBody {
        match outcome {
            DeliveryOutcome::Delivered => self.delivery(),
            DeliveryOutcome::Delayed => self.delay(mail),
            DeliveryOutcome::Expired => {
                let expired = "smtp; 550 4.4.7 Message expired: unable to deliver";
                self.bounce("Transient", "General", Some(("4.4.7", expired, MTA)))
            }
            DeliveryOutcome::OutOfOffice => self.bounce("Transient", "General", None),
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
            DeliveryOutcome::AuthenticationFailed => self.report("auth-failure"),
            DeliveryOutcome::Rejected => EventBody {
                detail_type: "Email Rejected",
                event_type: "Reject",
                member: "reject",
                value: json!({ "reason": "Bad content" }),
            },
        }
    }

    fn delivery(&self) -> EventBody {
        EventBody {
            detail_type: "Email Delivered",
            event_type: "Delivery",
            member: "delivery",
            value: json!({
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
            member: "deliveryDelay",
            value: json!({
                "timestamp": self.at,
                "delayType": "MailboxFull",
                "expirationTime": rfc3339_millis(mail.received_at + MAX_RETRY_MILLIS),
                "delayedRecipients": [{
                    "emailAddress": self.recipient,
                    "status": "4.2.2",
                    "diagnosticCode": "smtp; 452 4.2.2 The mailbox is full",
                }],
                "reportingMTA": MTA,
            }),
        }
    }

    /// `failure` is the status, text and name of the server that refused the mail, if one did.
    fn bounce(&self, kind: &str, subtype: &str, failure: Option<(&str, &str, &str)>) -> EventBody {
        let mut bounced = json!({ "emailAddress": self.recipient });
        let mut value = json!({
            "feedbackId": self.feedback_id,
            "bounceType": kind,
            "bounceSubType": subtype,
            "timestamp": self.at,
        });
        if let Some((status, text, server)) = failure {
            bounced = json!({
                "emailAddress": self.recipient,
                "action": "failed",
                "status": status,
                "diagnosticCode": text,
            });
            insert(&mut value, "reportingMTA", json!(format!("dns; {server}")));
        }
        insert(&mut value, "bouncedRecipients", json!([bounced]));
        EventBody {
            detail_type: "Email Bounced",
            event_type: "Bounce",
            member: "bounce",
            value,
        }
    }

    /// A complaint with a feedback report of this type.
    fn report(&self, kind: &str) -> EventBody {
        self.complaint(&json!({
            "complaintSubType": null,
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": kind,
            "arrivalDate": self.at,
        }))
    }

    fn complaint(&self, more: &Value) -> EventBody {
        let mut value = more.clone();
        let complained = json!([{ "emailAddress": self.recipient }]);
        insert(&mut value, "complainedRecipients", complained);
        insert(&mut value, "feedbackId", json!(self.feedback_id));
        insert(&mut value, "timestamp", json!(self.at));
        EventBody {
            detail_type: "Email Complaint Received",
            event_type: "Complaint",
            member: "complaint",
            value,
        }
    }
}
