//! A wrong command line, a wrong table and a DynamoDB that does not answer.

use admin::{Arguments, CommandLineError};
use local::edge::Fault;

use super::support::run;
use crate::support::app::TestApp;

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

    app.edge.always(Fault::Error);
    let (code, text) = run(&app, &["keys", "list"]).await.error();
    assert_eq!(code, 1);
    assert!(text.starts_with("Check the network, "), "{text}");
    assert!(
        text.ends_with("InternalServerError: The service failed on its own"),
        "{text}"
    );
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

/// What a wrong command line is answered with.
fn refusal(words: &[&str]) -> String {
    let words: Vec<_> = ["admin"]
        .iter()
        .chain(words)
        .map(ToString::to_string)
        .collect();
    match Arguments::read(&words) {
        Err(CommandLineError::Wrong { error, json }) => {
            assert_eq!(error.exit_code(), 2);
            if json { error.json() } else { error.text() }
        }
        other => panic!("{words:?}: {other:?}"),
    }
}

#[test]
fn a_wrong_command_line_is_explained() {
    let cases: [(&[&str], &str); 5] = [
        (
            &["list", "--bogus"],
            "See `admin list --help`.\nProblem: unexpected argument '--bogus' found",
        ),
        (
            &["keys", "create"],
            "See `admin keys create --help`.\nProblem: the following required arguments were not \
             provided: --label <LABEL>",
        ),
        (
            &["unlok", "ada@example.com"],
            "See `admin --help`.\nProblem: unrecognized subcommand 'unlok'; tip: a similar \
             subcommand exists: 'unlock'",
        ),
        (
            &["status", "--json"],
            "{\"advice\":\"See `admin status --help`\",\"error\":\"the following required \
             arguments were not provided: <EMAIL|UUID>\",\"cause\":null,\"exit_code\":2}",
        ),
        (
            &["send-test", "ada@example.com", "--wait", "x"],
            "See `admin --help`.\nProblem: invalid value 'x' for '--wait <SECONDS>': give whole \
             seconds, from 0 to 3600",
        ),
    ];
    for (words, text) in cases {
        assert_eq!(refusal(words), text, "{words:?}");
    }
}

#[test]
fn help_is_no_error() {
    for words in [
        &["admin"][..],
        &["admin", "--help"],
        &["admin", "--version"],
    ] {
        let words: Vec<_> = words.iter().map(ToString::to_string).collect();
        let read = Arguments::read(&words);
        assert!(matches!(read, Err(CommandLineError::Help(_))), "{words:?}");
    }
}
