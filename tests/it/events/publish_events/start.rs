//! Settings, before the first batch.

use publish_events::PublishEvents;
use shared::runtime::aws::Aws;

use crate::support::app::TestApp;

#[tokio::test]
async fn a_missing_bus_stops_the_start() {
    let app = TestApp::start().await;
    let start = |name: &'static str, value: &str| {
        let environment = app.environment_with(&[(name, value)]);
        let aws = Aws::from_environment(&environment).unwrap();
        PublishEvents::from_environment(&environment, &aws)
            .map(drop)
            .map_err(|error| error.to_string())
    };
    let missing = "setting EVENT_BUS_NAME: must be set".to_owned();
    assert_eq!(start("EVENT_BUS_NAME", ""), Err(missing));
    assert!(start("STAGE", "a b").is_err());
    assert_eq!(start("STAGE", ""), Ok(()));
}
