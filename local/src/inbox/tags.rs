//! Mailpit's API of tags. A mail begins with the message tags of its request.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Deserialize;

use super::api::ok;
use super::refusal::Refusal;
use super::{Inbox, json_body};
use crate::captured_mails::{CapturedMails, Entry};

pub(super) fn router() -> Router<Inbox> {
    Router::new()
        .route("/api/v1/tags", get(list).put(set))
        .route("/api/v1/tags/{tag}", put(rename).delete(delete))
}

/// Each tag in use, and how many mails have it.
pub(super) fn counts(entries: &[Entry]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for tag in entries.iter().flat_map(|entry| &entry.tags) {
        *counts.entry(tag.clone()).or_default() += 1;
    }
    counts
}

async fn list(State(mails): State<CapturedMails>) -> Json<Vec<String>> {
    Json(counts(&mails.entries()).into_keys().collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tagging {
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
}

/// Replaces the tags of mails.
async fn set(State(mails): State<CapturedMails>, body: Bytes) -> Result<Response, Refusal> {
    let example = "{\"IDs\":[\"…\"],\"Tags\":[\"…\"]}";
    let Tagging { ids, tags } = json_body::read(&body, example)?;
    let mut tags: Vec<_> = tags.iter().map(|tag| cleaned(tag)).collect();
    tags.retain(|tag| !tag.is_empty());
    tags.sort_unstable();
    tags.dedup();
    mails.update(&ids, |entry| {
        let changed = entry.tags != tags;
        entry.tags.clone_from(&tags);
        changed
    });
    Ok(ok())
}

#[derive(Deserialize)]
struct NewName {
    name: String,
}

async fn rename(
    State(mails): State<CapturedMails>,
    Path(tag): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let NewName { name } = json_body::read(&body, "{\"Name\":\"…\"}")?;
    let name = cleaned(&name);
    if name.is_empty() {
        return Err(Refusal::bad_request("A tag needs a name."));
    }
    replace(&mails, &tag, Some(&name))
}

async fn delete(
    State(mails): State<CapturedMails>,
    Path(tag): Path<String>,
) -> Result<Response, Refusal> {
    replace(&mails, &tag, None)
}

/// Replaces or removes a tag wherever it is.
fn replace(mails: &CapturedMails, tag: &str, new: Option<&str>) -> Result<Response, Refusal> {
    let with_tag = mails.entries().into_iter();
    let ids: Vec<_> = with_tag
        .filter(|entry| has(entry, tag))
        .map(|entry| entry.mail.id.clone())
        .collect();
    if ids.is_empty() {
        return Err(Refusal::bad_request(&format!(
            "No email has the tag {tag}."
        )));
    }
    mails.update(&ids, |entry| {
        entry.tags.retain(|other| !other.eq_ignore_ascii_case(tag));
        entry.tags.extend(new.map(str::to_owned));
        entry.tags.sort_unstable();
        entry.tags.dedup();
        true
    });
    Ok(ok())
}

pub(super) fn has(entry: &Entry, tag: &str) -> bool {
    entry.tags.iter().any(|own| own.eq_ignore_ascii_case(tag))
}

/// Mailpit replaces all other characters. Message tags have a `=` besides.
fn cleaned(tag: &str) -> String {
    let cleaned = tag.replace(
        |char: char| !char.is_ascii_alphanumeric() && !" -_.@=".contains(char),
        " ",
    );
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}
