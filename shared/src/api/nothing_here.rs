//! The page for a person who opens a path without a page.

use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::http::{HeaderValue, StatusCode};
use lambda_http::{Body, Response};

use super::respond::Outcome;

const NOTHING_HERE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Nothing here</title>
<h1>There is nothing here</h1>
<p>Please open the link in the email again, or enter its code in the app.</p>
</html>
"#;

#[must_use]
pub fn nothing_here() -> Outcome {
    let mut response = Response::new(Body::from(NOTHING_HERE));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Outcome {
        response,
        code: "not_found",
        source: None,
    }
}
