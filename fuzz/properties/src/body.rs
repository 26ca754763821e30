//! Bodies of requests.

use serde_json::Value;

use crate::answer::{header, is_documented};
use crate::event::Sent;
use crate::functions::{Function, invoke};
use crate::network::API_KEY;

/// A body is answered as the contract says, the same by both of API Gateway's formats.
pub fn body(input: &[u8]) {
    let body = &*String::from_utf8_lossy(input);
    for (function, path) in [
        (Function::Request, "/api/users/request_email_verification"),
        (Function::Verify, "/api/users/verify_email"),
    ] {
        let authorization = format!("Bearer {API_KEY}");
        let sent = Sent {
            method: "POST",
            path,
            query: "",
            headers: &[
                ("authorization", &authorization),
                ("content-type", "application/json"),
            ],
            body,
        };
        let answer = invoke(function, &sent.http_api()).unwrap();
        is_documented(function, &answer);
        has_error_of_body(function, &answer, body);
        assert!(body.contains(API_KEY) || !answer.to_string().contains(API_KEY));
        let of_rest_api = invoke(function, &sent.rest_api()).unwrap();
        for member in ["statusCode", "body"] {
            assert_eq!(answer[member], of_rest_api[member]);
        }
    }
}

/// The key is right, so only the body can be wrong.
fn has_error_of_body(function: Function, answer: &Value, body: &str) {
    let status = answer["statusCode"].as_u64().unwrap();
    // Nobody is on record, so no proof is right.
    let may_succeed = function == Function::Request;
    let error = answer["body"].as_str().unwrap_or_default();
    match status {
        200 => assert!(may_succeed && is_object(body), "{answer}"),
        400 => assert!(
            header(answer, "content-type") == "application/json",
            "{answer}"
        ),
        404 => assert!(may_succeed && error.contains("No such user"), "{answer}"),
        413 => assert!(body.len() > 64 * 1024),
        _ => panic!("{answer}"),
    }
    if !is_object(body) && status == 400 {
        assert!(
            error.contains("parse_error") || error.contains("Expected a dictionary"),
            "{error}"
        );
    }
}

fn is_object(body: &str) -> bool {
    body.trim_start().starts_with('{')
}
