//! A function is killed between any two calls of AWS. A kill leaves what is in AWS and nothing
//! else, so the instance is a runtime of its own, which ends with all that it does.

use std::future::pending;

use local::edge::{Fault, When};
use local::functions::Functions;
use serde_json::Value;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::path::Path;
use super::rows;
use super::state::{events, state};
use crate::support::app::TestApp;

/// Invokes the function, and kills it at this point of the call after `passing` ones. `None`: it
/// was killed. Otherwise it made no such call, and this is its answer.
async fn invoke_and_kill(
    app: &TestApp,
    path: Path,
    event: &Value,
    passing: usize,
    when: When,
) -> Option<String> {
    let (reached, is_reached) = oneshot::channel();
    app.whole_edge.interrupt(passing, when, async move {
        reached.send(()).unwrap();
        pending::<()>().await;
    });
    let functions: Functions = app.restarted_with(&[]);
    let instance = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let event = event.clone();
    let answer = instance.spawn(async move { path.invoke(&functions, &event).await });
    let answer = tokio::select! {
        biased;
        reached = is_reached => {
            reached.unwrap();
            None
        }
        answer = answer => Some(answer.unwrap()),
    };
    instance.shutdown_background();
    app.whole_edge.end_interruption();
    answer
}

/// What a kill leaves, and how the same event ends then. `None`: the function makes no such call.
async fn crash(path: Path, passing: usize, when: When) -> Option<[String; 3]> {
    let app = TestApp::start_with(path.settings()).await;
    let event = path.prepare(&app).await;
    let sent = app.sent.len();
    if path == Path::RefusedMail {
        app.ses_faults.always(Fault::Paused);
    }
    if invoke_and_kill(&app, path, &event, passing, when)
        .await
        .is_some()
    {
        return None;
    }
    app.ses_faults.clear();
    let left = state(&app, path, sent).await;
    let again = path.invoke(&app.functions, &event).await;
    let mut then = state(&app, path, sent).await + &events(&app, path).await;
    if let Path::FirstRequest | Path::RepeatedRequest | Path::RefusedMail = path {
        let mut more = 0;
        while path.invoke(&app.functions, &event).await == "200" {
            more += 1;
        }
        then = format!("{then}, {more} more");
    }
    Some([left, again, then])
}

async fn check(path: Path) {
    let mut found = Vec::new();
    for passing in 0.. {
        let Some(before) = crash(path, passing, When::Before).await else {
            break;
        };
        found.push((passing, before));
    }
    // A call that was done leaves the same, whether its answer was read or not.
    for (passing, left) in &found {
        if let Some(earlier) = passing.checked_sub(1) {
            let unread = crash(path, earlier, When::After).await;
            assert_eq!(unread.as_ref(), Some(left), "{path:?} after call {passing}");
        }
    }
    // After the last one, the answer alone is missing.
    let made = found.len();
    let last = crash(path, made - 1, When::After).await;
    found.push((made, last.expect("it was made before")));
    let found = found
        .iter()
        .map(|(passing, row)| format!("{path:?} | {passing} | {}", row.join(" | ")));
    let found: Vec<_> = found.collect();
    let expected = rows::crashes_of(path);
    assert_eq!(found, expected, "found:\n{}\n", found.join("\n"));
}

#[tokio::test]
async fn a_first_request_is_killed() {
    check(Path::FirstRequest).await;
}

#[tokio::test]
async fn a_repeated_request_is_killed() {
    check(Path::RepeatedRequest).await;
}

#[tokio::test]
async fn a_keyed_request_is_killed() {
    check(Path::KeyedRequest).await;
}

#[tokio::test]
async fn a_move_is_killed() {
    check(Path::Move).await;
}

#[tokio::test]
async fn a_withdrawal_is_killed() {
    check(Path::Withdrawal).await;
}

#[tokio::test]
async fn a_uuid_alone_is_killed() {
    check(Path::UuidAlone).await;
}

#[tokio::test]
async fn a_refused_mail_is_killed() {
    check(Path::RefusedMail).await;
}

#[tokio::test]
async fn a_new_mail_is_killed() {
    check(Path::NewMail).await;
}

#[tokio::test]
async fn a_link_is_killed() {
    check(Path::Link).await;
}

#[tokio::test]
async fn a_right_code_is_killed() {
    check(Path::RightCode).await;
}

#[tokio::test]
async fn a_wrong_code_is_killed() {
    check(Path::WrongCode).await;
}

#[tokio::test]
async fn an_expired_code_is_killed() {
    check(Path::ExpiredCode).await;
}

#[tokio::test]
async fn a_status_is_killed() {
    check(Path::Status).await;
}

#[tokio::test]
async fn a_link_on_the_page_is_killed() {
    check(Path::PageLink).await;
}

#[tokio::test]
async fn a_code_on_the_page_is_killed() {
    check(Path::PageCode).await;
}

#[tokio::test]
async fn a_wrong_code_on_the_page_is_killed() {
    check(Path::WrongPageCode).await;
}

#[tokio::test]
async fn a_refusal_is_killed() {
    check(Path::Refuse).await;
}

#[tokio::test]
async fn an_end_of_a_refusal_is_killed() {
    check(Path::Allow).await;
}

#[tokio::test]
async fn a_delivery_is_killed() {
    check(Path::Delivery).await;
}

#[tokio::test]
async fn a_bounce_is_killed() {
    check(Path::Bounce).await;
}

#[tokio::test]
async fn a_complaint_is_killed() {
    check(Path::Complaint).await;
}

#[tokio::test]
async fn an_event_is_killed() {
    check(Path::Publish).await;
}

#[tokio::test]
async fn a_notice_is_killed() {
    check(Path::Notice).await;
}

#[tokio::test]
async fn a_notice_of_a_request_is_killed() {
    check(Path::RequestNotice).await;
}

#[test]
fn each_path_has_its_rows() {
    for path in Path::ALL {
        assert_ne!(rows::of(path), [""; 0], "{path:?}");
        assert_ne!(rows::crashes_of(path), [""; 0], "{path:?}");
    }
}
