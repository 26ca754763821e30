//! `cargo run`: what it starts, what it keeps, and its errors.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use local::fixtures;
use local::stack::{Options, Stack};
use shared::domain::email_address::EmailAddress;
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;
use shared::store::Store;

use crate::support::app::{REQUEST, VERIFY};
use crate::support::http::{self, Answer, authorized};

pub fn options() -> Options {
    Options {
        host: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 0,
        dynamodb_port: 0,
        inbox_port: 0,
        api_key: None,
        data: None,
        backing_only: false,
        brand: Vec::new(),
    }
}

async fn post(stack: &Stack, path: &str, key: &str, body: &str) -> Answer {
    let request = Request::post(format!("{}{path}", stack.api_url.as_deref().unwrap()));
    let request = authorized(request, key)
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    http::send(&http::client(), request).await
}

/// A folder for one test, deleted when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("mailproof-{name}-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn each_run_has_its_own_key() {
    let first = Stack::start(&options()).await.unwrap();
    let second = Stack::start(&options()).await.unwrap();
    assert_ne!(
        first.api_key.expose_secret(),
        second.api_key.expose_secret()
    );
    let third = Stack::start(&Options {
        api_key: Some("my-key".to_owned()),
        ..options()
    })
    .await
    .unwrap();
    let body = r#"{"email":"ada@example.org"}"#;
    assert_eq!(post(&third, REQUEST, "my-key", body).await.status, 200);
    assert_eq!(
        post(&third, REQUEST, first.api_key.expose_secret(), body)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let running = Stack::start(&options()).await.unwrap();
    let port: u16 = running
        .inbox_url
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let error = Stack::start(&Options {
        inbox_port: port,
        ..options()
    })
    .await
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "port {port} is taken, so the inbox cannot start there; choose another one with \
             --inbox-port"
        )
    );
}

#[tokio::test]
async fn kept_data_survives_a_restart() {
    let folder = Folder::new("kept");
    let options = Options {
        data: Some(folder.0.clone()),
        api_key: Some("my-key".to_owned()),
        ..options()
    };
    let verify = format!(
        r#"{{"uuid":"{}","token":"{}"}}"#,
        fixtures::ADA.uuid,
        fixtures::ADA.token().encode()
    );
    let first = Stack::start(&Options {
        backing_only: true,
        ..options.clone()
    })
    .await
    .unwrap();
    first.stop().await;
    let second = Stack::start(&options).await.unwrap();
    assert_eq!(post(&second, VERIFY, "my-key", &verify).await.status, 200);
    second.stop().await;
}

#[tokio::test]
async fn backing_alone_gives_its_endpoints() {
    let stack = Stack::start(&Options {
        backing_only: true,
        ..options()
    })
    .await
    .unwrap();
    assert!(stack.api_url.is_none());
    let variable = |name| {
        stack
            .environment
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(
        variable("AWS_ENDPOINT_URL_DYNAMODB"),
        Some(stack.dynamodb_url.as_str())
    );
    assert_eq!(
        variable("AWS_ENDPOINT_URL_SESV2"),
        Some(stack.inbox_url.as_str())
    );
    assert_eq!(
        variable("AWS_ENDPOINT_URL_EVENTBRIDGE"),
        Some(stack.inbox_url.as_str())
    );
    for name in [
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "TABLE_NAME",
        "SENDER",
        "PUBLIC_URL",
        "EVENT_BUS_NAME",
    ] {
        assert!(variable(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn the_environment_sets_the_brand() {
    let process = [
        ("PRODUCT_NAME", "Käse"),
        ("ACCENT_COLOR", "#ffcc00"),
        ("POSTAL_LINE", " "),
        ("TABLE_NAME", "another"),
    ];
    let process = process.map(|(name, value)| (name, value.to_owned()));
    let brand = local::stack::brand_settings(&Environment::from_pairs(&process));
    let stack = Stack::start(&Options {
        brand: brand.clone(),
        ..options()
    })
    .await
    .unwrap();
    let settings: Vec<_> = stack.environment.iter().collect();
    assert!(settings.contains(&&("PRODUCT_NAME", "Käse".to_owned())));
    assert!(settings.contains(&&("TABLE_NAME", "mailproof".to_owned())));
    let page = Request::get(format!(
        "{}/verify_email",
        stack.api_url.as_deref().unwrap()
    ));
    let page = http::send(&http::client(), page.body(Body::empty()).unwrap()).await;
    assert!(
        page.body.contains("Käse") && page.body.contains("--accent:#907300"),
        "{}",
        page.body
    );

    let folder = Folder::new("preview");
    let now = shared::domain::clock::Timestamp::from_unix_seconds(1_795_435_200);
    local::preview::write(&folder.0, now, &brand).unwrap();
    let mail = std::fs::read_to_string(folder.0.join("verification/en.html")).unwrap();
    assert!(
        mail.contains("Käse") && mail.contains("background-color:#907300"),
        "{mail}"
    );
    assert!(mail.contains("Springfield"), "the usual postal line");
}

#[tokio::test]
async fn the_printed_command_runs() {
    let stack = Stack::start(&options()).await.unwrap();
    let command = local::stack::curl(stack.api_url.as_deref().unwrap(), &stack.api_key);
    let output = tokio::task::spawn_blocking(move || {
        std::process::Command::new("sh")
            .arg("-c")
            .arg(command)
            .output()
            .unwrap()
    });
    let output = String::from_utf8(output.await.unwrap().stdout).unwrap();
    assert!(output.starts_with("HTTP/1.1 200 OK"), "{output}");
}

#[tokio::test]
async fn a_bounced_address_is_refused() {
    let stack = Stack::start(&Options {
        api_key: Some("my-key".to_owned()),
        ..options()
    })
    .await
    .unwrap();
    let environment = Environment::from_pairs(&stack.environment);
    let aws = Aws::from_environment(&environment).unwrap();
    let store = Store::new(aws.dynamodb(), local::stack::TABLE);
    let address = EmailAddress::parse("bounce@simulator.amazonses.com").unwrap();
    let body = r#"{"email":"bounce@simulator.amazonses.com"}"#;
    assert_eq!(post(&stack, REQUEST, "my-key", body).await.status, 200);
    // The event is delivered in the background, so the test polls the record.
    let bounced = async {
        loop {
            let record = store.find_address(&address).await.unwrap();
            if record.is_some_and(|record| record.is_suppressed()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_mins(1), bounced).await;
    in_time.expect("the bounce is recorded");
    let answer = post(&stack, REQUEST, "my-key", body).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["code"], "email_address_suppressed");
    // The event for adopters is published in the background, too.
    let published = async {
        loop {
            if let Some(event) = stack.published.events().pop() {
                break event;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_mins(1), published).await;
    let event = in_time.expect("the event is published");
    assert_eq!(event.detail_type, "Email Undeliverable");
    assert_eq!(event.detail["email"], "bounce@simulator.amazonses.com");
}
