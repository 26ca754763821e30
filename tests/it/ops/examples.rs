//! `docs/integrate.md` shows what was run: each block of code in it is a file of `docs/examples`,
//! and the files are run here against the service. Those for Node and `FastAPI` are run in
//! `tests/browser`. The README shows parts of them.

use std::collections::BTreeMap;
use std::future::ready;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::FutureExt;
use local::edge::Fault;
use local::fixtures::API_KEY;
use local::stack;
use saphyr::{LoadableYamlNode, YamlOwned};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::support::app::{REQUEST, TestApp, VERIFY, suppression};
use crate::support::http::{self, listen};
use crate::support::lists::assert_same;
use crate::support::mail::{code_of, link_of, wrong_code};
use crate::support::openapi;
use crate::support::pattern::matches;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples");
const GUIDE: &str = include_str!("../../../docs/integrate.md");
const README: &str = include_str!("../../../README.md");
const UUID: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";
const NEW: &str = "new@example.com";

/// Texts of the examples for users.
mod said {
    pub const NO_CODE: &str = "This code is incorrect or has expired. Use the one in the latest \
        email, or request a new one.";
    pub const NO_LINK: &str = "This link no longer works. Please request a new one.";
    pub const NOT_NOW: &str = "That didn’t work just now. Please try again in a moment.";
    pub const OUR_FAULT: &str = "Something went wrong on our end.";
    pub const SUPPRESSED: &str = "We can’t send email to this address. Please use a different one.";
    pub const NOT_ALLOWED: &str =
        "We don’t accept email addresses of this domain. Please use a different one.";
    pub const TOO_MANY: &str =
        "Too many attempts. Use the link in the email, or try again in 30 min.";
    pub const LOCKED: &str = "Too many attempts. Use the link in the email.";
    pub const LATE_CODE: &str =
        "This code has expired. Use the one in the latest email, or request a new one.";
    pub const ENOUGH: &str = "You’ve requested too many emails. Please try again in 24 h.";
    pub const ALREADY: &str = "This email address is already verified.";
    pub const NO_ADDRESS: &str = "Enter a valid email address.";
    pub const SIX_DIGITS: &str = "Enter the 6-digit code from your email.";
    pub const NO_SETTINGS: &str =
        "Set MAILPROOF_URL to the URL of the API, and MAILPROOF_KEY to an API key.";
}

/// The output of a program, and whether it exited with 0.
#[derive(Debug, PartialEq)]
struct Said {
    out: String,
    success: bool,
}

fn success(out: &str) -> Said {
    Said {
        out: out.to_owned(),
        success: true,
    }
}

fn refusal(out: &str) -> Said {
    Said {
        out: out.to_owned(),
        success: false,
    }
}

/// Runs a program in the folder of the examples. A missing program fails the test.
async fn run(program: &[&str], environment: &[(&str, &str)], input: &str) -> Said {
    run_and_explain(program, environment, input).await.0
}

/// The same, and what the program wrote to standard error.
async fn run_and_explain(
    program: &[&str],
    environment: &[(&str, &str)],
    input: &str,
) -> (Said, String) {
    let (name, arguments) = program.split_first().unwrap();
    let mut child = Command::new(name)
        .args(arguments)
        .current_dir(FOLDER)
        .envs(environment.iter().copied())
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{name} is needed to run the examples of the docs: {error}")
        });
    // A program that reads no input may exit before it is written.
    let _ = child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .await;
    // For a program that hangs.
    let ended = tokio::time::timeout(Duration::from_mins(2), child.wait_with_output()).await;
    let output = ended.expect("the example ends").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, error) = (text(output.stdout), text(output.stderr));
    for (name, value) in environment {
        assert!(
            *name != "MAILPROOF_KEY"
                || value.is_empty()
                || !(out.contains(value) || error.contains(value)),
            "the key is printed: {out}{error}"
        );
    }
    assert!(
        output.status.code().is_some_and(|code| code <= 1) && !error.contains("Traceback"),
        "{program:?}: {}\n{out}{error}",
        output.status
    );
    let said = Said {
        out: out.trim_end().to_owned(),
        success: output.status.success(),
    };
    (said, error)
}

/// The example in one language, on the service of a test.
struct Example<'a> {
    program: &'a [&'a str],
    app: &'a TestApp,
}

impl Example<'_> {
    async fn says(&self, arguments: &[&str]) -> Said {
        // People paste a URL with a slash at its end.
        let url = format!("{}/", self.app.api_url);
        self.says_at(&url, API_KEY, arguments).await.0
    }

    /// Also what it says to the developer.
    async fn says_at(&self, url: &str, key: &str, arguments: &[&str]) -> (Said, String) {
        let program = [self.program, arguments].concat();
        let environment = [("MAILPROOF_URL", url), ("MAILPROOF_KEY", key)];
        run_and_explain(&program, &environment, "").await
    }

    /// A person who asks twice gets two mails, a job that repeats a call sends one.
    async fn passes_options_on(&self) {
        let request = [
            "request",
            "job@example.com",
            "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c98",
        ];
        let program = [self.program, &request].concat();
        let environment = [
            ("MAILPROOF_URL", self.app.api_url.as_str()),
            ("MAILPROOF_KEY", API_KEY),
            ("RETURN_TO", "https://shop.example.com/cart"),
            ("IDEMPOTENCY_KEY", "job-1"),
        ];
        let asked = success("We sent an email to job@example.com.");
        let sent = self.app.sent.len();
        for (environment, mails) in [
            (&environment[..], 1),
            (&environment, 1),
            (&environment[..3], 2),
            (&environment[..3], 3),
        ] {
            assert_eq!(run(&program, environment, "").await, asked);
            assert_eq!(self.app.sent.len(), sent + mails);
        }
        let mail = self.app.newest_mail();
        let text = mail.text.as_deref().unwrap();
        let next = "&next=https%3A%2F%2Fshop.example.com%2Fcart#";
        assert!(text.contains(next), "{text}");
    }

    async fn repeats_a_lost_answer(&self) {
        let calls = Arc::new(AtomicUsize::new(0));
        let url = first_answer_lost(&self.app.api_url, &calls).await;
        let sent = self.app.sent.len();
        let request = [
            "request",
            "late@example.com",
            "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c97",
        ];
        let (said, _) = self.says_at(&url, API_KEY, &request).await;
        assert_eq!(said, success("We sent an email to late@example.com."));
        assert_eq!(calls.load(Ordering::SeqCst), 2);
        assert_eq!(self.app.sent.len(), sent + 1);
    }

    async fn knows_proofs(&self) {
        let request = ["request", "Ada@Example.com", UUID, "de-AT,de"];
        let asked = self.says(&request).await;
        assert_eq!(asked, success("We sent an email to Ada@Example.com."));
        let mail = self.app.newest_mail();
        let html = mail.html.as_deref().unwrap();
        assert!(html.contains("lang=\"de\""), "the language is passed on");
        let (_, token) = link_of(&mail);
        let wrong = wrong_code(&[&mail]);
        for (kind, proof, answer) in [
            ("code", wrong.as_str(), said::NO_CODE),
            ("code", "12 34", said::SIX_DIGITS),
            ("token", "no-token", said::NO_LINK),
        ] {
            let answered = self.says(&["verify", UUID, kind, proof]).await;
            assert_eq!(answered, refusal(answer));
        }
        let code = code_of(&mail);
        let typed = format!("{} {}", &code[..3], &code[3..]);
        for (kind, proof) in [("code", typed.as_str()), ("token", &token)] {
            let answered = self.says(&["verify", UUID, kind, proof]).await;
            assert_eq!(answered, success("Ada@Example.com is verified."));
        }
        assert_eq!(self.says(&request).await, refusal(said::ALREADY));
    }

    async fn knows_addresses(&self) {
        for no_address in ["ada", "a\"b\\c@example.com"] {
            let answered = self.says(&["request", no_address, UUID]).await;
            assert_eq!(answered, refusal(said::NO_ADDRESS), "{no_address}");
        }
        let gone = suppression("gone@example.com");
        let item = "address#gone@example.com";
        self.app.set(item, "suppression", gone).await;
        let suppressed = self.says(&["request", "gone@example.com", UUID]).await;
        assert_eq!(suppressed, refusal(said::SUPPRESSED));
        let denied = self.says(&["request", "ada@denied.example", UUID]).await;
        assert_eq!(denied, refusal(said::NOT_ALLOWED));
        let mistyped = self.says(&["request", "ada@gmial.con", UUID]).await;
        let asked = "We sent an email to ada@gmial.con.\nDid you mean ada@gmail.com?";
        assert_eq!(mistyped, success(asked));
    }

    /// Asks for mails until no more is sent to the user, and tries codes until none is compared.
    async fn knows_limits(&self) {
        let app = self.app;
        let body = json!({ "email": NEW, "uuid": UUID });
        while app.post(REQUEST, body.clone()).await.status == 200 {}
        assert_eq!(self.asks_for_new().await, refusal(said::ENOUGH));

        let mail = app.newest_mail();
        let wrong = json!({ "uuid": UUID, "code": wrong_code(&[&mail]) });
        while !app.post(VERIFY, wrong.clone()).await.body.contains("many") {}
        let code = ["verify", UUID, "code", &code_of(&mail)];
        assert_eq!(self.says(&code).await, refusal(said::TOO_MANY));
        app.pass(Duration::from_mins(30));
        assert_eq!(self.says(&code).await, refusal(said::LATE_CODE));
        let (user, row) = (format!("user#{UUID}"), AttributeValue::N("100".to_owned()));
        app.set(&user, "wrong_codes", row).await;
        assert_eq!(self.says(&code).await, refusal(said::LOCKED));
        app.pass(Duration::from_hours(24) - Duration::from_mins(30));
        let link = ["verify", UUID, "token", &link_of(&mail).1];
        assert_eq!(self.says(&link).await, refusal(said::NO_LINK));
    }

    async fn knows_faults(&self) {
        self.app.ses_faults.next(Fault::Paused);
        assert_eq!(self.asks_for_new().await, refusal(said::NOT_NOW));
        let new = ["request", NEW, UUID];
        let gateway = gateway_alone().await;
        for (url, key, answer, why) in [
            (
                self.app.api_url.as_str(),
                "evk_wrong",
                said::OUR_FAULT,
                "401",
            ),
            ("http://127.0.0.1:1", API_KEY, said::NOT_NOW, "onnect"),
            (gateway.as_str(), API_KEY, said::NOT_NOW, "429"),
        ] {
            let (answered, explained) = self.says_at(url, key, &new).await;
            assert_eq!(answered, refusal(answer), "{url}");
            assert!(explained.contains(why), "{url}: {explained}");
        }
    }

    async fn needs_url_and_key(&self) {
        let sent = self.app.sent.newest_first().len();
        for (url, key) in [(self.app.api_url.as_str(), ""), ("", API_KEY)] {
            let (answered, explained) = self.says_at(url, key, &["request", NEW, UUID]).await;
            assert_eq!(answered, refusal(""));
            assert_eq!(explained.trim_end(), said::NO_SETTINGS);
        }
        assert_eq!(self.app.sent.newest_first().len(), sent);
    }

    async fn asks_for_new(&self) -> Said {
        self.says(&["request", NEW, UUID]).await
    }
}

/// Provokes every answer that a caller has to distinguish.
async fn knows_every_answer(program: &[&str]) {
    let app = &TestApp::start().await;
    let example = Example { program, app };
    example.knows_proofs().await;
    example.knows_addresses().await;
    example.passes_options_on().await;
    example.repeats_a_lost_answer().await;
    example.knows_limits().await;
    example.knows_faults().await;
    example.needs_url_and_key().await;
}

/// A way to the API on which the first answer is lost, though the call arrives.
async fn first_answer_lost(api_url: &str, calls: &Arc<AtomicUsize>) -> String {
    let listener = listen().await;
    let url = listener.url();
    let (api_url, calls, client) = (api_url.to_owned(), Arc::clone(calls), http::client());
    let router = Router::new().fallback(move |mut request: Request| {
        let uri = format!("{api_url}{}", request.uri());
        let (calls, client) = (Arc::clone(&calls), client.clone());
        async move {
            *request.uri_mut() = uri.parse().unwrap();
            let answer = client.request(request).await.unwrap().map(Body::new);
            if calls.fetch_add(1, Ordering::SeqCst) > 0 {
                return answer;
            }
            let lost = ready(Err::<Vec<u8>, _>(io::Error::other("on purpose")));
            Response::new(Body::from_stream(lost.into_stream()))
        }
    });
    tokio::spawn(stack::serve(listener, router));
    url
}

/// API Gateway's own answer, without a function.
async fn gateway_alone() -> String {
    let listener = listen().await;
    let url = listener.url();
    let answer = (
        StatusCode::TOO_MANY_REQUESTS,
        r#"{"message":"Too Many Requests"}"#,
    );
    let router = Router::new().fallback(move || ready(answer));
    tokio::spawn(stack::serve(listener, router));
    url
}

#[tokio::test]
async fn the_curl_example_knows_every_answer() {
    // Without it the script would print its text for any failed call.
    assert!(run(&["curl", "--version"], &[], "").await.success);
    knows_every_answer(&["bash", "mailproof.sh"]).await;
}

#[tokio::test]
async fn the_python_example_knows_every_answer() {
    knows_every_answer(&["python3", "mailproof.py"]).await;
}

#[tokio::test]
async fn the_rust_example_knows_every_answer() {
    knows_every_answer(&[env!("CARGO_BIN_EXE_mailproof_example")]).await;
}

#[tokio::test]
async fn the_inbox_example_reads_both_proofs() {
    let app = TestApp::start().await;
    // A mail to another address is ignored.
    app.ask(json!({ "email": "ada@example.com" })).await;
    let environment = [
        ("MAILPROOF_URL", app.api_url.as_str()),
        ("MAILPROOF_KEY", API_KEY),
        ("MAILPROOF_INBOX", app.inbox_url.as_str()),
    ];
    let ended = run(&["python3", "end_to_end.py"], &environment, "").await;
    let line = "A code and a link were read from the inbox, and both work.";
    assert_eq!(ended, success(line));
}

fn example_event(file: &str) -> Value {
    serde_json::from_str(&read(&Path::new(FOLDER).join(file))).unwrap()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Passes these events to the handler in order, and returns the contents of its database.
const DRIVER: &str = r#"
import json, os, sqlite3, sys, tempfile
from on_event import handler

with tempfile.TemporaryDirectory() as folder:
    os.environ["DATABASE"] = os.path.join(folder, "users")
    users = sqlite3.connect(os.environ["DATABASE"])
    users.execute("CREATE TABLE users (id, email, pending_email, verified_at, undeliverable, \
        undeliverable_at)")
    users.execute("INSERT INTO users (id, pending_email) VALUES \
        ('0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99', 'Ada@Example.com')")
    users.execute("INSERT INTO users (id, email, pending_email) VALUES ('other', \
        'old@example.org', 'ada@Example.org')")
    users.commit()
    for event in json.load(sys.stdin):
        handler(event, None)
    print(json.dumps(users.execute("SELECT id, email, pending_email, verified_at, undeliverable \
        FROM users ORDER BY id").fetchall()))
    users.close()
"#;

async fn handled(events: &[&Value]) -> Value {
    let input = json!(events).to_string();
    let said = run(&["python3", "-c", DRIVER], &[], &input).await;
    serde_json::from_str(&said.out).unwrap()
}

#[tokio::test]
async fn duplicate_and_late_events_change_nothing() {
    let verified = example_event("email_verified.json");
    let undeliverable = example_event("email_undeliverable.json");
    let mut newer = verified.clone();
    newer["detail"]["email"] = json!("new@example.com");
    newer["detail"]["verified_at"] = json!("2026-11-24T00:00:00Z");
    let other = json!([
        "other",
        "old@example.org",
        "ada@Example.org",
        null,
        "bounced"
    ]);

    let user = &verified["detail"];
    let expected = json!([
        [user["uuid"], user["email"], null, user["verified_at"], null],
        other
    ]);
    let twice = handled(&[&verified, &undeliverable, &verified, &undeliverable]).await;
    assert_eq!(twice, expected);
    let user = &newer["detail"];
    // The address that the user requested last is still pending.
    let pending = &verified["detail"]["email"];
    let expected = json!([
        [
            user["uuid"],
            user["email"],
            pending,
            user["verified_at"],
            null
        ],
        other
    ]);
    let late = handled(&[&newer, &undeliverable, &verified]).await;
    assert_eq!(late, expected);
}

#[tokio::test]
async fn the_handler_keeps_the_later_outcome() {
    let verified = example_event("email_verified.json");
    let user = &verified["detail"];
    let mut before = example_event("email_undeliverable.json");
    before["detail"]["email"] = user["email"].clone();
    before["detail"]["occurred_at"] = json!("2026-11-23T11:00:00Z");
    let mut after = before.clone();
    after["detail"]["occurred_at"] = json!("2026-11-23T13:00:00Z");
    for (events, undeliverable) in [
        ([&before, &verified], json!(null)),
        ([&verified, &before], json!(null)),
        ([&verified, &after], json!("bounced")),
        ([&after, &verified], json!("bounced")),
    ] {
        let users = handled(&events).await;
        let verified_at = &user["verified_at"];
        let expected = json!([
            user["uuid"],
            user["email"],
            null,
            verified_at,
            undeliverable
        ]);
        assert_eq!(users[0], expected);
    }
}

#[tokio::test]
async fn a_refusal_ends_what_is_pending() {
    let verified = example_event("email_verified.json");
    let user = &verified["detail"];
    let mut refused = example_event("verification_refused.json");
    refused["detail"]["uuid"] = user["uuid"].clone();
    refused["detail"]["email"] = user["email"].clone();
    let users = handled(&[&refused, &refused]).await;
    assert_eq!(users[0], json!([user["uuid"], null, null, null, null]));
    let users = handled(&[&verified, &refused]).await;
    assert_eq!(users[0][1], user["email"], "a verification stays");
}

#[test]
fn the_rule_matches_these_events_and_no_other() {
    let template = read(&Path::new(FOLDER).join("events.yaml"));
    // The default of a stack.
    assert!(template.contains("Description: Stage of Mailproof's stack.\n    Default: prod\n"));
    let template = template.replace("!Ref Stage", "prod");
    let template = YamlOwned::load_from_str(&template).unwrap().remove(0);
    let rule = &template["Resources"]["MailproofEvents"]["Properties"];
    let pattern = openapi::to_json(&rule["EventPattern"]);
    for file in [
        "email_verified.json",
        "email_undeliverable.json",
        "verification_refused.json",
    ] {
        let event = example_event(file);
        assert!(matches(&pattern, Some(&event)), "{file}");
        let mut foreign = event.clone();
        foreign["source"] = json!("aws.ses");
        assert!(!matches(&pattern, Some(&foreign)), "{file}");
        let mut staging = event;
        staging["detail"]["stage"] = json!("staging");
        assert!(!matches(&pattern, Some(&staging)), "{file}");
    }
}

/// The named blocks of a page. The name follows the language.
fn blocks(page: &str) -> BTreeMap<String, String> {
    let mut blocks = BTreeMap::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let content: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if let Some((_, name)) = info.split_once(' ') {
            let earlier = blocks.insert(name.to_owned(), format!("{}\n", content.join("\n")));
            assert!(earlier.is_none(), "{name} stands there twice");
        }
    }
    blocks
}

#[test]
fn every_block_of_the_guide_is_run() {
    let files: BTreeMap<String, String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path: PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, read(&path))
        })
        .collect();
    let blocks = blocks(GUIDE);
    // docs/integrate.md shows each file of docs/examples.
    assert_same(blocks.keys(), files.keys());
    for (name, file) in &files {
        assert!(
            blocks[name] == *file,
            "{name} and its block in docs/integrate.md are not the same"
        );
    }
}

#[test]
fn the_readme_shows_parts_of_the_files() {
    let parts = blocks(README);
    assert!(!parts.is_empty());
    for (name, part) in parts {
        assert!(
            read(&Path::new(FOLDER).join(&name)).contains(&part),
            "{name} does not have its block in README.md"
        );
    }
}

#[tokio::test]
async fn the_readmes_session_verifies() {
    let app = TestApp::start().await;
    let (_, session) = README.split_once("\n## A session\n").unwrap();
    let (session, _) = session.split_once("\n## ").unwrap();
    let lines = session.lines().filter_map(|line| line.strip_prefix("    "));
    let (shown, commands): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('{'));
    let commands = commands
        .join("\n")
        .replace("evk_…", API_KEY)
        .replace("http://127.0.0.1:3000", &app.api_url)
        .replace("http://127.0.0.1:8025", &app.inbox_url);
    let said = run(&["bash", "-euc", &commands], &[], "").await;
    assert!(said.out.starts_with("HTTP/1.1 200 OK"), "{}", said.out);
    let answer: Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    let mut expected: Value = serde_json::from_str(shown[0]).unwrap();
    expected["verified_at"] = answer["verified_at"].clone();
    assert!(answer["verified_at"].is_string());
    assert_eq!(answer, expected);
}

/// The table of the guide has every error code of the API.
#[test]
fn every_error_of_the_api_is_explained() {
    let examples = &openapi::json_document()["components"]["examples"];
    for (_, example) in openapi::entries(examples) {
        let code = example["value"]["code"].as_str().unwrap();
        assert!(GUIDE.contains(&format!("`{code}`")), "{code}");
    }
}
