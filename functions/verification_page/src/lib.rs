//! `GET /verify_email` and `POST /verify_email`: the page that a mailed link opens.
//!
//! Opening the page changes nothing. The token is in the link's fragment, which no server gets, and
//! is posted once a person presses the button. The link's query names the user, so that a form can
//! ask for the code alone if the token is lost or expired, or if no script runs.

mod form;
mod link_next;
mod link_user;
mod page;
pub mod refuse_mail;
mod state;
mod texts;

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::http::Method;
use lambda_http::{Body, Request, RequestExt, Response};
use shared::api::{ApiError, Origin, Outcome, base_path, is_cross_site, respond};
use shared::brand::public_url::PAGE_PATH;
use shared::domain::clock::Clock;
use shared::domain::code_attempts::{AttemptId, Channel};
use shared::domain::presented_proof::PresentedProof;
use shared::domain::rate_limit::{ClientLimit, CodeLimit};
use shared::domain::user_id::UserId;
use shared::domain::version::Version;
use shared::runtime::aws::{Aws, DYNAMODB_OPERATION};
use shared::runtime::entropy::random_bytes;
use shared::runtime::settings::{self, Environment, SettingError};
use shared::store::{ClientAttempt, Store, StoreError, within};
use shared::telemetry::{self, Metric};
use shared::use_cases::confirm_verification::{
    Attempt, CONFIRM_CALLS, ConfirmVerification, count_proof_error,
};

use form::{Action, Posted};
use link_user::{page_of_damaged_link, user_of};
pub use page::preview::{Look, PagePreview};
use page::{Form, Page, wants_html};
use refuse_mail::{REFUSE_CALLS, RefuseMail};
use state::State;

/// Its name in logs.
pub const NAME: &str = "verification_page";

/// The longest count of a client, in timeouts of one call to DynamoDB.
const COUNT_CALLS: u32 = 1;

/// With every call at its timeout: count the client, confirm. A refusal is shorter.
pub const LONGEST_RUN: Duration = DYNAMODB_OPERATION.saturating_mul(COUNT_CALLS + CONFIRM_CALLS);

#[derive(Debug)]
pub struct VerificationPage {
    page: Page,
    origin: Origin,
    store: Store,
    confirm_verification: ConfirmVerification,
    refuse_mail: RefuseMail,
    client_limit: ClientLimit,
    /// The longest duration of the calls that count a client.
    count_timeout: Duration,
    clock: Clock,
}

impl VerificationPage {
    pub fn from_environment(
        environment: &Environment,
        aws: &Aws,
        clock: Clock,
    ) -> Result<Self, SettingError> {
        let store = aws.store(environment)?;
        let keys = settings::proofs::code_keys(environment)?;
        Ok(Self {
            page: Page::from_environment(environment)?,
            origin: settings::network::origin(environment)?,
            store: store.clone(),
            refuse_mail: RefuseMail {
                store: store.clone(),
                timeout: aws.dynamodb_timeout(REFUSE_CALLS),
            },
            confirm_verification: ConfirmVerification {
                store,
                keys,
                code_limit: CodeLimit::DEFAULT,
                timeout: aws.dynamodb_timeout(CONFIRM_CALLS),
            },
            client_limit: ClientLimit::DEFAULT,
            count_timeout: aws.dynamodb_timeout(COUNT_CALLS),
            clock,
        })
    }

    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        Ok(respond(&request, NAME, self.answer(&request)).await)
    }

    async fn answer(&self, request: &Request) -> Outcome {
        if base_path(request, PAGE_PATH).is_none() {
            return self.answer_elsewhere(request);
        }
        let mut form = Form {
            user: user_of(request),
            next: self.page.next_of(request),
            ..Form::default()
        };
        let state = match *request.method() {
            Method::GET | Method::HEAD | Method::POST if !self.origin.admits(request) => {
                State::NotReachable
            }
            Method::GET | Method::HEAD => State::opened(request.uri().query(), request.headers()),
            Method::POST if is_cross_site(request.headers()) => State::CrossSite,
            Method::POST => match Posted::read(request) {
                Ok(posted) => {
                    form.user = posted.user(form.user);
                    let state = match posted.action {
                        Action::Verify => self.confirm(request, form.user, &posted).await,
                        Action::Stop | Action::Allow => self.refuse(form.user, &posted).await,
                    };
                    form.code = posted.code;
                    state
                }
                Err(bad_request) => bad_request,
            },
            _ => State::MethodNotAllowed,
        };
        self.page.answer(request, state, &form)
    }

    /// Answers at any path without a route of its own: a person gets a page. If the path is a link
    /// whose `#` or `?` was encoded on the way, it is the page of that link, and its script reads
    /// the token from the address.
    fn answer_elsewhere(&self, request: &Request) -> Outcome {
        if !wants_html(request.headers()) {
            return ApiError::not_found().into_outcome();
        }
        if !self.origin.admits(request) {
            return self
                .page
                .answer(request, State::NotReachable, &Form::default());
        }
        let page = page_of_damaged_link(request.raw_http_path());
        match page.filter(|_| [Method::GET, Method::HEAD].contains(request.method())) {
            Some(page) => {
                let form = Form {
                    page,
                    user: user_of(request),
                    next: self.page.next_of(request),
                    ..Form::default()
                };
                self.page.answer(request, State::Open, &form)
            }
            None => self.page.answer(request, State::NotFound, &Form::default()),
        }
    }

    async fn confirm(&self, request: &Request, user: Option<UserId>, posted: &Posted) -> State {
        let proof = match posted.proof(user) {
            Ok(proof) => proof,
            Err(error) => {
                count_proof_error(error);
                return State::of_proof_error(error, user);
            }
        };
        telemetry::record_user(&proof.claim().user);
        let attempt = match random_bytes() {
            Ok(bytes) => Attempt {
                channel: Channel::Page,
                id: AttemptId::from_random(bytes),
            },
            Err(error) => return State::fault(error),
        };
        self.judge(request, &proof, attempt)
            .await
            .unwrap_or_else(State::of_store_error)
    }

    async fn refuse(&self, user: Option<UserId>, posted: &Posted) -> State {
        let Some((user, token)) = posted.link(user) else {
            telemetry::count(Metric::Wrong);
            return State::Invalid;
        };
        telemetry::record_user(&user);
        let state = if posted.action == Action::Allow {
            let allowing = self.refuse_mail.allow(&user, &token);
            allowing.await.map(State::of_allowed)
        } else {
            let first = match random_bytes() {
                Ok(bytes) => Version::first(bytes),
                Err(error) => return State::fault(error),
            };
            let now = self.clock.now();
            let refusing = self.refuse_mail.refuse(&user, &token, first, now);
            refusing.await.map(State::of_refused)
        };
        if let Ok(State::Invalid) = state {
            telemetry::count(Metric::Wrong);
        }
        state.unwrap_or_else(State::of_store_error)
    }

    /// Anybody may post codes here, so they are also counted per client. Without that limit, one
    /// client could try a code for each of many users.
    async fn judge(
        &self,
        request: &Request,
        proof: &PresentedProof,
        attempt: Attempt,
    ) -> Result<State, StoreError> {
        let now = self.clock.now();
        if let PresentedProof::Code { .. } = proof {
            let client = self.origin.client_of(request);
            let counting = self
                .store
                .count_client(&client, attempt.id, self.client_limit, now);
            let counted = within(self.count_timeout, counting).await?;
            if let ClientAttempt::Refused { retry_after } = counted {
                telemetry::count(Metric::Throttled);
                return Ok(State::TooManyAttempts { retry_after });
            }
        }
        let confirming = self.confirm_verification.run(proof, attempt, now);
        Ok(State::of(proof, &confirming.await?))
    }
}
