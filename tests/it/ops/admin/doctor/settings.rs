//! Settings of the deployed functions that are wrong or contradict each other.

use super::support::{deployed, doctor};

const REQUEST: &str = "RequestEmailVerificationFunction";
const RECORD: &str = "RecordMailEventsFunction";
const VERIFY: &str = "VerifyEmailFunction";

/// A function, a setting of it, a value, and the problem.
const WRONG: [(&str, &str, &str, &str); 13] = [
    (
        REQUEST,
        "TABLE_NAME",
        "other",
        "the functions use another table than mailproof",
    ),
    (
        VERIFY,
        "TABLE_NAME",
        "other",
        "TABLE_NAME differs between functions",
    ),
    (RECORD, "STAGE", "other", "STAGE differs between functions"),
    (
        VERIFY,
        "CODE_KEYS",
        "another-key-of-codes-0123456789ab",
        "CODE_KEYS differs",
    ),
    (
        VERIFY,
        "ORIGIN_SECRET",
        "a-secret-of-the-origin",
        "ORIGIN_SECRET differs",
    ),
    (REQUEST, "CODE_KEYS", "short", "setting CODE_KEYS: must"),
    (REQUEST, "SENDER", "nobody", "setting SENDER: must"),
    (
        REQUEST,
        "DEFAULT_LOCALE",
        "la",
        "setting DEFAULT_LOCALE: must",
    ),
    (
        REQUEST,
        "MAILS_PER_DAY",
        "100",
        "setting MAILS_PER_DAY: must",
    ),
    (
        REQUEST,
        "VERIFICATION_URL",
        "https://app.example.com/#{uuid}/{token}",
        "VERIFICATION_URL and PUBLIC_URL are both set",
    ),
    (
        REQUEST,
        "CONFIGURATION_SET",
        "",
        "CONFIGURATION_SET is not set",
    ),
    (
        REQUEST,
        "CONFIGURATION_SET",
        "other",
        "CONFIGURATION_SET is not the stack's",
    ),
    (
        REQUEST,
        "AWS_ENDPOINT_URL_SESV2",
        "http://127.0.0.1:8025",
        "AWS_ENDPOINT_URL_SESV2 is set",
    ),
];

#[tokio::test]
async fn contradictions_are_named() {
    for (function, name, value, problem) in WRONG {
        let (app, cloud) = deployed().await;
        cloud.change(|stack| {
            let settings = stack.settings.get_mut(function).unwrap();
            settings.insert(name.to_owned(), value.to_owned());
        });
        let report = doctor(&app).await;
        let mut lines = report.out.lines();
        let line = lines.find(|line| line.starts_with("PROBLEM  settings"));
        let line = line.unwrap_or_else(|| panic!("{name} of {function}:\n{}", report.out));
        assert!(line.contains(problem), "{line}");
        assert_eq!(report.exit_code(), 1);
    }
}

#[tokio::test]
async fn a_secret_without_a_public_url_is_named() {
    let (app, cloud) = deployed().await;
    cloud.change(|stack| {
        for settings in stack.settings.values_mut() {
            settings.insert(
                "ORIGIN_SECRET".to_owned(),
                "a-secret-of-the-origin".to_owned(),
            );
            settings.insert("PUBLIC_URL".to_owned(), String::new());
        }
    });
    let report = doctor(&app).await.out;
    let problem = "ORIGIN_SECRET is set without PUBLIC_URL";
    assert!(report.contains(problem), "{report}");
}
