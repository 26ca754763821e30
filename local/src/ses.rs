//! SES on one machine: it speaks the wire format of SES v2 `SendEmail`, refuses what SES refuses,
//! in SES's own error shapes, and puts every accepted mail into a [`Mailbox`] instead of sending it.
//!
//! Failures that the real service has now and then are made on purpose with [`Faults`].

pub(crate) mod address;
mod error;
mod faults;
mod request;
mod rules;

use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, RequestExt, Router};
use uuid::Uuid;

use crate::mailbox::{CapturedMail, Mailbox};
use error::SesError;
pub use faults::{Fault, Faults};
use request::SendEmailRequest;

/// The longest request that SES v2 takes.
const MAX_REQUEST_BYTES: usize = 40 * 1024 * 1024;

/// SES's HTTP API as far as this service uses it: `POST /v2/email/outbound-emails`.
///
/// Accepted mails go to `mailbox`; `faults` decides which sends go wrong, and how.
pub fn router(mailbox: Mailbox, faults: Faults) -> Router {
    Router::new()
        .route(
            "/v2/email/outbound-emails",
            post(send_email).fallback(unknown_operation),
        )
        .fallback(unknown_operation)
        .with_state(Ses { mailbox, faults })
}

#[derive(Clone)]
struct Ses {
    mailbox: Mailbox,
    faults: Faults,
}

async fn unknown_operation() -> SesError {
    SesError::unknown_operation()
}

async fn send_email(State(ses): State<Ses>, request: Request) -> Response {
    let arrival = Arrival::now();
    let request_id = [("x-amzn-requestid", arrival.id.to_string())];
    (request_id, answer(&ses, arrival, request).await).into_response()
}

async fn answer(ses: &Ses, arrival: Arrival, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !is_signed(&parts.headers) {
        return SesError::missing_authentication_token().into_response();
    }
    let fault = ses.faults.meet();
    // Read even if it is to fail: a sender that is cut off while it writes would see another error.
    let mail = read_mail(body, &arrival).await;
    match fault {
        None => match mail {
            Ok(mail) => {
                let message_id = mail.message_id.clone();
                ses.mailbox.deliver(mail);
                Json(serde_json::json!({ "MessageId": message_id })).into_response()
            }
            Err(error) => error.into_response(),
        },
        Some(Fault::LostAnswer) => {
            if let Ok(mail) = mail {
                ses.mailbox.deliver(mail);
            }
            cut_connection()
        }
        Some(Fault::HangUp) => cut_connection(),
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Throttled) => SesError::throttled().into_response(),
        Some(Fault::MessageRejected(why)) => SesError::message_rejected(why).into_response(),
        Some(Fault::SendingPaused) => SesError::sending_paused().into_response(),
        Some(Fault::Unavailable) => SesError::unavailable().into_response(),
        Some(Fault::Internal) => SesError::internal().into_response(),
    }
}

async fn read_mail(body: Body, arrival: &Arrival) -> Result<CapturedMail, SesError> {
    let bytes = to_bytes(body, MAX_REQUEST_BYTES)
        .await
        .map_err(|_| SesError::too_long(MAX_REQUEST_BYTES))?;
    let request: SendEmailRequest =
        serde_json::from_slice(&bytes).map_err(|error| SesError::serialization(&error))?;
    request.into_mail(arrival)
}

/// Whether the request claims a signature. What it signs is not checked: any credentials will do.
fn is_signed(headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256"))
}

/// A response that never leaves: its body fails before the first byte, and the server closes the
/// connection. The sender sees what it would see of a broken network.
fn cut_connection() -> Response {
    let mut longer_than_allowed = Request::new(Body::from("cut"));
    DefaultBodyLimit::max(1).apply(&mut longer_than_allowed);
    Response::new(longer_than_allowed.with_limited_body().into_body())
}

/// When a request came, and the id that it gets.
struct Arrival {
    unix_millis: i64,
    id: Uuid,
}

impl Arrival {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge: mails enter the stack here, and SES stamps them"
    )]
    fn now() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            unix_millis: i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX),
            id: Uuid::new_v4(),
        }
    }

    /// A message id as SES makes them: region, time, a random id and a counter.
    fn message_id(&self) -> String {
        format!("0100{:012x}-{}-000000", self.unix_millis, self.id)
    }
}
