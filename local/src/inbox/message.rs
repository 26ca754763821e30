//! A captured mail in Mailpit's JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use super::snippet::snippet;
use crate::captured_mails::{CapturedMail, Entry, Field};
use crate::ses::address;

/// Where SES's message ids belong to in the region whose ids start with `0100`.
const MESSAGE_ID_DOMAIN: &str = "email.amazonses.com";

/// A page of the list, or of what a search found.
#[derive(Serialize)]
pub(super) struct MessagesSummary {
    total: usize,
    unread: usize,
    count: usize,
    messages_count: usize,
    messages_unread: usize,
    start: usize,
    tags: Vec<String>,
    messages: Vec<MessageSummary>,
}

impl MessagesSummary {
    /// The part of `found` from `start` on, with the numbers of `all` beside it.
    pub(super) fn new(all: &[Entry], found: &[&Entry], start: usize, limit: usize) -> Self {
        let page = found.iter().skip(start).take(limit);
        let messages: Vec<_> = page.map(|entry| MessageSummary::new(entry)).collect();
        let mut tags: Vec<_> = all.iter().flat_map(|entry| tags(&entry.mail)).collect();
        tags.sort_unstable();
        tags.dedup();
        Self {
            total: all.len(),
            unread: all.iter().filter(|entry| !entry.read).count(),
            count: messages.len(),
            messages_count: found.len(),
            messages_unread: found.iter().filter(|entry| !entry.read).count(),
            start,
            tags,
            messages,
        }
    }
}

/// A message in a list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MessageSummary {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "MessageID")]
    message_id: String,
    read: bool,
    from: Address,
    to: Vec<Address>,
    cc: Vec<Address>,
    bcc: Vec<Address>,
    reply_to: Vec<Address>,
    subject: String,
    created: String,
    username: String,
    tags: Vec<String>,
    size: usize,
    attachments: usize,
    snippet: String,
}

impl MessageSummary {
    fn new(entry: &Entry) -> Self {
        let mail = &entry.mail;
        Self {
            id: mail.id.clone(),
            message_id: message_id(mail),
            read: entry.read,
            from: Address::new(&mail.from),
            to: addresses(&mail.to),
            cc: addresses(&mail.cc),
            bcc: addresses(&mail.bcc),
            reply_to: addresses(&mail.reply_to),
            subject: mail.subject.clone(),
            created: rfc3339(mail.received_at),
            username: String::new(),
            tags: tags(mail),
            size: size(mail),
            attachments: 0,
            snippet: snippet(mail),
        }
    }
}

/// A message with its bodies.
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
    // SES's Simple content has no parts that could be listed here.
    inline: [(); 0],
    attachments: [(); 0],
}

impl OpenedMessage {
    /// The message that a captured mail is.
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
struct Address {
    name: String,
    address: String,
}

impl Address {
    fn new(written: &str) -> Self {
        let address::Address { name, address } = address::Address::parse(written);
        Self { name, address }
    }
}

/// What `List-Unsubscribe` and `List-Unsubscribe-Post` say.
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

/// Every header of a mail, by name: what SES sets, and what the sender added.
pub(super) fn headers(mail: &CapturedMail) -> BTreeMap<String, Vec<String>> {
    let own = [
        ("From", mail.from.clone()),
        ("To", mail.to.join(", ")),
        ("Cc", mail.cc.join(", ")),
        ("Reply-To", mail.reply_to.join(", ")),
        ("Subject", mail.subject.clone()),
        ("Date", date(mail.received_at)),
        ("Message-ID", format!("<{}>", message_id(mail))),
        (
            "X-SES-CONFIGURATION-SET",
            mail.configuration_set.clone().unwrap_or_default(),
        ),
        ("X-SES-MESSAGE-TAGS", tags(mail).join(", ")),
    ];
    let mut headers = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in own {
        if !value.is_empty() {
            headers.entry(name.to_owned()).or_default().push(value);
        }
    }
    for Field { name, value } in &mail.headers {
        headers.entry(name.clone()).or_default().push(value.clone());
    }
    headers
}

fn addresses(written: &[String]) -> Vec<Address> {
    written.iter().map(|one| Address::new(one)).collect()
}

fn tags(mail: &CapturedMail) -> Vec<String> {
    let pairs = mail.tags.iter();
    pairs
        .map(|tag| format!("{}={}", tag.name, tag.value))
        .collect()
}

fn message_id(mail: &CapturedMail) -> String {
    format!("{}@{MESSAGE_ID_DOMAIN}", mail.message_id)
}

/// The bytes of what was sent. The mail was never encoded for a wire, so there is no exact size.
fn size(mail: &CapturedMail) -> usize {
    let bodies = [&mail.text, &mail.html];
    let bodies: usize = bodies.into_iter().flatten().map(String::len).sum();
    let headers = headers(mail);
    let headers = headers
        .iter()
        .flat_map(|(name, values)| values.iter().map(|value| name.len() + value.len()));
    bodies + headers.sum::<usize>()
}

fn rfc3339(unix_millis: i64) -> String {
    moment(unix_millis).format(&Rfc3339).unwrap_or_default()
}

fn date(unix_millis: i64) -> String {
    moment(unix_millis).format(&Rfc2822).unwrap_or_default()
}

fn moment(unix_millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_millis) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::captured_mails::tests::mail;

    #[test]
    fn a_message_has_the_fields_of_mailpit() {
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

    #[test]
    fn a_list_counts_the_mailbox_and_what_was_found() {
        let entry = |id: &str, read| Entry {
            mail: std::sync::Arc::new(mail(id, "ada@example.com", "Hi")),
            read,
        };
        let all = [entry("c", false), entry("b", false), entry("a", true)];
        let found: Vec<_> = all.iter().skip(1).collect();
        let page = MessagesSummary::new(&all, &found, 1, 50);
        let page = serde_json::to_value(page).expect("it is JSON");
        assert_eq!(page["total"], 3);
        assert_eq!(page["unread"], 2);
        assert_eq!(page["messages_count"], 2);
        assert_eq!(page["messages_unread"], 1);
        assert_eq!((&page["start"], &page["count"]), (&json!(1), &json!(1)));
        assert_eq!(page["messages"][0]["ID"], "a");
        assert_eq!(page["messages"][0]["Snippet"], "Hello there");
    }

    #[test]
    fn headers_are_those_of_ses_and_those_of_the_sender() {
        let mut mail = mail("x", "ada@example.com", "Hi");
        mail.configuration_set = Some("mails".to_owned());
        for value in ["1", "2"] {
            mail.headers.push(Field {
                name: "X-Twice".to_owned(),
                value: value.to_owned(),
            });
        }
        let headers = headers(&mail);
        assert_eq!(headers["Date"], ["Tue, 14 Nov 2023 22:13:20 +0000"]);
        assert_eq!(
            headers["Message-ID"],
            ["<0100-x-000000@email.amazonses.com>"]
        );
        assert_eq!(headers["X-SES-CONFIGURATION-SET"], ["mails"]);
        assert_eq!(headers["X-Twice"], ["1", "2"]);
        assert!(!headers.contains_key("Cc"));
    }
}
