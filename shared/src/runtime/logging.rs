//! Starts the log.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt;

use super::settings::Environment;
use crate::telemetry;

/// Starts logging to standard output, at the level that Lambda's logging configuration asks for
/// (`AWS_LAMBDA_LOG_LEVEL`, info if there is none), and counting if there is a `METRICS_NAMESPACE`.
pub fn start(environment: &Environment) {
    let namespace = environment.optional("METRICS_NAMESPACE");
    // A second start changes nothing, so its error is none.
    let _ = telemetry::json(level(environment), namespace, std::io::stdout).try_init();
}

/// Lambda writes its levels in capitals and calls the highest one `FATAL`.
fn level(environment: &Environment) -> LevelFilter {
    match environment.optional("AWS_LAMBDA_LOG_LEVEL").as_deref() {
        Some("TRACE") => LevelFilter::TRACE,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some("WARN") => LevelFilter::WARN,
        Some("ERROR" | "FATAL") => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    }
}
