//! `GET /api/users/email_verification_status`: what is on record about a user.

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::api::parameters::read_user;
use shared::api::{Api, ApiError, Call, Endpoint, Method};
use shared::domain::address_record::AddressRecord;
use shared::domain::api_key::{USER_READ, USER_WRITE};
use shared::domain::clock::{Clock, Timestamp};
use shared::domain::user_id::UserId;
use shared::domain::user_record::UserRecord;
use shared::runtime::aws::Aws;
use shared::runtime::settings::{self, Environment, SettingError};
use shared::store::{Store, StoreError};
use shared::telemetry;

/// The calls to DynamoDB for one answer: the API key, the user, the user's address.
pub const CALLS: u32 = 3;

pub const ENDPOINT: Endpoint = Endpoint {
    name: "email_verification_status",
    method: Method::Get,
    path: "/api/users/email_verification_status",
    scopes: &[USER_READ, USER_WRITE],
    unavailable: "Could not look up the status. Try again shortly.",
};

#[derive(Debug)]
pub struct EmailVerificationStatus {
    api: Api,
    store: Store,
}

/// The body of the answer. A value that is not on record is null.
#[derive(Debug, Default, Serialize)]
struct Status {
    uuid: String,
    email: Option<String>,
    verified_at: Option<String>,
    pending_email: Option<String>,
    pending_until: Option<String>,
    delivery: Option<Delivery>,
    suppressed: Option<Suppressed>,
}

/// The delivery status of the newest mail, and since when.
#[derive(Debug, Serialize)]
struct Delivery {
    state: &'static str,
    at: String,
}

/// Why the address gets no more mail, and since when.
#[derive(Debug, Serialize)]
struct Suppressed {
    reason: &'static str,
    at: String,
}

impl EmailVerificationStatus {
    pub fn from_environment(
        environment: &Environment,
        aws: &Aws,
        clock: Clock,
    ) -> Result<Self, SettingError> {
        let store = Store::new(aws.dynamodb(), environment.required("TABLE_NAME")?);
        let origin = settings::network::origin(environment)?;
        Ok(Self {
            api: Api::new(ENDPOINT, origin, store.clone(), clock),
            store,
        })
    }

    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        self.api.answer(request, |call| self.show(call)).await
    }

    async fn show(&self, call: Call) -> Result<Status, ApiError> {
        let user = read_user(&call.fields)?;
        telemetry::record_user(&user);
        self.look_up(user, call.now)
            .await
            .map_err(|error| self.api.store_error(error))?
            .ok_or_else(ApiError::no_such_user)
    }

    async fn look_up(&self, id: UserId, now: Timestamp) -> Result<Option<Status>, StoreError> {
        let Some(user) = self.store.find_unexpired_user(&id, now).await? else {
            return Ok(None);
        };
        telemetry::record_address(&user.address);
        let mailed = self
            .store
            .find_unexpired_address(&user.address, now)
            .await?;
        Ok(Some(Status::of(id, &user, mailed.as_ref(), now)))
    }
}

impl Status {
    /// `mailed` is the record of the address that was mailed last for this user.
    fn of(id: UserId, user: &UserRecord, mailed: Option<&AddressRecord>, now: Timestamp) -> Self {
        let mut status = Self {
            uuid: id.to_string(),
            ..Self::default()
        };
        if let Some(verified) = &user.verified {
            status.email = Some(verified.address.deliverable().to_owned());
            status.verified_at = Some(verified.at.to_string());
        }
        let last_link_expires_at = user.links.values().max().filter(|at| **at > now);
        if let (None, Some(until)) = (user.verification(), last_link_expires_at) {
            status.pending_email = Some(user.address.deliverable().to_owned());
            status.pending_until = Some(until.to_string());
        }
        if let Some(mailed) = mailed {
            status.delivery = mailed.newest_mail().map(|(state, at)| Delivery {
                state: state.as_str(),
                at: at.to_string(),
            });
            status.suppressed = mailed.suppression.as_ref().map(|suppression| Suppressed {
                reason: suppression.reason.as_str(),
                at: suppression.at.to_string(),
            });
        }
        status
    }
}
