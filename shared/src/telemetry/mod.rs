//! Logs and metrics: one JSON object per line, which CloudWatch reads without a pattern.
//!
//! Only this project's own crates may log below a warning. The SDK's debug output contains whole
//! requests, with links and addresses.

mod chain;
mod metrics;
mod service_error;
mod span_fields;
#[cfg(test)]
mod written;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use crate::domain::api_key::ApiKeyDigest;
use crate::domain::email_address::EmailAddress;
use crate::domain::mail_id::MailId;
use crate::domain::user_id::UserId;

pub use chain::{Source, chain};
pub use metrics::{INVOCATION, Metric, count};
pub use service_error::ServiceError;

/// The crates that log in every program.
const LIBRARIES: [&str; 2] = ["mail", "shared"];

/// Writes JSON lines to `writer`: those of [`own_crates`], and metrics of any level if there is a
/// `namespace`.
pub fn json<W>(
    level: LevelFilter,
    programs: impl IntoIterator<Item = &'static str>,
    namespace: Option<String>,
    writer: W,
) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Clone + Send + Sync + 'static,
{
    let metrics = namespace.map(|namespace| {
        metrics::Metrics::new(namespace, writer.clone()).with_filter(filter_fn(metrics::is_metric))
    });
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_target(false)
        .fmt_fields(span_fields::SpanFields)
        .with_writer(writer)
        .with_filter(own_crates(level, programs));
    tracing_subscriber::registry().with(lines).with(metrics)
}

/// Adds the API key's id to the log lines of the request from here on.
pub fn record_api_key(key: &ApiKeyDigest) {
    tracing::Span::current().record("api_key", tracing::field::display(key));
}

/// Adds the user to the log lines of the request from here on.
pub fn record_user(user: &UserId) {
    tracing::Span::current().record("user", tracing::field::display(user));
}

/// Adds the masked address to the log lines of the request from here on.
pub fn record_address(address: &EmailAddress) {
    // Together: each time, all fields of the span are parsed and written again.
    tracing::record_all!(
        tracing::Span::current(),
        address = address.mask(),
        domain_hash = address.domain_hash()
    );
}

/// Adds the mail's id to the log lines of the request from here on.
pub fn record_mail(mail: &MailId) {
    tracing::Span::current().record("mail", tracing::field::display(mail));
}

/// Logs this level and above of these programs and the project's libraries, and warnings of all
/// other crates.
#[must_use]
pub fn own_crates(level: LevelFilter, programs: impl IntoIterator<Item = &'static str>) -> Targets {
    let own = LIBRARIES.into_iter().chain(programs);
    Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_targets(own.map(|name| (name, level)))
}
