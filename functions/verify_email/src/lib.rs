//! `POST /api/users/verify_email`: checks a proof and records the address as verified.

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shared::api::fields::{Field, FieldError, Fields, text};
use shared::api::parameters::Parameters;
use shared::api::{Api, ApiError, Call, Endpoint, Method};
use shared::domain::api_key::USER_WRITE;
use shared::domain::claim::Claim;
use shared::domain::clock::Clock;
use shared::domain::code_attempts::{AttemptId, Channel};
use shared::domain::presented_proof::{PresentedProof, ProofError};
use shared::domain::rate_limit::CodeLimit;
use shared::runtime::aws::{Aws, DYNAMODB_OPERATION};
use shared::runtime::entropy::random_bytes;
use shared::runtime::settings::{self, Environment, SettingError};
use shared::telemetry;
use shared::use_cases::confirm_verification::{
    Attempt, CONFIRM_CALLS, ConfirmVerification, Verdict, count_proof_error,
};

/// With every call at its timeout: look the key up, confirm.
pub const LONGEST_RUN: Duration = DYNAMODB_OPERATION.saturating_mul(1 + CONFIRM_CALLS);

pub const ENDPOINT: Endpoint = Endpoint {
    name: "verify_email",
    method: Method::Post,
    scopes: &[USER_WRITE],
    path: "/api/users/verify_email",
    unavailable: "Could not check the verification. Try again shortly.",
};

const TOKEN: Field = text("token").nullable().may_be_blank();
const CODE: Field = text("code").nullable().may_be_blank();

#[derive(Debug)]
pub struct VerifyEmail {
    api: Api,
    confirm_verification: ConfirmVerification,
}

/// The body for a caller who prefers one.
#[derive(Debug, Serialize)]
struct Representation {
    uuid: String,
    email: String,
    verified_at: String,
}

impl VerifyEmail {
    pub fn from_environment(
        environment: &Environment,
        aws: &Aws,
        clock: Clock,
    ) -> Result<Self, SettingError> {
        let store = aws.store(environment)?;
        let keys = settings::proofs::code_keys(environment)?;
        let origin = settings::network::origin(environment)?;
        Ok(Self {
            api: Api::new(ENDPOINT, origin, store.clone(), clock),
            confirm_verification: ConfirmVerification {
                store,
                keys,
                code_limit: CodeLimit::DEFAULT,
                timeout: aws.dynamodb_timeout(CONFIRM_CALLS),
            },
        })
    }

    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        self.api.answer(request, |call| self.verify(call)).await
    }

    async fn verify(&self, call: Call) -> Result<Representation, ApiError> {
        let Parameters { user, address, .. } = Parameters::read(&call.fields)?;
        telemetry::record_user(&user);
        let proof = read_proof(&call.fields, Claim { user, address })?;
        let id = random_bytes().map_err(ApiError::unforeseen)?;
        let attempt = Attempt {
            channel: Channel::Api,
            id: AttemptId::from_random(id),
        };
        let confirming = self.confirm_verification.run(&proof, attempt, call.now);
        let verdict = confirming
            .await
            .map_err(|error| self.api.store_error(error))?;
        answer(&proof, verdict)
    }
}

fn read_proof(fields: &Fields, claim: Claim) -> Result<PresentedProof, FieldError> {
    let token = TOKEN.read(fields)?.unwrap_or_default();
    let code = CODE.read(fields)?.unwrap_or_default();
    PresentedProof::parse(claim, &token, &code).map_err(|error| {
        count_proof_error(error);
        match error {
            ProofError::Missing => FieldError::required(TOKEN.name()),
            ProofError::WrongToken => invalid_token(),
            ProofError::MalformedCode => FieldError::new(
                CODE.name(),
                "invalid_input",
                "Enter the 6-digit code from your email.",
            ),
        }
    })
}

fn answer(proof: &PresentedProof, verdict: Verdict) -> Result<Representation, ApiError> {
    let code = |code, detail| FieldError::new(CODE.name(), code, detail);
    let refusal = match verdict {
        // A repeated proof is answered like the first time.
        Verdict::Verified(verification) | Verdict::AlreadyVerified(verification) => {
            return Ok(Representation {
                uuid: proof.claim().user.to_string(),
                email: verification.address.deliverable().to_owned(),
                verified_at: verification.at.to_string(),
            });
        }
        Verdict::LinkExpired => FieldError::new(
            TOKEN.name(),
            "expired_token",
            "This verification link has expired. Request a new one.",
        ),
        Verdict::CodeExpired => code(
            "expired_code",
            "This code has expired. Enter the newest one, or request a new email.",
        ),
        Verdict::LinkRefused(_) => invalid_token(),
        Verdict::Invalid => match proof {
            PresentedProof::Link { .. } => invalid_token(),
            PresentedProof::Code { .. } => {
                code("invalid_code", "This code is invalid or has expired.")
            }
        },
        Verdict::TooManyAttempts { retry_after } => {
            let detail = "Too many incorrect attempts. Try again later.";
            return Err(ApiError::from(code("too_many_attempts", detail)).retry_after(retry_after));
        }
        Verdict::CodesLocked => code(
            "too_many_attempts",
            "Too many incorrect attempts. Use the link from your email.",
        ),
    };
    Err(refusal.into())
}

fn invalid_token() -> FieldError {
    FieldError::new(
        TOKEN.name(),
        "invalid_token",
        "This verification token is invalid or has expired.",
    )
}
