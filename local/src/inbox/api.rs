//! Mailpit's API, version 1: list, search, read, mark and delete.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use super::delivery::Reports;
use super::message::{OpenedMessage, headers_by_name};
use super::paths::not_found;
use super::search::{self, UnknownTerm};
use super::summary::MessagesSummary;
use super::{Inbox, selection};
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

pub(super) fn bad_request(why: impl Into<String>) -> Response {
    (StatusCode::BAD_REQUEST, why.into()).into_response()
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
    fn search(&self) -> Result<search::Query, Response> {
        let query = self.query.as_deref().unwrap_or_default().trim();
        if query.is_empty() {
            return Err(bad_request("Error: no search query"));
        }
        search::Query::parse(query).map_err(UnknownTerm::into_response)
    }
}

async fn list(State(inbox): State<Inbox>, Query(list): Query<ListQuery>) -> Json<MessagesSummary> {
    let all = inbox.mails.entries();
    list.page(&inbox, &all, &all.iter().collect::<Vec<_>>())
}

async fn find(
    State(inbox): State<Inbox>,
    Query(list): Query<ListQuery>,
) -> Result<Json<MessagesSummary>, Response> {
    let query = list.search()?;
    let all = inbox.mails.entries();
    let found: Vec<_> = all.iter().filter(|entry| query.matches(entry)).collect();
    Ok(list.page(&inbox, &all, &found))
}

/// With a search, the id `latest` is the newest mail that matches it.
#[derive(Deserialize)]
pub(super) struct Latest {
    query: Option<String>,
}

/// The mail, or the answer that there is none.
pub(super) async fn look_up(
    mails: &CapturedMails,
    id: &str,
    latest: &Latest,
) -> Result<Option<Entry>, Response> {
    selection::look_up(mails, id, latest.query.as_deref()).map_err(UnknownTerm::into_response)
}

async fn read(
    State(inbox): State<Inbox>,
    Path(id): Path<String>,
    Query(latest): Query<Latest>,
) -> Result<Response, Response> {
    let Some(entry) = look_up(&inbox.mails, &id, &latest).await? else {
        return Err(not_found().await);
    };
    inbox.mails.mark(&[entry.mail.id.clone()], true);
    let message = OpenedMessage::new(&entry, &Reports::of(&inbox.bus));
    Ok(Json(message).into_response())
}

async fn read_headers(
    State(mails): State<CapturedMails>,
    Path(id): Path<String>,
    Query(latest): Query<Latest>,
) -> Result<Response, Response> {
    match look_up(&mails, &id, &latest).await? {
        Some(entry) => Ok(Json(headers_by_name(&entry.mail)).into_response()),
        None => Err(not_found().await),
    }
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
) -> Result<Response, Response> {
    let Some(entry) = look_up(&mails, &id, &latest).await? else {
        return Err(not_found().await);
    };
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
async fn delete(State(mails): State<CapturedMails>, body: Bytes) -> Response {
    let selection = if body.is_empty() {
        Ok(Selection::default())
    } else {
        selection::read(&body)
    };
    match selection {
        Ok(Selection { ids }) if ids.is_empty() => mails.clear(),
        Ok(Selection { ids }) => mails.remove(&ids),
        // A typo in the selection must not delete all mails.
        Err(error) => return bad_request(error.to_string()),
    }
    ok()
}

async fn delete_found(
    State(mails): State<CapturedMails>,
    Query(list): Query<ListQuery>,
) -> Result<Response, Response> {
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
async fn mark(State(mails): State<CapturedMails>, body: Bytes) -> Result<Response, Response> {
    let mark: Mark = selection::read(&body).map_err(|error| bad_request(error.to_string()))?;
    let ids = match (mark.ids.is_empty(), mark.search.is_empty()) {
        (false, false) => {
            let why = "You may specify either IDs or a search query, not both";
            return Err(bad_request(why));
        }
        (false, true) => mark.ids,
        // An empty search matches all mails.
        (true, _) => {
            let query = search::Query::parse(&mark.search).map_err(UnknownTerm::into_response)?;
            selection::ids(&mails, &query)
        }
    };
    mails.mark(&ids, mark.read);
    Ok(ok())
}
