//! Nothing secret stays behind: what a test leaves is searched for the secrets that it used.
//!
//! The tokens and codes are those of the test's mails, the keys and passwords those of all requests
//! of this process. They may be in no log line, metric, item, published event and answer.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::thread;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dynoxide::Database;
use local::captured_mails::{CapturedMail, CapturedMails};
use local::published::{Published, PublishedEvent};
use serde_json::{Value, json};

use super::http::Answer;
use super::logs;

/// The password in each request of [`TestApp::post`](super::app::TestApp::post).
pub const PASSWORD: &str = "planted-password-of-all-tests";
const CURRENT_PASSWORD: &str = "planted-current-password-of-all-tests";

const TOKEN_LENGTH: usize = 43;
const CODE_LENGTH: usize = 6;

/// Keys and passwords of all requests of this process.
static SENT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The body with both passwords, unless it has them.
pub fn plant_passwords(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        for (name, value) in [
            ("password", PASSWORD),
            ("current_password", CURRENT_PASSWORD),
        ] {
            fields.entry(name).or_insert_with(|| json!(value));
        }
    }
    body
}

/// The secrets of one request.
#[derive(Debug, Default)]
pub struct Sent {
    keys_and_passwords: Vec<String>,
    token: Option<String>,
}

impl Sent {
    pub fn of(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Self {
        let text = |value: &Value| value.as_str().map(|text| text.trim().to_owned());
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let bearer = headers
            .get_all(header::AUTHORIZATION)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split_whitespace().nth(1));
        let in_query = query.unwrap_or_default().split('&');
        let in_query = in_query.filter_map(|pair| pair.strip_prefix("personal_api_key="));
        let in_body = ["personal_api_key", "password", "current_password"];
        let in_body = in_body.iter().filter_map(|name| text(&body[*name]));
        let keys_and_passwords: Vec<_> = bearer
            .chain(in_query)
            .map(str::to_owned)
            .chain(in_body)
            .filter(|secret| is_searchable(secret))
            .collect();
        let mut all = SENT.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in &keys_and_passwords {
            if !all.contains(secret) {
                all.insert(secret.clone());
            }
        }
        Self {
            keys_and_passwords,
            token: text(&body["token"]).filter(|token| is_token(token)),
        }
    }

    /// Fails if an answer repeats a secret of its request.
    pub fn assert_not_repeated(&self, answer: &Answer) {
        for secret in self.keys_and_passwords.iter().chain(&self.token) {
            let is_repeated = answer.body.contains(secret)
                || answer
                    .headers
                    .values()
                    .any(|value| String::from_utf8_lossy(value.as_bytes()).contains(secret));
            assert!(!is_repeated, "an answer repeats {secret:?}: {answer:?}");
        }
    }
}

/// An API key or a planted password. Tests of the input send other texts, also in other fields.
fn is_searchable(secret: &str) -> bool {
    (secret.starts_with("evk_") || [PASSWORD, CURRENT_PASSWORD].contains(&secret))
        && (10..=128).contains(&secret.len())
        && secret.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_token(text: &str) -> bool {
    text.len() == TOKEN_LENGTH && text.bytes().all(is_base64url)
}

/// The secrets of a test's mails, and the keys and passwords of all requests.
#[derive(Debug, Default)]
pub struct Secrets {
    tokens: HashSet<String>,
    codes: HashSet<String>,
    keys_and_passwords: BTreeSet<String>,
}

impl Secrets {
    pub fn of(mails: &[impl AsRef<CapturedMail>]) -> Self {
        let mut secrets = Self::default();
        for mail in mails {
            let text = mail.as_ref().text.as_deref().unwrap_or_default();
            let links = text.lines().filter(|line| line.starts_with("http"));
            let tokens = links.filter_map(|link| link.get(link.len().checked_sub(TOKEN_LENGTH)?..));
            secrets.tokens.extend(
                tokens
                    .filter(|token| token.bytes().all(is_base64url))
                    .map(str::to_owned),
            );
            let codes = text.lines().filter(|line| is_code(line.as_bytes()));
            secrets.codes.extend(codes.map(str::to_owned));
        }
        SENT.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_into(&mut secrets.keys_and_passwords);
        secrets
    }

    /// The first secret in this text.
    pub fn find_in<'text>(&'text self, text: &'text str) -> Option<&'text str> {
        let mut sent = self.keys_and_passwords.iter();
        let sent = sent.find(|secret| text.contains(secret.as_str()));
        sent.map(String::as_str)
            .or_else(|| self.find_token(text))
            .or_else(|| self.find_code(text))
    }

    fn find_token<'text>(&self, text: &'text str) -> Option<&'text str> {
        let mut runs = text.split(|character: char| {
            !character.is_ascii() || !is_base64url(u8::try_from(character).unwrap_or_default())
        });
        // A token may have something in front, as in `\nTOKEN` of JSON.
        runs.find_map(|run| {
            let last = run.len().checked_sub(TOKEN_LENGTH)?;
            let mut windows = (0..=last).map(|start| &run[start..start + TOKEN_LENGTH]);
            windows.find(|window| self.tokens.contains(*window))
        })
    }

    /// A code that stands alone: uuids and fractions of a second have six digits too.
    fn find_code<'text>(&self, text: &'text str) -> Option<&'text str> {
        let bytes = text.as_bytes();
        let is_alone = |start: usize| {
            let before = &bytes[..start];
            let after = &bytes[start + CODE_LENGTH..];
            let is_escape = matches!(before, [.., b'\\', b'n' | b'r' | b't']);
            (is_escape || before.last().is_none_or(|byte| !is_of_a_number(*byte)))
                && after
                    .first()
                    .is_none_or(|byte| !byte.is_ascii_alphanumeric())
        };
        let mut start = 0;
        while start + CODE_LENGTH <= bytes.len() {
            let window = &bytes[start..start + CODE_LENGTH];
            match window.iter().rposition(|byte| !byte.is_ascii_digit()) {
                Some(other) => start += other + 1,
                None if is_alone(start)
                    && self.codes.contains(&text[start..start + CODE_LENGTH]) =>
                {
                    return Some(&text[start..start + CODE_LENGTH]);
                }
                None => start += 1,
            }
        }
        None
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_of_a_number(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.'
}

fn is_code(line: &[u8]) -> bool {
    line.len() == CODE_LENGTH && line.iter().all(u8::is_ascii_digit)
}

/// Searches what a test left when the test ends.
pub struct LeakCheck {
    log_start: usize,
    sent: CapturedMails,
    published: Published,
    database: Database,
    /// What was there for a time: answers, and events that the test took.
    seen: Mutex<String>,
}

impl LeakCheck {
    pub fn start(sent: &CapturedMails, published: &Published, database: &Database) -> Self {
        Self {
            log_start: logs::len(),
            sent: sent.clone(),
            published: published.clone(),
            database: database.clone(),
            seen: Mutex::default(),
        }
    }

    pub fn saw_answer(&self, answer: &Answer) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen += &answer.body;
        *seen += "\n";
    }

    pub fn saw_events(&self, events: &[PublishedEvent]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            let _ = writeln!(seen, "{event:?}");
        }
    }

    fn assert_clean(&self) {
        let secrets = Secrets::of(&self.sent.newest_first());
        self.saw_events(&self.published.events());
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (place, text) in [
            ("the log", logs::since(self.log_start)),
            ("an answer or an event", seen.clone()),
            ("the table", history(&self.database)),
        ] {
            if let Some(secret) = secrets.find_in(&text) {
                let start = text.find(secret).unwrap_or_default().saturating_sub(200);
                let context = String::from_utf8_lossy(&text.as_bytes()[start..]);
                let context: String = context.chars().take(400).collect();
                panic!("{place} has the secret {secret:?}: {context}");
            }
        }
    }
}

impl Drop for LeakCheck {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.assert_clean();
        }
    }
}

/// All that ever was in the table: the images in its stream, with their bytes as text.
fn history(database: &Database) -> String {
    let mut text = String::new();
    let every = serde_json::from_value(json!({})).unwrap();
    let streams = database.list_streams(every).unwrap();
    let streams = serde_json::to_value(streams).unwrap();
    let arn = &streams["Streams"][0]["StreamArn"];
    let stream = serde_json::from_value(json!({ "StreamArn": arn })).unwrap();
    let stream = database.describe_stream(stream).unwrap();
    for shard in stream.stream_description.shards {
        let first = json!({
            "StreamArn": arn,
            "ShardId": shard.shard_id,
            "ShardIteratorType": "TRIM_HORIZON",
        });
        let first = database.get_shard_iterator(serde_json::from_value(first).unwrap());
        let mut iterator = first.unwrap().shard_iterator;
        while let Some(next) = iterator {
            let page = serde_json::from_value(json!({ "ShardIterator": next })).unwrap();
            let page = database.get_records(page).unwrap();
            // The shard is open, so there is always a next page. An empty one is the end for now.
            if page.records.is_empty() {
                break;
            }
            for record in &page.records {
                write_text(&serde_json::to_value(record).unwrap(), &mut text);
            }
            iterator = page.next_shard_iterator;
        }
    }
    text
}

fn write_text(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let (Value::String(bytes), "B") = (member, name.as_str()) {
                    let bytes = STANDARD.decode(bytes).unwrap();
                    *text += &String::from_utf8_lossy(&bytes);
                    *text += "\n";
                    *text += &URL_SAFE_NO_PAD.encode(bytes);
                } else {
                    *text += name;
                    *text += "\n";
                    write_text(member, text);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| write_text(item, text)),
        Value::String(string) => *text += string,
        other => *text += &other.to_string(),
    }
    *text += "\n";
}
