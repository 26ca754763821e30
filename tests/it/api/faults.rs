//! A fault of AWS gets a 503 and loses nothing.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use local::edge::{Fault, Rule, Service};
use mail::{MailSettings, Mailer, Ses};
use request_email_verification::request_verification::{
    MailPolicy, MailTo, RequestError, RequestVerification, Timeouts, VerificationRequest,
};
use serde_json::{Value, json};
use shared::domain::email_address::EmailAddress;
use shared::domain::proof::{Proof, ProofLifetimes};
use shared::domain::rate_limit::MailLimit;
use shared::domain::user_id::UserId;
use shared::runtime::aws::Aws;
use shared::runtime::settings::{Environment, domains, proofs};
use shared::store::StoreError;
use shared::text::locale::Locale;

use super::status::STATUS;
use crate::support::app::{REQUEST, TestApp, VERIFY, error};
use crate::support::http::Answer;
use crate::support::items;
use crate::support::mail::{code_proof_of, link_of, proof_of};

pub fn assert_unavailable(answer: &Answer, detail: &str) {
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (503, Some("5"))
    );
    assert_eq!(
        answer.json(),
        error("server_error", "service_unavailable", detail, None)
    );
}

const USER: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

const COULD_NOT_SEND: &str = "Could not send the verification email. Try again shortly.";
const COULD_NOT_CHECK: &str = "Could not check the verification. Try again shortly.";

fn ada() -> Value {
    json!({ "email": "ada@example.org" })
}

#[tokio::test]
async fn a_mail_that_ses_refuses_is_refunded() {
    let faults = [
        Fault::Throttled,
        Fault::Rejected,
        Fault::Paused,
        Fault::Unavailable,
        Fault::Error,
    ];
    for fault in faults {
        let app = TestApp::start().await;
        app.ses_faults.always(fault);
        for _ in 0..7 {
            let answer = app.post(REQUEST, ada()).await;
            assert_unavailable(&answer, COULD_NOT_SEND);
        }
        app.ses_faults.clear();
        for _ in 0..6 {
            app.ask(ada()).await;
        }
        assert_eq!(app.post(REQUEST, ada()).await.status, 429, "{fault:?}");
    }
}

#[tokio::test]
async fn a_refund_retries_after_conflicts() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    let before = app.table().await;
    app.ses_faults.next(Fault::Paused);
    // The request's own transaction succeeds; the refund gets ten conflicts.
    app.edge.after(1, Fault::Conflict, 10);
    assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
    let left: Vec<_> = app
        .table()
        .await
        .lines()
        .filter(|line| !before.contains(*line))
        .map(str::to_owned)
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(
        left.iter().all(|item| item.contains(r#""mails": "{}""#)),
        "{left:?}"
    );
}

#[tokio::test]
async fn an_unsent_mail_displaces_no_code() {
    let app = TestApp::start().await;
    let first = app.ask(ada()).await;
    for _ in 0..2 {
        app.ask(ada()).await;
    }
    app.ses_faults.next(Fault::Rejected);
    assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
    assert_eq!(app.post(VERIFY, code_proof_of(&first)).await.status, 200);
}

/// The proofs of these mails stay, as SES may have accepted them, but no limit bounds them.
#[tokio::test]
async fn an_outage_of_ses_displaces_no_proof() {
    for proof_in in [code_proof_of, proof_of] {
        let app = TestApp::start().await;
        let mail = app.ask(ada()).await;
        let fail = async |times| {
            for _ in 0..times {
                app.pass(Duration::from_secs(5));
                assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
            }
            items::size(&app, &format!("user#{}", link_of(&mail).0))
        };
        app.ses_faults.always(Fault::Unavailable);
        assert_eq!(fail(25).await, fail(100).await);
        app.ses_faults.clear();
        assert_eq!(app.post(VERIFY, proof_in(&mail)).await.status, 200);
    }
}

#[tokio::test]
async fn only_permanent_refusals_are_counted() {
    let app = TestApp::start().await;
    let counted = async |fault: Fault| {
        app.ses_faults.always(fault);
        let answer = app.post(REQUEST, ada()).await;
        app.ses_faults.clear();
        assert_eq!(answer.status, 503);
        crate::support::logs::metrics_of(answer.header("x-request-id").unwrap())
    };
    for fault in [Fault::Rejected, Fault::Paused] {
        assert_eq!(
            counted(fault).await,
            ["MailsRefused", "Requested"],
            "{fault:?}"
        );
    }
    for fault in [Fault::Unavailable, Fault::Throttled] {
        assert_eq!(counted(fault).await, ["Requested"], "{fault:?}");
    }
}

#[tokio::test]
async fn an_unreachable_ses_is_refunded() {
    let app = TestApp::start().await;
    let no_tls_there = app.inbox_url.replace("http://", "https://");
    for endpoint in ["http://127.0.0.1:1", "http://ses.invalid", &no_tls_there] {
        let functions = app.restarted_with(&[("AWS_ENDPOINT_URL_SESV2", endpoint)]);
        let event = include_str!("../../../events/request_email_verification/http_api.json");
        let answer = functions["request_email_verification"]
            .invoke(event)
            .await
            .unwrap();
        assert!(answer.contains(r#""statusCode":503"#), "{answer}");
        let table = app.table().await;
        let mut records = table
            .lines()
            .filter(|item| item.contains("katherine@example.com"));
        assert!(
            records.all(|item| item.contains(r#""mails": "{}""#)),
            "{endpoint}: {table}"
        );
    }
}

#[tokio::test]
async fn the_error_of_ses_is_only_logged() {
    let app = TestApp::start().await;
    app.ses_faults.next(Fault::Rejected);
    let answer = app.post(REQUEST, ada()).await;
    assert!(!answer.body.contains("identities"));
    let lines = crate::support::logs::of_request(answer.header("x-request-id").unwrap());
    let last = lines.last().unwrap();
    assert_eq!(last["level"], "ERROR");
    let reason = "MessageRejected: Email address is not verified. \
                  The following identities failed the check in region US-EAST-1: \
                  a***@e***.org";
    assert!(last["error"].as_str().unwrap().ends_with(reason), "{last}");
}

#[tokio::test]
async fn a_lost_mail_proves_by_link_and_code() {
    for proof in [proof_of, code_proof_of] {
        let app = TestApp::start().await;
        app.ses_faults.next(Fault::CutAfter);
        assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
        let lost = app.newest_mail();
        app.ask(ada()).await;
        assert_eq!(app.post(VERIFY, proof(&lost)).await.status, 200);
    }
}

#[tokio::test]
async fn a_mail_with_a_lost_answer_counts() {
    let app = TestApp::start().await;
    app.ses_faults.next(Fault::CutAfter);
    assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
    assert_eq!((app.sent.len(), app.ses_faults.attempts()), (1, 1));
    let lost = app.newest_mail();
    for _ in 0..5 {
        app.ask(ada()).await;
    }
    assert_eq!(app.post(REQUEST, ada()).await.status, 429);
    assert_eq!(app.post(VERIFY, proof_of(&lost)).await.status, 200);
    let again = app.newest_mail();
    assert_eq!(app.post(VERIFY, proof_of(&again)).await.status, 200);
}

#[tokio::test]
async fn a_mail_with_a_damaged_answer_counts() {
    let app = TestApp::start().await;
    app.ses_faults.next(Fault::Garbage);
    assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
    assert_eq!((app.sent.len(), app.ses_faults.attempts()), (1, 1));
    for _ in 0..5 {
        app.ask(ada()).await;
    }
    assert_eq!(app.post(REQUEST, ada()).await.status, 429);
}

#[tokio::test]
async fn a_count_with_a_damaged_answer_is_refunded() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    app.edge.next(Fault::Garbage);
    assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
    for _ in 0..6 {
        app.ask(ada()).await;
    }
    assert_eq!(app.post(REQUEST, ada()).await.status, 429);
}

#[tokio::test]
async fn a_lost_count_is_refunded() {
    for applied in [Fault::CutAfter, Fault::Error] {
        let app = TestApp::start().await;
        app.ask(json!({ "email": "warm@example.org" })).await;
        for _ in 0..7 {
            // All answers to the write are lost, and then DynamoDB answers again.
            app.edge.after(0, applied, 3);
            assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
        }
        assert_eq!(app.sent.len(), 1);
        for _ in 0..6 {
            app.ask(ada()).await;
        }
        assert_eq!(app.post(REQUEST, ada()).await.status, 429);
    }
}

/// The first attempt is applied and its answer lost, so the refusal of a later one proves nothing.
#[tokio::test]
async fn a_refused_repeat_is_refunded() {
    for refused in [
        &[Fault::Throttled][..],
        &[Fault::AccessDenied],
        // Of the third attempt, and of the next write.
        &[Fault::InProgress, Fault::Throttled],
        &[Fault::InProgress, Fault::InProgress, Fault::AccessDenied],
    ] {
        let app = TestApp::start().await;
        app.ask(json!({ "email": "warm@example.org" })).await;
        app.edge.next(Fault::CutAfter);
        for fault in refused {
            app.edge.next(*fault);
        }
        let answer = app.post_keyed("key", ada()).await;
        assert_unavailable(&answer, COULD_NOT_SEND);
        // The key is free, and no limit counts the mail.
        assert_eq!(app.post_keyed("key", ada()).await.status, 200);
        assert_eq!(app.sent.len(), 2, "{refused:?}");
        for _ in 1..6 {
            app.ask(ada()).await;
        }
        assert_eq!(app.post(REQUEST, ada()).await.status, 429, "{refused:?}");
    }
}

#[tokio::test]
async fn a_write_without_an_answer_in_time_is_refunded() {
    let app = TestApp::start().await;
    let environment = Environment::from_pairs(&app.environment);
    let aws = Aws::of_emulators(&environment).unwrap();
    let mail = MailSettings::from_environment(&environment).unwrap();
    let requesting = RequestVerification {
        store: app.store.clone(),
        mailer: Mailer::new(Ses::new(&aws, &environment), mail),
        keys: proofs::code_keys(&environment).unwrap(),
        domains: domains::domain_policy(&environment).unwrap(),
        policy: MailPolicy {
            lifetimes: ProofLifetimes::DEFAULT,
            limit: MailLimit::DEFAULT,
            code_in_subject: true,
        },
        timeouts: Timeouts {
            reserve: Duration::from_millis(1),
            refund: Duration::from_hours(1),
        },
    };
    let request = VerificationRequest {
        user: UserId::parse(USER).unwrap(),
        to: MailTo::Address(EmailAddress::parse("ada@example.org").unwrap()),
        key: None,
        greeting: None,
        locale: Locale::En,
        url: None,
    };
    let proof = Proof::from_random([7; 32], None);
    app.edge.take_calls();
    // If the write arrives, it is neither done nor answered.
    app.whole_edge.set_rules(vec![Rule {
        operation: Some("TransactWriteItems"),
        ..Rule::always(Service::DynamoDb, Fault::Silent)
    }]);
    let failed = requesting.run(&request, &proof, app.now()).await;
    assert!(
        matches!(failed, Err(RequestError::Store(StoreError::TimedOut))),
        "{failed:?}"
    );
    let mut calls = app.edge.take_calls();
    calls.retain(|call| call == "UpdateItem");
    assert_eq!(calls, ["UpdateItem"; 2], "of the user and of the address");
}

#[tokio::test]
async fn a_refused_write_is_not_refunded() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    // The SDK repeats the first refusal of the second case.
    for refused in [
        &[Fault::AccessDenied][..],
        &[Fault::InProgress, Fault::Throttled],
    ] {
        app.edge.take_calls();
        for fault in refused {
            app.edge.next(*fault);
        }
        assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
        let calls = app.edge.take_calls();
        assert_eq!(calls, vec!["TransactWriteItems"; refused.len()]);
    }
}

/// The user moves away after the write was applied and its answer lost.
#[tokio::test]
async fn a_move_after_a_lost_answer_is_refunded() {
    let app = Arc::new(TestApp::start().await);
    let with_email = |email: &str| json!({ "uuid": USER, "email": email });
    app.ask(with_email("ada@example.org")).await;
    // Two reads, and the write with the SDK's other attempts.
    app.edge.after(2, Fault::CutAfter, 1);
    app.edge.after(0, Fault::InProgress, 2);
    app.edge.meanwhile(5, {
        let (app, moved) = (Arc::clone(&app), with_email("grace@example.org"));
        async move { drop(app.ask(moved).await) }
    });
    let answer = app.post(REQUEST, json!({ "uuid": USER })).await;
    assert_unavailable(&answer, COULD_NOT_SEND);
    for (pk, mails) in [
        (&*format!("user#{USER}"), 2),
        ("address#ada@example.org", 1),
        ("address#grace@example.org", 1),
    ] {
        let item = app.item(pk).await.unwrap();
        assert_eq!(item["mails"].as_m().unwrap().len(), mails, "{pk}");
    }
}

#[tokio::test]
async fn a_throttled_mail_is_retried() {
    let app = TestApp::start().await;
    app.ses_faults.next(Fault::Throttled);
    app.ask(ada()).await;
    assert_eq!(app.ses_faults.attempts(), 2);
}

#[tokio::test]
async fn a_refund_removes_link_and_code() {
    let app = TestApp::start().await;
    app.ses_faults.next(Fault::Paused);
    app.post(REQUEST, ada()).await;
    let record = app.table().await;
    let of_ada = record
        .lines()
        .find(|line| line.contains("user#") && line.contains("ada@example.org"))
        .unwrap();
    assert!(
        [r#""links": "{}""#, r#""codes": "{}""#, r#""mails": "{}""#]
            .iter()
            .all(|empty| of_ada.contains(empty)),
        "{of_ada}"
    );
}

#[tokio::test]
async fn a_malformed_item_is_a_500() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    let user = format!("user#{}", link_of(&mail).0);
    let expected = error("server_error", "error", "A server error occurred.", None);
    for (pk, logged, attribute, readers) in [
        (&*user, &*user, "links", &[REQUEST, VERIFY, STATUS][..]),
        (
            "address#ada@example.org",
            "address#a***@e***.org",
            "mails",
            &[REQUEST, STATUS],
        ),
    ] {
        let valid = app.item(pk).await.unwrap()[attribute].clone();
        let malformed = AttributeValue::S("no map".to_owned());
        app.set(pk, attribute, malformed).await;
        for path in readers {
            let answer = match *path {
                STATUS => app.get(&format!("{STATUS}?email=ada@example.org")).await,
                VERIFY => app.post(VERIFY, proof_of(&mail)).await,
                _ => app.post(REQUEST, ada()).await,
            };
            let found = (answer.status.as_u16(), answer.json());
            assert_eq!(found, (500, expected.clone()), "{path}, {attribute}");
            let lines = crate::support::logs::of_request(answer.header("x-request-id").unwrap());
            let line = lines.last().unwrap();
            assert_eq!(line["level"], "ERROR");
            let cause = format!("{logged}: the attribute {attribute} is missing");
            assert!(line["error"].as_str().unwrap().contains(&cause), "{line}");
        }
        app.set(pk, attribute, valid).await;
    }
}

#[tokio::test]
async fn dynamodb_down_is_a_503() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    app.edge.always(Fault::Error);
    assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
    assert_unavailable(&app.post(VERIFY, proof_of(&mail)).await, COULD_NOT_CHECK);
    assert_eq!(app.sent.len(), 1);
    app.edge.clear();
    app.ask(ada()).await;
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_counts_one_mail() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    app.edge.next(Fault::CutAfter);
    app.ask(ada()).await;
    assert_eq!(app.sent.len(), 2);
    for _ in 0..5 {
        app.ask(ada()).await;
    }
    assert_eq!(app.post(REQUEST, ada()).await.status, 429);
}

/// The SDK's retry meets a transaction, and the next attempt finds its own count.
#[tokio::test]
async fn the_last_mail_may_lose_its_answer() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        app.ask(ada()).await;
    }
    // The first write assumes a new user.
    app.edge.after(1, Fault::CutAfter, 1);
    app.edge.next(Fault::Conflict);
    app.ask(ada()).await;
    assert_eq!(app.sent.len(), 6);
    assert_eq!(app.post(REQUEST, ada()).await.status, 429);
}

#[tokio::test]
async fn a_lost_answer_still_verifies() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    app.post(VERIFY, json!({ "email": "x@example.org", "token": "warm" }))
        .await;
    app.edge.next(Fault::CutAfter);
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
}

#[tokio::test]
async fn a_transaction_conflict_is_retried() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    app.edge.next(Fault::Conflict);
    app.edge.next(Fault::Conflict);
    app.ask(ada()).await;
}

#[tokio::test]
async fn a_slow_transaction_is_retried() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    // More often than the SDK itself retries.
    app.edge.after(0, Fault::InProgress, 3);
    app.ask(ada()).await;
}

#[tokio::test]
async fn a_conflicting_link_is_retried() {
    let app = TestApp::start().await;
    let mail = app.ask(ada()).await;
    app.post(VERIFY, json!({ "email": "x@example.org", "token": "warm" }))
        .await;
    assert!(!app.edge.saw_a_repeated_call());
    app.edge.next(Fault::Conflict);
    app.edge.next(Fault::Conflict);
    app.edge.take_calls();
    assert_eq!(app.post(VERIFY, proof_of(&mail)).await.status, 200);
    assert_eq!(app.edge.take_calls(), ["UpdateItem"; 3]);
    assert!(app.edge.saw_a_repeated_call());
}

#[tokio::test]
async fn endless_conflicts_are_a_503() {
    let app = TestApp::start().await;
    app.ask(json!({ "email": "warm@example.org" })).await;
    app.edge.always(Fault::Conflict);
    assert_unavailable(&app.post(REQUEST, ada()).await, COULD_NOT_SEND);
    assert_eq!(app.sent.len(), 1);
}
