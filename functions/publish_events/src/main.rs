//! The Lambda that gets the table's stream: settings, clients, run.

use std::process::ExitCode;

use lambda_http::lambda_runtime::{run, service_fn};
use publish_events::PublishEvents;
use shared::runtime::aws::Aws;
use shared::runtime::logging;
use shared::runtime::settings::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let environment = Environment::of_process();
    logging::start(&environment);
    let start = || {
        let aws = Aws::from_environment(&environment)?;
        PublishEvents::from_environment(&environment, &aws).map(|function| (aws, function))
    };
    // Lambda shows what is logged, so that is the one place where a wrong setting is named.
    let Ok((aws, function)) = start().inspect_err(|error| tracing::error!("{error}")) else {
        return ExitCode::FAILURE;
    };
    function.open_connection(&aws).await;
    match run(service_fn(|event| function.handle(event))).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "Lambda's runtime stopped");
            ExitCode::FAILURE
        }
    }
}
