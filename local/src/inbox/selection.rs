//! Which mails a request is about.

use serde::Deserialize;

use super::search::{Query, UnknownTerm};
use crate::captured_mails::{CapturedMails, Entry};

/// With a search, the id `latest` is the newest mail that matches it.
#[derive(Deserialize)]
pub(super) struct Latest {
    query: Option<String>,
}

impl Latest {
    pub(super) fn find(
        &self,
        mails: &CapturedMails,
        id: &str,
    ) -> Result<Option<Entry>, UnknownTerm> {
        if id != "latest" {
            return Ok(mails.entry(id));
        }
        let query = Query::parse(self.query.as_deref().unwrap_or_default())?;
        let mut entries = mails.entries().into_iter();
        Ok(entries.find(|entry| query.matches(entry)))
    }
}

/// The ids of all mails that a query matches.
pub(super) fn ids(mails: &CapturedMails, query: &Query) -> Vec<String> {
    let found = mails.entries().into_iter();
    found
        .filter(|entry| query.matches(entry))
        .map(|entry| entry.mail.id.clone())
        .collect()
}
