//! The Lambda behind `POST /api/users/verify_email`.

use std::process::ExitCode;

use shared::api;
use shared::domain::clock::Clock;
use shared::runtime::run::run;
use verify_email::VerifyEmail;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(
        env!("CARGO_CRATE_NAME"),
        |environment, aws| VerifyEmail::from_environment(environment, aws, Clock::system()),
        async |function, aws| {
            aws.open_dynamodb_connection().await;
            let events = api::events(|request| function.handle(request));
            lambda_http::lambda_runtime::run(events).await
        },
    )
    .await
}
