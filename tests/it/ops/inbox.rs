//! The inbox of `cargo run`: Mailpit's API, and the events on the bus.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::post as on_post;
use local::stack::{Options, Stack};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::local_stack::{KEY, eventually, options, post, start};
use crate::support::app::{REQUEST, VERIFY};
use crate::support::http::{self, Answer};

const BOUNCED: &str = "bounce@simulator.amazonses.com";

async fn stack() -> Stack {
    stack_with(options()).await
}

async fn stack_with(options: Options) -> Stack {
    let api_key = Some(KEY.to_owned());
    start(Options { api_key, ..options }).await
}

/// Calls the inbox. A body may be empty.
async fn call(stack: &Stack, method: &str, path: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", stack.inbox_url))
        .body(Body::from(body.to_owned()));
    http::send(&http::client(), request.unwrap()).await
}

async fn get(stack: &Stack, path: &str) -> Value {
    let answer = call(stack, "GET", path, "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

/// How many mails a search finds.
async fn count(stack: &Stack, query: &str) -> u64 {
    let found = get(stack, &format!("/api/v1/search?query={query}")).await;
    found["messages_count"].as_u64().unwrap()
}

async fn request(stack: &Stack, email: &str) {
    let body = json!({ "email": email }).to_string();
    assert_eq!(post(stack, REQUEST, KEY, &body).await.status, 200);
}

/// Requests a mail and verifies its address by the link.
async fn verify(stack: &Stack, email: &str) {
    request(stack, email).await;
    let mail = get(stack, &format!("/api/v1/message/latest?query=to:{email}")).await;
    let link = mail["Text"].as_str().unwrap();
    let link = link.split_once("?user=").unwrap().1;
    let (uuid, token) = link.split_once('#').unwrap();
    let token = token.split_whitespace().next().unwrap();
    let body = json!({ "uuid": uuid, "token": token }).to_string();
    assert_eq!(post(stack, VERIFY, KEY, &body).await.status, 200);
}

#[tokio::test]
async fn a_bounce_is_on_its_mail() {
    let stack = stack().await;
    request(&stack, BOUNCED).await;
    request(&stack, "ada@example.com").await;
    let list = get(&stack, "/api/v1/messages").await;
    let state = |index: usize| &list["messages"][index]["Delivery"][0]["State"];
    assert_eq!(
        (state(0), state(1)),
        (&json!("delivered"), &json!("bounced"))
    );
    let mail = get(&stack, "/api/v1/message/latest?query=to:bounce").await;
    let report = &mail["Delivery"][0];
    assert_eq!(report["Reason"], "smtp; 550 5.1.1 user unknown");
    assert_eq!(report["Recipients"], json!([BOUNCED]));
}

#[tokio::test]
async fn mailpits_other_paths_answer() {
    let stack = stack().await;
    request(&stack, "ada@example.com").await;
    let id = get(&stack, "/api/v1/message/latest").await["ID"].clone();
    let open = format!("/#{}", id.as_str().unwrap());
    for (method, path, status, expected) in [
        ("GET", "/livez", 200, ""),
        ("GET", "/readyz", 200, ""),
        ("GET", "/api/v1/info", 200, "\"Messages\":1"),
        ("GET", "/api/v1/webui", 200, "\"SpamAssassin\":false"),
        ("GET", "/api/v1/tags", 200, "\"kind=verification\""),
        ("GET", "/api/v1/chaos", 200, "{\"rules\":[]}"),
        ("POST", "/api/v1/send", 404, "a part of Mailpit's API"),
        ("GET", "/api/v1/message/none/raw", 404, "404 page not found"),
        ("GET", "/view/none", 404, "Message not found"),
        ("GET", "/view/latest", 303, &open),
        ("GET", "/search?q=a%20b", 303, "/?q=a+b"),
        ("GET", "//view/latest.txt?x=1", 307, "/view/latest.txt?x=1"),
        ("DELETE", "//api/v1//messages", 307, "/api/v1/messages"),
    ] {
        let answer = call(&stack, method, path, "").await;
        assert_eq!(answer.status, status, "{path}");
        match answer.header("location") {
            Some(location) => assert_eq!(location, expected, "{path}"),
            None => assert!(answer.body.contains(expected), "{path}: {}", answer.body),
        }
    }
}

#[tokio::test]
async fn a_raw_mail_can_be_saved() {
    let stack = stack().await;
    request(&stack, "ada@example.com").await;
    let mail = get(&stack, "/api/v1/message/latest").await;
    let raw = call(&stack, "GET", "/api/v1/message/latest/raw", "").await;
    assert_eq!(raw.header("content-disposition"), None);
    assert_eq!(mail["Size"], raw.body.len());
    assert!(
        raw.body.contains("\r\nTo: ada@example.com\r\n"),
        "{}",
        raw.body
    );
    let saved = call(&stack, "GET", "/api/v1/message/latest/raw?dl=1", "").await;
    let file = format!(
        "attachment; filename=\"{}.eml\"",
        mail["ID"].as_str().unwrap()
    );
    assert_eq!(saved.header("content-disposition"), Some(file.as_str()));
    assert_eq!(saved.body, raw.body);
}

#[tokio::test]
async fn mails_are_marked_and_deleted() {
    let stack = stack().await;
    for email in ["ada@example.com", "bob@example.com"] {
        request(&stack, email).await;
    }
    let ada = get(&stack, "/api/v1/message/latest?query=to:ada").await["ID"].clone();
    assert_eq!(count(&stack, "is:unread").await, 1);
    for (body, unread) in [
        (json!({ "Read": true }), 0),
        (json!({ "ids": [ada], "read": false }), 1),
        (json!({ "Search": "to:ada", "Read": true }), 0),
        (json!({}), 2),
    ] {
        let answer = call(&stack, "PUT", "/api/v1/messages", &body.to_string()).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (StatusCode::OK, "ok")
        );
        assert_eq!(count(&stack, "is:unread").await, unread, "{body}");
    }
    let path = "/api/v1/search?query=to:ada";
    assert_eq!(call(&stack, "DELETE", path, "").await.body, "ok");
    assert_eq!(count(&stack, "example.com").await, 1);
}

#[tokio::test]
async fn bad_requests_change_nothing() {
    let stack = stack().await;
    request(&stack, "ada@example.com").await;
    for (method, path, body) in [
        ("DELETE", "/api/v1/search?query=has:attachment", ""),
        ("DELETE", "/api/v1/search?query=", ""),
        ("DELETE", "/api/v1/search", ""),
        ("DELETE", "/api/v1/messages", "{\"ID\":[\"x\"]}"),
        ("DELETE", "/api/v1/messages", "ids=x"),
        ("PUT", "/api/v1/messages", ""),
        (
            "PUT",
            "/api/v1/messages",
            "{\"Search\":\"is:odd\",\"Read\":true}",
        ),
        (
            "PUT",
            "/api/v1/messages",
            "{\"Search\":\"a\",\"IDs\":[\"x\"]}",
        ),
        ("PUT", "/api/v1/tags", "[]"),
        ("PUT", "/api/v1/tags/none", "{\"Name\":\"new\"}"),
        ("DELETE", "/api/v1/tags/none", ""),
    ] {
        let answer = call(&stack, method, path, body).await;
        assert_eq!(answer.status, 400, "{method} {path} {body}");
        assert!(!answer.body.is_empty(), "{method} {path} {body}");
    }
    assert_eq!(count(&stack, "is:unread+tag:kind=verification").await, 1);
}

/// A backend that keeps what it gets, and its URL.
async fn backend() -> (String, Arc<Mutex<Vec<Value>>>) {
    let received = Arc::new(Mutex::new(Vec::new()));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let keep = {
        let received = Arc::clone(&received);
        async move |body: String| {
            let body = serde_json::from_str(&body).unwrap();
            received.lock().unwrap().push(body);
            StatusCode::ACCEPTED
        }
    };
    let router = Router::new().route("/events", on_post(keep));
    tokio::spawn(async { axum::serve(listener, router).await });
    (url, received)
}

/// The newest event on the bus, once an attempt to forward it ended.
async fn forwarded(stack: &Stack) -> Value {
    eventually("an event is forwarded", async || {
        let bus = get(stack, "/api/bus").await;
        let newest = bus.pointer("/events/0")?.clone();
        newest["forwarding"].is_object().then_some(newest)
    })
    .await
}

#[tokio::test]
async fn events_reach_the_backend() {
    let (url, received) = backend().await;
    let events_to = Some(url.parse().unwrap());
    let stack = stack_with(Options {
        events_to,
        ..options()
    })
    .await;
    verify(&stack, "ada@example.com").await;
    let newest = forwarded(&stack).await;
    let expected =
        json!({ "state": "accepted", "attempts": 1, "outcome": "answered 202 Accepted" });
    assert_eq!(newest["forwarding"], expected);
    let received = received.lock().unwrap().clone();
    assert_eq!(received, [newest["event"].clone()]);
    assert_eq!(received[0]["detail-type"], "Email Verified");
    assert_eq!(received[0]["detail"]["email"], "ada@example.com");
    assert_eq!(get(&stack, "/api/bus").await["forwarded_to"], url);
}

#[tokio::test]
async fn a_backend_down_stops_nothing() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let events_to = Some(url.parse().unwrap());
    let stack = stack_with(Options {
        events_to,
        ..options()
    })
    .await;
    verify(&stack, "ada@example.com").await;
    let newest = forwarded(&stack).await;
    assert_eq!(newest["forwarding"]["state"], "retrying");
    verify(&stack, "bob@example.com").await;
}
