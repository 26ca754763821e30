//! A wrong table and a DynamoDB that does not answer.

use super::support::run;
use crate::support::app::TestApp;
use crate::support::edge::Break;

#[tokio::test]
async fn an_unknown_table_is_named() {
    let app = TestApp::start().await;
    let (code, text) = run(&app, &["keys", "list", "--table", "mailprof"])
        .await
        .error();
    let place = app.setting("AWS_ENDPOINT_URL_DYNAMODB");
    let start = format!(
        "Check --table, --region and --profile.\n\
         Problem: no table 'mailprof' at {place}: ResourceNotFoundException: "
    );
    assert_eq!(code, 1);
    assert!(text.starts_with(&start), "{text}");
}

#[tokio::test]
async fn an_unreachable_dynamodb_is_named() {
    let app = TestApp::start().await;
    let nowhere = "http://127.0.0.1:9";
    let outcome = run(&app, &["keys", "list", "--endpoint-url", nowhere]).await;
    let (code, text) = outcome.error();
    assert_eq!(code, 1);
    let start = "Check the network, --region and --endpoint-url.\n\
                 Problem: no answer from DynamoDB at http://127.0.0.1:9: ";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("refused") && !text.contains('{'), "{text}");

    app.edge.break_always(Break::InternalServerError);
    let (code, text) = run(&app, &["keys", "list"]).await.error();
    assert_eq!(code, 1);
    assert!(text.starts_with("Check the network, "), "{text}");
    assert!(text.ends_with("InternalServerError: on purpose"), "{text}");
}

#[tokio::test]
async fn another_service_is_not_dynamodb() {
    let app = TestApp::start().await;
    for url in [&app.api_url, &app.inbox_url] {
        let outcome = run(&app, &["keys", "list", "--endpoint-url", url]).await;
        let (code, text) = outcome.error();
        assert_eq!(code, 1);
        let start =
            "Check --endpoint-url: another service may answer there.\nProblem: DynamoDB at ";
        assert!(text.starts_with(start), "{text}");
    }
}
