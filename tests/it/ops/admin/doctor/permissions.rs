//! A check without its permission is unknown and names it. The others are made.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::support::{deployed, doctor};
use crate::ops::admin::support::run;

/// What needs the stack.
const OF_STACK: &[&str] = &[
    "stack",
    "table.stream-reader",
    "functions",
    "settings",
    "ses.identity",
    "ses.dkim",
    "ses.mail-from",
    "dmarc",
    "ses.configuration-set",
    "ses.events",
    "ses.suppression-list",
    "alarms.subscription",
    "alarms.dead-letters",
    "alarms.unpublished-events",
    "alarms.functions",
    "alarms.others",
];

/// The permissions, and the checks that are unknown without each.
const NEEDED: [(&str, &[&str]); 14] = [
    (
        "dynamodb:DescribeTable",
        &[
            "table",
            "table.ttl",
            "table.recovery",
            "table.stream",
            "table.stream-reader",
        ],
    ),
    ("dynamodb:DescribeTimeToLive", &["table.ttl"]),
    ("dynamodb:DescribeContinuousBackups", &["table.recovery"]),
    ("lambda:ListEventSourceMappings", &["table.stream-reader"]),
    (
        "lambda:GetFunctionConfiguration",
        &["functions", "settings"],
    ),
    (
        "ses:GetAccount",
        &["ses.sandbox", "ses.sending", "ses.quota"],
    ),
    (
        "ses:GetEmailIdentity",
        &["ses.identity", "ses.dkim", "ses.mail-from"],
    ),
    (
        "ses:GetConfigurationSet",
        &["ses.configuration-set", "ses.suppression-list"],
    ),
    ("ses:GetConfigurationSetEventDestinations", &["ses.events"]),
    ("sns:ListSubscriptionsByTopic", &["alarms.subscription"]),
    (
        "cloudwatch:DescribeAlarms",
        &[
            "alarms.dead-letters",
            "alarms.unpublished-events",
            "alarms.functions",
            "alarms.others",
        ],
    ),
    ("cloudwatch:DescribeAlarmHistory", &["alarms.functions"]),
    ("cloudformation:DescribeStacks", OF_STACK),
    ("cloudformation:DescribeStackResources", OF_STACK),
];

#[tokio::test]
async fn a_missing_permission_is_named() {
    for (action, ids) in NEEDED {
        let (app, cloud) = deployed().await;
        cloud.change(|stack| {
            stack.denied.insert(action);
        });
        let report = run(&app, &["doctor", "--json"]).await.json();
        let text = format!("not checked: needs {action}");
        let results = report.as_array().unwrap().iter();
        let unknown = results.filter(|result| result["status"] == "unknown");
        let unknown: Vec<_> = unknown
            .map(|result| (result["id"].as_str().unwrap(), &result["text"]))
            .collect();
        let text = &Value::from(text);
        let expected: Vec<_> = ids.iter().map(|id| (*id, text)).collect();
        assert_eq!(unknown, expected, "{action}");
    }
}

#[tokio::test]
async fn permissions_share_a_line() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| {
        stack.denied.extend([
            "ses:GetAccount",
            "ses:GetEmailIdentity",
            "sns:ListSubscriptionsByTopic",
        ]);
    });
    assert_snapshot!(doctor(&app).await.text());
}

#[tokio::test]
async fn a_failing_service_is_a_problem() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| {
        let refused = ("ValidationException", "on purpose");
        stack.failing.insert("cloudwatch:DescribeAlarms", refused);
    });
    let report = doctor(&app).await;
    assert_eq!(report.exit_code(), 1);
    let text = "cloudwatch:DescribeAlarms failed: ValidationException: on purpose";
    assert!(report.out.contains(text), "{}", report.out);
    assert!(report.out.contains("PROBLEM  4 checks"), "{}", report.out);
    let (_, error) = report.error();
    assert!(error.ends_with("4 problems were found"), "{error}");
}

#[tokio::test]
async fn an_unreadable_answer_is_explained() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| stack.mappings[0]["BatchSize"] = json!("ten"));
    let report = doctor(&app).await;
    assert_eq!(report.exit_code(), 1);
    let explained = |line: &str| line.contains("EventSourceMappings") && line.contains("`ten`");
    assert!(report.out.lines().any(explained), "{}", report.out);
}

#[test]
fn the_docs_name_each_permission() {
    let docs = include_str!("../../../../../docs/operate.md");
    let (_, policy) = docs.split_once("```json doctor.json").unwrap();
    let (policy, _) = policy.split_once("```").unwrap();
    let policy: Value = serde_json::from_str(policy).unwrap();
    let documented = policy["Statement"][0]["Action"].as_array().unwrap().iter();
    let mut needed = NEEDED.map(|(action, _)| action);
    needed.sort_unstable();
    assert!(documented.eq(&needed), "{needed:?}");
}
