//! The Lambda that EventBridge gives SES's events to: settings, clients, run.

use lambda_http::lambda_runtime::{run, service_fn};
use record_mail_events::RecordMailEvents;
use shared::aws::Aws;
use shared::settings::Environment;
use shared::telemetry;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = Environment::of_process();
    telemetry::start(&environment);
    let start = || {
        let aws = Aws::from_environment(&environment)?;
        RecordMailEvents::from_environment(&environment, &aws).map(|function| (aws, function))
    };
    let (aws, function) = start().inspect_err(|error| tracing::error!("{error}"))?;
    aws.open_dynamodb_connection().await;
    run(service_fn(|event| function.handle(event))).await
}
