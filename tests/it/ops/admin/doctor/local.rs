//! On one machine, where there is no stack.

use insta::assert_snapshot;

use super::support::doctor;
use crate::ops::admin::support::run;
use crate::support::app::TestApp;

#[tokio::test]
async fn a_local_table_calls_no_account() {
    let app = TestApp::start().await;
    let report = doctor(&app).await.text();
    assert_snapshot!(report);
}

#[tokio::test]
async fn a_missing_table_name_is_named() {
    let mut app = TestApp::start().await;
    app.environment.retain(|(name, _)| *name != "TABLE_NAME");
    let (code, text) = run(&app, &["doctor"]).await.error();
    assert_eq!(code, 2);
    assert!(text.starts_with("Give --table or TABLE_NAME: "), "{text}");
}
