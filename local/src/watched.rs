//! State that the inbox shows, with a counter of its changes.

use std::sync::Arc;

use tokio::sync::watch;

/// Clones share the state.
#[derive(Clone, Debug)]
pub(crate) struct Watched<T> {
    // The channel holds the state, so that each change wakes all waiting tasks.
    state: Arc<watch::Sender<Versioned<T>>>,
}

#[derive(Debug, Default)]
pub(crate) struct Versioned<T> {
    pub(crate) version: u64,
    state: T,
}

impl<T: Default> Watched<T> {
    pub(crate) fn new() -> Self {
        Self {
            state: Arc::new(watch::Sender::new(Versioned::default())),
        }
    }
}

impl<T> Watched<T> {
    pub(crate) fn read<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.state.borrow().state)
    }

    /// `edit` returns whether it changed something. It must not use this state in another way.
    pub(crate) fn edit(&self, edit: impl FnOnce(&mut T) -> bool) {
        self.state.send_if_modified(|versioned| {
            let changed = edit(&mut versioned.state);
            versioned.version += u64::from(changed);
            changed
        });
    }

    pub(crate) fn version(&self) -> u64 {
        self.state.borrow().version
    }

    /// Gets each version from now on.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Versioned<T>> {
        self.state.subscribe()
    }
}
