//! Mailpit's API, version 1: list, search, read, mark and delete.

use std::slice;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use super::delivery::Reports;
use super::message::{OpenedMessage, headers_by_name};
use super::refusal::Refusal;
use super::selection::Latest;
use super::summary::MessagesSummary;
use super::{Inbox, json_body, search, selection};
use crate::captured_mails::{CapturedMails, Entry};

const DEFAULT_LIMIT: usize = 50;

pub(super) fn router() -> Router<Inbox> {
    Router::new()
        .route("/api/v1/messages", get(list).put(mark).delete(delete))
        .route("/api/v1/search", get(find).delete(delete_found))
        .route("/api/v1/message/{id}", get(read))
        .route("/api/v1/message/{id}/headers", get(read_headers))
        .route("/api/v1/message/{id}/raw", get(read_raw))
}

/// Mailpit's answer to a change.
pub(super) fn ok() -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], "ok").into_response()
}

/// Malformed numbers are ignored, as in Mailpit.
#[derive(Deserialize)]
struct ListQuery {
    query: Option<String>,
    start: Option<String>,
    limit: Option<String>,
}

impl ListQuery {
    fn page(&self, inbox: &Inbox, all: &[Entry], found: &[&Entry]) -> Json<MessagesSummary> {
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        let start = number(&self.start).unwrap_or(0);
        let limit = number(&self.limit).unwrap_or(DEFAULT_LIMIT);
        let page: Vec<_> = found.iter().skip(start).take(limit).copied().collect();
        let reports = Reports::of(&inbox.bus);
        Json(MessagesSummary::new(all, found, start, &page, &reports))
    }

    /// The search that has to be there.
    fn search(&self) -> Result<search::Query, Refusal> {
        let query = self.query.as_deref().unwrap_or_default().trim();
        if query.is_empty() {
            return Err(Refusal::bad_request("Error: no search query"));
        }
        Ok(search::Query::parse(query)?)
    }
}

async fn list(State(inbox): State<Inbox>, Query(list): Query<ListQuery>) -> Json<MessagesSummary> {
    let all = inbox.mails.entries();
    list.page(&inbox, &all, &all.iter().collect::<Vec<_>>())
}

async fn find(
    State(inbox): State<Inbox>,
    Query(list): Query<ListQuery>,
) -> Result<Json<MessagesSummary>, Refusal> {
    let query = list.search()?;
    let all = inbox.mails.entries();
    let found: Vec<_> = all.iter().filter(|entry| query.matches(entry)).collect();
    Ok(list.page(&inbox, &all, &found))
}

async fn read(
    State(inbox): State<Inbox>,
    Path(id): Path<String>,
    Query(latest): Query<Latest>,
) -> Result<Response, Refusal> {
    let entry = latest.find(&inbox.mails, &id)?;
    let entry = entry.ok_or_else(Refusal::not_found)?;
    inbox.mails.mark(slice::from_ref(&entry.mail.id), true);
    let message = OpenedMessage::new(&entry, &Reports::of(&inbox.bus));
    Ok(Json(message).into_response())
}

async fn read_headers(
    State(mails): State<CapturedMails>,
    Path(id): Path<String>,
    Query(latest): Query<Latest>,
) -> Result<Response, Refusal> {
    let entry = latest.find(&mails, &id)?;
    let entry = entry.ok_or_else(Refusal::not_found)?;
    Ok(Json(headers_by_name(&entry.mail)).into_response())
}

#[derive(Deserialize)]
struct RawOptions {
    dl: Option<String>,
}

/// With `dl=1`, a browser saves it as a file.
async fn read_raw(
    State(mails): State<CapturedMails>,
    Path(id): Path<String>,
    Query(latest): Query<Latest>,
    Query(options): Query<RawOptions>,
) -> Result<Response, Refusal> {
    let entry = latest.find(&mails, &id)?;
    let entry = entry.ok_or_else(Refusal::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let raw = (headers, entry.raw.to_string());
    if options.dl.as_deref() != Some("1") {
        return Ok(raw.into_response());
    }
    let file = format!("attachment; filename=\"{}.eml\"", entry.mail.id);
    Ok(([(header::CONTENT_DISPOSITION, file)], raw).into_response())
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Selection {
    #[serde(default)]
    ids: Vec<String>,
}

/// Without a selection, deletes all mails.
async fn delete(State(mails): State<CapturedMails>, body: Bytes) -> Result<Response, Refusal> {
    // A typo in the selection must not delete all mails.
    let Selection { ids } = if body.is_empty() {
        Selection::default()
    } else {
        json_body::read(&body, "{\"IDs\":[\"…\"]}")?
    };
    if ids.is_empty() {
        mails.clear();
    } else {
        mails.remove(&ids);
    }
    Ok(ok())
}

async fn delete_found(
    State(mails): State<CapturedMails>,
    Query(list): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let query = list.search()?;
    mails.remove(&selection::ids(&mails, &query));
    Ok(ok())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    #[serde(default)]
    read: bool,
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    search: String,
}

/// Without ids and search, marks all mails.
async fn mark(State(mails): State<CapturedMails>, body: Bytes) -> Result<Response, Refusal> {
    let example = "{\"IDs\":[\"…\"],\"Read\":true} or {\"Search\":\"…\",\"Read\":true}";
    let mark: Mark = json_body::read(&body, example)?;
    let ids = match (mark.ids.is_empty(), mark.search.is_empty()) {
        (false, false) => {
            let why = "Send either IDs or a search, not both.";
            return Err(Refusal::bad_request(why));
        }
        (false, true) => mark.ids,
        // An empty search matches all mails.
        (true, _) => {
            let query = search::Query::parse(&mark.search)?;
            selection::ids(&mails, &query)
        }
    };
    mails.mark(&ids, mark.read);
    Ok(ok())
}
