//! Which changes of the table are mailed to an earlier address.

use serde_json::Value;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::mail_kind::MailKind;
use shared::domain::notice::ChangeNotice;
use shared::domain::user_id::UserId;
use shared::store::stream::{RecordedVerification, UnreadableRecord, event_id};

/// A mail to the address that a user had before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub mail: MailId,
    pub user: UserId,
    /// The earlier address. The mail goes there.
    pub address: EmailAddress,
    /// The language of the mail that verified it. `None`: not on record.
    pub language: Option<String>,
    /// When the other address was verified.
    pub at: Timestamp,
}

impl Notice {
    /// Reads a record of the stream. `None`: nobody is notified of the change.
    pub fn of(record: &Value, wanted: ChangeNotice) -> Result<Option<Self>, UnreadableRecord> {
        if wanted == ChangeNotice::Off {
            return Ok(None);
        }
        let Some(verification) = RecordedVerification::of(record)? else {
            return Ok(None);
        };
        let RecordedVerification {
            user,
            address,
            previous,
            previous_language,
            at,
            ..
        } = verification;
        // Another spelling of the same mailbox is no other address.
        let Some(previous) = previous.filter(|previous| !previous.is_same_mailbox(&address)) else {
            return Ok(None);
        };
        Ok(Some(Self {
            mail: MailId::of_change(MailKind::AddressChanged, event_id(record)?),
            user,
            address: previous,
            language: previous_language,
            at,
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(text: &str) -> Value {
        json!({ "S": text })
    }

    /// A verification of a second address, as the stream has it.
    fn verification() -> Value {
        json!({
            "eventID": "1",
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
            },
        })
    }

    fn with(member: &str, value: Value) -> Value {
        let mut record = verification();
        *record.pointer_mut(member).expect("the member exists") = value;
        record
    }

    fn read(record: &Value) -> Result<Option<Notice>, UnreadableRecord> {
        Notice::of(record, ChangeNotice::Done)
    }

    #[test]
    fn the_earlier_address_is_notified() {
        let notice = read(&verification()).unwrap().unwrap();
        assert_eq!(notice.address.deliverable(), "Old@example.com");
        assert_eq!(notice.at.to_string(), "2026-11-23T12:00:00Z");
        let again = read(&verification()).unwrap().unwrap();
        assert_eq!(notice.mail, again.mail);
        let other = read(&with("/eventID", json!("2"))).unwrap().unwrap();
        assert_ne!(notice.mail, other.mail);
        assert_eq!(Notice::of(&verification(), ChangeNotice::Off), Ok(None));
    }

    #[test]
    fn other_changes_are_no_notice() {
        let mut first = verification();
        first["dynamodb"]["OldImage"]
            .as_object_mut()
            .unwrap()
            .remove("verified_email");
        let not_pending = json!({ "BOOL": false });
        for record in [
            first,
            with("/dynamodb/OldImage/pending", not_pending),
            with("/dynamodb/OldImage/verified_email", text("ADA@Example.com")),
            with("/dynamodb/NewImage", Value::Null),
            json!({}),
            Value::Null,
        ] {
            assert_eq!(read(&record), Ok(None), "{record}");
        }
    }

    #[test]
    fn an_unreadable_change_is_an_error() {
        for member in [
            "/eventID",
            "/dynamodb/NewImage/user_id",
            "/dynamodb/NewImage/verified_email",
            "/dynamodb/OldImage/verified_email",
        ] {
            let error = read(&with(member, Value::Null)).unwrap_err();
            assert_eq!(error, UnreadableRecord(member.to_owned()));
        }
    }
}
