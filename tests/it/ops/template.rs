//! `template.yaml` and the code agree.

use std::fs;
use std::time::Duration;

use aws_sdk_dynamodb::types::StreamViewType;
use local::stack::TABLE;
use publish_events::EVENTBRIDGE_OPERATION;
use saphyr::YamlOwned;
use shared::telemetry::Metric;
use shared::text::locale::Locale;

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
    for (function, longest_run) in [
        (
            "RequestEmailVerificationFunction",
            request_email_verification::LONGEST_RUN,
        ),
        ("VerifyEmailFunction", verify_email::LONGEST_RUN),
        (
            "EmailVerificationStatusFunction",
            email_verification_status::LONGEST_RUN,
        ),
        ("VerificationPageFunction", verification_page::LONGEST_RUN),
    ] {
        let timeout = timeout_of(function);
        assert!(longest_run < timeout, "{function}");
        assert!(timeout < GATEWAY_TIMEOUT, "{function}");
    }
    // No caller waits for these.
    assert!(record_mail_events::LONGEST_RUN < timeout_of("RecordMailEventsFunction"));
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
