//! AWS's answers to calls that fail.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::call::{Call, Service};
use super::cut::cut_connection;
use super::fault::Fault;
use crate::ses::{SesError, rejected_text};

const INTERNAL: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;
const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;

/// The answer to a call that is not done. `body` is that of the call.
pub(super) fn refusal(fault: Fault, call: &Call, body: &[u8]) -> Response {
    match (fault, call.service) {
        (Fault::Html, _) => {
            let page = Html("<html><body><h1>500 Internal Server Error</h1></body></html>");
            (INTERNAL, page).into_response()
        }
        (_, Service::Ses) => of_ses(fault, call, body),
        (_, Service::DynamoDb) => of_dynamodb(fault, call, body),
        (_, Service::Events) => of_events(fault, call),
        (_, Service::Stream) => cut_connection(),
    }
}

/// 200 with half of a body.
pub(super) fn garbage() -> Response {
    let content_type = [("content-type", "application/json")];
    (content_type, r#"{"MessageId":"0100"#).into_response()
}

fn of_ses(fault: Fault, call: &Call, body: &[u8]) -> Response {
    match fault {
        Fault::Throttled => SesError::throttled("Maximum sending rate exceeded."),
        Fault::Rejected => SesError::message_rejected(rejected_text(&recipient(body))),
        Fault::Paused => SesError::sending_paused(),
        Fault::AccessDenied => SesError::access_denied(not_allowed("ses", call)),
        Fault::Unavailable => SesError::unavailable(),
        _ => SesError::internal(),
    }
    .into_response()
}

fn recipient(body: &[u8]) -> String {
    let mail: Value = serde_json::from_slice(body).unwrap_or_default();
    let to = mail.pointer("/Destination/ToAddresses/0");
    to.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn of_events(fault: Fault, call: &Call) -> Response {
    let (status, kind, message) = match fault {
        Fault::Throttled => (BAD_REQUEST, "ThrottlingException", "Rate exceeded".into()),
        Fault::AccessDenied => {
            let message = not_allowed("events", call);
            (BAD_REQUEST, "AccessDeniedException", message)
        }
        Fault::Unavailable => {
            let message = "The service is unavailable for now.".to_owned();
            (UNAVAILABLE, "ServiceUnavailableException", message)
        }
        _ => {
            let message = "An internal error occurred.".to_owned();
            (INTERNAL, "InternalException", message)
        }
    };
    let body = json!({ "__type": kind, "message": message });
    let content_type = [("content-type", "application/x-amz-json-1.1")];
    (status, content_type, Json(body)).into_response()
}

fn of_dynamodb(fault: Fault, call: &Call, body: &[u8]) -> Response {
    if call.is_transaction()
        && let Some(reason) = cancellation(fault)
    {
        return cancelled(reason, body);
    }
    let (status, kind, message) = match fault {
        Fault::Throttled => (
            BAD_REQUEST,
            "ThrottlingException",
            "Throughput exceeds the current throughput limit for your account.".to_owned(),
        ),
        Fault::Conflict => (
            BAD_REQUEST,
            "TransactionConflictException",
            "Transaction is ongoing for the item".to_owned(),
        ),
        Fault::InProgress => (
            BAD_REQUEST,
            "TransactionInProgressException",
            "The transaction with the given request token is already in progress.".to_owned(),
        ),
        Fault::MissingTable => (
            BAD_REQUEST,
            "ResourceNotFoundException",
            "Requested resource not found".to_owned(),
        ),
        Fault::AccessDenied => (
            BAD_REQUEST,
            "AccessDeniedException",
            not_allowed("dynamodb", call),
        ),
        Fault::Unavailable => (
            UNAVAILABLE,
            "ServiceUnavailable",
            "The service is unavailable for now.".to_owned(),
        ),
        _ => (
            INTERNAL,
            "InternalServerError",
            "The service failed on its own.".to_owned(),
        ),
    };
    dynamodb_error(status, kind, &message, json!({}))
}

/// Why a transaction is cancelled.
fn cancellation(fault: Fault) -> Option<(&'static str, &'static str)> {
    match fault {
        Fault::Throttled => Some((
            "ThrottlingError",
            "Throughput exceeds the current throughput limit for your table.",
        )),
        Fault::Conflict => Some(("TransactionConflict", "Transaction is ongoing for the item")),
        _ => None,
    }
}

/// The first item is the reason, and the others are none.
fn cancelled((code, message): (&str, &str), body: &[u8]) -> Response {
    let transaction: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = transaction["TransactItems"].as_array().map_or(1, Vec::len);
    let others = std::iter::repeat_n(json!({ "Code": "None" }), items.saturating_sub(1));
    let reason = json!({ "Code": code, "Message": message });
    let reasons: Vec<_> = [reason].into_iter().chain(others).collect();
    let message = "Transaction cancelled, please refer cancellation reasons for specific reasons";
    let kind = "TransactionCanceledException";
    let reasons = json!({ "CancellationReasons": reasons });
    dynamodb_error(BAD_REQUEST, kind, message, reasons)
}

fn dynamodb_error(status: StatusCode, kind: &str, message: &str, mut body: Value) -> Response {
    body["__type"] = json!(format!("com.amazonaws.dynamodb.v20120810#{kind}"));
    body["message"] = json!(message);
    let content_type = [("content-type", "application/x-amz-json-1.0")];
    (status, content_type, body.to_string()).into_response()
}

fn not_allowed(service: &str, call: &Call) -> String {
    let operation = &call.operation;
    format!("The role is not authorized to perform: {service}:{operation}")
}
