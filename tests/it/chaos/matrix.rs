//! Each fault in each function: what the caller gets, what is left, and how it ends.

use std::time::Duration;

use local::edge::{Fault, Service};
use local::functions::{Dependencies, Functions, start_all};
use mail::Ses;
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;

use super::path::Path;
use super::rows;
use super::state::{events, state};
use crate::support::app::TestApp;

/// How many times shorter than those of emulators the timeouts are that a silent call runs into.
const SHORTER: f64 = 0.001;
/// Within any timeout.
const SHORT_DELAY: Duration = Duration::from_millis(1);

/// How many calls are worth counting: a refund is repeated as long as there is time.
const MANY: usize = 4;

/// The SDK retries from a quota that all tests of this process share. A call that succeeds at once
/// adds one to it, and a retry takes five.
async fn refill(app: &TestApp, calls: usize) {
    for _ in 1..5 * calls {
        app.item("none").await;
    }
}

/// The functions, with short timeouts of calls to a service that does not answer.
fn functions(app: &TestApp, service: Service, fault: Fault) -> Functions {
    if fault != Fault::Silent {
        return app.restarted_with(&[]);
    }
    let environment = Environment::from_pairs(&app.environment);
    let aws = Aws::of_emulators(&environment).unwrap();
    let impatient = aws.clone().with_timeouts_times(SHORTER);
    let (aws, ses) = match service {
        Service::Ses => (&aws, &impatient),
        _ => (&impatient, &aws),
    };
    start_all(&Dependencies {
        environment: &environment,
        aws,
        ses: &Ses::new(ses, &environment),
        clock: &app.clock,
    })
    .unwrap()
}

/// What a path does while every call of the service fails so, and once more when all is well.
async fn run(path: Path, service: Service, fault: Fault) -> [String; 6] {
    let app = TestApp::start().await;
    let event = path.prepare(&app).await;
    let functions = functions(&app, service, fault);
    if fault != Fault::Silent || service != Service::DynamoDb {
        path.warm(&functions).await;
    }
    let (sent, edge) = (app.sent.len(), app.whole_edge.of(service));
    let before = edge.attempts();
    edge.always(fault);
    let answer = path.invoke(&functions, &event).await;
    let calls = edge.attempts() - before;
    edge.clear();
    refill(&app, calls).await;
    let left = state(&app, path, sent).await;
    let again = path.invoke(&app.functions, &event).await;
    let then = state(&app, path, sent).await + &events(&app, path).await;
    let calls = match fault {
        // A busy machine may not get each of them before its timeout.
        Fault::Silent => "some".to_owned(),
        _ if calls > MANY => "many".to_owned(),
        _ => calls.to_string(),
    };
    [fault.name().to_owned(), calls, answer, left, again, then]
}

/// Every fault of the service has its row, and does what the row says.
async fn check(path: Path, service: Service, expected: &str) {
    let faults = Fault::ALL.into_iter();
    let mut found = Vec::new();
    for fault in faults.filter(|fault| fault.services().contains(&service)) {
        let fault = match fault {
            Fault::Slow(_) => Fault::Slow(SHORT_DELAY),
            other => other,
        };
        found.push(run(path, service, fault).await.join(" | "));
    }
    let found = found.join("\n");
    assert_eq!(found, expected.trim(), "{path:?}, found:\n{found}\n");
}

#[tokio::test]
async fn a_request_without_dynamodb() {
    check(
        Path::FirstRequest,
        Service::DynamoDb,
        rows::REQUEST_DYNAMODB,
    )
    .await;
}

#[tokio::test]
async fn a_request_without_ses() {
    check(Path::FirstRequest, Service::Ses, rows::REQUEST_SES).await;
}

#[tokio::test]
async fn a_link_without_dynamodb() {
    check(Path::Link, Service::DynamoDb, rows::LINK_DYNAMODB).await;
}

#[tokio::test]
async fn a_status_without_dynamodb() {
    check(Path::Status, Service::DynamoDb, rows::STATUS_DYNAMODB).await;
}

#[tokio::test]
async fn a_page_without_dynamodb() {
    check(Path::PageLink, Service::DynamoDb, rows::PAGE_DYNAMODB).await;
}

#[tokio::test]
async fn a_bounce_without_dynamodb() {
    check(Path::Bounce, Service::DynamoDb, rows::BOUNCE_DYNAMODB).await;
}

#[tokio::test]
async fn an_event_without_eventbridge() {
    check(Path::Publish, Service::Events, rows::PUBLISH_EVENTS).await;
}

#[tokio::test]
async fn a_notice_without_dynamodb() {
    check(Path::Notice, Service::DynamoDb, rows::NOTICE_DYNAMODB).await;
}

#[tokio::test]
async fn a_notice_without_ses() {
    check(Path::Notice, Service::Ses, rows::NOTICE_SES).await;
}
