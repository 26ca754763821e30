//! SES on one machine: it speaks the wire format of SES v2 `SendEmail`, refuses what SES refuses,
//! in SES's own error shapes, and puts every accepted mail into a [`CapturedMails`] instead of
//! sending it.
//!
//! What becomes of a mail it publishes to an [`EventBus`], as SES does: everything is delivered,
//! but for the addresses of SES's mailbox simulator and those on the [`SuppressionList`].
//!
//! Failures that the real service has now and then are made on purpose: see [`Fault`].

pub(crate) mod address;
mod delivery_outcome;
mod error;
mod events;
mod faults;
mod request;
mod rules;
mod suppression_list;

use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use uuid::Uuid;

use crate::captured_mails::{CapturedMail, CapturedMails};
use crate::event_bus::EventBus;
use crate::faults::{Faults, cut_connection};
pub use delivery_outcome::DeliveryOutcome;
use error::SesError;
pub use events::event;
pub use faults::Fault;
use request::SendEmailRequest;
pub use suppression_list::{ListRefusal, SuppressedFor, SuppressionList};

/// The longest request that SES v2 takes.
const MAX_REQUEST_BYTES: usize = 40 * 1024 * 1024;

/// What SES works with. Clones share all of it.
#[derive(Clone, Debug)]
pub struct Ses {
    /// Where accepted mails go.
    pub sent: CapturedMails,
    /// Which sends go wrong, and how.
    pub faults: Faults<Fault>,
    /// Who gets no mail.
    pub suppression_list: SuppressionList,
    /// Where it tells what becomes of mails.
    pub bus: EventBus,
}

impl FromRef<Ses> for SuppressionList {
    fn from_ref(ses: &Ses) -> Self {
        ses.suppression_list.clone()
    }
}

/// SES's HTTP API as far as this service and its operator use it.
pub fn router(ses: Ses) -> Router {
    Router::new()
        .route(
            "/v2/email/outbound-emails",
            post(send_email).fallback(unknown_operation),
        )
        .route(
            "/v2/email/suppression/addresses",
            get(suppression_list::list)
                .put(suppression_list::put)
                .fallback(unknown_operation),
        )
        .route(
            "/v2/email/suppression/addresses/{address}",
            get(suppression_list::get)
                .delete(suppression_list::delete)
                .fallback(unknown_operation),
        )
        .fallback(unknown_operation)
        .with_state(ses)
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
                ses.accept(mail);
                Json(serde_json::json!({ "MessageId": message_id })).into_response()
            }
            Err(error) => error.into_response(),
        },
        Some(Fault::LostAnswer) => {
            if let Ok(mail) = mail {
                ses.accept(mail);
            }
            cut_connection()
        }
        Some(Fault::HangUp) => cut_connection(),
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Throttled) => {
            SesError::throttled("Maximum sending rate exceeded.").into_response()
        }
        Some(Fault::MessageRejected(why)) => SesError::message_rejected(why).into_response(),
        Some(Fault::SendingPaused) => SesError::sending_paused().into_response(),
        Some(Fault::Unavailable) => SesError::unavailable().into_response(),
        Some(Fault::Internal) => SesError::internal().into_response(),
    }
}

impl Ses {
    /// Takes a mail, and tells what becomes of it. Each thing takes a second.
    fn accept(&self, mail: CapturedMail) {
        let recipients = mail.to.iter().chain(&mail.cc).chain(&mail.bcc);
        for recipient in recipients {
            let mut at = mail.received_at;
            for outcome in delivery_outcome::outcomes_of(recipient, &self.suppression_list) {
                at += 1_000;
                self.bus.publish(event(&mail, recipient, outcome, at));
            }
        }
        self.sent.deliver(mail);
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
pub(crate) fn is_signed(headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256"))
}

/// Proof that a request claims a signature.
struct Signed;

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = SesError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SesError> {
        if is_signed(&parts.headers) {
            Ok(Self)
        } else {
            Err(SesError::missing_authentication_token())
        }
    }
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
