//! The mails that the local SES accepted, in memory.

mod encoding;
mod headers;
mod mail;
mod raw;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::watched::Watched;
pub(crate) use headers::{headers, message_id};
pub use mail::{CapturedMail, Field};
use raw::raw;

/// The oldest mail is dropped when there are more.
pub const CAPACITY: usize = 500;

/// A captured mail, and what the inbox adds to it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) mail: Arc<CapturedMail>,
    /// The mail as it would arrive (RFC 5322).
    pub(crate) raw: Arc<str>,
    pub(crate) read: bool,
    /// The message tags, until a client of the inbox sets others.
    pub(crate) tags: Vec<String>,
}

impl Entry {
    pub(crate) fn new(mail: CapturedMail) -> Self {
        let tags = mail.tags.iter();
        Self {
            raw: raw(&mail).into(),
            read: false,
            tags: tags
                .map(|tag| format!("{}={}", tag.name, tag.value))
                .collect(),
            mail: Arc::new(mail),
        }
    }
}

/// Clones share the mails.
#[derive(Clone, Debug)]
pub struct CapturedMails {
    newest_first: Watched<VecDeque<Entry>>,
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
            newest_first: Watched::new(),
        }
    }

    /// Adds a mail as the newest, unread.
    pub fn deliver(&self, mail: CapturedMail) {
        let entry = Entry::new(mail);
        self.newest_first.edit(|mails| {
            mails.truncate(CAPACITY - 1);
            mails.push_front(entry);
            true
        });
    }

    #[must_use]
    pub fn newest_first(&self) -> Vec<Arc<CapturedMail>> {
        let entries = self.entries().into_iter();
        entries.map(|entry| entry.mail).collect()
    }

    /// All mails, the newest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.newest_first
            .read(|mails| mails.iter().cloned().collect())
    }

    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<CapturedMail>> {
        self.entry(id).map(|entry| entry.mail)
    }

    pub(crate) fn entry(&self, id: &str) -> Option<Entry> {
        self.newest_first
            .read(|mails| mails.iter().find(|entry| entry.mail.id == id).cloned())
    }

    /// Changes these mails. Unknown ids are ignored. `edit` returns whether it changed the mail.
    pub(crate) fn update(&self, ids: &[String], edit: impl Fn(&mut Entry) -> bool) {
        self.newest_first.edit(|mails| {
            let mut changed = false;
            for entry in mails.iter_mut() {
                changed |= ids.contains(&entry.mail.id) && edit(entry);
            }
            changed
        });
    }

    /// Unknown ids are ignored.
    pub(crate) fn mark(&self, ids: &[String], read: bool) {
        self.update(ids, |entry| {
            std::mem::replace(&mut entry.read, read) != read
        });
    }

    /// Unknown ids are ignored.
    pub fn remove(&self, ids: &[String]) {
        self.newest_first.edit(|mails| {
            let before = mails.len();
            mails.retain(|entry| !ids.contains(&entry.mail.id));
            mails.len() < before
        });
    }

    pub fn clear(&self) {
        self.newest_first.edit(|mails| {
            let changed = !mails.is_empty();
            mails.clear();
            changed
        });
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.newest_first.read(VecDeque::len)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All mails, with a counter of changes: of mails that were added, edited or removed.
    pub(crate) fn watched(&self) -> &Watched<VecDeque<Entry>> {
        &self.newest_first
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
        let version = || sent.watched().version();
        let mark = |id: &str| sent.mark(&[id.to_owned()], true);
        sent.clear();
        mark("nobody");
        sent.remove(&["nobody".to_owned()]);
        assert_eq!(version(), 0);
        sent.deliver(mail("x", "a@example.com", "Change"));
        mark("x");
        mark("x");
        assert_eq!(version(), 2);
        assert!(sent.entries().iter().all(|entry| entry.read));
    }
}
