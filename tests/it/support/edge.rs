//! The network edge in front of DynamoDB: passes calls on, counts them, and breaks them on purpose.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::http::HttpClient;

/// A fault of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// DynamoDB answers 500 and writes nothing.
    InternalServerError,
    /// DynamoDB does the call, and its answer is lost.
    LostAnswer,
    /// The function's role does not allow the call.
    AccessDenied,
    /// A transaction is cancelled, as another one holds an item.
    TransactionConflict,
    /// A single write is refused, as a transaction holds its item.
    ItemInTransaction,
}

/// The calls at the edge, and the faults to come. Clones share both.
#[derive(Clone, Debug)]
pub struct Edge {
    backend: String,
    client: HttpClient,
    state: Arc<Mutex<EdgeState>>,
}

/// A concurrent action while a call is in flight.
struct Meanwhile {
    passing: usize,
    what: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Meanwhile after {}", self.passing)
    }
}

#[derive(Debug, Default)]
struct EdgeState {
    calls: Vec<String>,
    next: VecDeque<Option<Break>>,
    always: Option<Break>,
    meanwhile: Option<Meanwhile>,
    repeated: bool,
}

impl Edge {
    pub fn new(backend: String) -> Self {
        Self {
            backend,
            client: super::http::client(),
            state: Arc::default(),
        }
    }

    pub fn router(self) -> Router {
        Router::new().fallback(pass_on).with_state(self)
    }

    /// The operations since the last call of this, such as `UpdateItem`.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    /// Whether the SDK repeated a call, as it does when a busy machine has not answered in a
    /// second. A repeated count may count twice.
    pub fn saw_a_repeated_call(&self) -> bool {
        self.state.lock().unwrap().repeated
    }

    /// The next call breaks like this, after those that were queued before.
    pub fn break_next(&self, how: Break) {
        self.state.lock().unwrap().next.push_back(Some(how));
    }

    /// After `passing` calls that work, the next `times` break like this.
    pub fn break_after(&self, passing: usize, how: Break, times: usize) {
        let mut state = self.state.lock().unwrap();
        state.next.extend(std::iter::repeat_n(None, passing));
        state.next.extend(std::iter::repeat_n(Some(how), times));
    }

    /// Lets `passing` calls through, then runs `what` before the next one reaches DynamoDB. Calls
    /// that `what` makes are let through.
    pub fn meanwhile(&self, passing: usize, what: impl Future<Output = ()> + Send + 'static) {
        let what = Box::pin(what);
        self.state.lock().unwrap().meanwhile = Some(Meanwhile { passing, what });
    }

    /// Every call breaks like this.
    pub fn break_always(&self, how: Break) {
        self.state.lock().unwrap().always = Some(how);
    }

    /// Everything works again.
    pub fn mend(&self) {
        let mut state = self.state.lock().unwrap();
        state.always = None;
        state.next.clear();
    }
}

impl Edge {
    fn take_meanwhile(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let mut state = self.state.lock().unwrap();
        let meanwhile = state.meanwhile.as_mut()?;
        if let Some(left) = meanwhile.passing.checked_sub(1) {
            meanwhile.passing = left;
            return None;
        }
        state.meanwhile.take().map(|meanwhile| meanwhile.what)
    }
}

async fn pass_on(State(edge): State<Edge>, request: Request) -> Response {
    let headers = request.headers();
    let target = text(headers, "x-amz-target").unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let is_first_try = text(headers, "amz-sdk-request")
        .is_none_or(|parts| parts.split(';').any(|part| part.trim() == "attempt=1"));
    if let Some(what) = edge.take_meanwhile() {
        what.await;
    }
    let broken = {
        let mut state = edge.state.lock().unwrap();
        state.repeated |= !is_first_try;
        state.calls.push(operation);
        state.next.pop_front().unwrap_or(state.always)
    };
    match broken {
        None => pass(&edge, request).await,
        Some(Break::LostAnswer) => {
            pass(&edge, request).await;
            Break::LostAnswer.exception()
        }
        Some(other) => other.exception(),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

async fn pass(edge: &Edge, mut request: Request) -> Response {
    let uri = format!("{}{}", edge.backend, request.uri().path());
    *request.uri_mut() = uri.parse().unwrap();
    match edge.client.request(request).await {
        Ok(response) => response.map(Body::new).into_response(),
        Err(error) => panic!("DynamoDB does not answer: {error}"),
    }
}

impl Break {
    /// DynamoDB's answer.
    fn exception(self) -> Response {
        let (status, name, more) = match self {
            Self::InternalServerError | Self::LostAnswer => {
                (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "")
            }
            Self::AccessDenied => (StatusCode::BAD_REQUEST, "AccessDeniedException", ""),
            Self::ItemInTransaction => {
                (StatusCode::BAD_REQUEST, "TransactionConflictException", "")
            }
            Self::TransactionConflict => (
                StatusCode::BAD_REQUEST,
                "TransactionCanceledException",
                concat!(
                    r#","CancellationReasons":["#,
                    r#"{"Code":"TransactionConflict","Message":"busy"},{"Code":"None"}]"#,
                ),
            ),
        };
        let body = format!(
            r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{name}","message":"on purpose"{more}}}"#
        );
        let content_type = [("content-type", "application/x-amz-json-1.0")];
        (status, content_type, body).into_response()
    }
}
