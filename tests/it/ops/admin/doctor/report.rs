//! The whole report, for people and for scripts.

use insta::assert_snapshot;
use serde_json::Value;

use super::support::{complaints, deployed, doctor};
use crate::ops::admin::support::run;

#[tokio::test]
async fn a_healthy_stack_is_all_ok() {
    let (app, _cloud) = deployed().await;
    let report = doctor(&app).await.text();
    assert_snapshot!(report);
}

#[tokio::test]
async fn a_report_has_each_id_once() {
    let (app, cloud) = deployed().await;
    let ids = async || {
        let report = run(&app, &["doctor", "--json"]).await;
        let findings: Value = serde_json::from_str(&report.out).unwrap();
        let findings = findings.as_array().unwrap().iter();
        let ids = findings.map(|finding| finding["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let healthy = ids().await;
    let mut once = healthy.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), healthy.len());
    cloud.change(|stack| {
        stack.denied.insert("cloudformation:DescribeStacks");
        stack.denied.insert("ses:GetAccount");
        stack.denied.insert("dynamodb:DescribeTable");
    });
    assert_eq!(ids().await, healthy);
}

#[tokio::test]
async fn rejected_credentials_end_the_report() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| {
        let refused = ("InvalidClientTokenId", "The security token is invalid.");
        stack.failing.insert("sts:GetCallerIdentity", refused);
    });
    assert_snapshot!(complaints(&app).await);
    let report = doctor(&app).await;
    assert_eq!(report.exit_code(), 1);
    assert_snapshot!(report.out);
}

#[tokio::test]
async fn no_secret_is_printed() {
    let (app, cloud) = deployed().await;
    let secret = "a-secret-of-the-origin-0123456789";
    cloud.change(|stack| {
        for settings in stack.settings.values_mut() {
            if settings.contains_key("ORIGIN_SECRET") {
                settings.insert("ORIGIN_SECRET".to_owned(), secret.to_owned());
            }
        }
        let page = stack.settings.get_mut("VerificationPageFunction").unwrap();
        page.insert(
            "CODE_KEYS".to_owned(),
            "another-key-of-codes-0123456789ab".to_owned(),
        );
    });
    for arguments in [&["doctor"][..], &["doctor", "--json"]] {
        let report = run(&app, arguments).await.out;
        assert!(report.contains("CODE_KEYS differs"), "{report}");
        for value in [secret, "another-key", app.setting("CODE_KEYS")] {
            assert!(!report.contains(value), "{report}");
        }
    }
}
