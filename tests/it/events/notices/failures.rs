//! Failed calls, and what a retry does then.

use local::edge::Fault;

use super::support::{
    FUNCTION, OLDS_ITEM, change, changes, failure, invoke, invoke_as, line_of, moved, notices,
    notify,
};
use crate::support::logs::metrics_of;

#[tokio::test]
async fn a_retry_mails_what_ses_refused() {
    for (fault, expected) in [
        (Fault::Rejected, "SES refuses the mail"),
        (Fault::Paused, "SES refuses the mail"),
        (Fault::Error, "SES failed"),
    ] {
        let app = moved().await;
        let change = &change(&app).await;
        app.ses_faults.next(fault);
        let error = failure(&app, change).await;
        assert!(
            error.starts_with(&format!("MailNotSent: {expected}")),
            "{error}"
        );
        assert_eq!(notices(&app), []);
        assert_eq!(notify(&app).await, ["mailed"]);
        assert_eq!(notices(&app).len(), 1);
    }
}

#[tokio::test]
async fn a_lost_answer_of_ses_mails_once() {
    let app = moved().await;
    let change = &change(&app).await;
    app.ses_faults.next(Fault::CutAfter);
    let error = failure(&app, change).await;
    assert!(error.contains("SES did not say"), "{error}");
    assert_eq!(notify(&app).await, ["known"]);
    assert_eq!(notices(&app).len(), 1);
}

#[tokio::test]
async fn a_lost_answer_of_dynamodb_mails_once() {
    for passing in 0..2 {
        let app = moved().await;
        let change = &change(&app).await;
        app.edge.after(passing, Fault::CutAfter, 1);
        let outcome = invoke(&app.functions[FUNCTION], change).await;
        assert_eq!(outcome.unwrap(), "mailed", "{passing}");
        assert_eq!(notices(&app).len(), 1);
        assert_eq!(notify(&app).await, ["known"]);
    }
}

#[tokio::test]
async fn a_retry_mails_after_an_outage() {
    for passing in 0..2 {
        for (how, times) in [(Fault::Error, 3), (Fault::CutAfter, 3)] {
            let app = moved().await;
            let change = &change(&app).await;
            app.edge.after(passing, how, times);
            let error = failure(&app, change).await;
            assert!(error.starts_with("StoreUnavailable: "), "{error}");
            app.edge.clear();
            let notices_on_record = app.item(OLDS_ITEM).await.unwrap().remove("notices");
            assert!(
                notices_on_record.is_none_or(|map| map.as_m().unwrap().is_empty()),
                "{how:?} {passing}"
            );
            assert_eq!(notices(&app), []);
            assert_eq!(notify(&app).await, ["mailed"]);
        }
    }
}

/// Otherwise the retry would find a duplicate, and nobody would be notified.
#[tokio::test]
async fn a_throttled_refund_is_repeated() {
    for (passing, ses) in [(1, None), (2, Some(Fault::Throttled))] {
        let app = moved().await;
        let change = &change(&app).await;
        if let Some(fault) = ses {
            app.ses_faults.always(fault);
        } else {
            app.edge.after(passing, Fault::CutAfter, 3);
        }
        let passing = if ses.is_some() { passing } else { 0 };
        app.edge.after(passing, Fault::Throttled, 5);
        failure(&app, change).await;
        app.edge.clear();
        app.ses_faults.clear();
        assert_eq!(notify(&app).await, ["mailed"], "{ses:?}");
        assert_eq!(notices(&app).len(), 1);
    }
}

#[tokio::test]
async fn refused_mails_count_alone() {
    let app = moved().await;
    let changes = changes(&app).await;
    app.ses_faults.next(Fault::Paused);
    let refused = invoke_as(&app, "refused-notice", &changes).await;
    assert!(refused.is_err());
    assert_eq!(metrics_of("refused-notice"), ["MailsRefused"]);
    // The share of verified mails must not count notices.
    let mailed = invoke_as(&app, "mailed-notice", &changes).await;
    assert!(mailed.is_ok());
    assert_eq!(metrics_of("mailed-notice"), [] as [&str; 0]);
    assert_eq!(notices(&app).len(), 1);
}

#[tokio::test]
async fn a_failure_is_logged() {
    let app = moved().await;
    let change = &change(&app).await;
    app.ses_faults.next(Fault::Error);
    failure(&app, change).await;
    let line = line_of(change);
    assert_eq!(line["message"], "event failed");
    assert_eq!(line["outcome"], "failed");
    let error = line["error"].as_str().unwrap();
    assert!(error.starts_with("SES failed"), "{error}");
}
