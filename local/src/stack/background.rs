//! What runs beside the servers: the readers that invoke functions, and the deletion of expired
//! items.

use std::time::Duration;

use dynoxide::Database;
use shared::telemetry::chain;
use tokio::task::JoinSet;

use super::settings::TABLE;
use crate::edge::Edge;
use crate::event_bus::Events;
use crate::functions::{Functions, Trigger, invoked_by};
use crate::lambda::Function;
use crate::stream::{self, StreamError, StreamFaults, StreamReader};

/// How often expired items are deleted. On AWS it takes up to a few days.
const TTL_SWEEP: Duration = Duration::from_mins(1);

/// Starts what invokes functions with SES's events and with the table's changes.
pub(super) fn start_readers(
    functions: &Functions,
    mail_events: Events,
    database: &Database,
    edge: &Edge,
    tasks: &mut JoinSet<()>,
) -> Result<(), StreamError> {
    if let Some((_, function)) = invoked_by(functions, Trigger::MailEvents).next() {
        tasks.spawn(deliver(mail_events, function.clone()));
    }
    for (name, function) in invoked_by(functions, Trigger::TableStream) {
        // An earlier session has handled the earlier changes.
        let changes = StreamReader::latest(database.clone(), TABLE)?;
        let faults = StreamFaults::new(edge.clone(), name);
        tasks.spawn(stream::deliver(changes, function.clone(), faults));
    }
    Ok(())
}

/// Invokes the function with each event, as EventBridge does. Here a failed event is not retried.
async fn deliver(mut events: Events, function: Function) {
    while let Some(event) = events.next().await {
        if let Err(error) = function.invoke(&event.to_string()).await {
            tracing::error!(error = chain(&error), "an event of SES is lost");
        }
    }
}

pub(super) async fn sweep_expired(database: Database) {
    loop {
        tokio::time::sleep(TTL_SWEEP).await;
        if let Err(error) = database.sweep_ttl() {
            tracing::warn!(%error, "expired items cannot be deleted");
        }
    }
}
