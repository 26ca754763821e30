//! The timestamp and the id that a server gives to a request.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

pub(crate) struct Arrival {
    pub(crate) unix_millis: i64,
    pub(crate) id: Uuid,
}

impl Arrival {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge: each server gives its requests a timestamp and an id"
    )]
    pub(crate) fn now() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            unix_millis: i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX),
            id: Uuid::new_v4(),
        }
    }
}
