//! Mailpit's API, version 1: list, search, read and delete.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::headers::headers;
use super::message::OpenedMessage;
use super::search::{self, UnknownTerm};
use super::summary::MessagesSummary;
use crate::captured_mails::{CapturedMail, CapturedMails, Entry};

/// The longest wait for a change. The timeouts of proxies and browsers are longer.
const LONG_POLL_TIMEOUT: Duration = Duration::from_secs(25);
const DEFAULT_LIMIT: usize = 50;

pub(super) fn router() -> Router<CapturedMails> {
    Router::new()
        .route("/api/v1/messages", get(list).delete(delete))
        .route("/api/v1/search", get(find))
        .route("/api/v1/message/{id}", get(read))
        .route("/api/v1/message/{id}/headers", get(read_headers))
        .route("/api/changes", get(changes))
}

/// Mailpit's answer.
pub(super) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "404 page not found").into_response()
}

/// Malformed numbers are ignored, as in Mailpit.
#[derive(Deserialize)]
struct ListQuery {
    query: Option<String>,
    start: Option<String>,
    limit: Option<String>,
}

impl ListQuery {
    fn page(&self, all: &[Entry], found: &[&Entry]) -> Json<MessagesSummary> {
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        let start = number(&self.start).unwrap_or(0);
        let limit = number(&self.limit).unwrap_or(DEFAULT_LIMIT);
        Json(MessagesSummary::new(all, found, start, limit))
    }
}

async fn list(
    State(sent): State<CapturedMails>,
    Query(list): Query<ListQuery>,
) -> Json<MessagesSummary> {
    let all = sent.entries();
    list.page(&all, &all.iter().collect::<Vec<_>>())
}

async fn find(State(sent): State<CapturedMails>, Query(list): Query<ListQuery>) -> Response {
    let query = list.query.as_deref().unwrap_or_default().trim();
    if query.is_empty() {
        return (StatusCode::BAD_REQUEST, "Error: no search query").into_response();
    }
    let query = match search::Query::parse(query) {
        Ok(query) => query,
        Err(error) => return error.into_response(),
    };
    let all = sent.entries();
    let found: Vec<_> = all.iter().filter(|entry| query.matches(entry)).collect();
    list.page(&all, &found).into_response()
}

/// With a search, `latest` is the newest mail that matches it.
#[derive(Deserialize)]
pub(super) struct Latest {
    query: Option<String>,
}

/// Finds a mail by its id or as `latest`.
pub(super) fn look_up(
    sent: &CapturedMails,
    id: &str,
    latest: &Latest,
) -> Result<Option<Arc<CapturedMail>>, UnknownTerm> {
    if id != "latest" {
        return Ok(sent.find(id));
    }
    let query = search::Query::parse(latest.query.as_deref().unwrap_or_default())?;
    let mut entries = sent.entries().into_iter();
    let found = entries.find(|entry| query.matches(entry));
    Ok(found.map(|entry| entry.mail))
}

async fn read(
    State(sent): State<CapturedMails>,
    Path(id): Path<String>,
    Query(latest): Query<Latest>,
) -> Response {
    match look_up(&sent, &id, &latest) {
        Ok(Some(mail)) => {
            sent.mark_read(&mail.id);
            Json(OpenedMessage::new(&mail)).into_response()
        }
        Ok(None) => not_found().await,
        Err(error) => error.into_response(),
    }
}

async fn read_headers(
    State(sent): State<CapturedMails>,
    Path(id): Path<String>,
    Query(latest): Query<Latest>,
) -> Response {
    match look_up(&sent, &id, &latest) {
        Ok(Some(mail)) => Json(headers(&mail)).into_response(),
        Ok(None) => not_found().await,
        Err(error) => error.into_response(),
    }
}

#[derive(Default, Deserialize)]
struct Selection {
    #[serde(default, rename = "IDs")]
    ids: Vec<String>,
}

/// Without a selection, deletes all mails.
async fn delete(State(sent): State<CapturedMails>, body: Bytes) -> Response {
    let selection = if body.is_empty() {
        Ok(Selection::default())
    } else {
        serde_json::from_slice(&body)
    };
    match selection {
        Ok(Selection { ids }) if ids.is_empty() => sent.clear(),
        Ok(Selection { ids }) => sent.remove(&ids),
        // A typo in the selection must not delete all mails.
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
    ([(header::CONTENT_TYPE, "text/plain")], "ok").into_response()
}

#[derive(Deserialize)]
struct Since {
    since: u64,
}

#[derive(Serialize)]
struct Version {
    version: u64,
}

/// Answers when the version changes, or with the same version after the timeout.
async fn changes(
    State(sent): State<CapturedMails>,
    Query(Since { since }): Query<Since>,
) -> Json<Version> {
    let change = tokio::time::timeout(LONG_POLL_TIMEOUT, sent.changed_since(since));
    Json(Version {
        version: change.await.unwrap_or(since),
    })
}
