//! AWS at the network edge. DynamoDB and SES are the emulated ones; all other services answer here,
//! in their wire formats.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response};
use axum::response::IntoResponse;
use local::stack;
use tokio::task::JoinSet;

use super::answers;
use super::call::Call;
use super::deployed::Deployed;
use super::wire::Protocol;
use crate::support::app::TestApp;
use crate::support::http::{self, HttpClient, listen};

/// The edge.
pub struct Cloud {
    deployed: Arc<Mutex<Deployed>>,
    _servers: JoinSet<()>,
}

/// What answers at the edge.
#[derive(Clone)]
struct Edge {
    dynamodb: String,
    inbox: String,
    client: HttpClient,
    deployed: Arc<Mutex<Deployed>>,
}

impl Cloud {
    /// The edge in front of this service. The operator's command is led there.
    pub async fn start(app: &mut TestApp) -> Self {
        let listener = listen().await;
        let url = listener.url();
        let deployed = Arc::new(Mutex::new(Deployed::healthy(app)));
        let edge = Edge {
            dynamodb: app.setting("AWS_ENDPOINT_URL_DYNAMODB").to_owned(),
            inbox: app.inbox_url.clone(),
            client: http::client(),
            deployed: Arc::clone(&deployed),
        };
        let mut servers = JoinSet::new();
        let router = Router::new().fallback(answer).with_state(edge);
        servers.spawn(stack::serve(listener, router));
        let settings = &mut app.environment;
        settings.retain(|(name, _)| !name.starts_with("AWS_ENDPOINT_URL"));
        settings.push(("AWS_ENDPOINT_URL", url));
        Self {
            deployed,
            _servers: servers,
        }
    }

    pub fn change(&self, change: impl FnOnce(&mut Deployed)) {
        change(&mut self.deployed.lock().unwrap());
    }
}

async fn answer(State(edge): State<Edge>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let text = String::from_utf8_lossy(&body);
    let Call { action, protocol } = Call::of(&request, &text);
    let deployed = edge.deployed.lock().unwrap().clone();
    if deployed.denied.contains(action.as_str()) {
        let code = match protocol {
            Protocol::Query if action.starts_with("sns:") => "AuthorizationError",
            Protocol::Query => "AccessDenied",
            _ => "AccessDeniedException",
        };
        return protocol.error(403, code, "not authorized to perform it");
    }
    if let Some((code, message)) = deployed.failing.get(action.as_str()) {
        return protocol.error(400, code, message);
    }
    match action.as_str() {
        "dynamodb:DescribeContinuousBackups" => answers::backups(&deployed),
        "sts:GetCallerIdentity" => answers::caller(),
        "cloudformation:DescribeStackResources" => answers::stack_resources(&deployed, &text),
        "cloudformation:DescribeStacks" => answers::stacks(&deployed),
        "lambda:GetFunctionConfiguration" => answers::function(&deployed, request.uri().path()),
        "lambda:ListEventSourceMappings" => answers::mappings(&deployed),
        "cloudwatch:DescribeAlarms" => answers::alarms(&deployed),
        "cloudwatch:DescribeAlarmHistory" => answers::alarm_history(&deployed),
        "sns:ListSubscriptionsByTopic" => answers::subscriptions(&deployed),
        action if action.starts_with("dynamodb:") => edge.pass(&edge.dynamodb, request).await,
        _ => edge.pass(&edge.inbox, request).await,
    }
}

impl Edge {
    async fn pass(&self, backend: &str, mut request: Request) -> Response<Body> {
        assert!([Method::GET, Method::POST].contains(request.method()));
        let path = request.uri().path_and_query().unwrap();
        *request.uri_mut() = format!("{backend}{path}").parse().unwrap();
        let answer = self.client.request(request).await.unwrap();
        answer.map(Body::new).into_response()
    }
}
