//! Connections that are used only for a short time after their last use.
//!
//! A request on a pooled connection whose other end is gone gets no answer, as does one whose
//! answer was lost. `SendEmail` has no idempotency token, so it cannot be retried then. Therefore
//! an idle connection gets no mail: it is replaced while other work is done.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// A connector that drops connections after an idle timeout. Clones share the connections.
#[derive(Clone)]
pub(crate) struct IdleConnections {
    connector: SharedHttpConnector,
    idle_timeout: Duration,
    used: Arc<Mutex<Vec<Used>>>,
}

/// A connection in the pool.
struct Used {
    connection: ConnectionMetadata,
    last: LastUse,
}

impl IdleConnections {
    pub(crate) fn new(connector: SharedHttpConnector, idle_timeout: Duration) -> Self {
        Self {
            connector,
            idle_timeout,
            used: Arc::default(),
        }
    }

    /// Drops the connections that idled too long. Returns whether one is left.
    pub(crate) fn drop_idle(&self) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|used| {
            let is_fresh = used.last.elapsed() < self.idle_timeout;
            if !is_fresh {
                // The pool drops it instead of handing it out.
                used.connection.poison();
            }
            is_fresh
        });
        !used.is_empty()
    }
}

impl HttpConnector for IdleConnections {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        // The SDK looks at the connections of its own calls in the same way.
        let capture = request.extension::<CaptureSmithyConnection>().cloned();
        let capture = capture.unwrap_or_else(|| {
            let capture = CaptureSmithyConnection::new();
            request.add_extension(capture.clone());
            capture
        });
        let answer = self.connector.call(request);
        let used = Arc::clone(&self.used);
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            if let Some(connection) = capture.get() {
                let mut used = used.lock().unwrap_or_else(PoisonError::into_inner);
                // Only one open connection at a time has a local port.
                used.retain(|other| other.connection.local_addr() != connection.local_addr());
                used.push(Used {
                    connection,
                    last: LastUse::now(),
                });
            }
            answer
        })
    }
}

impl fmt::Debug for IdleConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdleConnections")
            .field("idle_timeout", &self.idle_timeout)
            .finish_non_exhaustive()
    }
}

/// A point in time on both clocks of the system. Lambda freezes an instance between two requests.
/// The monotonic clock may stand still meanwhile. The wall clock does not, but may be set back. So
/// the longer of both times counts.
struct LastUse {
    monotonic: Instant,
    wall: SystemTime,
}

#[expect(
    clippy::disallowed_methods,
    reason = "connections live in real time, whatever time it is for a request"
)]
impl LastUse {
    fn now() -> Self {
        Self {
            monotonic: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    fn elapsed(&self) -> Duration {
        let by_wall = SystemTime::now().duration_since(self.wall);
        self.monotonic.elapsed().max(by_wall.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_of_two_clocks_counts() {
        let minute = Duration::from_mins(1);
        let now = LastUse::now();
        let wall_went_on = LastUse {
            wall: now.wall - minute,
            ..LastUse::now()
        };
        assert!(wall_went_on.elapsed() >= minute);
        let wall_set_back = LastUse {
            wall: now.wall + minute,
            monotonic: now.monotonic,
        };
        assert!(wall_set_back.elapsed() < minute);
    }
}
