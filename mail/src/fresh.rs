//! Connections that are trusted only for a short while after their last use.
//!
//! A pooled connection whose other end is gone without a sign cannot be told from one that took the
//! mail: what is written into it is lost, and so is the answer. `SendEmail` has no idempotency
//! token, so nobody may send it a second time. Therefore a connection that idled gets no mail. It
//! is replaced beside work that comes first anyway.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// A connector that knows when each of its connections was used last. Clones share that.
#[derive(Clone)]
pub(crate) struct FreshConnections {
    connector: SharedHttpConnector,
    trusted_for: Duration,
    used: Arc<Mutex<Vec<Used>>>,
}

/// A connection in the pool.
struct Used {
    connection: ConnectionMetadata,
    at: Moment,
}

impl FreshConnections {
    pub(crate) fn new(connector: SharedHttpConnector, trusted_for: Duration) -> Self {
        Self {
            connector,
            trusted_for,
            used: Arc::default(),
        }
    }

    /// Drops the connections that idled too long. Returns whether one is left.
    pub(crate) fn drop_idle(&self) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|used| {
            let is_fresh = used.at.elapsed() < self.trusted_for;
            if !is_fresh {
                // The pool drops it instead of handing it out.
                used.connection.poison();
            }
            is_fresh
        });
        !used.is_empty()
    }
}

impl HttpConnector for FreshConnections {
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
                    at: Moment::now(),
                });
            }
            answer
        })
    }
}

impl fmt::Debug for FreshConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreshConnections")
            .field("trusted_for", &self.trusted_for)
            .finish_non_exhaustive()
    }
}

/// A moment on both clocks of the system. Lambda stops a sandbox between two requests. The
/// monotonic clock may stand still meanwhile, as it does in a virtual machine that is paused; the
/// wall clock is right again afterwards, but may be set back. So of both the longer time counts.
struct Moment {
    monotonic: Instant,
    wall: SystemTime,
}

#[expect(
    clippy::disallowed_methods,
    reason = "connections live in real time, whatever time it is for a request"
)]
impl Moment {
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
    fn the_longer_time_of_both_clocks() {
        let minute = Duration::from_mins(1);
        let now = Moment::now();
        let wall_went_on = Moment {
            wall: now.wall - minute,
            ..Moment::now()
        };
        assert!(wall_went_on.elapsed() >= minute);
        let wall_set_back = Moment {
            wall: now.wall + minute,
            monotonic: now.monotonic,
        };
        assert!(wall_set_back.elapsed() < minute);
    }
}
