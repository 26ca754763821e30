//! The Lambda behind `POST /api/users/request_email_verification`.

use std::process::ExitCode;

use mail::Ses;
use request_email_verification::RequestEmailVerification;
use shared::api;
use shared::domain::clock::Clock;
use shared::runtime::run::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(
        env!("CARGO_CRATE_NAME"),
        |environment, aws| {
            let ses = Ses::new(aws, environment);
            RequestEmailVerification::from_environment(environment, aws, &ses, Clock::system())
                .map(|function| (function, ses))
        },
        async |(function, ses), aws| {
            tokio::join!(aws.open_dynamodb_connection(), ses.open_connection());
            let events = api::events(|request| function.handle(request));
            lambda_http::lambda_runtime::run(events).await
        },
    )
    .await
}
