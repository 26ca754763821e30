//! Records of the table's stream.

use notify_previous_address::notice::{About, Notice};
use publish_events::event::Event;
use serde_json::Value;
use shared::domain::email_address::EmailAddress;
use shared::domain::notice::ChangeNotice;
use shared::store::stream::UnreadableRecord;

const STAGE: &str = "local";

/// Each record of a batch is an event, none, or an error that names a member and no value.
pub fn stream_record(input: &[u8]) {
    let Ok(batch) = serde_json::from_slice::<Value>(input) else {
        return;
    };
    let records = batch.get("Records").and_then(Value::as_array);
    records.into_iter().flatten().for_each(is_read);
}

fn is_read(record: &Value) {
    match Event::of(record, STAGE) {
        Ok(Some(event)) => is_of_record(&event, record),
        Ok(None) => assert!(!is_event(record), "{record}"),
        Err(error) => names_a_member(&error),
    }
    assert_eq!(Notice::of(record, ChangeNotice::Off), Ok(None));
    let done = Notice::of(record, ChangeNotice::Done);
    let asked = Notice::of(record, ChangeNotice::Asked);
    if done != Ok(None) {
        assert_eq!(asked, done);
    }
    match asked {
        Ok(Some(notice)) => is_to_an_earlier_address(&notice, record),
        Ok(None) => {}
        Err(error) => names_a_member(&error),
    }
}

/// The changes that are events, in other words.
fn is_event(record: &Value) -> bool {
    let image = |image: &str, path: &str| record.pointer(&format!("/dynamodb/{image}/{path}"));
    let before = |path| image("OldImage", path);
    let after = |path| image("NewImage", path);
    let differs = |path| after(path) != before(path);
    let ends_a_request = before("pending/BOOL") == Some(&Value::Bool(true))
        && after("pending").is_none()
        && after("verified_at").is_some();
    let is_operators = after("verified_by/S").and_then(Value::as_str) == Some("operator")
        && (differs("verified_address") || differs("verified_at"));
    let suppresses = after("suppression").is_some() && before("suppression").is_none();
    let refuses = after("refusal").is_some() && differs("refusal");
    ends_a_request || is_operators || suppresses || refuses
}

/// One that was verified: before the change, or while another one is only requested.
fn is_to_an_earlier_address(notice: &Notice, record: &Value) {
    let verified = |image: &str| {
        let pointer = format!("/dynamodb/{image}/verified_email/S");
        let text = record.pointer(&pointer).and_then(Value::as_str);
        text.and_then(EmailAddress::parse_known)
    };
    let is_new = |address: EmailAddress| address.is_same_mailbox(&notice.address);
    match notice.about {
        About::Change => {
            assert_eq!(verified("OldImage"), Some(notice.address.clone()));
            assert!(!verified("NewImage").is_some_and(is_new));
        }
        About::Request => assert_eq!(verified("NewImage"), Some(notice.address.clone())),
    }
}

fn is_of_record(event: &Event, record: &Value) {
    let detail = event.detail.as_object().unwrap();
    let names: Vec<_> = detail.keys().map(String::as_str).collect();
    let expected = match event.detail_type {
        "Email Verified" => &[
            "email",
            "id",
            "method",
            "previous_email",
            "stage",
            "uuid",
            "verified_at",
        ][..],
        "Email Undeliverable" => &["email", "id", "occurred_at", "reason", "stage", "uuid"],
        "Verification Refused" => &["at", "email", "id", "stage", "uuid"],
        other => panic!("{other}"),
    };
    assert_eq!(names, expected);
    assert_eq!(detail["id"], record["eventID"]);
    assert_eq!(detail["stage"], STAGE);
    assert_eq!(detail["email"], event.address.deliverable());
    assert_eq!(
        detail["uuid"].as_str(),
        event.user.map(|user| user.to_string()).as_deref()
    );
}

fn names_a_member(error: &UnreadableRecord) {
    let UnreadableRecord(pointer) = error;
    let is_of_pointer = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '_');
    assert!(pointer.chars().all(is_of_pointer), "{pointer}");
}
