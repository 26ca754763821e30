//! Errors of SES and of DynamoDB.

use local::edge::Fault;
use local::ses::SuppressedFor;

use super::support::{GRACE, counts, list, mailed, reconcile};
use crate::events::mail_events::ADA;
use crate::ops::admin::run;

#[tokio::test]
async fn the_sandbox_is_named() {
    let app = mailed().await;
    for arguments in [&["reconcile"][..], &["unsuppress", ADA]] {
        app.ses
            .account
            .with(|account| account.production_access = false);
        let (code, text) = run(&app, arguments).await.error();
        let text = text.replace(&app.inbox_url, "http://ses");
        let expected = "In SES's sandbox, ask for production access: the suppression list needs \
                        it.\nProblem: SES at http://ses refuses the call: BadRequestException: The \
                        request is not allowed for this account";
        assert_eq!((code, text.as_str()), (1, expected));
    }
}

#[tokio::test]
async fn a_throttled_call_is_retried() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    app.ses_faults.next(Fault::Throttled);
    assert_eq!(counts(&reconcile(&app).await), [1, 0, 1, 0, 1]);
}

#[tokio::test]
async fn permanent_throttling_is_an_error() {
    let app = mailed().await;
    for _ in 0..3 {
        app.ses_faults.next(Fault::Throttled);
    }
    let (code, text) = run(&app, &["reconcile"]).await.error();
    assert_eq!(code, 1);
    let start = "Try again in a minute.\nProblem: too many requests at http://";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains(": TooManyRequestsException: "), "{text}");
}

#[tokio::test]
async fn the_next_run_completes_a_failed_one() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    list(&app, GRACE, SuppressedFor::Bounce);
    // Two lookups and a write.
    app.edge.after(3, Fault::AccessDenied, 10);
    let (code, text) = run(&app, &["reconcile"]).await.error();
    assert_eq!(code, 1);
    let problem = ". Run it again for the rest.\n\
                   Problem: 1 address recorded, then AWS does not allow it: ";
    assert!(text.contains(problem), "{text}");
    app.edge.clear();
    assert_eq!(counts(&reconcile(&app).await), [2, 0, 2, 1, 1]);
}

#[tokio::test]
async fn a_lost_answer_is_retried() {
    let app = mailed().await;
    list(&app, ADA, SuppressedFor::Bounce);
    app.edge.after(1, Fault::CutAfter, 1);
    reconcile(&app).await;
    app.assert_suppressed(ADA).await;
}
