//! `GET /api/users/email_verification_status`: what is on record about a user.

pub mod look_up_status;

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::api::parameters::read_user;
use shared::api::{Api, ApiError, Call, Endpoint, Method};
use shared::domain::api_key::{USER_READ, USER_WRITE};
use shared::domain::clock::Clock;
use shared::domain::user_id::UserId;
use shared::runtime::aws::{Aws, DYNAMODB_OPERATION};
use shared::runtime::settings::{self, Environment, SettingError};
use shared::telemetry;

use look_up_status::{LOOK_UP_CALLS, LookUpStatus, UserStatus};

/// With every call at its timeout: look the key up, then the status.
pub const LONGEST_RUN: Duration = DYNAMODB_OPERATION.saturating_mul(1 + LOOK_UP_CALLS);

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
    look_up_status: LookUpStatus,
}

/// The body of the answer. A value that is not on record is null.
#[derive(Debug, Serialize)]
struct Representation {
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
        let store = aws.store(environment)?;
        let origin = settings::network::origin(environment)?;
        Ok(Self {
            api: Api::new(ENDPOINT, origin, store.clone(), clock),
            look_up_status: LookUpStatus { store },
        })
    }

    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        self.api.answer(request, |call| self.show(call)).await
    }

    async fn show(&self, call: Call) -> Result<Representation, ApiError> {
        let user = read_user(&call.fields)?;
        telemetry::record_user(&user);
        self.look_up_status
            .run(&user, call.now)
            .await
            .map_err(|error| self.api.store_error(error))?
            .map(|status| Representation::of(user, status))
            .ok_or_else(ApiError::no_such_user)
    }
}

impl Representation {
    fn of(user: UserId, status: UserStatus) -> Self {
        let UserStatus {
            verified,
            pending,
            delivery,
            suppression,
        } = status;
        let (email, verified_at) = verified
            .map(|verified| {
                (
                    verified.address.deliverable().to_owned(),
                    verified.at.to_string(),
                )
            })
            .unzip();
        let (pending_email, pending_until) = pending
            .map(|pending| {
                (
                    pending.address.deliverable().to_owned(),
                    pending.until.to_string(),
                )
            })
            .unzip();
        Self {
            uuid: user.to_string(),
            email,
            verified_at,
            pending_email,
            pending_until,
            delivery: delivery.map(|(state, at)| Delivery {
                state: state.as_str(),
                at: at.to_string(),
            }),
            suppressed: suppression.map(|suppression| Suppressed {
                reason: suppression.reason.as_str(),
                at: suppression.at.to_string(),
            }),
        }
    }
}
