//! What the command may not look at, it says, and looks at the rest.

use serde_json::json;

use super::support::{deployed, doctor};

/// The permissions, and the lines that are unknown without each.
const NEEDED: [(&str, &[&str]); 13] = [
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
    ("cloudformation:DescribeStacks", &["stack"]),
    ("cloudformation:DescribeStackResources", &["stack"]),
];

#[tokio::test]
async fn a_missing_permission_is_named() {
    for (action, lines) in NEEDED {
        let (app, cloud) = deployed().await;
        cloud.change(|stack| {
            stack.denied.insert(action);
        });
        let report = doctor(&app).await;
        assert_eq!(report.exit_code(), 0, "{}", report.out);
        let text = format!("could not look: needs {action}");
        let unknown: Vec<_> = report
            .out
            .lines()
            .filter(|line| line.starts_with("UNKNOWN") && line.ends_with(&text))
            .map(|line| line.split_whitespace().nth(1).unwrap())
            .collect();
        assert_eq!(unknown, lines, "{action}");
    }
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
}

#[tokio::test]
async fn an_answer_of_no_sense_is_explained() {
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
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    let documented = policy["Statement"][0]["Action"].as_array().unwrap().iter();
    let mut needed = NEEDED.map(|(action, _)| action);
    needed.sort_unstable();
    assert!(documented.eq(&needed), "{needed:?}");
}
