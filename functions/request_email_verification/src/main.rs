//! The Lambda behind `POST /api/users/request_email_verification`: settings, clients, run.

use request_email_verification::RequestEmailVerification;
use shared::aws::Aws;
use shared::clock::Clock;
use shared::settings::Environment;
use shared::{http, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = Environment::of_process();
    telemetry::start(&environment);
    let start = || {
        let aws = Aws::from_environment(&environment)?;
        RequestEmailVerification::from_environment(&environment, &aws, Clock::system())
            .map(|function| (aws, function))
    };
    let (aws, function) = start().inspect_err(|error| tracing::error!("{error}"))?;
    tokio::join!(aws.open_dynamodb_connection(), aws.open_ses_connection());
    lambda_http::lambda_runtime::run(http::events(|request| function.handle(request))).await
}
