//! The network edge between the functions and what surrounds them: it counts calls of AWS, and
//! breaks them as its rules say.
//!
//! A call breaks as it does on AWS, so the functions see it through the real SDK.

mod answer;
mod call;
mod cut;
mod fault;
mod partial;
mod proxy;
mod rule;
mod service_edge;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::Response;
use shared::runtime::entropy::random_bytes;

use crate::body::read_body;
pub use call::{Call, Service};
use cut::cut_connection;
pub use fault::{Entries, Fault};
pub use rule::Rule;
pub use service_edge::ServiceEdge;

/// The calls that are kept, the newest.
const CAPACITY: usize = 4_096;
/// SES accepts the longest requests of all.
const MAX_REQUEST_BYTES: usize = 40 * 1024 * 1024;

/// Calls, and the rules by which they break. Clones share both.
#[derive(Clone, Debug)]
pub struct Edge {
    state: Arc<Mutex<EdgeState>>,
}

#[derive(Debug, Default)]
struct EdgeState {
    rules: Vec<Rule>,
    /// Oldest first.
    calls: VecDeque<Call>,
    counts: Vec<Count>,
    interruption: Option<Interruption>,
}

/// The calls of a service.
#[derive(Debug)]
struct Count {
    service: Service,
    calls: usize,
    /// Whether the SDK repeated one.
    has_retry: bool,
}

/// Where in a call something else happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Before the service gets it.
    Before,
    /// After it was done, before its answer.
    After,
}

/// What happens while a call is in flight.
struct Interruption {
    /// `None`: any.
    service: Option<Service>,
    /// How many calls pass first.
    passing: usize,
    when: When,
    what: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl fmt::Debug for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interruption {:?} call {}", self.when, self.passing)
    }
}

impl Edge {
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: Arc::default(),
        }
    }

    /// The calls of one service.
    #[must_use]
    pub fn of(&self, service: Service) -> ServiceEdge {
        ServiceEdge::new(self.clone(), service)
    }

    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        self.state().rules.clone()
    }

    #[must_use]
    pub fn has_rules(&self) -> bool {
        !self.state().rules.is_empty()
    }

    /// Replaces all rules.
    pub fn set_rules(&self, rules: Vec<Rule>) {
        self.state().rules = rules;
    }

    /// Lets `passing` calls of any service through, then runs `what` in the next one. Calls that
    /// `what` makes are let through.
    pub fn interrupt(
        &self,
        passing: usize,
        when: When,
        what: impl Future<Output = ()> + Send + 'static,
    ) {
        self.set_interruption(None, passing, when, Box::pin(what));
    }

    /// Nothing is interrupted any more.
    pub fn end_interruption(&self) {
        self.state().interruption = None;
    }

    /// Breaks the calls of a server in this program.
    pub(crate) fn in_front_of(&self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(self.clone(), carry))
    }

    /// Breaks the calls of the server at this URL.
    pub(crate) fn in_front_of_server(&self, url: String) -> Router {
        self.in_front_of(proxy::router(url))
    }

    /// How a function gets the next records of the stream.
    pub(crate) fn fault_of_stream(&self, function: &str) -> Option<Fault> {
        let call = Call {
            service: Service::Stream,
            operation: function.to_owned(),
        };
        self.begin(&call, false)
    }

    /// Counts a call and returns its fault.
    fn begin(&self, call: &Call, is_retry: bool) -> Option<Fault> {
        let mut state = self.state();
        state.count(call, is_retry);
        let fault = rule::fault_of(&mut state.rules, call, random)?;
        drop(state);
        let (service, operation) = (call.service.name(), &*call.operation);
        tracing::warn!("chaos: {service} {operation}: {}", fault.name());
        Some(fault)
    }

    fn set_interruption(
        &self,
        service: Option<Service>,
        passing: usize,
        when: When,
        what: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) {
        self.state().interruption = Some(Interruption {
            service,
            passing,
            when,
            what,
        });
    }

    /// What happens at this point of this call.
    async fn reach(&self, when: When, call: &Call) {
        let what = self.state().take_interruption(when, call);
        if let Some(what) = what {
            what.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, EdgeState> {
        // No code that holds the lock can leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Edge {
    fn default() -> Self {
        Self::new()
    }
}

impl EdgeState {
    fn count(&mut self, call: &Call, is_retry: bool) {
        if self.calls.len() == CAPACITY {
            self.calls.pop_front();
        }
        self.calls.push_back(call.clone());
        let mut counts = self.counts.iter_mut();
        match counts.find(|count| count.service == call.service) {
            Some(count) => {
                count.calls += 1;
                count.has_retry |= is_retry;
            }
            None => self.counts.push(Count {
                service: call.service,
                calls: 1,
                has_retry: is_retry,
            }),
        }
    }

    fn take_interruption(
        &mut self,
        when: When,
        call: &Call,
    ) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let interruption = self.interruption.as_mut()?;
        let is_meant =
            interruption.when == when && interruption.service.is_none_or(|of| of == call.service);
        if !is_meant {
            return None;
        }
        if let Some(left) = interruption.passing.checked_sub(1) {
            interruption.passing = left;
            return None;
        }
        self.interruption.take().map(|taken| taken.what)
    }
}

/// In `0.0..1.0`.
fn random() -> f64 {
    let bytes = random_bytes().unwrap_or_default();
    f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

async fn carry(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let Some(call) = Call::of(&request) else {
        return next.run(request).await;
    };
    edge.reach(When::Before, &call).await;
    let response = match edge.begin(&call, call::is_retry(request.headers())) {
        None => next.run(request).await,
        Some(fault) => broken(fault, &call, request, next).await,
    };
    edge.reach(When::After, &call).await;
    response
}

async fn broken(fault: Fault, call: &Call, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Read the body first: a connection that closes while the caller still writes is another error
    // than the one that the fault stands for.
    let Some(body) = read_body(body, MAX_REQUEST_BYTES).await else {
        return cut_connection();
    };
    match fault {
        Fault::CutBefore => cut_connection(),
        Fault::Silent => std::future::pending().await,
        Fault::CutAfter => {
            run(next, parts, body).await;
            cut_connection()
        }
        Fault::Garbage => {
            run(next, parts, body).await;
            answer::garbage()
        }
        Fault::Slow(delay) => {
            let response = run(next, parts, body).await;
            tokio::time::sleep(delay).await;
            response
        }
        Fault::Partial(failing) => partial::put(failing, parts, body, next).await,
        refused => answer::refusal(refused, call, &body),
    }
}

async fn run(next: Next, parts: Parts, body: Bytes) -> Response {
    next.run(Request::from_parts(parts, Body::from(body))).await
}
