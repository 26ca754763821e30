//! One fault of the stack, the table or a function at a time.

use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use insta::assert_snapshot;
use local::stack::TABLE;
use serde_json::json;

use super::support::{complaints, deployed};
use crate::ops::admin::support::run;

#[tokio::test]
async fn a_missing_table_is_a_problem() {
    let (app, _cloud) = deployed().await;
    let outcome = run(&app, &["doctor", "--table", "mailprof"]).await;
    assert_eq!(outcome.exit_code(), 1);
    assert_snapshot!(outcome.out);
}

#[tokio::test]
async fn the_tables_settings_are_checked() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| stack.recovery = "DISABLED");
    let off = TimeToLiveSpecification::builder();
    let off = off.attribute_name("expires_at").enabled(false).build();
    let update = app.client.update_time_to_live().table_name(TABLE);
    let update = update.time_to_live_specification(off.unwrap());
    update.send().await.unwrap();
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn a_failed_deployment_is_named() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| stack.status = "UPDATE_ROLLBACK_COMPLETE".to_owned());
    assert_snapshot!(complaints(&app).await);
    cloud.change(|stack| stack.status = "UPDATE_ROLLBACK_FAILED".to_owned());
    assert_snapshot!(complaints(&app).await);
    cloud.change(|stack| stack.status = "UPDATE_IN_PROGRESS".to_owned());
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn each_reader_of_the_stream_is_checked() {
    for (reader, name) in ["publisher", "notifier"].into_iter().enumerate() {
        let (app, cloud) = deployed().await;
        let state = |value: &'static str| {
            cloud.change(|stack| stack.mappings[reader]["State"] = json!(value));
        };
        cloud.change(|stack| {
            stack.mappings[reader]["LastProcessingResult"] = json!("PROBLEM: timeout");
        });
        let mut reports = vec![complaints(&app).await];
        for value in ["Disabled", "Enabling"] {
            state(value);
            reports.push(complaints(&app).await);
        }
        cloud.change(|stack| {
            let other = "arn:aws:lambda:us-east-1:123456789012:function:other";
            stack.mappings[reader]["FunctionArn"] = json!(other);
        });
        let missing = complaints(&app).await;
        reports.push(missing.clone());
        assert_snapshot!(format!("the_{name}_is_checked"), reports.join("\n"));
        cloud.change(|stack| drop(stack.mappings.remove(reader)));
        assert_eq!(complaints(&app).await, missing);
    }
}

#[tokio::test]
async fn both_readers_share_a_line() {
    let (app, cloud) = deployed().await;
    let states = |states: [&'static str; 2]| {
        cloud.change(|stack| {
            for (mapping, state) in stack.mappings.iter_mut().zip(states) {
                mapping["State"] = json!(state);
            }
        });
    };
    let mut reports = Vec::new();
    for both in [
        ["Disabled", "Disabled"],
        // A problem comes before a warning.
        ["Enabling", "Disabled"],
        ["Disabled", "Enabling"],
    ] {
        states(both);
        reports.push(complaints(&app).await);
    }
    cloud.change(|stack| stack.mappings.clear());
    reports.push(complaints(&app).await);
    assert_snapshot!(reports.join("\n"));
}

#[tokio::test]
async fn broken_functions_are_named() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| {
        stack.settings.remove("VerifyEmailFunction");
        let failed = json!({ "LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no role" });
        stack
            .states
            .insert("PublishEventsFunction".to_owned(), failed);
        let asleep = json!({ "State": "Inactive" });
        stack
            .states
            .insert("RecordMailEventsFunction".to_owned(), asleep);
    });
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn active_alarms_are_problems() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| {
        for state in stack.alarms.values_mut() {
            *state = "ALARM";
        }
    });
    assert_snapshot!(complaints(&app).await);
    cloud.change(|stack| {
        for state in stack.alarms.values_mut() {
            *state = "INSUFFICIENT_DATA";
        }
        stack.alarms.remove("DeadLettersAlarm");
    });
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn a_failure_of_the_day_is_a_warning() {
    let (app, cloud) = deployed().await;
    let now = app.clock.now().unix_seconds();
    cloud.change(|stack| stack.failures = vec![now - 7200, now - 600]);
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn alarms_need_a_confirmed_subscriber() {
    let (app, cloud) = deployed().await;
    let pending = ("new@acme.example", "PendingConfirmation");
    cloud.change(|stack| stack.subscriptions.push(pending));
    assert_snapshot!(complaints(&app).await);
    cloud.change(|stack| stack.subscriptions.clear());
    assert_snapshot!(complaints(&app).await);
}
