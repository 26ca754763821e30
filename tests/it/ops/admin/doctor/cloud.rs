//! AWS at the network edge, with the stack that `template.yaml` declares. DynamoDB and SES are the
//! emulated ones; all other services answer here, in their wire formats.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response};
use axum::response::IntoResponse;
use local::stack::{self, TABLE};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::wire::{Protocol, cbor_answer, json_answer, members, tag, xml_answer};
use crate::support::app::TestApp;
use crate::support::http::{self, HttpClient, listen};
use crate::support::template::template;

pub const STACK: &str = "mailproof";
/// The configuration set of the emulated SES.
const CONFIGURATION_SET: &str = "local";
const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:mailproof-AlarmTopic";
const ACCOUNT: &str = "123456789012";

/// What the stack is like. Tests change it.
#[derive(Clone, Debug)]
pub struct Deployed {
    pub status: String,
    pub parameters: BTreeMap<&'static str, String>,
    /// The kinds of the stack's resources, by their names in `template.yaml`.
    pub resources: BTreeMap<&'static str, &'static str>,
    /// The settings of each function, by its name in `template.yaml`.
    pub settings: BTreeMap<String, BTreeMap<String, String>>,
    /// What Lambda says of a function beside its settings.
    pub states: BTreeMap<String, Value>,
    /// The readers of the table's stream.
    pub mappings: Vec<Value>,
    pub alarms: BTreeMap<String, &'static str>,
    pub subscriptions: Vec<(&'static str, &'static str)>,
    pub recovery: &'static str,
    /// Actions that are not allowed.
    pub denied: BTreeSet<&'static str>,
    /// Actions that fail with this code and message.
    pub failing: BTreeMap<&'static str, (&'static str, &'static str)>,
}

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

/// The names and types of the template's resources.
fn resources() -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = template()["Resources"].as_mapping().unwrap().iter();
    all.map(|(name, resource)| {
        let kind = match resource["Type"].as_str().unwrap() {
            "AWS::Serverless::Function" => "AWS::Lambda::Function",
            kind => kind,
        };
        (name.as_str().unwrap(), kind)
    })
}

fn physical(logical: &str) -> String {
    match logical {
        "Table" => TABLE.to_owned(),
        "ConfigurationSet" => CONFIGURATION_SET.to_owned(),
        "AlarmTopic" => TOPIC.to_owned(),
        other => format!("{STACK}-{other}-1A2B3C"),
    }
}

fn logical(physical: &str) -> &str {
    let parts = physical.split('-').nth(1);
    parts.expect("a name of the stack")
}

/// The settings of a function as the template declares them, with the values of this service.
fn settings_of(app: &TestApp, function: &str) -> BTreeMap<String, String> {
    let resource = &template()["Resources"][function]["Properties"];
    let variables = resource["Environment"]["Variables"].as_mapping().unwrap();
    let names = variables.iter().map(|(name, _)| name.as_str().unwrap());
    names
        .map(|name| {
            let value = app.environment.iter().find(|(known, _)| *known == name);
            let value = match name {
                "CONFIGURATION_SET" => CONFIGURATION_SET.to_owned(),
                name if name.starts_with("AWS_") => String::new(),
                _ => value.map_or_else(String::new, |(_, value)| value.clone()),
            };
            (name.to_owned(), value)
        })
        .collect()
}

impl Deployed {
    fn healthy(app: &TestApp) -> Self {
        let of_kind = |wanted: &'static str| {
            let all = resources().filter(move |(_, kind)| *kind == wanted);
            all.map(|(name, _)| name.to_owned())
        };
        let settings = of_kind("AWS::Lambda::Function").map(|function| {
            let settings = settings_of(app, &function);
            (function, settings)
        });
        Self {
            status: "CREATE_COMPLETE".to_owned(),
            parameters: [("Sender", app.setting("SENDER").to_owned())].into(),
            resources: resources().collect(),
            settings: settings.collect(),
            states: BTreeMap::new(),
            mappings: vec![json!({
                "UUID": "6bd4b0a8-3b1e-4b0c-9d5a-1c2d3e4f5a6b",
                "FunctionArn": format!(
                    "arn:aws:lambda:us-east-1:{ACCOUNT}:function:{}",
                    physical("PublishEventsFunction"),
                ),
                "State": "Enabled",
                "LastProcessingResult": "OK",
            })],
            alarms: of_kind("AWS::CloudWatch::Alarm")
                .map(|name| (name, "OK"))
                .collect(),
            subscriptions: vec![(
                "ops@acme.example",
                "arn:aws:sns:us-east-1:1:topic:subscription",
            )],
            recovery: "ENABLED",
            denied: BTreeSet::new(),
            failing: BTreeMap::new(),
        }
    }
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

/// A call: its action, such as `lambda:GetFunctionConfiguration`, and how it is answered.
struct Call {
    action: String,
    protocol: Protocol,
}

impl Call {
    fn of(request: &Request, body: &str) -> Self {
        let (headers, path) = (request.headers(), request.uri().path());
        let target = headers.get("x-amz-target");
        let target = target.map(|target| target.to_str().unwrap());
        let of_query = || {
            let action = body
                .split('&')
                .find_map(|pair| pair.strip_prefix("Action="));
            let action = action.expect("a call of the query protocol");
            let service = match action {
                "GetCallerIdentity" => "sts",
                "ListSubscriptionsByTopic" => "sns",
                _ => "cloudformation",
            };
            (format!("{service}:{action}"), Protocol::Query)
        };
        let of_rest = |action: &str| (action.to_owned(), Protocol::Rest);
        let (action, protocol) = match (target, path) {
            (Some(target), _) => {
                let operation = target.rsplit('.').next().unwrap();
                (format!("dynamodb:{operation}"), Protocol::Json)
            }
            (_, path) if path.starts_with("/service/") => {
                let operation = path.rsplit('/').next().unwrap();
                (format!("cloudwatch:{operation}"), Protocol::Cbor)
            }
            (_, "/v2/email/account") => of_rest("ses:GetAccount"),
            (_, path) if path.starts_with("/v2/email/identities/") => {
                of_rest("ses:GetEmailIdentity")
            }
            (_, path) if path.ends_with("/event-destinations") => {
                of_rest("ses:GetConfigurationSetEventDestinations")
            }
            (_, path) if path.starts_with("/v2/email/configuration-sets/") => {
                of_rest("ses:GetConfigurationSet")
            }
            (_, path) if path.starts_with("/2015-03-31/functions/") => {
                of_rest("lambda:GetFunctionConfiguration")
            }
            (_, path) if path.starts_with("/2015-03-31/event-source-mappings") => {
                of_rest("lambda:ListEventSourceMappings")
            }
            _ => of_query(),
        };
        Self { action, protocol }
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
        "dynamodb:DescribeContinuousBackups" => json_answer(&json!({
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": {
                    "PointInTimeRecoveryStatus": deployed.recovery,
                },
            },
        })),
        "sts:GetCallerIdentity" => xml_answer(
            "GetCallerIdentity",
            &[
                tag("Arn", "arn:aws:iam::123456789012:user/ada"),
                tag("Account", ACCOUNT),
            ]
            .concat(),
        ),
        "cloudformation:DescribeStackResources" => stack_resources(&deployed, &text),
        "cloudformation:DescribeStacks" => stacks(&deployed),
        "lambda:GetFunctionConfiguration" => function(&deployed, request.uri().path()),
        "lambda:ListEventSourceMappings" => {
            json_answer(&json!({ "EventSourceMappings": deployed.mappings }))
        }
        "cloudwatch:DescribeAlarms" => alarms(&deployed),
        "sns:ListSubscriptionsByTopic" => subscriptions(&deployed),
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

fn stack_resources(deployed: &Deployed, body: &str) -> Response<Body> {
    if !body.contains(&format!("PhysicalResourceId={TABLE}")) {
        let message = "Stack for this resource does not exist";
        return Protocol::Query.error(400, "ValidationError", message);
    }
    let all = deployed.resources.iter().map(|(name, kind)| {
        [
            tag("StackName", STACK),
            tag("LogicalResourceId", name),
            tag("PhysicalResourceId", &physical(name)),
            tag("ResourceType", kind),
            tag("ResourceStatus", "CREATE_COMPLETE"),
            tag("Timestamp", "2026-11-23T12:00:00Z"),
        ]
        .concat()
    });
    let all = format!("<StackResources>{}</StackResources>", members(all));
    xml_answer("DescribeStackResources", &all)
}

fn stacks(deployed: &Deployed) -> Response<Body> {
    let parameters = deployed
        .parameters
        .iter()
        .map(|(name, value)| tag("ParameterKey", name) + &tag("ParameterValue", value));
    let stack = [
        tag("StackName", STACK),
        tag("StackStatus", &deployed.status),
        tag("CreationTime", "2026-11-23T12:00:00Z"),
        format!("<Parameters>{}</Parameters>", members(parameters)),
    ];
    let stacks = format!("<Stacks>{}</Stacks>", members([stack.concat()]));
    xml_answer("DescribeStacks", &stacks)
}

fn function(deployed: &Deployed, path: &str) -> Response<Body> {
    let name = path.split('/').nth(3).unwrap();
    let Some(settings) = deployed.settings.get(logical(name)) else {
        let message = format!("Function not found: {name}");
        return Protocol::Rest.error(404, "ResourceNotFoundException", &message);
    };
    let mut answer = json!({
        "FunctionName": name,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "Environment": { "Variables": settings },
    });
    if let Some(state) = deployed.states.get(logical(name)) {
        let changed = state.as_object().unwrap().clone();
        answer.as_object_mut().unwrap().extend(changed);
    }
    json_answer(&answer)
}

fn alarms(deployed: &Deployed) -> Response<Body> {
    let alarms = deployed
        .alarms
        .iter()
        .map(|(name, state)| json!({ "AlarmName": physical(name), "StateValue": state }));
    let alarms: Vec<_> = alarms.collect();
    cbor_answer(&json!({ "MetricAlarms": alarms, "CompositeAlarms": [] }))
}

fn subscriptions(deployed: &Deployed) -> Response<Body> {
    let all = deployed.subscriptions.iter().map(|(endpoint, arn)| {
        [
            tag("SubscriptionArn", arn),
            tag("Owner", ACCOUNT),
            tag("Protocol", "email"),
            tag("Endpoint", endpoint),
            tag("TopicArn", TOPIC),
        ]
        .concat()
    });
    let all = format!("<Subscriptions>{}</Subscriptions>", members(all));
    xml_answer("ListSubscriptionsByTopic", &all)
}
