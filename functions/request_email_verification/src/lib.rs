//! `POST /api/users/request_email_verification`: stores a fresh proof and mails it.

pub mod request_verification;

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use mail::{LinkTarget, MailSettings, Mailer, SES_OPERATION, Ses, VerificationUrl};
use serde::Serialize;
use shared::api::parameters::{Profile, read_profile};
use shared::api::{Api, ApiError, Call, Endpoint, validation_error};
use shared::domain::clock::Clock;
use shared::domain::proof::Proof;
use shared::domain::verification_code::CodeKeys;
use shared::runtime::aws::{Aws, DYNAMODB_OPERATION, WARMING_TIMEOUT};
use shared::runtime::entropy::{EntropyError, random_bytes};
use shared::runtime::settings::{self, Environment, SettingError};
use shared::store::Store;
use shared::telemetry::{self, Metric};
use shared::text::locale::Locale;

use request_verification::{
    MailPolicy, RequestError, RequestOutcome, VerificationRequest, request_verification,
};

/// The longest that a request can take with AWS at its slowest: look the key up (one operation),
/// store the proof (as long as two, however many attempts), open a connection to SES, fail to send,
/// refund (one).
pub const LONGEST_REQUEST: Duration = DYNAMODB_OPERATION
    .saturating_mul(4)
    .saturating_add(WARMING_TIMEOUT)
    .saturating_add(SES_OPERATION);

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
    link_target: LinkTarget,
    keys: CodeKeys,
    policy: MailPolicy,
    default_locale: Locale,
}

/// The body for a caller who prefers one.
#[derive(Debug, Serialize)]
struct Representation {
    uuid: String,
    email: String,
    expires_at: String,
}

impl RequestEmailVerification {
    /// The endpoint with its settings and the clients of `aws` and `ses`.
    pub fn from_environment(
        environment: &Environment,
        aws: &Aws,
        ses: &Ses,
        clock: Clock,
    ) -> Result<Self, SettingError> {
        let store = Store::new(aws.dynamodb(), environment.required("TABLE_NAME")?);
        let mail = MailSettings::from_environment(environment)?;
        Ok(Self {
            api: Api::new(
                ENDPOINT,
                settings::network::origin(environment)?,
                store.clone(),
                clock,
            ),
            store,
            link_target: mail.link_target.clone(),
            default_locale: mail.brand.default_locale,
            mailer: Mailer::new(ses.clone(), mail),
            keys: settings::proofs::code_keys(environment)?,
            policy: MailPolicy {
                lifetimes: settings::proofs::lifetimes(environment)?,
                limit: settings::proofs::mail_limit(environment)?,
                store_timeout: aws.dynamodb_timeout(),
            },
        })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        self.api.answer(request, |call| self.request(call)).await
    }

    async fn request(&self, call: Call) -> Result<Representation, ApiError> {
        let Profile {
            user,
            address,
            greeting,
        } = read_profile(&call.fields)?;
        telemetry::count(Metric::Requested);
        telemetry::record_user(&user);
        if let Some(address) = &address {
            telemetry::record_address(address);
        }
        let url = self.url_of(&call)?;
        let proof = fresh_proof().map_err(|error| ApiError::unforeseen(error.to_string()))?;
        let request = VerificationRequest {
            user,
            address,
            greeting,
            locale: call.locale(self.default_locale),
            url,
        };
        let outcome = request_verification(
            &self.store,
            &self.mailer,
            &self.keys,
            &request,
            &proof,
            self.policy,
            call.now,
        )
        .await
        .map_err(|error| match error {
            RequestError::Store(error) => self.api.store_error(&error),
            other => self.api.unavailable(&other),
        })?;
        answer(user.to_string(), outcome)
    }

    /// Where the link in the mail leads. A gateway that names no domain of its own has to be told
    /// one.
    fn url_of(&self, call: &Call) -> Result<VerificationUrl, ApiError> {
        self.link_target
            .of_request(call.public_url.as_ref())
            .ok_or_else(|| {
                ApiError::unforeseen(
                    "the event names no domain to link to: set PUBLIC_URL".to_owned(),
                )
            })
    }
}

fn fresh_proof() -> Result<Proof, EntropyError> {
    Ok(Proof::from_random(random_bytes()?, random_bytes()?))
}

fn answer(uuid: String, outcome: RequestOutcome) -> Result<Representation, ApiError> {
    match outcome {
        RequestOutcome::Mailed {
            address,
            expires_at,
        } => Ok(Representation {
            uuid,
            email: address.deliverable().to_owned(),
            expires_at: expires_at.to_string(),
        }),
        RequestOutcome::UnknownUser => Err(ApiError::no_such_user()),
        RequestOutcome::AlreadyVerified => Err(validation_error(
            None,
            "already_verified",
            "Email is already verified.",
        )),
        RequestOutcome::Suppressed => Err(validation_error(
            "email",
            "email_address_suppressed",
            "This address cannot receive our mail. Use a different one.",
        )),
        RequestOutcome::Throttled { retry_after } => Err(ApiError::throttled(retry_after)),
    }
}
