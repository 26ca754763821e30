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

/// What a path does while calls of the service fail so, from the one after `passing` on, and once
/// more when all is well.
async fn run(path: Path, service: Service, fault: Fault, passing: usize) -> String {
    let app = TestApp::start_with(path.settings()).await;
    let event = path.prepare(&app).await;
    let functions = functions(&app, service, fault);
    if fault != Fault::Silent || service != Service::DynamoDb {
        path.warm(&functions).await;
    }
    let (sent, edge) = (app.sent.len(), app.whole_edge.of(service));
    if path == Path::RefusedMail {
        app.ses_faults.always(Fault::Paused);
    }
    let before = edge.attempts();
    edge.after(passing, fault, usize::MAX);
    let answer = path.invoke(&functions, &event).await;
    let calls = edge.attempts() - before;
    edge.clear();
    app.ses_faults.clear();
    let left = state(&app, path, sent).await;
    let again = path.invoke(&app.functions, &event).await;
    let then = state(&app, path, sent).await + &events(&app, path).await;
    let calls = match fault {
        // A busy machine may not get each of them before its timeout.
        Fault::Silent => "some".to_owned(),
        _ if calls > MANY => "many".to_owned(),
        _ => calls.to_string(),
    };
    let from = match passing {
        0 => String::new(),
        _ => format!(" from call {}", passing + 1),
    };
    let fault = format!("{} {}{from}", service.name(), fault.name());
    format!("{path:?} | {fault} | {calls} | {answer} | {left} | {again} | {then}")
}

/// How many calls of DynamoDB the path makes without a fault.
async fn calls_of(path: Path) -> usize {
    let app = TestApp::start_with(path.settings()).await;
    let event = path.prepare(&app).await;
    let functions = app.restarted_with(&[]);
    path.warm(&functions).await;
    if path == Path::RefusedMail {
        app.ses_faults.always(Fault::Paused);
    }
    let before = app.edge.attempts();
    path.invoke(&functions, &event).await;
    app.edge.attempts() - before
}

/// Every fault of each service, from the first call on. Then two of DynamoDB, one before and one
/// after the call is done, from each later call on.
async fn check(path: Path) {
    let mut found = Vec::new();
    for service in path.services() {
        let faults = Fault::ALL.into_iter();
        for fault in faults.filter(|fault| fault.services().contains(service)) {
            let fault = match fault {
                Fault::Slow(_) => Fault::Slow(SHORT_DELAY),
                other => other,
            };
            found.push(run(path, *service, fault, 0).await);
        }
    }
    for passing in 1..calls_of(path).await {
        for fault in [Fault::Error, Fault::CutAfter] {
            found.push(run(path, Service::DynamoDb, fault, passing).await);
        }
    }
    let expected = rows::of(path);
    assert_eq!(found, expected, "found:\n{}\n", found.join("\n"));
}

#[tokio::test]
async fn a_first_request_meets_faults() {
    check(Path::FirstRequest).await;
}

#[tokio::test]
async fn a_repeated_request_meets_faults() {
    check(Path::RepeatedRequest).await;
}

#[tokio::test]
async fn a_keyed_request_meets_faults() {
    check(Path::KeyedRequest).await;
}

#[tokio::test]
async fn a_move_meets_faults() {
    check(Path::Move).await;
}

#[tokio::test]
async fn a_withdrawal_meets_faults() {
    check(Path::Withdrawal).await;
}

#[tokio::test]
async fn a_uuid_alone_meets_faults() {
    check(Path::UuidAlone).await;
}

#[tokio::test]
async fn a_refused_mail_meets_faults() {
    check(Path::RefusedMail).await;
}

#[tokio::test]
async fn a_new_mail_meets_faults() {
    check(Path::NewMail).await;
}

#[tokio::test]
async fn a_link_meets_faults() {
    check(Path::Link).await;
}

#[tokio::test]
async fn a_right_code_meets_faults() {
    check(Path::RightCode).await;
}

#[tokio::test]
async fn a_wrong_code_meets_faults() {
    check(Path::WrongCode).await;
}

#[tokio::test]
async fn an_expired_code_meets_faults() {
    check(Path::ExpiredCode).await;
}

#[tokio::test]
async fn a_status_meets_faults() {
    check(Path::Status).await;
}

#[tokio::test]
async fn a_link_on_the_page_meets_faults() {
    check(Path::PageLink).await;
}

#[tokio::test]
async fn a_code_on_the_page_meets_faults() {
    check(Path::PageCode).await;
}

#[tokio::test]
async fn a_wrong_code_on_the_page_meets_faults() {
    check(Path::WrongPageCode).await;
}

#[tokio::test]
async fn a_refusal_meets_faults() {
    check(Path::Refuse).await;
}

#[tokio::test]
async fn an_end_of_a_refusal_meets_faults() {
    check(Path::Allow).await;
}

#[tokio::test]
async fn a_delivery_meets_faults() {
    check(Path::Delivery).await;
}

#[tokio::test]
async fn a_bounce_meets_faults() {
    check(Path::Bounce).await;
}

#[tokio::test]
async fn a_complaint_meets_faults() {
    check(Path::Complaint).await;
}

#[tokio::test]
async fn an_event_meets_faults() {
    check(Path::Publish).await;
}

#[tokio::test]
async fn a_notice_meets_faults() {
    check(Path::Notice).await;
}

#[tokio::test]
async fn a_notice_of_a_request_meets_faults() {
    check(Path::RequestNotice).await;
}
