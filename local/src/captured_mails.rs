//! The mails that the local SES accepted, in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

/// The oldest mail is dropped when there are more.
pub const CAPACITY: usize = 500;

/// All that a `SendEmail` request says of its mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapturedMail {
    /// The id in the inbox's API.
    pub id: String,
    /// SES's `MessageId`.
    pub message_id: String,
    /// In milliseconds since the Unix epoch.
    pub received_at: i64,
    /// As in the request, like all addresses: `name <address>` or an address.
    pub from: String,
    pub reply_to: Vec<String>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    /// The address that gets bounces and complaints.
    pub feedback_forwarding: Option<String>,
    pub subject: String,
    pub text: Option<String>,
    pub html: Option<String>,
    /// Custom headers, in order.
    pub headers: Vec<Field>,
    /// Message tags, which are part of SES's events.
    pub tags: Vec<Field>,
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

/// A custom header or a message tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    pub name: String,
    pub value: String,
}

/// A captured mail, and whether it was read in the inbox.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) mail: Arc<CapturedMail>,
    pub(crate) read: bool,
}

/// Clones share the mails.
#[derive(Clone, Debug)]
pub struct CapturedMails {
    // The channel holds the mails, so that each change wakes all waiting tasks.
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

    /// Adds a mail as the newest, unread.
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

    #[must_use]
    pub fn newest_first(&self) -> Vec<Arc<CapturedMail>> {
        let contents = self.contents.borrow();
        contents
            .newest_first
            .iter()
            .map(|entry| Arc::clone(&entry.mail))
            .collect()
    }

    /// All mails, the newest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.contents
            .borrow()
            .newest_first
            .iter()
            .cloned()
            .collect()
    }

    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<CapturedMail>> {
        let contents = self.contents.borrow();
        contents
            .newest_first
            .iter()
            .find(|entry| entry.mail.id == id)
            .map(|entry| Arc::clone(&entry.mail))
    }

    /// An unknown id is ignored.
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

    /// Unknown ids are ignored.
    pub fn remove(&self, ids: &[String]) {
        self.change(|mails| {
            let before = mails.len();
            mails.retain(|entry| !ids.contains(&entry.mail.id));
            mails.len() < before
        });
    }

    pub fn clear(&self) {
        self.change(|mails| {
            let changed = !mails.is_empty();
            mails.clear();
            changed
        });
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.contents.borrow().newest_first.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A counter of changes: of mails that were added, read or removed.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.contents.borrow().version
    }

    /// Waits until the version differs from this one, and returns it.
    pub async fn changed_since(&self, version: u64) -> u64 {
        let mut changes = self.contents.subscribe();
        let contents = changes
            .wait_for(|contents| contents.version != version)
            .await;
        // The wait fails only if the sender is dropped, and `self` holds it.
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
    fn the_oldest_mail_is_dropped() {
        let sent = CapturedMails::new();
        for number in 0..=CAPACITY {
            sent.deliver(mail(&number.to_string(), "a@example.com", "Full"));
        }
        assert_eq!(sent.len(), CAPACITY);
        assert!(sent.find("0").is_none());
        assert!(sent.find("1").is_some());
    }

    #[test]
    fn clones_share_the_mails() {
        let sent = CapturedMails::new();
        sent.clone().deliver(mail("x", "a@example.com", "Shared"));
        assert_eq!(sent.len(), 1);
        sent.clone().clear();
        assert!(sent.is_empty());
    }

    #[test]
    fn only_changes_raise_the_version() {
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
    async fn a_new_mail_ends_a_wait() {
        let sent = CapturedMails::new();
        let waiting = tokio::spawn({
            let sent = sent.clone();
            async move { sent.changed_since(0).await }
        });
        sent.deliver(mail("x", "a@example.com", "News"));
        assert_eq!(waiting.await.expect("it ends"), 1);
    }

    #[test]
    fn headers_are_found_in_any_case() {
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
