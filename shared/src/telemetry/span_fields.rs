//! The fields of a span, as JSON.

use std::fmt;

use tracing::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormattedFields;
use tracing_subscriber::fmt::format::{FormatFields, JsonFields, Writer};

/// [`JsonFields`], but a later field is appended. That one parses and writes all fields again.
#[derive(Debug)]
pub(super) struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        JsonFields::new().format_fields(writer, fields)
    }

    /// A field that is recorded twice is in the object twice. A line has its last value, as the
    /// object is parsed for it.
    fn add_fields(
        &self,
        current: &'writer mut FormattedFields<Self>,
        fields: &Record<'_>,
    ) -> fmt::Result {
        let mut added = String::new();
        self.format_fields(Writer::new(&mut added), fields)?;
        let object = &mut current.fields;
        if is_empty(object) {
            *object = added;
        } else if !is_empty(&added) {
            object.truncate(object.len() - 1);
            object.push(',');
            object.push_str(&added[1..]);
        }
        Ok(())
    }
}

/// Whether an object has no fields. A span without any at its start may have no object.
fn is_empty(object: &str) -> bool {
    object.len() <= "{}".len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tracing::field::Empty;
    use tracing::level_filters::LevelFilter;

    use crate::telemetry::written::written;

    #[test]
    fn a_line_has_all_fields_of_its_span() {
        let lines = written(LevelFilter::INFO, None, || {
            let span = tracing::error_span!("named", first = "}", later = Empty, last = Empty);
            span.record("later", "\"{");
            span.in_scope(|| tracing::info!("one"));
            tracing::record_all!(span, last = 2, later = "again");
            span.record("last", None::<&str>);
            span.in_scope(|| tracing::info!("two"));
            let empty = tracing::error_span!("empty", later = Empty, last = Empty);
            empty.record("last", true);
            empty.in_scope(|| tracing::info!("three"));
        });
        let spans: Vec<_> = lines.iter().map(|line| &line["span"]).collect();
        let expected = [
            json!({ "name": "named", "first": "}", "later": "\"{" }),
            json!({ "name": "named", "first": "}", "later": "again", "last": 2 }),
            json!({ "name": "empty", "last": true }),
        ];
        assert_eq!(spans, expected.iter().collect::<Vec<_>>());
    }
}
