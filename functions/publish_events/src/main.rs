//! The Lambda that reads the table's stream.

use std::process::ExitCode;

use lambda_http::lambda_runtime::{self, service_fn};
use publish_events::PublishEvents;
use shared::runtime::run::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(
        env!("CARGO_CRATE_NAME"),
        PublishEvents::from_environment,
        async |function, _| lambda_runtime::run(service_fn(|event| function.handle(event))).await,
    )
    .await
}
