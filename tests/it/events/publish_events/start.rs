//! Settings and the connection, before the first batch.

use lambda_http::{Context, LambdaEvent};
use publish_events::PublishEvents;
use serde_json::json;
use shared::runtime::aws::Aws;

use super::support::verify_users;
use crate::support::app::TestApp;
use crate::support::wire::Wire;

#[tokio::test]
async fn a_connection_opened_ahead_is_used() {
    let app = TestApp::start().await;
    let records = verify_users(&app, 1).await;
    let wire = Wire::to(&app.inbox_url).await;
    let environment = app.environment_with(&[("AWS_ENDPOINT_URL_EVENTBRIDGE", &wire.url)]);
    let aws = Aws::of_emulators(&environment).unwrap();
    let function = PublishEvents::from_environment(&environment, &aws).unwrap();
    function.open_connection(&aws).await;
    assert_eq!(wire.connections(), 1);
    let batch = LambdaEvent::new(json!({ "Records": records }), Context::default());
    assert_eq!(function.handle(batch).await.unwrap().failures, []);
    assert_eq!((wire.connections(), app.published.take().len()), (1, 1));
}

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
