//! `POST /api/users/verify_email`: checks a proof and records the address as verified.

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::aws::Aws;
use shared::clock::{Clock, Timestamp};
use shared::confirm_verification::{Verdict, confirm_verification};
use shared::fields::Fields;
use shared::http::{Api, ApiError, Endpoint, required, validation_error};
use shared::profile::{Profile, read_profile};
use shared::proof::LinkToken;
use shared::settings::{ApiSettings, Environment, SettingError};
use shared::store::Store;
use shared::telemetry;

const ENDPOINT: Endpoint = Endpoint {
    name: "verify_email",
    path: "/api/users/verify_email",
    unavailable: "Could not check the verification. Try again shortly.",
};

/// The endpoint, ready to answer.
#[derive(Debug)]
pub struct VerifyEmail {
    api: Api,
    store: Store,
}

/// The body for a caller who prefers one.
#[derive(Debug, Serialize)]
struct Representation {
    uuid: String,
    email: String,
    verified_at: String,
}

impl VerifyEmail {
    /// The endpoint with its settings and the clients of `aws`.
    pub fn from_environment(
        environment: &Environment,
        aws: &Aws,
        clock: Clock,
    ) -> Result<Self, SettingError> {
        let ApiSettings { table, access } = ApiSettings::from_environment(environment)?;
        let store = Store::new(aws.dynamodb(), table);
        Ok(Self {
            api: Api::new(ENDPOINT, store.clone(), access, clock),
            store,
        })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        self.api
            .answer(request, |fields, now| self.verify(fields, now))
            .await
    }

    async fn verify(&self, fields: Fields, now: Timestamp) -> Result<Representation, ApiError> {
        let Profile { user, address, .. } = read_profile(&fields)?;
        telemetry::record_subject(&user, address.as_ref());
        let token = fields.text("token").may_be_null().may_be_blank().read()?;
        let token = token
            .filter(|token| !token.is_empty())
            .ok_or_else(|| required("token"))?;
        // What cannot be a token is not worth a call, and is answered like any wrong one.
        let verdict = match LinkToken::parse(&token) {
            Some(token) => confirm_verification(&self.store, &user, &token, now)
                .await
                .map_err(|error| self.api.store_error(&error))?,
            None => Verdict::Invalid,
        };
        match verdict {
            Verdict::Verified(verification) => Ok(Representation {
                uuid: user.to_string(),
                email: verification.address.deliverable().to_owned(),
                verified_at: verification.at.to_string(),
            }),
            Verdict::Expired => Err(validation_error(
                "token",
                "expired_token",
                "This verification link has expired. Request a new one.",
            )),
            Verdict::Invalid => Err(validation_error(
                "token",
                "invalid_token",
                "This verification token is invalid or has expired.",
            )),
        }
    }
}
