//! SES's suppression list of an account.
//!
//! As in SES, the API finds an address only in the case in which it is listed, and sending finds it
//! in any case (SES Developer Guide, "Managing tenant suppression list entries").

pub(super) mod api;
mod list_query;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// Why an address is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SuppressedFor {
    /// A permanent bounce.
    Bounce,
    /// A complaint of its reader.
    Complaint,
}

/// Clones share the list.
#[derive(Clone, Debug)]
pub struct SuppressionList {
    state: Arc<Mutex<ListState>>,
}

#[derive(Debug, Default)]
struct ListState {
    entries: BTreeMap<String, Entry>,
    page_size: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    reason: SuppressedFor,
    unix_seconds: i64,
}

impl SuppressionList {
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: Arc::default(),
        }
    }

    /// Sets the page size for calls without `PageSize`.
    pub fn set_page_size(&self, addresses: usize) {
        self.state().page_size = Some(addresses);
    }

    pub fn put(&self, address: &str, reason: SuppressedFor, unix_seconds: i64) {
        let entry = Entry {
            reason,
            unix_seconds,
        };
        self.state().entries.insert(address.to_owned(), entry);
    }

    /// Whether the address is on the list in this case.
    #[must_use]
    pub fn contains(&self, address: &str) -> bool {
        self.state().entries.contains_key(address)
    }

    /// Why an address is on the list in any case.
    pub(super) fn find_in_any_case(&self, address: &str) -> Option<SuppressedFor> {
        let state = self.state();
        let mut found = state
            .entries
            .iter()
            .filter(|(listed, _)| listed.eq_ignore_ascii_case(address));
        found.next().map(|(_, entry)| entry.reason)
    }

    fn state(&self) -> MutexGuard<'_, ListState> {
        // No code that holds the lock can leave the list half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SuppressionList {
    fn default() -> Self {
        Self::new()
    }
}
