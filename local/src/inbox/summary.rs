//! Mailpit's JSON of a list of messages.

use serde::Serialize;

use super::delivery::{Report, Reports};
use super::message::{Address, addresses};
use super::snippet::snippet;
use super::tags;
use crate::captured_mails::{Entry, message_id};
use crate::date::rfc3339;

/// A page of the list or of the result of a search.
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
    /// A page of `found`, which begins at `start`, with the totals of `all`.
    pub(super) fn new(
        all: &[Entry],
        found: &[&Entry],
        start: usize,
        page: &[&Entry],
        reports: &Reports,
    ) -> Self {
        let messages: Vec<_> = page
            .iter()
            .map(|entry| MessageSummary::new(entry, reports))
            .collect();
        Self {
            total: all.len(),
            unread: all.iter().filter(|entry| !entry.read).count(),
            count: messages.len(),
            messages_count: found.len(),
            messages_unread: found.iter().filter(|entry| !entry.read).count(),
            start,
            tags: tags::counts(all).into_keys().collect(),
            messages,
        }
    }
}

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
    // Mailpit has no such member.
    delivery: Vec<Report>,
}

impl MessageSummary {
    fn new(entry: &Entry, reports: &Reports) -> Self {
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
            tags: entry.tags.clone(),
            size: entry.raw.len(),
            attachments: 0,
            snippet: snippet(mail),
            delivery: reports.about(&mail.message_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::captured_mails::tests::mail;

    #[test]
    fn a_page_has_totals_and_matches() {
        let entry = |id: &str, read| {
            let entry = Entry::new(mail(id, "ada@example.com", "Hi"));
            Entry { read, ..entry }
        };
        let all = [entry("c", false), entry("b", false), entry("a", true)];
        let found: Vec<_> = all.iter().skip(1).collect();
        let (bus, _events) = crate::event_bus::new();
        let page = MessagesSummary::new(&all, &found, 1, &found[1..], &Reports::of(&bus));
        let page = serde_json::to_value(page).expect("it is JSON");
        assert_eq!(page["total"], 3);
        assert_eq!(page["unread"], 2);
        assert_eq!(page["messages_count"], 2);
        assert_eq!(page["messages_unread"], 1);
        assert_eq!((&page["start"], &page["count"]), (&json!(1), &json!(1)));
        assert_eq!(page["messages"][0]["ID"], "a");
        assert_eq!(page["messages"][0]["Snippet"], "Hello there");
    }
}
