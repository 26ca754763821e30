//! What Mailpit's clients ask about the server itself.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Inbox, tags};
use crate::captured_mails::CapturedMails;

pub(super) fn router() -> Router<Inbox> {
    Router::new()
        .route("/livez", get(alive))
        .route("/readyz", get(alive))
        .route("/api/v1/info", get(info))
        .route("/api/v1/webui", get(settings))
}

/// The server listens only once everything is ready.
async fn alive() -> StatusCode {
    StatusCode::OK
}

/// Members about SMTP and the database are 0 and empty: there is neither.
async fn info(State(mails): State<CapturedMails>) -> Json<Value> {
    let entries = mails.entries();
    let size: usize = entries.iter().map(|entry| entry.raw.len()).sum();
    Json(json!({
        "Version": concat!("mailproof-", env!("CARGO_PKG_VERSION")),
        "LatestVersion": "disabled",
        "Database": "",
        "DatabaseSize": size,
        "Messages": entries.len(),
        "Unread": entries.iter().filter(|entry| !entry.read).count(),
        "Tags": tags::counts(&entries),
        "RuntimeStats": {
            "Uptime": 0,
            "Memory": 0,
            "MessagesDeleted": 0,
            "SMTPAccepted": 0,
            "SMTPAcceptedSize": 0,
            "SMTPRejected": 0,
            "SMTPIgnored": 0,
        },
    }))
}

/// What Mailpit has beside mails, all of it off.
async fn settings() -> Json<Value> {
    Json(json!({
        "Label": "Mailproof",
        "MessageRelay": {
            "Enabled": false,
            "SMTPServer": "",
            "ReturnPath": "",
            "AllowedRecipients": "",
            "BlockedRecipients": "",
            "OverrideFrom": "",
            "PreserveMessageIDs": false,
        },
        "SpamAssassin": false,
        "ChaosEnabled": false,
        "DuplicatesIgnored": false,
        "HideDeleteAllButton": false,
    }))
}
