//! The Lambda behind `GET /api/users/email_verification_status`.

use std::process::ExitCode;

use email_verification_status::EmailVerificationStatus;
use shared::api;
use shared::domain::clock::Clock;
use shared::runtime::run::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(
        env!("CARGO_CRATE_NAME"),
        |environment, aws| {
            EmailVerificationStatus::from_environment(environment, aws, Clock::system())
        },
        async |function, aws| {
            aws.open_dynamodb_connection().await;
            let events = api::events(|request| function.handle(request));
            lambda_http::lambda_runtime::run(events).await
        },
    )
    .await
}
