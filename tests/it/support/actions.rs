//! The network edge in front of DynamoDB, SES and EventBridge, which records what a caller
//! needs permission for.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use local::stack;
use serde_json::Value;
use tokio::task::JoinSet;

use super::http::{HttpClient, client, listen};

/// A permission that IAM checks: an action, such as `dynamodb:UpdateItem`, and its table, or `None`
/// if it has no table.
pub type Action = (String, Option<String>);

/// Passes calls on and records their actions. Clones share the record.
#[derive(Clone, Debug)]
pub struct ActionRecorder {
    dynamodb: String,
    inbox: String,
    client: HttpClient,
    seen: Arc<Mutex<BTreeSet<Action>>>,
}

impl ActionRecorder {
    /// One in front of DynamoDB, and of SES and EventBridge on the inbox's port, on a free port.
    /// Returns where it is.
    pub async fn start(
        servers: &mut JoinSet<()>,
        dynamodb: String,
        inbox: String,
    ) -> (Self, String) {
        let listener = listen().await;
        let url = listener.url();
        let recorder = Self {
            dynamodb,
            inbox,
            client: client(),
            seen: Arc::default(),
        };
        let router = Router::new().fallback(pass_on).with_state(recorder.clone());
        servers.spawn(stack::serve(listener, router));
        (recorder, url)
    }

    /// The actions that were seen.
    pub fn seen(&self) -> BTreeSet<Action> {
        self.seen.lock().unwrap().clone()
    }
}

async fn pass_on(State(recorder): State<ActionRecorder>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let target = parts.headers.get("x-amz-target");
    let (backend, actions) = match target.map(|value| value.to_str().unwrap()) {
        Some("AWSEvents.PutEvents") => {
            let action = ("events:PutEvents".to_owned(), None);
            (&recorder.inbox, vec![action])
        }
        Some(target) => (&recorder.dynamodb, of_dynamodb(target, &body)),
        None => (&recorder.inbox, of_ses(&parts.method, parts.uri.path())),
    };
    recorder.seen.lock().unwrap().extend(actions);
    parts.uri = format!("{backend}{}", parts.uri.path()).parse().unwrap();
    let request = Request::from_parts(parts, Body::from(body));
    let response = recorder.client.request(request).await;
    response.unwrap().map(Body::new).into_response()
}

/// The permissions for a call of DynamoDB. A transaction needs those of its parts.
fn of_dynamodb(target: &str, body: &[u8]) -> Vec<Action> {
    let operation = target.rsplit('.').next().unwrap_or_default();
    let body: Value = serde_json::from_slice(body).unwrap();
    let action = |name: &str, on: &Value| {
        let table = on["TableName"].as_str().unwrap().to_owned();
        (format!("dynamodb:{name}"), Some(table))
    };
    if operation != "TransactWriteItems" {
        // The name of the operation is the name of the action for all that are about one table.
        return vec![action(operation, &body)];
    }
    let writes = body["TransactItems"].as_array().unwrap().iter();
    writes
        .flat_map(|write| write.as_object().unwrap())
        .map(|(kind, write)| match kind.as_str() {
            "ConditionCheck" => action("ConditionCheckItem", write),
            kind => action(&format!("{kind}Item"), write),
        })
        .collect()
}

fn of_ses(method: &axum::http::Method, path: &str) -> Vec<Action> {
    let name = match (method.as_str(), path) {
        ("POST", "/v2/email/outbound-emails") => "SendEmail",
        // Opens a connection ahead, which needs no permission.
        ("GET", "/") => return Vec::new(),
        other => panic!("SES was asked for something new: {other:?}"),
    };
    vec![(format!("ses:{name}"), None)]
}
