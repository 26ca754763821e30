//! Each function's role in `template.yaml` allows the calls that the function makes, and no other.
//!
//! Each function has its own proxy at the network edge, which records its calls while all its
//! events and all flows run. A new call fails this test until the role allows it, and an unused
//! permission fails it until it is removed.

use std::collections::BTreeSet;
use std::fs;

use axum::body::Body;
use axum::http::Method;
use local::edge::Fault;
use local::functions::{FUNCTIONS, Trigger};
use local::gateway;
use local::stack::{self, TABLE};
use saphyr::YamlOwned;
use serde_json::json;
use tokio::task::JoinSet;

use crate::events::fixtures::events_of;
use crate::support::actions::{Action, ActionRecorder};
use crate::support::app::{PAGE, REQUEST, TestApp, VERIFY};
use crate::support::http::listen;
use crate::support::mail::{code_proof_of, link_of, proof_of, wrong_code};
use crate::support::template::{logical_name, property, tagged};

/// Lambda's own calls with the role of every function: logs and traces.
const OF_LAMBDA: [&str; 4] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// Lambda's own calls with the role of one function, to read its events and to store dead letters.
fn of_trigger(trigger: Trigger) -> &'static [&'static str] {
    match trigger {
        Trigger::Endpoint(_) | Trigger::PathAndAnyOther(_) => &[],
        Trigger::MailEvents => &["sqs:SendMessage"],
        Trigger::TableStream => &[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            "sqs:SendMessage",
        ],
    }
}

#[tokio::test]
async fn each_role_allows_exactly_its_calls() {
    let mut app = TestApp::start().await;
    let (recorders, _servers) = watch(&mut app).await;
    everything_that_people_do(&app).await;
    for definition in FUNCTIONS {
        every_event(&app, definition.name).await;
    }
    for (definition, recorder) in FUNCTIONS.iter().zip(recorders) {
        let (name, mut needed) = (definition.name, recorder.seen());
        assert!(!needed.is_empty(), "{name} was not seen to do anything");
        let of_lambda = OF_LAMBDA.iter().chain(of_trigger(definition.trigger));
        needed.extend(of_lambda.map(|action| ((*action).to_owned(), None)));
        let role = format!("{}Role", logical_name(name));
        assert_eq!(
            allowed_to(&role),
            needed,
            "template.yaml: {role} allows (left) what the function calls (right)"
        );
    }
}

/// Puts a recorder between each function and AWS, and a new gateway in front of the functions.
async fn watch(app: &mut TestApp) -> (Vec<ActionRecorder>, JoinSet<()>) {
    let mut servers = JoinSet::new();
    let mut recorders = Vec::new();
    for definition in FUNCTIONS {
        let (recorder, url) = ActionRecorder::start(
            &mut servers,
            app.setting("AWS_ENDPOINT_URL_DYNAMODB").to_owned(),
            app.setting("AWS_ENDPOINT_URL_SESV2").to_owned(),
        )
        .await;
        let mut functions = app.restarted_with(&[
            ("AWS_ENDPOINT_URL_DYNAMODB", &url),
            ("AWS_ENDPOINT_URL_SESV2", &url),
            ("AWS_ENDPOINT_URL_EVENTBRIDGE", &url),
        ]);
        let watched = functions.remove(definition.name).unwrap();
        app.functions.insert(definition.name, watched);
        recorders.push(recorder);
    }
    let listener = listen().await;
    app.api_url = listener.url();
    servers.spawn(stack::serve(listener, gateway::router(&app.functions)));
    (recorders, servers)
}

async fn every_event(app: &TestApp, name: &str) {
    for file in events_of(name) {
        let event = fs::read_to_string(&file).unwrap();
        // `events::fixtures` compares the answers.
        let _ = app.functions[name].invoke(&event).await;
    }
}

/// From the first mail to the last limit, by the API and by the page.
async fn everything_that_people_do(app: &TestApp) {
    let ada = || json!({ "email": "ada@example.org" });
    let first = app.ask(ada()).await;
    let second = app.ask(ada()).await;
    let by_uuid = json!({ "uuid": link_of(&first).0 });
    app.post(REQUEST, by_uuid).await;
    let wrong = json!({ "uuid": link_of(&first).0, "code": wrong_code(&[&first, &second]) });
    app.post(VERIFY, wrong).await;
    app.post(VERIFY, code_proof_of(&second)).await;
    app.post(VERIFY, proof_of(&first)).await;
    app.post(VERIFY, proof_of(&first)).await;
    app.post(REQUEST, ada()).await;

    // If SES refuses a mail, its count is refunded.
    app.ses_faults.next(Fault::Rejected);
    let grace = || json!({ "email": "grace@example.org" });
    assert_eq!(app.post(REQUEST, grace()).await.status, 503);
    let mails = app.ask(grace()).await;
    for _ in 0..7 {
        app.post(REQUEST, grace()).await;
    }
    // Attempts for a user, for an unknown user, and too many of one client.
    let attempt = |uuid: &str| json!({ "uuid": uuid, "code": wrong_code(&[&mails]) });
    let nobody = "00000000-0000-4000-8000-000000000000";
    for _ in 0..6 {
        app.post(VERIFY, attempt(&link_of(&mails).0)).await;
        app.post(VERIFY, attempt(nobody)).await;
    }
    page(app, Method::GET, String::new()).await;
    let edsger = app.ask(json!({ "email": "edsger@example.org" })).await;
    for _ in 0..32 {
        let form = format!(
            "uuid={}&code={}",
            link_of(&edsger).0,
            wrong_code(&[&edsger])
        );
        page(app, Method::POST, form).await;
    }
    let (uuid, token) = link_of(&edsger);
    page(app, Method::POST, format!("uuid={uuid}&token={token}")).await;
}

async fn page(app: &TestApp, method: Method, form: String) {
    let request = app
        .request(method, PAGE)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form));
    app.send(request.unwrap()).await;
}

/// What the template allows to a role, traces included. Permissions for DynamoDB must name the
/// table.
fn allowed_to(role: &str) -> BTreeSet<Action> {
    let policies = property(role, "Policies").as_sequence();
    let [policy] = policies.map(Vec::as_slice).unwrap_or_default() else {
        panic!("template.yaml: {role} has one policy");
    };
    let statements = policy["PolicyDocument"]["Statement"].as_sequence();
    let mut allowed = BTreeSet::new();
    for statement in statements.unwrap() {
        // The first element of `!If` is the condition.
        let statement = tagged("If", statement).map_or(statement, |choice| &choice[1]);
        assert_eq!(statement["Effect"].as_str(), Some("Allow"), "{role}");
        let resource = tagged("GetAtt", &statement["Resource"]).and_then(YamlOwned::as_str);
        let table = (resource == Some("Table.Arn")).then(|| TABLE.to_owned());
        for action in one_or_more(&statement["Action"]) {
            let action = action.as_str().expect("an action is text").to_owned();
            let is_new = allowed.insert((action, table.clone()));
            assert!(is_new, "{role} is allowed something twice");
        }
    }
    allowed
}

/// The elements of a list, or a single value as its only element.
fn one_or_more(node: &YamlOwned) -> &[YamlOwned] {
    node.as_sequence()
        .map_or(std::slice::from_ref(node), Vec::as_slice)
}
