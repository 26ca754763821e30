//! The Lambda behind `/verify_email`: settings, clients, run.

use shared::aws::Aws;
use shared::clock::Clock;
use shared::settings::Environment;
use shared::{http, telemetry};
use verification_page::VerificationPage;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = Environment::of_process();
    telemetry::start(&environment);
    let start = || {
        let aws = Aws::from_environment(&environment)?;
        VerificationPage::from_environment(&environment, &aws, Clock::system())
            .map(|function| (aws, function))
    };
    let (aws, function) = start().inspect_err(|error| tracing::error!("{error}"))?;
    aws.open_dynamodb_connection().await;
    lambda_http::lambda_runtime::run(http::events(|request| function.handle(request))).await
}
