//! Lines of a log, for tests.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing::level_filters::LevelFilter;

use super::json;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that `work` writes at this level.
pub(super) fn written(
    level: LevelFilter,
    namespace: Option<&str>,
    work: impl FnOnce(),
) -> Vec<Value> {
    let lines = Lines::default();
    let writer = lines.clone();
    let namespace = namespace.map(str::to_owned);
    let subscriber = json(level, [], namespace, move || writer.clone());
    tracing::subscriber::with_default(subscriber, work);
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}
