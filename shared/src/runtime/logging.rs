//! Starts the log.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt;

use super::settings::Environment;
use crate::telemetry;

/// Logs to standard output, at the level of Lambda's logging configuration (`AWS_LAMBDA_LOG_LEVEL`,
/// info by default). Writes metrics if `METRICS_NAMESPACE` is set.
pub fn start(program: &'static str, environment: &Environment) {
    let namespace = environment.optional("METRICS_NAMESPACE");
    // A second start fails and changes nothing.
    let _ = telemetry::json(level(environment), [program], namespace, std::io::stdout).try_init();
}

/// Lambda's levels are in capitals, and the highest one is `FATAL`. Nothing is below info: release
/// programs have no such lines (`shared/Cargo.toml`).
fn level(environment: &Environment) -> LevelFilter {
    match environment.optional("AWS_LAMBDA_LOG_LEVEL").as_deref() {
        Some("WARN") => LevelFilter::WARN,
        Some("ERROR" | "FATAL") => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambdas_levels_are_known() {
        for (name, expected) in [
            ("", LevelFilter::INFO),
            ("TRACE", LevelFilter::INFO),
            ("INFO", LevelFilter::INFO),
            ("WARN", LevelFilter::WARN),
            ("ERROR", LevelFilter::ERROR),
            ("FATAL", LevelFilter::ERROR),
        ] {
            let environment = Environment::from_pairs(&[("AWS_LAMBDA_LOG_LEVEL", name)]);
            assert_eq!(level(&environment), expected, "{name}");
        }
    }
}
