//! The Lambda behind the page that the mailed link opens.

use std::process::ExitCode;

use shared::api;
use shared::domain::clock::Clock;
use shared::runtime::run::run;
use verification_page::VerificationPage;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(
        env!("CARGO_CRATE_NAME"),
        |environment, aws| VerificationPage::from_environment(environment, aws, Clock::system()),
        async |function, aws| {
            aws.open_dynamodb_connection().await;
            let events = api::events(|request| function.handle(request));
            lambda_http::lambda_runtime::run(events).await
        },
    )
    .await
}
