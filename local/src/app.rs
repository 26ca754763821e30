//! Stands in for the page of the adopter's own that a mailed link opens.
//!
//! It shows what such a page has to do: opening it changes nothing, as link scanners open pages
//! too; a person presses a button, and only then the app's server calls `verify_email` with its
//! API key.

use std::fmt::Write;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use shared::api_key::ApiKeySecret;

use crate::lambda::Function;

/// Where the mailed link leads on this machine, below the inbox's address.
pub const PATH: &str = "/app/verify_email/{uuid}/{token}";

const PAGE: &str = include_str!("app/page.html");

/// The app's server: its key, and the endpoint that it calls.
#[derive(Clone, Debug)]
struct App {
    verify_email: Function,
    api_key: ApiKeySecret,
}

/// The page.
pub fn router(verify_email: Function, api_key: ApiKeySecret) -> Router {
    Router::new()
        .route(PATH, get(ask).post(confirm))
        .with_state(App {
            verify_email,
            api_key,
        })
}

async fn ask() -> Response {
    page(
        "Is this your e-mail address?",
        "Press the button and it is verified. Opening this page alone changes nothing.",
        true,
    )
}

async fn confirm(State(app): State<App>, Path((uuid, token)): Path<(String, String)>) -> Response {
    let event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/api/users/verify_email",
        "rawQueryString": "",
        "headers": {
            "authorization": format!("Bearer {}", app.api_key.reveal()),
            "content-type": "application/json",
        },
        "requestContext": {
            "http": { "method": "POST", "path": "/api/users/verify_email", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "app" },
            "requestId": "from-the-app",
            "stage": "$default",
            "timeEpoch": 0,
        },
        "body": json!({ "uuid": uuid, "token": token }).to_string(),
        "isBase64Encoded": false,
    });
    let answer = app
        .verify_email
        .invoke(&event.to_string())
        .await
        .unwrap_or_default();
    let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
    if answer["statusCode"] == 200 {
        return page(
            "Your e-mail address is verified",
            "The API answered 200. Your app would now carry on.",
            false,
        );
    }
    let body: Value = answer["body"]
        .as_str()
        .and_then(|body| serde_json::from_str(body).ok())
        .unwrap_or_default();
    let detail = body["detail"]
        .as_str()
        .unwrap_or("The verification could not be checked. Try again shortly.");
    page("That did not work", detail, false)
}

fn page(heading: &str, text: &str, button: bool) -> Response {
    let form = if button {
        "<form method=\"post\"><button>Verify e-mail address</button></form>"
    } else {
        ""
    };
    let html = PAGE
        .replace("{{ heading }}", &escape(heading))
        .replace("{{ text }}", &escape(text))
        .replace("{{ form }}", form);
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(html)).into_response()
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            _ => escaped.push(c),
        }
        escaped
    })
}
