//! `POST /api/users/verify_email`: checks a proof and records the address as verified.

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::api::fields::{Field, Fields, text};
use shared::api::parameters::{Profile, read_profile};
use shared::api::{Api, ApiError, Call, Endpoint, required, validation_error};
use shared::domain::claim::Claim;
use shared::domain::clock::{Clock, Timestamp};
use shared::domain::code_attempts::{AttemptId, Door};
use shared::domain::link_token::LinkToken;
use shared::domain::verification_code::{Code, CodeKeys};
use shared::runtime::aws::Aws;
use shared::runtime::entropy::random_bytes;
use shared::runtime::settings::{self, Environment, SettingError};
use shared::store::{Store, within};
use shared::telemetry::{self, Metric};
use shared::use_cases::confirm_verification::{
    Attempt, CALLS_FOR_A_CODE, Verdict, confirm_by_code, confirm_by_link,
};

const ENDPOINT: Endpoint = Endpoint {
    name: "verify_email",
    path: "/api/users/verify_email",
    unavailable: "Could not check the verification. Try again shortly.",
};

const TOKEN: Field = text("token").nullable().may_be_blank();
const CODE: Field = text("code").nullable().may_be_blank();

/// The endpoint, ready to answer.
#[derive(Debug)]
pub struct VerifyEmail {
    api: Api,
    store: Store,
    keys: CodeKeys,
    /// All calls for one code end after this long.
    timeout: Duration,
}

/// What came back of a mail, as it was sent.
enum Presented {
    /// The secret of the link, whether it can be one or not.
    Token(String),
    /// The code.
    Code(Code),
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
        let store = Store::new(aws.dynamodb(), environment.required("TABLE_NAME")?);
        let keys = settings::proofs::code_keys(environment)?;
        Ok(Self {
            api: Api::new(
                ENDPOINT,
                settings::network::origin(environment)?,
                store.clone(),
                clock,
            ),
            store,
            keys,
            timeout: aws.dynamodb_timeout() * CALLS_FOR_A_CODE,
        })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        self.api.answer(request, |call| self.verify(call)).await
    }

    async fn verify(&self, call: Call) -> Result<Representation, ApiError> {
        let Profile { user, address, .. } = read_profile(&call.fields)?;
        telemetry::record_user(&user);
        let claim = Claim { user, address };
        let presented = read_proof(&call.fields)?;
        match self.judge(&claim, &presented, call.now).await? {
            // The same right proof again is answered like the first time.
            Verdict::Verified(verification) | Verdict::AlreadyVerified(verification) => {
                Ok(Representation {
                    uuid: user.to_string(),
                    email: verification.address.deliverable().to_owned(),
                    verified_at: verification.at.to_string(),
                })
            }
            refused => Err(refusal(&presented, &refused)),
        }
    }

    async fn judge(
        &self,
        claim: &Claim,
        presented: &Presented,
        now: Timestamp,
    ) -> Result<Verdict, ApiError> {
        let verdict = match presented {
            Presented::Token(text) => {
                let Some(token) = LinkToken::parse(text) else {
                    // What cannot be a token is not worth a call, and is answered like any wrong
                    // one.
                    telemetry::count(Metric::Wrong);
                    return Ok(Verdict::Invalid);
                };
                confirm_by_link(&self.store, claim, &token, Door::Api, now).await
            }
            Presented::Code(code) => {
                let id = random_bytes().map_err(|error| ApiError::unforeseen(error.to_string()))?;
                let attempt = Attempt {
                    door: Door::Api,
                    id: AttemptId::from_random(id),
                };
                let confirming =
                    confirm_by_code(&self.store, &self.keys, claim, code, attempt, now);
                within(self.timeout, confirming).await
            }
        };
        verdict.map_err(|error| self.api.store_error(&error))
    }
}

/// The token decides if both are given.
fn read_proof(fields: &Fields) -> Result<Presented, ApiError> {
    let token = TOKEN.read(fields)?.filter(|text| !text.is_empty());
    let code = CODE.read(fields)?.filter(|text| !text.is_empty());
    match (token, code) {
        (Some(token), _) => Ok(Presented::Token(token)),
        (None, Some(code)) => match Code::parse(&code) {
            Some(code) => Ok(Presented::Code(code)),
            None => Err(validation_error(
                CODE.name(),
                "invalid_input",
                "Enter the 6-digit code from your email.",
            )),
        },
        (None, None) => Err(required(TOKEN.name())),
    }
}

fn refusal(presented: &Presented, verdict: &Verdict) -> ApiError {
    let code = |code, detail| validation_error(CODE.name(), code, detail);
    let token = |code, detail| validation_error(TOKEN.name(), code, detail);
    match (presented, verdict) {
        (_, Verdict::TooManyAttempts { retry_after }) => code(
            "too_many_attempts",
            "Too many incorrect attempts. Try again later.",
        )
        .retry_after(*retry_after),
        (_, Verdict::CodesLocked) => code(
            "too_many_attempts",
            "Too many incorrect attempts. Use the link from your email.",
        ),
        (_, Verdict::CodeExpired) => code(
            "expired_code",
            "This code has expired. Enter the newest one, or request a new email.",
        ),
        (_, Verdict::LinkExpired) => token(
            "expired_token",
            "This verification link has expired. Request a new one.",
        ),
        (Presented::Code(_), _) => code("invalid_code", "This code is invalid or has expired."),
        (Presented::Token(_), _) => token(
            "invalid_token",
            "This verification token is invalid or has expired.",
        ),
    }
}
