//! `template.yaml` and the code agree.

use std::fs;
use std::time::Duration;

use aws_sdk_dynamodb::types::StreamViewType;
use email_verification_status::CALLS;
use local::stack::TABLE;
use publish_events::EVENTBRIDGE_OPERATION;
use request_email_verification::LONGEST_REQUEST;
use saphyr::YamlOwned;
use shared::runtime::aws::DYNAMODB_OPERATION;
use shared::telemetry::Metric;
use shared::text::locale::Locale;
use shared::use_cases::confirm_verification::CALLS_FOR_A_CODE;

use crate::support::app::TestApp;
use crate::support::template::{root, template};

fn timeout_of(function: &str) -> Duration {
    let seconds = template()["Resources"][function]["Properties"]["Timeout"]
        .as_integer()
        .unwrap();
    Duration::from_secs(u64::try_from(seconds).unwrap())
}

/// The timeout of an HTTP API.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(30);

#[test]
fn timeouts_end_before_the_gateways() {
    let request = timeout_of("RequestEmailVerificationFunction");
    assert!(LONGEST_REQUEST < request && request < GATEWAY_TIMEOUT);
    let verify = timeout_of("VerifyEmailFunction");
    // The API key is looked up before the calls for a code.
    let code = DYNAMODB_OPERATION * CALLS_FOR_A_CODE;
    assert!(DYNAMODB_OPERATION + code < verify && verify < GATEWAY_TIMEOUT);
    let status = timeout_of("EmailVerificationStatusFunction");
    assert!(DYNAMODB_OPERATION * CALLS < status && status < GATEWAY_TIMEOUT);
    // The client is counted before them.
    let page = timeout_of("VerificationPageFunction");
    assert!(DYNAMODB_OPERATION + code < page && page < GATEWAY_TIMEOUT);
    // The suppression and the delivery status. No caller waits for them.
    let record = timeout_of("RecordMailEventsFunction");
    assert!(DYNAMODB_OPERATION * 2 < record);
    assert!(EVENTBRIDGE_OPERATION < timeout_of("PublishEventsFunction"));
}

#[test]
fn languages_are_those_of_the_code() {
    let template = template();
    let languages = template["Parameters"]["DefaultLocale"]["AllowedValues"].as_sequence();
    let languages: Vec<_> = languages.unwrap().iter().map(|tag| tag.as_str()).collect();
    assert_eq!(languages, Locale::ALL.map(|locale| Some(locale.tag())));
}

/// The lifetimes of links that the template allows, in hours, the shortest first.
fn link_lifetimes() -> Vec<i64> {
    let template = template();
    let choices = template["Parameters"]["LinkLifetimeHours"]["AllowedValues"].as_sequence();
    let hours = |choice: &YamlOwned| choice.as_str().unwrap().parse().unwrap();
    choices.unwrap().iter().map(hours).collect()
}

#[test]
fn ses_retries_until_the_link_expires() {
    const LONGEST_THAT_SES_TAKES: i64 = 50_400;
    let template = template();
    let mapped = &template["Mappings"]["DeliverySeconds"]["ForLinkLifetime"];
    assert_eq!(mapped.as_mapping().unwrap().len(), link_lifetimes().len());
    for hours in link_lifetimes() {
        assert_eq!(
            mapped[hours.to_string().as_str()].as_integer(),
            Some(LONGEST_THAT_SES_TAKES.min(hours * 3600)),
            "{hours}"
        );
    }
}

#[tokio::test]
async fn the_local_stream_has_both_images() {
    let app = TestApp::start().await;
    let described = app.client.describe_table().table_name(TABLE).send().await;
    let table = described.unwrap().table.unwrap();
    let stream = table.stream_specification().unwrap();
    assert!(stream.stream_enabled());
    assert_eq!(
        stream.stream_view_type(),
        Some(&StreamViewType::NewAndOldImages)
    );
    assert!(table.latest_stream_arn().is_some());
}

#[test]
fn the_dashboard_shows_each_metric() {
    let template = fs::read_to_string(root().join("template.yaml")).unwrap();
    for metric in Metric::ALL {
        let shown = format!(r#"["Mailproof/${{AWS::StackName}}", "{}""#, metric.name());
        assert!(template.contains(&shown), "{}", metric.name());
    }
}
