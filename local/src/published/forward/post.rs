//! Posts one event until the backend accepts it, or the retries end.

use std::error::Error;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use shared::telemetry::chain;
use thiserror::Error;

use super::target::Target;
use super::{Forwarding, ForwardingState};
use crate::published::{Published, PublishedEvent, TARGET};

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
/// The first one comes after [`FIRST_BACKOFF`], and each backoff is twice as long as the last one.
/// In all that time a backend can be started again.
const MAX_RETRIES: u32 = 7;
pub(super) const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// The statuses below 500 that are retried, as an API destination does.
const RETRIED: [u16; 4] = [401, 407, 409, 429];

pub(super) type HttpClient = Client<HttpsConnector<HttpConnector>, Body>;

/// All backoffs together.
fn retry_minutes() -> u64 {
    let all = FIRST_BACKOFF.as_secs() * ((1 << MAX_RETRIES) - 1);
    all.div_euclid(60)
}

/// What a backend may do, for the help.
#[must_use]
pub fn forwarding_rules() -> String {
    let [one, two, three, four] = RETRIED;
    format!(
        "It has {} seconds to answer with 2xx. No answer, {one}, {two}, {three}, {four} and 5xx \
         are retried for {} minutes",
        ATTEMPT_TIMEOUT.as_secs(),
        retry_minutes()
    )
}

#[derive(Clone, Debug)]
pub(super) struct Post {
    pub(super) client: HttpClient,
    pub(super) target: Target,
    pub(super) first_backoff: Duration,
}

/// Why an attempt failed.
#[derive(Debug, Error)]
enum Failure {
    #[error("answered {0}")]
    Status(StatusCode),
    #[error("did not answer within {} seconds", ATTEMPT_TIMEOUT.as_secs())]
    Timeout,
    #[error("cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}

impl Failure {
    fn is_retried(&self) -> bool {
        match self {
            Self::Timeout | Self::Unreachable(_) => true,
            Self::Status(status) => status.is_server_error() || RETRIED.contains(&status.as_u16()),
        }
    }
}

impl Post {
    pub(super) async fn post(self, published: Published, event: PublishedEvent) {
        let body = serde_json::to_string(&event.as_delivered()).unwrap_or_default();
        let mut backoff = self.first_backoff;
        for attempts in 1.. {
            let answer = self.attempt(body.clone()).await;
            let is_retried = answer.as_ref().is_err_and(Failure::is_retried);
            let (state, outcome) = match answer {
                Ok(status) => (ForwardingState::Accepted, format!("answered {status}")),
                Err(failure) if is_retried && attempts <= MAX_RETRIES => {
                    (ForwardingState::Retrying, chain(&failure))
                }
                Err(failure) => (ForwardingState::Failed, chain(&failure)),
            };
            self.log(&event, state, attempts, &outcome);
            let forwarding = Forwarding {
                state,
                attempts,
                outcome,
            };
            published.record(&event.id, forwarding);
            if state != ForwardingState::Retrying {
                return;
            }
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
    }

    async fn attempt(&self, body: String) -> Result<StatusCode, Failure> {
        let request = Request::post(self.target.uri().clone())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::USER_AGENT, "mailproof")
            .body(Body::from(body))
            .map_err(|error| Failure::Unreachable(error.into()))?;
        let answer = tokio::time::timeout(ATTEMPT_TIMEOUT, self.client.request(request)).await;
        let answer = answer.map_err(|_| Failure::Timeout)?;
        let status = answer
            .map_err(|error| Failure::Unreachable(error.into()))?
            .status();
        if status.is_success() {
            Ok(status)
        } else {
            Err(Failure::Status(status))
        }
    }

    fn log(&self, event: &PublishedEvent, state: ForwardingState, attempts: u32, outcome: &str) {
        let (url, id, kind) = (&self.target, &event.id, &event.detail_type);
        match state {
            ForwardingState::Accepted => {
                tracing::info!(target: TARGET, %url, id, "{kind}: your backend {outcome}");
            }
            // One line for all retries. The inbox shows each.
            ForwardingState::Retrying if attempts == 1 => {
                let next = format!("retrying for {} minutes", retry_minutes());
                tracing::warn!(target: TARGET, %url, id, "{kind}: your backend {outcome}; {next}");
            }
            ForwardingState::Retrying => {}
            ForwardingState::Failed => {
                let end = "the event is dropped";
                tracing::error!(target: TARGET, %url, id, "{kind}: your backend {outcome}; {end}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::http::HeaderMap;
    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    use super::*;
    use crate::published::{Forwarder, KeptEvent};

    fn event() -> PublishedEvent {
        PublishedEvent {
            id: "7".to_owned(),
            bus: "default".to_owned(),
            source: "mailproof".to_owned(),
            detail_type: "Email Verified".to_owned(),
            time: 1_795_435_200.0,
            detail: json!({ "email": "ada@example.com" }),
        }
    }

    type Received = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

    /// A backend that answers with these statuses, the last one for ever.
    async fn backend(statuses: &'static [u16]) -> (Target, Received) {
        let received = Received::default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!(
            "http://{}/events?key=secret",
            listener.local_addr().unwrap()
        );
        let answer = {
            let received = Arc::clone(&received);
            async move |headers: HeaderMap, body: String| {
                let mut received = received.lock().unwrap();
                let status = statuses[received.len().min(statuses.len() - 1)];
                received.push((headers, serde_json::from_str(&body).unwrap()));
                StatusCode::from_u16(status).unwrap()
            }
        };
        let router = Router::new().route("/events", axum::routing::post(answer));
        tokio::spawn(async { axum::serve(listener, router).await });
        (url.parse().unwrap(), received)
    }

    /// Posts one event, and returns how that ended.
    async fn forward(target: &Target) -> Forwarding {
        let published = Published::new();
        let forwarder = Forwarder::with_backoff(&published, target, Duration::ZERO).unwrap();
        published.add(event());
        let post = forwarder.post.clone().post(published.clone(), event());
        post.await;
        published.kept()[0].forwarding.clone().unwrap()
    }

    #[tokio::test]
    async fn events_are_those_of_eventbridge() {
        let (target, received) = backend(&[202]).await;
        let forwarding = forward(&target).await;
        assert_eq!(forwarding.state, ForwardingState::Accepted);
        let (headers, body) = received.lock().unwrap().remove(0);
        assert_eq!(headers["content-type"], "application/json; charset=utf-8");
        let expected = json!({
            "version": "0",
            "id": "7",
            "detail-type": "Email Verified",
            "source": "mailproof",
            "account": "123456789012",
            "time": "2026-11-23T12:00:00Z",
            "region": "us-east-1",
            "resources": [],
            "detail": { "email": "ada@example.com" },
        });
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn failures_of_the_backend_are_retried() {
        for (statuses, state, attempts, outcome) in [
            (
                &[500, 503, 429, 401, 200][..],
                ForwardingState::Accepted,
                5,
                "answered 200 OK",
            ),
            (
                &[503],
                ForwardingState::Failed,
                8,
                "answered 503 Service Unavailable",
            ),
            (&[404], ForwardingState::Failed, 1, "answered 404 Not Found"),
            (&[302], ForwardingState::Failed, 1, "answered 302 Found"),
        ] {
            let (target, received) = backend(statuses).await;
            let expected = Forwarding {
                state,
                attempts,
                outcome: outcome.to_owned(),
            };
            assert_eq!(forward(&target).await, expected);
            assert_eq!(received.lock().unwrap().len(), attempts as usize);
        }
    }

    #[tokio::test]
    async fn a_backend_that_is_not_there_fails() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let forwarding = forward(&url.parse().unwrap()).await;
        let Forwarding {
            state,
            attempts,
            outcome,
        } = forwarding;
        assert_eq!((state, attempts), (ForwardingState::Failed, 8));
        assert!(outcome.starts_with("cannot be reached: "), "{outcome}");
    }

    #[tokio::test]
    async fn each_event_is_posted_once() {
        let (target, received) = backend(&[200]).await;
        let published = Published::new();
        let forwarder = Forwarder::new(&published, &target).unwrap();
        let mut changes = published.watched().subscribe();
        tokio::spawn(forwarder.run());
        published.add(event());
        let done = |kept: &[KeptEvent]| kept.iter().all(|kept| kept.forwarding.is_some());
        while !done(&published.kept()) {
            changes.changed().await.unwrap();
        }
        assert_eq!(received.lock().unwrap().len(), 1);
        assert_eq!(published.subscriber(), Some(target.to_string().as_str()));
    }
}
