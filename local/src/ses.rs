//! SES on one machine. It reads the wire format of SES v2 `SendEmail`, refuses what SES refuses
//! with SES's errors, and puts accepted mails into [`CapturedMails`] instead of sending them.
//!
//! Like SES, it publishes the delivery status of each mail to an [`EventBus`]. Every mail is
//! delivered, except to addresses of SES's mailbox simulator and on the [`SuppressionList`].
//!
//! It works: the [edge](crate::edge) in front of it makes it fail as SES does.

mod account;
pub(crate) mod address;
mod configuration_sets;
mod delivery_outcome;
mod error;
mod events;
mod identities;
mod page;
mod request;
mod rules;
mod state;
mod suppression_list;

use axum::body::Body;
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use crate::arrival::Arrival;
use crate::body::read_body;
use crate::captured_mails::{CapturedMail, CapturedMails};
use crate::event_bus::EventBus;
pub use account::Account;
pub(crate) use account::rejected_text;
use address::Address;
pub use configuration_sets::{ConfigurationSet, ConfigurationSets, EventDestination};
pub use delivery_outcome::DeliveryOutcome;
pub(crate) use error::SesError;
pub use events::event;
pub(crate) use events::{ACCOUNT, REGION};
pub use identities::{DnsStatus, Identities, Identity, MailFrom};
use request::SendEmailRequest;
pub use state::Shared;
pub use suppression_list::{SuppressedFor, SuppressionList};

/// SES v2 refuses longer requests.
const MAX_REQUEST_BYTES: usize = 40 * 1024 * 1024;

/// The state of SES. Clones share it.
#[derive(Clone, Debug)]
pub struct Ses {
    pub sent: CapturedMails,
    pub suppression_list: SuppressionList,
    pub account: Shared<Account>,
    pub identities: Shared<Identities>,
    pub configuration_sets: Shared<ConfigurationSets>,
    /// Where delivery status is published.
    pub bus: EventBus,
}

impl FromRef<Ses> for SuppressionList {
    fn from_ref(ses: &Ses) -> Self {
        ses.suppression_list.clone()
    }
}

/// The part of SES's HTTP API that the service and `admin` use.
pub fn router(ses: Ses) -> Router {
    let address = get(suppression_list::api::get).delete(suppression_list::api::delete);
    Router::new()
        .route("/v2/email/outbound-emails", post(send_email))
        .route("/v2/email/account", get(account::get))
        .route("/v2/email/list-identities", post(identities::list))
        .route("/v2/email/identities", get(identities::list))
        .route("/v2/email/identities/{identity}", get(identities::get))
        .route(
            "/v2/email/list-configuration-sets",
            post(configuration_sets::list),
        )
        .route(
            "/v2/email/configuration-sets",
            get(configuration_sets::list),
        )
        .route(
            "/v2/email/configuration-sets/{name}",
            get(configuration_sets::get),
        )
        .route(
            "/v2/email/configuration-sets/{name}/event-destinations",
            get(configuration_sets::event_destinations),
        )
        .route(
            "/v2/email/suppression/addresses",
            get(suppression_list::api::list).put(suppression_list::api::put),
        )
        .route("/v2/email/suppression/addresses/{address}", address)
        .fallback(unknown_operation)
        .method_not_allowed_fallback(unknown_operation)
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
    let accepted = read_mail(body, &arrival)
        .await
        .and_then(|mail| ses.accept(mail));
    match accepted {
        Ok(message_id) => Json(serde_json::json!({ "MessageId": message_id })).into_response(),
        Err(error) => error.into_response(),
    }
}

impl Ses {
    /// SES without identities, and with an empty suppression list.
    #[must_use]
    pub fn new(bus: EventBus) -> Self {
        let configuration_sets = Shared::<ConfigurationSets>::default();
        configuration_sets.with(|all| {
            let name = configuration_sets::DEFAULT_NAME.to_owned();
            all.insert(name, ConfigurationSet::default());
        });
        Self {
            sent: CapturedMails::new(),
            suppression_list: SuppressionList::new(),
            account: Shared::default(),
            identities: Shared::default(),
            configuration_sets,
            bus,
        }
    }

    /// Verifies the domain of this sender, as an operator does before the first mail.
    pub fn verify_sender(&self, sender: &str) {
        if let Some(domain) = Address::parse(sender).domain() {
            let domain = domain.to_ascii_lowercase();
            let identity = Identity::of_domain(&domain);
            self.identities.with(|all| all.insert(domain, identity));
        }
    }

    /// Stores a mail and publishes its delivery status. Returns SES's id of the mail.
    fn accept(&self, mail: CapturedMail) -> Result<String, SesError> {
        let identities = self.identities.with(|all| all.clone());
        self.account.with(|account| {
            account.check(&mail, &identities)?;
            account.count(mail.recipients().count(), mail.received_at);
            Ok(())
        })?;
        for recipient in mail.recipients() {
            for outcome in delivery_outcome::outcomes_of(recipient, &self.suppression_list) {
                let event = event(&mail, recipient, outcome, mail.received_at);
                self.bus.publish(event);
            }
        }
        let message_id = mail.message_id.clone();
        self.sent.deliver(mail);
        Ok(message_id)
    }
}

async fn read_mail(body: Body, arrival: &Arrival) -> Result<CapturedMail, SesError> {
    let bytes = read_body(body, MAX_REQUEST_BYTES)
        .await
        .ok_or_else(|| SesError::too_long(MAX_REQUEST_BYTES))?;
    let request: SendEmailRequest =
        serde_json::from_slice(&bytes).map_err(|error| SesError::serialization(&error))?;
    request.into_mail(arrival)
}

/// Whether the request has a signature. It is not verified, so any credentials work.
pub(crate) fn is_signed(headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256"))
}

/// Extracted from requests that have a signature.
struct Signed;

/// Extracted from signed requests of an account that is out of the sandbox.
struct InProduction;

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

impl FromRequestParts<Ses> for InProduction {
    type Rejection = SesError;

    async fn from_request_parts(parts: &mut Parts, ses: &Ses) -> Result<Self, SesError> {
        Signed::from_request_parts(parts, ses).await?;
        if ses.account.with(|account| account.production_access) {
            Ok(Self)
        } else {
            Err(SesError::bad_request(
                "The request is not allowed for this account.",
            ))
        }
    }
}

/// SES's format: region, timestamp, a random id and a counter.
fn message_id(arrival: &Arrival) -> String {
    format!("0100{:012x}-{}-000000", arrival.unix_millis, arrival.id)
}
