//! The main of every function.

use std::pin::Pin;
use std::process::ExitCode;

use super::aws::Aws;
use super::logging;
use super::settings::{Environment, SettingError};
use crate::telemetry;

/// Starts the log and the function, and serves until Lambda ends the process. Errors are logged.
/// `program` is the crate's name, by which the log knows the function's own lines.
pub async fn run<F>(
    program: &'static str,
    start: impl FnOnce(&Environment, &Aws) -> Result<F, SettingError>,
    serve: impl AsyncFnOnce(&F, &Aws) -> Result<(), lambda_http::Error>,
) -> ExitCode {
    let environment = Environment::of_process();
    logging::start(program, &environment);
    let started = Aws::from_environment(&environment)
        .and_then(|aws| start(&environment, &aws).map(|function| (function, aws)));
    let (function, aws) = match started {
        Ok(started) => started,
        Err(error) => {
            tracing::error!("{}", telemetry::chain(&error));
            return ExitCode::FAILURE;
        }
    };
    // Boxed and erased, as the whole type exceeds the compiler's limits.
    let served: Pin<Box<dyn Future<Output = _>>> = Box::pin(serve(&function, &aws));
    match served.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error = telemetry::chain(&*error);
            tracing::error!(error, "Lambda's runtime stopped");
            ExitCode::FAILURE
        }
    }
}
