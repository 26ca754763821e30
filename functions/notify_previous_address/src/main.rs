//! The Lambda that reads the table's stream for changes of a user's address.

use std::process::ExitCode;

use lambda_http::lambda_runtime::{self, service_fn};
use mail::Ses;
use notify_previous_address::NotifyPreviousAddress;
use shared::domain::clock::Clock;
use shared::runtime::run::run;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(
        env!("CARGO_CRATE_NAME"),
        |environment, aws| {
            let ses = Ses::new(aws, environment);
            NotifyPreviousAddress::from_environment(environment, aws, &ses, Clock::system())
        },
        async |function, _| lambda_runtime::run(service_fn(|event| function.handle(event))).await,
    )
    .await
}
