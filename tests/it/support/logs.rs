//! What the functions log, as CloudWatch would get it.

use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

use local::functions::FUNCTIONS;
use serde_json::Value;
use shared::telemetry;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static START: Once = Once::new();

const NAMESPACE: &str = "Mailproof/tests";

#[derive(Clone)]
struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

/// Captures all logs of this process from now on, at every level.
pub fn capture() {
    START.call_once(|| {
        let functions = FUNCTIONS.iter().map(|definition| definition.name);
        let own = functions.chain(["local"]);
        telemetry::json(LevelFilter::TRACE, own, Some(NAMESPACE.to_owned()), Lines).init();
    });
}

/// The metrics of one request, as CloudWatch reads them.
pub fn metrics_of(request_id: &str) -> Vec<String> {
    let lines: Vec<Value> = all()
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["_aws"].is_object() && line["request_id"] == request_id)
        .collect();
    assert!(lines.len() <= 1, "an invocation is one line: {lines:?}");
    let mut counted = Vec::new();
    for line in lines {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Namespace"], NAMESPACE);
        for metric in directive["Metrics"].as_array().unwrap() {
            let name = metric["Name"].as_str().unwrap();
            assert_eq!(line[name], 1, "{name} is counted once");
            counted.push(name.to_owned());
        }
    }
    counted
}

/// The logs of all tests.
pub fn all() -> String {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&lines).into_owned()
}

/// The length of the logs so far.
pub fn len() -> usize {
    LINES.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// The logs of all tests after this length.
pub fn since(start: usize) -> String {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&lines[start..]).into_owned()
}

/// The lines of one request.
pub fn of_request(request_id: &str) -> Vec<Value> {
    all()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["span"]["request_id"] == request_id)
        .collect()
}
