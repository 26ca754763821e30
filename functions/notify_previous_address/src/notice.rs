//! Which changes of the table are mailed to an earlier address.

use serde_json::Value;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_id::MailId;
use shared::domain::mail_kind::MailKind;
use shared::domain::notice::ChangeNotice;
use shared::domain::user_id::UserId;
use shared::store::stream::{RecordedVerification, RequestedChange, UnreadableRecord, event_id};

/// A mail to the address that a user has, or had before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub about: About,
    pub mail: MailId,
    pub user: UserId,
    /// The mail goes there.
    pub address: EmailAddress,
    /// The language of the mail that verified it. `None`: not on record.
    pub language: Option<String>,
    /// When the change happened.
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Another address was verified.
    Change,
    /// Somebody asked to change to another address.
    Request,
}

impl Notice {
    /// Reads a record of the stream. `None`: nobody is notified of the change.
    pub fn of(record: &Value, wanted: ChangeNotice) -> Result<Option<Self>, UnreadableRecord> {
        match wanted {
            ChangeNotice::Off => Ok(None),
            ChangeNotice::Done => Self::of_change(record),
            ChangeNotice::Asked => match Self::of_change(record)? {
                None => Self::of_request(record),
                notice => Ok(notice),
            },
        }
    }

    fn of_change(record: &Value) -> Result<Option<Self>, UnreadableRecord> {
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
            about: About::Change,
            mail: MailId::of_change(MailKind::AddressChanged, event_id(record)?),
            user,
            address: previous,
            language: previous_language,
            at,
        }))
    }

    fn of_request(record: &Value) -> Result<Option<Self>, UnreadableRecord> {
        let Some(change) = RequestedChange::of(record)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            about: About::Request,
            mail: MailId::of_change(MailKind::AddressChangeRequested, event_id(record)?),
            user: change.user,
            address: change.verified,
            language: change.verified_language,
            at: change.at,
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

    /// A request to change to a second address, as the stream has it.
    fn request() -> Value {
        json!({
            "eventID": "3",
            "dynamodb": {
                "OldImage": { "address": text("old@example.com") },
                "NewImage": {
                    "user_id": text("0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11"),
                    "pending": { "BOOL": true },
                    "address": text("ada@example.com"),
                    "verified_address": text("old@example.com"),
                    "verified_email": text("Old@example.com"),
                    "mails": { "M": { "A": { "N": "1795435100" }, "B": { "N": "1795435200" } } },
                },
            },
        })
    }

    #[test]
    fn asked_tells_of_a_request() {
        let asked = |record: &Value| Notice::of(record, ChangeNotice::Asked);
        let notice = asked(&request()).unwrap().unwrap();
        assert_eq!(notice.about, About::Request);
        assert_eq!(notice.address.deliverable(), "Old@example.com");
        assert_eq!(notice.at.to_string(), "2026-11-23T12:00:00Z");
        assert_eq!(read(&request()), Ok(None));
        let change = asked(&verification()).unwrap().unwrap();
        assert_eq!(change.about, About::Change);
        for (image, name, value) in [
            // Asked again, for the same address.
            ("OldImage", "address", text("ada@example.com")),
            // The way back.
            ("NewImage", "address", text("old@example.com")),
            ("NewImage", "pending", json!({ "BOOL": false })),
        ] {
            let mut record = request();
            record["dynamodb"][image][name] = value;
            assert_eq!(asked(&record), Ok(None), "{record}");
        }
        let mut first = request();
        let image = first["dynamodb"]["NewImage"].as_object_mut().unwrap();
        image.remove("verified_address").unwrap();
        assert_eq!(asked(&first), Ok(None));
        let mut unreadable = request();
        unreadable["dynamodb"]["NewImage"]["mails"] = json!({ "M": {} });
        let error = UnreadableRecord("/dynamodb/NewImage/mails".to_owned());
        assert_eq!(asked(&unreadable), Err(error));
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
