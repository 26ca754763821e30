//! The mails that the local SES accepted: newest first, in memory, never more than [`CAPACITY`].
//!
//! Whoever holds a [`CapturedMails`] sees the same mails, and can wait for the next change instead
//! of asking again and again.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

/// How many mails are kept. The oldest makes room for the newest.
pub const CAPACITY: usize = 500;

/// A mail as it was handed to SES, with nothing left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapturedMail {
    /// Names the mail in the inbox and its API.
    pub id: String,
    /// What SES answered as `MessageId`.
    pub message_id: String,
    /// When SES accepted the mail, in milliseconds since the Unix epoch.
    pub received_at: i64,
    /// The sender, as given: an address alone, or a name with an address in angle brackets.
    pub from: String,
    /// Where answers go.
    pub reply_to: Vec<String>,
    /// The recipients that everyone sees first.
    pub to: Vec<String>,
    /// The recipients of a copy.
    pub cc: Vec<String>,
    /// The recipients that the others do not see.
    pub bcc: Vec<String>,
    /// Where bounces and complaints are forwarded to.
    pub feedback_forwarding: Option<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The plain text body.
    pub text: Option<String>,
    /// The HTML body.
    pub html: Option<String>,
    /// The custom headers, in the order of the request.
    pub headers: Vec<Field>,
    /// The message tags that SES publishes with its events.
    pub tags: Vec<Field>,
    /// The configuration set that the mail was sent under.
    pub configuration_set: Option<String>,
}

impl CapturedMail {
    /// The value of the first custom header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }
}

/// A header or a message tag: a name with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// What the field is called.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// A captured mail, and whether somebody opened it in the inbox.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) mail: Arc<CapturedMail>,
    pub(crate) read: bool,
}

/// Captured mails, shared by everyone who holds a clone.
#[derive(Clone, Debug)]
pub struct CapturedMails {
    // The channel is the store: one lock, and every change wakes those who wait for one.
    contents: Arc<watch::Sender<Contents>>,
}

#[derive(Debug, Default)]
struct Contents {
    version: u64,
    newest_first: VecDeque<Entry>,
}

impl Default for CapturedMails {
    fn default() -> Self {
        Self::new()
    }
}

impl CapturedMails {
    #[must_use]
    pub fn new() -> Self {
        Self {
            contents: Arc::new(watch::Sender::new(Contents::default())),
        }
    }

    /// Puts a mail on top, unread.
    pub fn deliver(&self, mail: CapturedMail) {
        self.change(|mails| {
            mails.truncate(CAPACITY - 1);
            mails.push_front(Entry {
                mail: Arc::new(mail),
                read: false,
            });
            true
        });
    }

    /// Every mail, the newest first. The mails are shared, not copied.
    #[must_use]
    pub fn newest_first(&self) -> Vec<Arc<CapturedMail>> {
        let contents = self.contents.borrow();
        contents
            .newest_first
            .iter()
            .map(|entry| Arc::clone(&entry.mail))
            .collect()
    }

    /// Every mail with its read mark, the newest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.contents
            .borrow()
            .newest_first
            .iter()
            .cloned()
            .collect()
    }

    /// The mail of this id, unless it was cleared or pushed out.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<CapturedMail>> {
        let contents = self.contents.borrow();
        contents
            .newest_first
            .iter()
            .find(|entry| entry.mail.id == id)
            .map(|entry| Arc::clone(&entry.mail))
    }

    /// Marks a mail as read. An unknown id changes nothing.
    pub fn mark_read(&self, id: &str) {
        self.change(|mails| {
            mails
                .iter_mut()
                .find(|entry| entry.mail.id == id && !entry.read)
                .is_some_and(|entry| {
                    entry.read = true;
                    true
                })
        });
    }

    /// Removes the mails of these ids. Unknown ids change nothing.
    pub fn remove(&self, ids: &[String]) {
        self.change(|mails| {
            let before = mails.len();
            mails.retain(|entry| !ids.contains(&entry.mail.id));
            mails.len() < before
        });
    }

    /// Removes every mail.
    pub fn clear(&self) {
        self.change(|mails| {
            let changed = !mails.is_empty();
            mails.clear();
            changed
        });
    }

    /// How many mails there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.contents.borrow().newest_first.len()
    }

    /// Whether there is no mail.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A number that grows with every change: a mail came, was read or was removed.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.contents.borrow().version
    }

    /// Waits until the version is another than this one, and returns it.
    pub async fn changed_since(&self, version: u64) -> u64 {
        let mut changes = self.contents.subscribe();
        let contents = changes
            .wait_for(|contents| contents.version != version)
            .await;
        // The sender lives in `self`, so the wait cannot end because it was dropped.
        contents.map_or(version, |contents| contents.version)
    }

    fn change(&self, edit: impl FnOnce(&mut VecDeque<Entry>) -> bool) {
        self.contents.send_if_modified(|contents| {
            let changed = edit(&mut contents.newest_first);
            contents.version += u64::from(changed);
            changed
        });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A mail for tests: who and what matters, the rest is filled in.
    pub(crate) fn mail(id: &str, to: &str, subject: &str) -> CapturedMail {
        CapturedMail {
            id: id.to_owned(),
            message_id: format!("0100-{id}-000000"),
            received_at: 1_700_000_000_000,
            from: "\"Acme, Inc.\" <hello@acme.example>".to_owned(),
            reply_to: Vec::new(),
            to: vec![to.to_owned()],
            cc: Vec::new(),
            bcc: Vec::new(),
            feedback_forwarding: None,
            subject: subject.to_owned(),
            text: Some("Hello there".to_owned()),
            html: None,
            headers: Vec::new(),
            tags: Vec::new(),
            configuration_set: None,
        }
    }

    fn ids(sent: &CapturedMails) -> Vec<String> {
        let mails = sent.newest_first();
        mails.iter().map(|mail| mail.id.clone()).collect()
    }

    #[test]
    fn the_newest_mail_comes_first() {
        let sent = CapturedMails::new();
        sent.deliver(mail("first", "a@example.com", "One"));
        sent.deliver(mail("second", "b@example.com", "Two"));
        assert_eq!(ids(&sent), ["second", "first"]);
        assert_eq!(
            sent.find("first").expect("it is there").to,
            ["a@example.com"]
        );
        assert!(sent.find("third").is_none());
    }

    #[test]
    fn the_oldest_mail_makes_room() {
        let sent = CapturedMails::new();
        for number in 0..=CAPACITY {
            sent.deliver(mail(&number.to_string(), "a@example.com", "Full"));
        }
        assert_eq!(sent.len(), CAPACITY);
        assert!(sent.find("0").is_none());
        assert!(sent.find("1").is_some());
    }

    #[test]
    fn a_clone_sees_the_same_mails() {
        let sent = CapturedMails::new();
        sent.clone().deliver(mail("x", "a@example.com", "Shared"));
        assert_eq!(sent.len(), 1);
        sent.clone().clear();
        assert!(sent.is_empty());
    }

    #[test]
    fn only_a_change_raises_the_version() {
        let sent = CapturedMails::new();
        sent.clear();
        sent.mark_read("nobody");
        sent.remove(&["nobody".to_owned()]);
        assert_eq!(sent.version(), 0);
        sent.deliver(mail("x", "a@example.com", "Change"));
        sent.mark_read("x");
        sent.mark_read("x");
        assert_eq!(sent.version(), 2);
        assert!(sent.entries().iter().all(|entry| entry.read));
    }

    #[tokio::test]
    async fn the_next_mail_ends_a_wait() {
        let sent = CapturedMails::new();
        let waiting = tokio::spawn({
            let sent = sent.clone();
            async move { sent.changed_since(0).await }
        });
        sent.deliver(mail("x", "a@example.com", "News"));
        assert_eq!(waiting.await.expect("it ends"), 1);
    }

    #[test]
    fn a_header_is_found_in_any_case() {
        let mut mail = mail("x", "a@example.com", "Headers");
        mail.headers.push(Field {
            name: "List-Unsubscribe".to_owned(),
            value: "<https://example.com/u>".to_owned(),
        });
        assert_eq!(
            mail.header("list-unsubscribe"),
            Some("<https://example.com/u>")
        );
        assert_eq!(mail.header("X-Other"), None);
    }
}
