//! The header `Authorization`.

use serde_json::Value;

use crate::answer::is_documented;
use crate::event::Sent;
use crate::functions::{Function, invoke};
use crate::network::API_KEY;

/// Stands for the key in an input.
const PLACEHOLDER: &str = "KEY";

/// Only the key gives access, and no answer repeats it.
pub fn bearer(input: &[u8]) {
    let text = String::from_utf8_lossy(input).replace(PLACEHOLDER, API_KEY);
    let sent = Sent {
        method: "GET",
        path: "/api/users/email_verification_status",
        query: "uuid=0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c11",
        headers: &[("authorization", &text)],
        body: "",
    };
    // No gateway passes on a header with a control character.
    let Some(answer) = invoke(Function::Status, &sent.http_api()) else {
        assert!(text.contains(|c: char| c.is_ascii_control()), "{text:?}");
        return;
    };
    is_documented(Function::Status, &answer);
    assert!(!answer.to_string().contains(API_KEY));
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    // Nobody is on record.
    let expected = match credentials(&text) {
        Some(API_KEY) => "not_found",
        Some(_) => "authentication_failed",
        None => "not_authenticated",
    };
    assert_eq!(body["code"], expected, "{text:?}");
}

/// The rule of RFC 9110, section 11.1, in other words.
fn credentials(header: &str) -> Option<&str> {
    let header = header.trim();
    let is_bearer = |scheme: &&str| scheme.eq_ignore_ascii_case("bearer");
    header.get(..6).filter(is_bearer)?;
    let rest = header.get(6..)?;
    let is_apart = rest.starts_with(|c: char| c.is_ascii_whitespace());
    Some(rest.trim()).filter(|key| is_apart && !key.is_empty())
}
