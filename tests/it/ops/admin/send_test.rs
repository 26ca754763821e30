//! `admin send-test`.

use std::time::Duration;

use local::fixtures;
use serde_json::json;

use super::support::{ADAS, Outcome, run_in, verify};
use crate::support::app::TestApp;

async fn send_test(
    app: &TestApp,
    arguments: &[&str],
    settings: &[(&'static str, &str)],
) -> Outcome {
    let environment = app.environment_with(settings);
    let arguments = [&["send-test"], arguments].concat();
    run_in(&environment, &app.clock, &arguments, None).await
}

fn settings(app: &TestApp) -> [(&'static str, &str); 2] {
    [
        ("MAILPROOF_URL", app.api_url.as_str()),
        ("MAILPROOF_KEY", fixtures::API_KEY),
    ]
}

/// What SES reports, once the mail is sent.
async fn report(app: &TestApp) {
    while app.sent.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    app.record_all().await;
}

#[tokio::test]
async fn a_delivered_mail_is_a_success() {
    let app = TestApp::start().await;
    let known = settings(&app);
    let (outcome, ()) = tokio::join!(
        send_test(&app, &["a+b@example.org", "--json"], &known),
        report(&app)
    );
    let report = outcome.json();
    assert_eq!(report["email"], "a+b@example.org");
    assert_eq!(report["state"], "delivered");
}

#[tokio::test]
async fn a_bounce_is_a_failure() {
    let app = TestApp::start().await;
    let known = settings(&app);
    let (outcome, ()) = tokio::join!(
        send_test(&app, &["bounce@simulator.amazonses.com"], &known),
        report(&app)
    );
    let text = "See what is on record with `admin status bounce@simulator.amazonses.com`.\n\
                Problem: bounce@simulator.amazonses.com: bounced. The address gets no more mail";
    assert_eq!(outcome.error(), (1, text.to_owned()));
}

#[tokio::test]
async fn the_wait_for_a_report_ends() {
    let app = TestApp::start().await;
    let known = settings(&app);
    let outcome = send_test(&app, &["ada@example.org", "--wait", "0", "--json"], &known).await;
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    let expected = json!({
        "email": "ada@example.org", "state": "sent", "at": "2026-11-23T12:00:00Z",
    });
    assert_eq!(report, expected);
    let text = "See what is on record with `admin status ada@example.org`.\n\
                Problem: ada@example.org: sent, and SES reported nothing more in 0 seconds";
    assert_eq!(outcome.error(), (1, text.to_owned()));
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let app = TestApp::start().await;
    verify(
        &app,
        &super::support::derived("ada@example.org"),
        "ada@example.org",
    )
    .await;
    let outcome = send_test(&app, &["ada@example.org"], &settings(&app)).await;
    let text = "Give an address that nobody verified, such as \
                success+2@simulator.amazonses.com.\n\
                Problem: the API answers 400 already_verified: Email is already verified";
    assert_eq!(outcome.error(), (1, text.to_owned()));

    let outcome = send_test(&app, &["ada@denied.example"], &settings(&app)).await;
    let text = "Give an address of another domain: the stack's parameters AllowedDomains and \
                DeniedDomains say which it accepts.\n\
                Problem: the API answers 400 email_domain_not_allowed: Addresses of this domain \
                are not accepted. Use a different one";
    assert_eq!(outcome.error(), (1, text.to_owned()));

    let [url, _] = settings(&app);
    let (code, text) = send_test(
        &app,
        &["new@example.org"],
        &[url, ("MAILPROOF_KEY", "evk_no")],
    )
    .await
    .error();
    assert_eq!(code, 1);
    let start = "Set MAILPROOF_KEY to a key of this stack that works: `keys list` shows all, and \
                 `keys create` makes one.\n\
                 Problem: the API answers 401 authentication_failed: ";
    assert!(text.starts_with(start), "{text}");
    assert!(!text.contains("evk_no"));

    let nowhere = [
        ("MAILPROOF_URL", "http://127.0.0.1:9"),
        ("MAILPROOF_KEY", "evk_no"),
    ];
    let (code, text) = send_test(&app, &["new@example.org"], &nowhere)
        .await
        .error();
    assert_eq!(code, 1);
    assert!(text.starts_with("Check MAILPROOF_URL and "), "{text}");
    let problem = "\nProblem: no answer from http://127.0.0.1:9: ";
    assert!(text.contains(problem), "{text}");
    assert!(!app.table().await.contains(ADAS));
}

#[tokio::test]
async fn a_missing_key_or_url_is_named() {
    let app = TestApp::start().await;
    let error = send_test(&app, &["ada@example.org"], &[]).await.error();
    let text = "Set MAILPROOF_URL to the stack's output ApiUrl.\nProblem: the API is not known";
    assert_eq!(error, (2, text.to_owned()));
    let no_url = [
        ("MAILPROOF_URL", "verify.example.com"),
        ("MAILPROOF_KEY", "evk_no"),
    ];
    let error = send_test(&app, &["ada@example.org"], &no_url).await.error();
    let text = "Correct the setting MAILPROOF_URL.\n\
                Problem: setting MAILPROOF_URL: must begin with https://, \
                such as https://app.example.com";
    assert_eq!(error, (2, text.to_owned()));
    let [url, _] = settings(&app);
    let error = send_test(&app, &["ada@example.org"], &[url]).await.error();
    let text = "Set MAILPROOF_KEY to an API key: `keys create` makes one.\n\
                Problem: there is no API key";
    assert_eq!(error, (2, text.to_owned()));
}
