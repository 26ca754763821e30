//! The Lambda behind `POST /api/users/verify_email`: settings, clients, run.

use std::process::ExitCode;

use shared::api;
use shared::domain::clock::Clock;
use shared::runtime::aws::Aws;
use shared::runtime::logging;
use shared::runtime::settings::Environment;
use verify_email::VerifyEmail;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let environment = Environment::of_process();
    logging::start(&environment);
    let start = || {
        let aws = Aws::from_environment(&environment)?;
        VerifyEmail::from_environment(&environment, &aws, Clock::system())
            .map(|function| (aws, function))
    };
    // Lambda shows what is logged, so that is the one place where a wrong setting is named.
    let Ok((aws, function)) = start().inspect_err(|error| tracing::error!("{error}")) else {
        return ExitCode::FAILURE;
    };
    aws.open_dynamodb_connection().await;
    match lambda_http::lambda_runtime::run(api::events(|request| function.handle(request))).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "Lambda's runtime stopped");
            ExitCode::FAILURE
        }
    }
}
