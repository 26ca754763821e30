//! `template.yaml` and the code agree.

use std::fs;
use std::time::Duration;

use aws_sdk_dynamodb::types::StreamViewType;
use local::edge::Fault;
use local::functions::FUNCTIONS;
use local::stack::TABLE;
use mail::SES_OPERATION;
use saphyr::YamlOwned;
use shared::runtime::aws::DYNAMODB_OPERATION;
use shared::telemetry::Metric;
use shared::text::locale::Locale;

use crate::events::fixtures::events_of;
use crate::support::app::TestApp;
use crate::support::template::{logical_name, property, root, template};

/// The timeout of an HTTP API.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(30);

#[test]
fn timeouts_end_before_the_gateways() {
    for definition in FUNCTIONS {
        let id = format!("{}Function", logical_name(definition.name));
        let seconds = property(&id, "Timeout").as_integer().unwrap();
        let timeout = Duration::from_secs(u64::try_from(seconds).unwrap());
        let longest_run = definition.longest_run;
        assert!(
            longest_run < timeout,
            "template.yaml: Timeout of {id} is {timeout:?}, and its LONGEST_RUN {longest_run:?}"
        );
        // No caller waits for the others.
        assert!(
            definition.paths().is_empty() || timeout < GATEWAY_TIMEOUT,
            "template.yaml: Timeout of {id} is {timeout:?}, and the gateway's {GATEWAY_TIMEOUT:?}"
        );
    }
}

/// SES refuses each mail, so that its count is refunded: the longer run.
#[tokio::test]
async fn the_longest_run_covers_its_calls() {
    let app = TestApp::start().await;
    app.store_verified().await;
    app.ses_faults.always(Fault::Rejected);
    for definition in FUNCTIONS {
        for (number, file) in events_of(definition.name).into_iter().enumerate() {
            // A new instance, which has no API key in its cache.
            let functions = app.restarted_with(&[]);
            // A client of its own, whose first attempt needs no second write.
            let client = format!("203.0.113.{number}");
            let event = fs::read_to_string(&file).unwrap();
            let event = event.replace("203.0.113.7", &client);
            let mails_before = app.ses_faults.attempts();
            app.edge.take_calls();
            // `events::fixtures` compares the answers.
            let _ = functions[definition.name].invoke(&event).await;
            let calls = app.edge.take_calls();
            let mails = app.ses_faults.attempts() - mails_before;
            let (name, longest_run) = (definition.name, definition.longest_run);
            // The two writes of a request's refund have one timeout together.
            let refunds = match name {
                "request_email_verification" => mails,
                _ => 0,
            };
            let waits = u32::try_from(calls.len() - refunds).unwrap();
            let mails = u32::try_from(mails).unwrap();
            let needed = DYNAMODB_OPERATION * waits + SES_OPERATION * mails;
            assert!(
                needed <= longest_run || app.edge.saw_a_repeated_call(),
                "functions/{name}/src/lib.rs: LONGEST_RUN is {longest_run:?}, and {} makes \
                 {calls:?} and {mails} calls of SES, which may take {needed:?}",
                file.display()
            );
        }
    }
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
