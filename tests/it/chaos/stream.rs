//! The stream is late, repeats records or reorders them.

use std::time::Duration;

use local::edge::{Fault, Service};
use local::stack::TABLE;
use local::stream::{Progress, StreamFaults, StreamReader};

use super::path::Path;
use crate::support::app::TestApp;

#[tokio::test]
async fn each_notice_is_mailed_once() {
    for fault in [
        Fault::Late(Duration::from_millis(1)),
        Fault::Twice,
        Fault::Reordered,
    ] {
        let app = TestApp::start().await;
        let mut reader = StreamReader::latest(app.database.clone(), TABLE).unwrap();
        Path::Notice.prepare(&app).await;
        let sent = app.sent.len();
        let function = app.functions[Path::Notice.function()].clone();
        let faults = StreamFaults::new(app.whole_edge.clone(), Path::Notice.function());
        app.whole_edge.of(Service::Stream).always(fault);
        // The notice itself is a change, too.
        while reader.poll_with(&function, &faults).await.unwrap() == Progress::Done {}
        assert_eq!(app.sent.len(), sent + 1, "{fault:?}");
    }
}
