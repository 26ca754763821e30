//! `POST /api/users/request_email_verification`: stores a fresh proof and mails it. The page's
//! script asks for the same with an expired link, at a route of its own.

mod new_mail;
pub mod request_verification;

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use mail::{LinkTarget, MailSettings, Mailer, SES_OPERATION, Ses, VerificationUrl};
use serde::Serialize;
use shared::api::fields::{Field, FieldError, Fields, text};
use shared::api::parameters::Parameters;
use shared::api::{Api, ApiError, Call, Endpoint, Method, Origin};
use shared::brand::public_url::PublicUrl;
use shared::brand::return_origins::{MAX_LENGTH, ReturnOrigins};
use shared::brand::web_url::WebUrl;
use shared::domain::api_key::USER_WRITE;
use shared::domain::clock::{Clock, Timestamp};
use shared::domain::email_address::EmailAddress;
use shared::domain::mail_content::MailContent;
use shared::domain::proof::Proof;
use shared::domain::typo::did_you_mean;
use shared::domain::user_id::UserId;
use shared::runtime::aws::{Aws, DYNAMODB_OPERATION, WARMING_TIMEOUT};
use shared::runtime::entropy::{EntropyError, random_bytes};
use shared::runtime::settings::{self, Environment, SettingError};
use shared::telemetry::{self, Metric};
use shared::text::locale::Locale;

use request_verification::{
    MailPolicy, MailTo, REFUND_CALLS, RESERVE_CALLS, RequestError, RequestOutcome,
    RequestVerification, Timeouts, VerificationRequest,
};

/// With every call at its timeout: look the key up, store the proof, open a connection to SES, fail
/// to send, refund.
pub const LONGEST_RUN: Duration = DYNAMODB_OPERATION
    .saturating_mul(1 + RESERVE_CALLS + REFUND_CALLS)
    .saturating_add(WARMING_TIMEOUT)
    .saturating_add(SES_OPERATION);

pub const ENDPOINT: Endpoint = Endpoint {
    name: "request_email_verification",
    method: Method::Post,
    scopes: &[USER_WRITE],
    path: "/api/users/request_email_verification",
    unavailable: "Could not send the verification email. Try again shortly.",
};

const RETURN_TO: Field = text("return_to");

#[derive(Debug)]
pub struct RequestEmailVerification {
    api: Api,
    origin: Origin,
    clock: Clock,
    request_verification: RequestVerification,
    content: MailContent,
    link_target: LinkTarget,
    return_origins: ReturnOrigins,
    default_locale: Locale,
}

/// The body for a caller who prefers one.
#[derive(Debug, Serialize)]
struct Representation {
    uuid: String,
    email: String,
    expires_at: String,
    /// The address that was probably meant, if the domain looks mistyped.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
}

impl RequestEmailVerification {
    pub fn from_environment(
        environment: &Environment,
        aws: &Aws,
        ses: &Ses,
        clock: Clock,
    ) -> Result<Self, SettingError> {
        let store = aws.store(environment)?;
        let mail = MailSettings::from_environment(environment)?;
        let origin = settings::network::origin(environment)?;
        let content = settings::proofs::mail_content(environment)?;
        settings::network::refuse_without_page(environment)?;
        Ok(Self {
            api: Api::new(ENDPOINT, origin.clone(), store.clone(), clock.clone()),
            origin,
            clock,
            content,
            link_target: LinkTarget::from_environment(environment)?,
            return_origins: settings::network::return_origins(environment)?,
            default_locale: mail.brand.default_locale,
            request_verification: RequestVerification {
                store,
                mailer: Mailer::new(ses.clone(), mail),
                keys: settings::proofs::code_keys(environment)?,
                domains: settings::domains::domain_policy(environment)?,
                policy: MailPolicy {
                    lifetimes: settings::proofs::lifetimes(environment)?.of_mails(content),
                    limit: settings::proofs::mail_limit(environment)?,
                    code_in_subject: settings::proofs::code_in_subject(environment)?,
                },
                timeouts: Timeouts {
                    reserve: aws.dynamodb_timeout(RESERVE_CALLS),
                    refund: aws.dynamodb_timeout(REFUND_CALLS),
                },
            },
        })
    }

    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        if self.is_new_mail(&request) {
            return Ok(self.answer_new_mail(&request).await);
        }
        self.api.answer(request, |call| self.request(call)).await
    }

    async fn request(&self, call: Call) -> Result<Representation, ApiError> {
        let Parameters {
            user,
            address,
            greeting,
        } = Parameters::read(&call.fields)?;
        let return_to = self.return_to(&call.fields)?;
        let key = call.idempotency_key()?;
        telemetry::count(Metric::Requested);
        telemetry::record_user(&user);
        if let Some(address) = &address {
            telemetry::record_address(address);
        }
        let url = self.url_of(call.public_url.as_ref(), return_to.as_ref());
        let url = url.map_err(ApiError::unforeseen)?;
        let proof = fresh_proof(self.content).map_err(ApiError::unforeseen)?;
        let request = VerificationRequest {
            user,
            to: address.map_or(MailTo::AddressOnRecord, MailTo::Address),
            key,
            greeting,
            locale: call.locale(self.default_locale),
            url,
        };
        let requesting = self.request_verification.run(&request, &proof, call.now);
        let outcome = requesting.await.map_err(|error| match error {
            RequestError::Store(error) => self.api.store_error(error),
            RequestError::Send(error) => self.api.unavailable(error),
        })?;
        self.represent(user, outcome)
    }

    fn represent(&self, user: UserId, outcome: RequestOutcome) -> Result<Representation, ApiError> {
        let (address, expires_at) = mailed(outcome)?;
        Ok(Representation {
            uuid: user.to_string(),
            email: address.deliverable().to_owned(),
            expires_at: expires_at.to_string(),
            did_you_mean: did_you_mean(&address)
                .filter(|meant| self.request_verification.domains.accepts(meant))
                .map(|meant| meant.deliverable().to_owned()),
        })
    }

    /// Where the page leads after the verification.
    fn return_to(&self, fields: &Fields) -> Result<Option<WebUrl>, FieldError> {
        if fields.get(RETURN_TO.name()).is_none() {
            return Ok(None);
        }
        let refused = || {
            FieldError::new(
                RETURN_TO.name(),
                "invalid_input",
                "This URL is not allowed.",
            )
        };
        let text = RETURN_TO.read(fields).ok().flatten();
        let text = text.filter(|text| text.chars().count() <= MAX_LENGTH);
        let admitted = text.and_then(|text| self.return_origins.admit(&text));
        admitted.map(Some).ok_or_else(refused)
    }

    /// The target of the mailed link: from a setting, or else from the gateway's domain name.
    /// `None`: no link is mailed.
    fn url_of(
        &self,
        gateway: Option<&PublicUrl>,
        return_to: Option<&WebUrl>,
    ) -> Result<Option<VerificationUrl>, &'static str> {
        if !self.content.has_link() {
            return Ok(None);
        }
        let url = self.link_target.of_request(gateway, return_to);
        url.map(Some)
            .ok_or("the event names no domain to link to: set PUBLIC_URL")
    }
}

fn fresh_proof(content: MailContent) -> Result<Proof, EntropyError> {
    let code = content.has_code().then(random_bytes).transpose()?;
    Ok(Proof::from_random(random_bytes()?, code))
}

/// The address that was mailed, and when its link expires.
fn mailed(outcome: RequestOutcome) -> Result<(EmailAddress, Timestamp), ApiError> {
    match outcome {
        RequestOutcome::Mailed {
            address,
            expires_at,
        }
        | RequestOutcome::Duplicate {
            address,
            expires_at,
        } => Ok((address, expires_at)),
        RequestOutcome::NoAddress => Err(ApiError::no_such_user()),
        RequestOutcome::DomainNotAllowed => Err(FieldError::new(
            "email",
            "email_domain_not_allowed",
            "Addresses of this domain are not accepted. Use a different one.",
        )
        .into()),
        RequestOutcome::AlreadyVerified { .. } => Err(ApiError::validation_error(
            "already_verified",
            "Email is already verified.",
        )),
        RequestOutcome::Suppressed => Err(FieldError::new(
            "email",
            "email_address_suppressed",
            "This address cannot receive our mail. Use a different one.",
        )
        .into()),
        RequestOutcome::Throttled { retry_after } => Err(ApiError::throttled(retry_after)),
    }
}
