//! Attempts with codes, and the answers to them.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;

use crate::support::app::{PAGE, TestApp, VERIFY, error};
use crate::support::http::Answer;

pub const HALF_AN_HOUR: Duration = Duration::from_mins(30);
pub const ONE_SECOND: Duration = Duration::from_secs(1);

pub fn assert_invalid(answer: &Answer) {
    let detail = "This code is invalid or has expired.";
    let expected = error("validation_error", "invalid_code", detail, Some("code"));
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
}

pub fn assert_expired(answer: &Answer) {
    let detail = "This code has expired. Enter the newest one, or request a new email.";
    let expected = error("validation_error", "expired_code", detail, Some("code"));
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
}

/// Posts the page's form.
pub async fn on_the_page(app: &TestApp, uuid: &str, code: &str) -> Answer {
    let request = app
        .request(Method::POST, &format!("{PAGE}?user={uuid}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(format!("code={code}").into());
    app.send(request.unwrap()).await
}

pub fn assert_too_many(answer: &Answer, retry_after: &str) {
    let detail = "Too many incorrect attempts. Try again later.";
    let expected = error(
        "validation_error",
        "too_many_attempts",
        detail,
        Some("code"),
    );
    assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
    assert_eq!(answer.header("retry-after"), Some(retry_after));
}

/// Tries a wrong code that many times.
pub async fn try_wrong(app: &TestApp, uuid: &str, code: &str, times: usize) {
    for _ in 0..times {
        let answer = app
            .post(VERIFY, json!({ "uuid": uuid, "code": code }))
            .await;
        assert_invalid(&answer);
    }
}
