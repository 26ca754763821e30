//! `POST /api/users/request_email_verification`: stores a fresh proof and mails it.

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::aws::Aws;
use shared::clock::{Clock, Timestamp};
use shared::entropy::random_bytes;
use shared::fields::Fields;
use shared::http::{Api, ApiError, Endpoint, validation_error};
use shared::mail::{MailSettings, Mailer};
use shared::profile::{Profile, read_profile};
use shared::proof::LinkToken;
use shared::request_verification::{
    Disclosure, RequestError, RequestOutcome, VerificationRequest, request_verification,
};
use shared::settings::{ApiAccess, ApiSettings, Environment, SettingError};
use shared::store::Store;
use shared::telemetry;

const ENDPOINT: Endpoint = Endpoint {
    name: "request_email_verification",
    path: "/api/users/request_email_verification",
    unavailable: "Could not send the verification email. Try again shortly.",
};

/// The endpoint, ready to answer.
#[derive(Debug)]
pub struct RequestEmailVerification {
    api: Api,
    store: Store,
    mailer: Mailer,
    disclosure: Disclosure,
}

/// The body for a caller who prefers one.
#[derive(Debug, Serialize)]
struct Representation {
    uuid: String,
    email: Option<String>,
    expires_at: Option<String>,
}

impl RequestEmailVerification {
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
            mailer: Mailer::new(aws.ses(), MailSettings::from_environment(environment)?),
            disclosure: match access {
                ApiAccess::Key => Disclosure::ToldToCaller,
                ApiAccess::Public => Disclosure::Hidden,
            },
        })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        self.api
            .answer(request, |fields, now| self.request(fields, now))
            .await
    }

    async fn request(&self, fields: Fields, now: Timestamp) -> Result<Representation, ApiError> {
        let Profile {
            user,
            address,
            first_name,
        } = read_profile(&fields)?;
        telemetry::record_subject(&user, address.as_ref());
        let request = VerificationRequest {
            user,
            address,
            first_name,
        };
        let token = LinkToken::from_random(
            random_bytes().map_err(|error| ApiError::unforeseen(error.to_string()))?,
        );
        let outcome = request_verification(
            &self.store,
            &self.mailer,
            &request,
            &token,
            self.disclosure,
            now,
        )
        .await
        .map_err(|error| match error {
            RequestError::Store(error) => self.api.store_error(&error),
            other => self.api.unavailable(&other),
        })?;
        let uuid = request.user.to_string();
        match outcome {
            RequestOutcome::Mailed {
                address,
                expires_at,
            } => Ok(Representation {
                uuid,
                email: Some(address.deliverable().to_owned()),
                expires_at: Some(expires_at.to_string()),
            }),
            RequestOutcome::UnknownUser => Ok(Representation {
                uuid,
                email: None,
                expires_at: None,
            }),
            RequestOutcome::AlreadyVerified => Err(validation_error(
                None,
                "already_verified",
                "Email is already verified.",
            )),
            RequestOutcome::Throttled { retry_after } => Err(ApiError::throttled(retry_after)),
        }
    }
}
