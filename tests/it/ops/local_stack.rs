//! `cargo run`: what it starts and what it prints.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use local::functions::{Definition, FUNCTIONS};
use local::stack::{Options, Overrides, Stack, TABLE, curl};
use serde_json::json;
use shared::domain::email_address::EmailAddress;
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;
use shared::store::Store;
use shared::telemetry::chain;
use tokio::process::Command;

use crate::support::app::REQUEST;
use crate::support::http::{self, Answer, authorized};

pub(super) const KEY: &str = "my-key";

pub(super) fn options() -> Options {
    Options {
        host: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 0,
        dynamodb_port: 0,
        inbox_port: 0,
        api_key: None,
        data: None,
        backing_only: false,
        events_to: None,
        chaos: Vec::new(),
        overrides: Overrides::default(),
    }
}

pub(super) async fn start(options: Options) -> Stack {
    Stack::start(&options).await.unwrap()
}

pub fn url(stack: &Stack, path: &str) -> String {
    format!("{}{path}", stack.api_url.as_deref().unwrap())
}

pub(super) async fn post(stack: &Stack, path: &str, key: &str, body: &str) -> Answer {
    let request = authorized(Request::post(url(stack, path)), key)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    http::send(&http::client(), request).await
}

/// A folder for one test, deleted when the test ends.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let process = std::process::id();
        Self(std::env::temp_dir().join(format!("mailproof-{name}-{process}-{number}")))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn each_run_has_its_own_key() {
    let first = start(options()).await.api_key;
    let second = start(options()).await.api_key;
    assert_ne!(first.expose_secret(), second.expose_secret());
}

#[tokio::test]
async fn a_given_key_replaces_the_new_one() {
    let stack = start(Options {
        api_key: Some(KEY.to_owned()),
        ..options()
    })
    .await;
    let body = r#"{"email":"ada@example.org"}"#;
    assert_eq!(post(&stack, REQUEST, KEY, body).await.status, 200);
    assert_eq!(post(&stack, REQUEST, "other", body).await.status, 401);
}

/// Starts, fails, and returns the error's text.
pub(super) async fn start_error(options: Options) -> String {
    chain(&Stack::start(&options).await.unwrap_err())
}

#[tokio::test]
async fn backing_alone_gives_its_endpoints() {
    let stack = start(Options {
        backing_only: true,
        ..options()
    })
    .await;
    assert!(stack.api_url.is_none());
    let environment = Environment::from_pairs(&stack.environment);
    for (name, url) in [
        ("AWS_ENDPOINT_URL_DYNAMODB", &stack.dynamodb_url),
        ("AWS_ENDPOINT_URL_SESV2", &stack.inbox_url),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", &stack.inbox_url),
    ] {
        assert_eq!(environment.optional(name).as_ref(), Some(url), "{name}");
    }
    for name in [
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "TABLE_NAME",
        "SENDER",
        "PUBLIC_URL",
        "EVENT_BUS_NAME",
    ] {
        assert!(environment.optional(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn the_root_lists_the_endpoints() {
    let stack = start(options()).await;
    let get = async |accept: &str, host: &str| {
        let request = Request::get(url(&stack, "/"))
            .header("accept", accept)
            .header("host", host);
        http::send(&http::client(), request.body(Body::empty()).unwrap()).await
    };
    let browser = "text/html,*/*;q=0.8";
    let page = get(browser, "localhost").await;
    assert_eq!(page.status, 200);
    // Only the page's script calls the other paths.
    let first = |definition: &Definition| definition.paths().first().copied();
    for path in FUNCTIONS.iter().filter_map(first) {
        let place = "local/src/stack/start_page.html";
        assert!(
            page.body.contains(&url(&stack, path)),
            "{place}: add {path}"
        );
    }
    for shown in [&stack.inbox_url, &stack.dynamodb_url] {
        assert!(page.body.contains(shown), "{shown}");
    }
    let key = stack.api_key.expose_secret();
    assert!(page.body.contains(key) && !page.body.contains("{{"));
    // By DNS rebinding, a page of another site could read the key.
    let foreign = get(browser, "evil.example").await;
    assert_eq!(foreign.status, 404);
    assert!(!foreign.body.contains(key));
    let program = get("application/json", "localhost").await;
    assert_eq!(program.status, 404);
    assert_eq!(program.json()["code"], "not_found");
}

#[tokio::test]
async fn a_page_for_everyone_has_no_key() {
    let stack = start(Options {
        host: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        ..options()
    })
    .await;
    let request = Request::get(url(&stack, "/")).header("accept", "text/html");
    let page = http::send(&http::client(), request.body(Body::empty()).unwrap()).await;
    assert!(page.body.contains("Bearer $MAILPROOF_KEY"));
    assert!(!page.body.contains(stack.api_key.expose_secret()));
}

#[tokio::test]
async fn the_printed_commands_run() {
    let stack = start(options()).await;
    let printed = curl(stack.api_url.as_deref().unwrap(), &stack.api_key);
    let request = Request::get(url(&stack, "/")).header("accept", "text/html");
    let page = http::send(&http::client(), request.body(Body::empty()).unwrap()).await;
    let commands = page.body.split("<pre").filter_map(|part| {
        let (_, command) = part.split_once('>')?;
        command
            .split_once("</pre>")
            .map(|(command, _)| command)
            .filter(|command| command.starts_with("curl "))
    });
    let commands: Vec<_> = commands.collect();
    let body = |command: &str| command.split_once("-d ").unwrap().1.to_owned();
    assert_eq!(body(&printed), body(commands[0]));
    // The code that is shown is that of no mail.
    let has_code = |command: &&str| command.contains("\"code\"");
    let (with_code, others): (Vec<_>, Vec<_>) = commands.into_iter().partition(has_code);
    assert_eq!(with_code.len(), 1);
    assert!(others.len() > 1);
    for command in others.into_iter().chain([&*printed]) {
        let output = Command::new("sh").args(["-c", command]).output().await;
        let output = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(output.starts_with("HTTP/1.1 200 OK"), "{output}");
    }
}

/// Polls for what happens in the background.
pub(super) async fn eventually<T>(what: &str, poll: impl AsyncFn() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = poll().await {
                break found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_mins(1), found).await;
    in_time.unwrap_or_else(|_| panic!("never: {what}"))
}

#[tokio::test]
async fn a_bounce_suppresses_an_address() {
    const ADDRESS: &str = "bounce@simulator.amazonses.com";
    let stack = start(Options {
        api_key: Some(KEY.to_owned()),
        ..options()
    })
    .await;
    let body = json!({ "email": ADDRESS }).to_string();
    assert_eq!(post(&stack, REQUEST, KEY, &body).await.status, 200);
    let aws = Aws::from_environment(&Environment::from_pairs(&stack.environment)).unwrap();
    let store = Store::new(aws.dynamodb(), TABLE);
    let address = EmailAddress::parse(ADDRESS).unwrap();
    eventually("the bounce is recorded", async || {
        let record = store.find_address(&address).await.unwrap();
        record.and_then(|record| record.suppression)
    })
    .await;
    let answer = post(&stack, REQUEST, KEY, &body).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["code"], "email_address_suppressed");
    let event = eventually("the event is published", async || {
        stack.published.events().pop()
    })
    .await;
    assert_eq!(event.detail_type, "Email Undeliverable");
    assert_eq!(event.detail["email"], ADDRESS);
}
