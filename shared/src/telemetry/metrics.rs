//! Metrics: log lines in CloudWatch's embedded metric format. So a metric costs no call, and no
//! failed call loses one.
//!
//! Source of the format: Amazon CloudWatch User Guide, "Specification: Embedded metric format".

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};
use strum::VariantArray as _;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
pub enum Metric {
    /// A valid request for a verification.
    Requested,
    /// SES accepted a mail.
    Mailed,
    /// SES reported a delivery. A duplicate event does not count.
    Delivered,
    /// SES refused a mail permanently: an unverified sender, a paused account.
    MailsRefused,
    /// A rate limit refused a mail or a code.
    Throttled,
    /// A replay does not count.
    VerifiedByLink,
    /// A replay does not count.
    VerifiedByCode,
    /// A link or a code was wrong.
    Wrong,
}

impl Metric {
    /// Few, as each costs money: CloudWatch's free tier has ten custom metrics, and SES's two
    /// reputation metrics count as well.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Its name in CloudWatch.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The span around an invocation. Its end writes the metrics that were counted in it.
pub const INVOCATION: &str = "invocation";
/// The target of the tracing events that count. They are not logged.
const TARGET: &str = "metrics";
/// The field of such an event.
const METRIC: &str = "metric";
/// The field of the span that is also in the metrics, so that a count leads to its log line.
const REQUEST_ID: &str = "request_id";

/// Counts one in the current invocation.
pub fn count(metric: Metric) {
    tracing::info!(target: TARGET, metric = metric.name());
}

/// Whether it is a count or the span of an invocation.
pub(super) fn is_metric(metadata: &Metadata<'_>) -> bool {
    metadata.target() == TARGET || (metadata.is_span() && metadata.name() == INVOCATION)
}

/// Writes one line for each invocation that counted something.
pub(super) struct Metrics<W> {
    namespace: String,
    writer: W,
}

impl<W> Metrics<W> {
    pub(super) fn new(namespace: String, writer: W) -> Self {
        Self { namespace, writer }
    }

    /// Without dimensions, as each deployment has its own namespace and each combination of
    /// dimensions costs as much as a metric.
    fn line(&self, counts: &Counts) -> Value {
        let definitions: Vec<_> = counts
            .metrics
            .keys()
            .map(|name| json!({ "Name": name, "Unit": "Count" }))
            .collect();
        let mut line = Map::new();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": millis_since_epoch(),
                "CloudWatchMetrics": [{
                    "Namespace": self.namespace,
                    "Dimensions": [[]],
                    "Metrics": definitions,
                }],
            }),
        );
        for (name, count) in &counts.metrics {
            line.insert(name.clone(), json!(count));
        }
        line.insert(REQUEST_ID.to_owned(), json!(counts.request_id));
        Value::Object(line)
    }
}

fn millis_since_epoch() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "telemetry says when things happened"
    )]
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

impl<W, S> Layer<S> for Metrics<W>
where
    W: for<'writer> MakeWriter<'writer> + 'static,
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut counts = Counts::default();
        attributes.record(&mut counts);
        span.extensions_mut().insert(counts);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(span) = context.event_span(event) else {
            return;
        };
        if let Some(counts) = span.extensions_mut().get_mut::<Counts>() {
            event.record(counts);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let counts = context
            .span(&id)
            .and_then(|span| span.extensions_mut().remove::<Counts>());
        if let Some(counts) = counts.filter(|counts| !counts.metrics.is_empty()) {
            let line = format!("{}\n", self.line(&counts));
            // Without a log, the failure cannot be logged.
            let _ = self.writer.make_writer().write_all(line.as_bytes());
        }
    }
}

#[derive(Default)]
struct Counts {
    request_id: String,
    metrics: BTreeMap<String, u64>,
}

impl Counts {
    fn add(&mut self, metric: &str) {
        *self.metrics.entry(metric.to_owned()).or_default() += 1;
    }
}

impl Visit for Counts {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            METRIC => self.add(value),
            REQUEST_ID => value.clone_into(&mut self.request_id),
            _ => {}
        }
    }

    /// All fields of the metrics are text.
    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use tracing::level_filters::LevelFilter;

    use super::*;
    use crate::telemetry::written::written;

    fn invocation(request_id: &str, counted: &[Metric]) {
        let span = tracing::error_span!(INVOCATION, request_id, route = "r");
        span.in_scope(|| counted.iter().for_each(|metric| count(*metric)));
    }

    #[test]
    fn counts_are_one_emf_line() {
        let mut lines = written(LevelFilter::INFO, Some("Mailproof/mine"), || {
            invocation("1", &[Metric::Requested, Metric::Mailed]);
        });
        let [line] = lines.as_mut_slice() else {
            panic!("{lines:?}")
        };
        let at = line["_aws"]["Timestamp"].as_u64().unwrap();
        // Milliseconds have thirteen digits from 2001 to 2286.
        assert_eq!(at.to_string().len(), 13, "{at}");
        line["_aws"]["Timestamp"] = json!("now");
        let metric = |name: &str| json!({ "Name": name, "Unit": "Count" });
        let expected = json!({
            "_aws": {
                "Timestamp": "now",
                "CloudWatchMetrics": [{
                    "Namespace": "Mailproof/mine",
                    "Dimensions": [[]],
                    "Metrics": [metric("Mailed"), metric("Requested")],
                }],
            },
            "Mailed": 1,
            "Requested": 1,
            "request_id": "1",
        });
        assert_eq!(*line, expected);
    }

    #[test]
    fn without_counts_no_line_is_written() {
        let lines = written(LevelFilter::INFO, Some("n"), || {
            invocation("1", &[]);
            invocation("2", &[Metric::Wrong]);
        });
        let [line] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        assert_eq!(
            (&line["request_id"], &line["Wrong"]),
            (&json!("2"), &json!(1))
        );
    }

    #[test]
    fn a_count_in_a_span_is_the_invocations() {
        let lines = written(LevelFilter::INFO, Some("n"), || {
            let span = tracing::error_span!(INVOCATION, request_id = "1");
            span.in_scope(|| tracing::error_span!("step").in_scope(|| count(Metric::Wrong)));
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0]["request_id"], "1");
    }

    #[test]
    fn counts_are_apart_from_the_log() {
        for level in [LevelFilter::TRACE, LevelFilter::ERROR] {
            let lines = written(level, Some("n"), || invocation("1", &[Metric::Wrong]));
            assert_eq!(lines.len(), 1, "{level}: {lines:?}");
            assert_eq!(lines[0]["Wrong"], 1);
        }
        let lines = written(LevelFilter::TRACE, None, || {
            invocation("1", &[Metric::Wrong]);
        });
        assert_eq!(lines, [] as [Value; 0], "no namespace, no metrics");
    }

    #[test]
    fn log_lines_name_their_request() {
        let lines = written(LevelFilter::ERROR, Some("n"), || {
            let span = tracing::error_span!(INVOCATION, request_id = "1");
            span.in_scope(|| tracing::error!("no"));
        });
        assert_eq!(lines[0]["message"], "no");
        assert_eq!(lines[0]["span"]["request_id"], "1");
    }
}
