//! Mailpit's JSON of one message.

use serde::Serialize;

use super::headers::{message_id, size, tags};
use crate::captured_mails::CapturedMail;
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
}

impl OpenedMessage {
    pub(super) fn new(mail: &CapturedMail) -> Self {
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
            tags: tags(mail),
            username: String::new(),
            text: mail.text.clone().unwrap_or_default(),
            html: mail.html.clone().unwrap_or_default(),
            size: size(mail),
            inline: [],
            attachments: [],
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::captured_mails::Field;
    use crate::captured_mails::tests::mail;

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
            "Size": size(&mail),
            "Inline": [],
            "Attachments": []
        });
        let message = serde_json::to_value(OpenedMessage::new(&mail)).expect("it is JSON");
        assert_eq!(message, expected);
    }
}
