//! The Lambda behind `POST /api/users/request_email_verification`: settings, clients, run.

use std::process::ExitCode;

use mail::Ses;
use request_email_verification::RequestEmailVerification;
use shared::api;
use shared::domain::clock::Clock;
use shared::runtime::aws::Aws;
use shared::runtime::logging;
use shared::runtime::settings::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let environment = Environment::of_process();
    logging::start(&environment);
    let start = || {
        let aws = Aws::from_environment(&environment)?;
        let ses = Ses::new(&aws, &environment);
        RequestEmailVerification::from_environment(&environment, &aws, &ses, Clock::system())
            .map(|function| (aws, ses, function))
    };
    // Lambda shows what is logged, so that is the one place where a wrong setting is named.
    let Ok((aws, ses, function)) = start().inspect_err(|error| tracing::error!("{error}")) else {
        return ExitCode::FAILURE;
    };
    tokio::join!(aws.open_dynamodb_connection(), ses.open_connection());
    match lambda_http::lambda_runtime::run(api::events(|request| function.handle(request))).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "Lambda's runtime stopped");
            ExitCode::FAILURE
        }
    }
}
