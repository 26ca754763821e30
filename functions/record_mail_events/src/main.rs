//! The Lambda that EventBridge invokes with SES's events.

use std::process::ExitCode;

use lambda_http::lambda_runtime::{self, service_fn};
use record_mail_events::RecordMailEvents;
use shared::runtime::run::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(
        env!("CARGO_CRATE_NAME"),
        RecordMailEvents::from_environment,
        async |function, _| lambda_runtime::run(service_fn(|event| function.handle(event))).await,
    )
    .await
}
