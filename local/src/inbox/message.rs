//! Mailpit's JSON of one message.

use std::collections::BTreeMap;

use serde::Serialize;

use super::delivery::{Report, Reports};
use crate::captured_mails::{CapturedMail, Entry, headers, message_id};
use crate::date::rfc3339;
use crate::ses::address;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OpenedMessage {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "MessageID")]
    message_id: String,
    from: Address,
    to: Vec<Address>,
    cc: Vec<Address>,
    bcc: Vec<Address>,
    reply_to: Vec<Address>,
    return_path: String,
    subject: String,
    list_unsubscribe: ListUnsubscribe,
    date: String,
    tags: Vec<String>,
    username: String,
    text: String,
    #[serde(rename = "HTML")]
    html: String,
    size: usize,
    // SES's `Simple` content has no such parts.
    inline: [(); 0],
    attachments: [(); 0],
    // Mailpit has no such member.
    delivery: Vec<Report>,
}

impl OpenedMessage {
    pub(super) fn new(entry: &Entry, reports: &Reports) -> Self {
        let mail = &entry.mail;
        let sender = Address::new(&mail.from).address;
        Self {
            id: mail.id.clone(),
            message_id: message_id(mail),
            from: Address::new(&mail.from),
            to: addresses(&mail.to),
            cc: addresses(&mail.cc),
            bcc: addresses(&mail.bcc),
            reply_to: addresses(&mail.reply_to),
            return_path: mail.feedback_forwarding.clone().unwrap_or(sender),
            subject: mail.subject.clone(),
            list_unsubscribe: ListUnsubscribe::new(mail),
            date: rfc3339(mail.received_at),
            tags: entry.tags.clone(),
            username: String::new(),
            text: mail.text.clone().unwrap_or_default(),
            html: mail.html.clone().unwrap_or_default(),
            size: entry.raw.len(),
            inline: [],
            attachments: [],
            delivery: reports.about(&mail.message_id),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Address {
    name: String,
    address: String,
}

impl Address {
    pub(super) fn new(written: &str) -> Self {
        let address::Address { name, address } = address::Address::parse(written);
        Self { name, address }
    }
}

/// The headers `List-Unsubscribe` and `List-Unsubscribe-Post`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListUnsubscribe {
    header: String,
    links: Vec<String>,
    errors: String,
    header_post: String,
}

impl ListUnsubscribe {
    fn new(mail: &CapturedMail) -> Self {
        let header = mail.header("List-Unsubscribe").unwrap_or_default();
        let links: Vec<_> = header
            .split(',')
            .filter_map(|link| link.trim().strip_prefix('<')?.strip_suffix('>'))
            .map(str::to_owned)
            .collect();
        let errors = if header.is_empty() || !links.is_empty() {
            ""
        } else {
            "no link in angle brackets"
        };
        let post = mail.header("List-Unsubscribe-Post").unwrap_or_default();
        Self {
            links,
            errors: errors.to_owned(),
            header: header.to_owned(),
            header_post: post.to_owned(),
        }
    }
}

pub(super) fn addresses(written: &[String]) -> Vec<Address> {
    written.iter().map(|one| Address::new(one)).collect()
}

/// All headers, with names in the form that Mailpit writes: `Message-Id`.
pub(super) fn headers_by_name(mail: &CapturedMail) -> BTreeMap<String, Vec<String>> {
    let mut by_name = BTreeMap::<_, Vec<_>>::new();
    for field in headers(mail) {
        let name = canonical(&field.name);
        by_name.entry(name).or_default().push(field.value);
    }
    by_name
}

fn canonical(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::captured_mails::Field;
    use crate::captured_mails::tests::mail;
    use crate::event_bus;
    use crate::ses::{DeliveryOutcome, event};

    #[test]
    fn messages_have_the_fields_of_mailpit() {
        let mut mail = mail("x", "Ada <ada@example.com>", "Hi");
        mail.headers.push(Field {
            name: "List-Unsubscribe".to_owned(),
            value: "<https://example.com/u>, <mailto:u@example.com>".to_owned(),
        });
        mail.tags.push(Field {
            name: "kind".to_owned(),
            value: "verification".to_owned(),
        });
        let (bus, _events) = event_bus::new();
        let outcome = DeliveryOutcome::Complained;
        bus.publish(event(&mail, &mail.to[0], outcome, mail.received_at + 1));
        let entry = Entry::new(mail);
        let expected = json!({
            "ID": "x",
            "MessageID": "0100-x-000000@email.amazonses.com",
            "From": { "Name": "Acme, Inc.", "Address": "hello@acme.example" },
            "To": [{ "Name": "Ada", "Address": "ada@example.com" }],
            "Cc": [],
            "Bcc": [],
            "ReplyTo": [],
            "ReturnPath": "hello@acme.example",
            "Subject": "Hi",
            "ListUnsubscribe": {
                "Header": "<https://example.com/u>, <mailto:u@example.com>",
                "Links": ["https://example.com/u", "mailto:u@example.com"],
                "Errors": "",
                "HeaderPost": ""
            },
            "Date": "2023-11-14T22:13:20Z",
            "Tags": ["kind=verification"],
            "Username": "",
            "Text": "Hello there",
            "HTML": "",
            "Size": entry.raw.len(),
            "Inline": [],
            "Attachments": [],
            "Delivery": [{
                "State": "complained",
                "Recipients": ["ada@example.com"],
                "Reason": "abuse",
                "Date": "2023-11-14T22:13:20.001Z"
            }]
        });
        let message = OpenedMessage::new(&entry, &Reports::of(&bus));
        assert_eq!(serde_json::to_value(message).unwrap(), expected);
    }

    #[test]
    fn header_names_are_those_of_mailpit() {
        let mut mail = mail("x", "ada@example.com", "Hi");
        for name in ["x-twice", "X-TWICE"] {
            mail.headers.push(Field {
                name: name.to_owned(),
                value: name.to_owned(),
            });
        }
        let headers = headers_by_name(&mail);
        assert_eq!(headers["X-Twice"], ["x-twice", "X-TWICE"]);
        let id = "<0100-x-000000@email.amazonses.com>";
        assert_eq!(headers["Message-Id"], [id]);
    }
}
