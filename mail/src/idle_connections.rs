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
    use std::net::SocketAddr;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    /// Answers each request on a connection from the address in its URL.
    #[derive(Debug, Default)]
    struct Pool {
        poisoned: Arc<Mutex<Vec<u16>>>,
    }

    impl HttpConnector for Pool {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let address = request.uri().trim_start_matches("http://");
            let address: SocketAddr = address.parse().unwrap();
            let poisoned = Arc::clone(&self.poisoned);
            let capture: &CaptureSmithyConnection = request.extension().unwrap();
            capture.set_connection_retriever(move || {
                let poisoned = Arc::clone(&poisoned);
                let connection = ConnectionMetadata::builder()
                    .proxied(false)
                    .local_addr(address)
                    .poison_fn(move || poisoned.lock().unwrap().push(address.port()));
                Some(connection.build())
            });
            let answer = HttpResponse::new(200.try_into().unwrap(), SdkBody::empty());
            HttpConnectorFuture::ready(Ok(answer))
        }
    }

    /// Whether a connection is left after these requests, and the ports of those that were dropped.
    fn after_requests(idle_timeout: Duration, ports: &[u16]) -> (bool, Vec<u16>) {
        let pool = Pool::default();
        let poisoned = Arc::clone(&pool.poisoned);
        let connections = IdleConnections::new(SharedHttpConnector::new(pool), idle_timeout);
        for port in ports {
            let request = HttpRequest::get(format!("http://127.0.0.1:{port}")).unwrap();
            let mut context = Context::from_waker(Waker::noop());
            let answer = pin!(connections.call(request)).poll(&mut context);
            assert!(answer.is_ready());
        }
        let is_left = connections.drop_idle();
        let poisoned = poisoned.lock().unwrap().clone();
        (is_left, poisoned)
    }

    #[test]
    fn each_idle_connection_is_dropped_once() {
        let day = Duration::from_hours(24);
        for (idle_timeout, ports, is_left, dropped) in [
            (day, &[][..], false, &[][..]),
            (day, &[1, 2, 1], true, &[]),
            (Duration::ZERO, &[1, 2, 1], false, &[2, 1]),
        ] {
            let expected = (is_left, dropped.to_vec());
            assert_eq!(after_requests(idle_timeout, ports), expected);
        }
    }

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
