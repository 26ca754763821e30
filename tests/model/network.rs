//! A network without hosts: it answers what it has an answer for, and holds the next call.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use lambda_http::http;
use serde_json::{Value, json};

/// A call to AWS, without what differs between two runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// As AWS names it.
    pub operation: String,
    /// JSON with sorted keys.
    pub body: String,
}

impl Call {
    pub fn is_to_ses(&self) -> bool {
        self.operation == "SendEmail"
    }

    pub fn is_reading(&self) -> bool {
        ["GetItem", "Query"].contains(&self.operation.as_str())
    }

    pub fn is_transaction(&self) -> bool {
        self.operation == "TransactWriteItems"
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Http {
        status: u16,
        body: String,
    },
    /// The connection broke before the answer arrived.
    Lost,
}

impl Answer {
    /// Of a transaction.
    pub fn done() -> Self {
        Self::json(200, &json!({}))
    }

    pub fn conflict() -> Self {
        let reason = json!({ "Code": "TransactionConflict", "Message": "busy" });
        Self::json(
            400,
            &json!({
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "Message": "cancelled",
                "CancellationReasons": [{ "Code": "None" }, reason],
            }),
        )
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::Http {
            status,
            body: sorted(body).to_string(),
        }
    }
}

/// Where a call waits for its answer.
pub type Slot = Arc<Mutex<Option<Answer>>>;

#[derive(Default)]
struct Wire {
    answers: VecDeque<Rc<Answer>>,
    held: Option<(Call, Slot)>,
}

thread_local! {
    static WIRE: RefCell<Wire> = RefCell::default();
}

/// Answers the next calls of this thread.
pub fn answer_with(answers: impl IntoIterator<Item = Rc<Answer>>) {
    WIRE.with_borrow_mut(|wire| {
        wire.answers = answers.into_iter().collect();
        wire.held = None;
    });
}

/// The call that has no answer yet, and where it waits.
pub fn take_held() -> Option<(Call, Slot)> {
    WIRE.with_borrow_mut(|wire| wire.held.take())
}

pub fn is_holding() -> bool {
    WIRE.with_borrow(|wire| wire.held.is_some())
}

#[derive(Clone, Debug)]
pub struct Network;

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // A connection that is opened ahead.
        if request.method() == "GET" {
            return HttpConnectorFuture::ready(Ok(response(200, "{}")));
        }
        WIRE.with_borrow_mut(|wire| {
            if let Some(answer) = wire.answers.pop_front() {
                return HttpConnectorFuture::ready(outcome(&answer));
            }
            let slot = Slot::default();
            wire.held = Some((call_of(&request), Arc::clone(&slot)));
            HttpConnectorFuture::new(poll_fn(move |_| match slot.lock().unwrap().take() {
                Some(answer) => Poll::Ready(outcome(&answer)),
                None => Poll::Pending,
            }))
        })
    }
}

fn outcome(answer: &Answer) -> Result<HttpResponse, ConnectorError> {
    match answer {
        Answer::Lost => Err(ConnectorError::io("the answer is lost".into())),
        Answer::Http { status, body } => Ok(response(*status, body)),
    }
}

fn response(status: u16, body: &str) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.to_owned().into())
        .unwrap();
    HttpResponse::try_from(response).unwrap()
}

fn call_of(request: &HttpRequest) -> Call {
    let target = request.headers().get("x-amz-target");
    let operation = target.and_then(|target| target.rsplit('.').next());
    let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
    if let Some(body) = body.as_object_mut() {
        // Random, and the same for each attempt of the SDK.
        body.remove("ClientRequestToken");
    }
    Call {
        operation: operation.unwrap_or("SendEmail").to_owned(),
        body: sorted(&body).to_string(),
    }
}

/// The same JSON with sorted keys, so that equal items have equal texts.
pub fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            let members = members.into_iter();
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), sorted(value)))
                    .collect(),
            )
        }
        Value::Array(values) => values.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
