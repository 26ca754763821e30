//! `GET /verify_email` and `POST /verify_email`: the page that a mailed link opens.
//!
//! Opening the page changes nothing. The proof stands in the link's fragment, which no server gets, and
//! is posted once a person presses the button; without a script there is a form for the code. A posted
//! proof is its own credential: whoever has it may use it, from wherever it is posted.

mod page;
mod posted;
mod state;
mod texts;

use std::convert::Infallible;

use lambda_http::http::Method;
use lambda_http::{Body, Request, Response};
use shared::aws::Aws;
use shared::clock::{Clock, Timestamp};
use shared::code::{Code, CodeKeys};
use shared::code_attempts::{AttemptId, Door};
use shared::confirm_verification::{Attempt, Claim, Verdict, confirm_by_code, confirm_by_link};
use shared::entropy::random_bytes;
use shared::http::{Origin, Outcome, base_path, exchange};
use shared::public_url::PAGE_PATH;
use shared::settings::{Environment, SettingError};
use shared::store::{Store, StoreError};
use shared::telemetry::{self, Metric};

use page::Page;
use posted::{Posted, Proof};
use state::State;

const NAME: &str = "verification_page";

/// The page, ready to answer.
#[derive(Debug)]
pub struct VerificationPage {
    page: Page,
    origin: Origin,
    store: Store,
    keys: CodeKeys,
    clock: Clock,
}

impl VerificationPage {
    /// The page with its settings and the clients of `aws`.
    pub fn from_environment(
        environment: &Environment,
        aws: &Aws,
        clock: Clock,
    ) -> Result<Self, SettingError> {
        let table = environment.required("TABLE_NAME")?;
        Ok(Self {
            page: Page::from_environment(environment)?,
            origin: Origin::from_environment(environment)?,
            store: Store::new(aws.dynamodb(), table),
            keys: CodeKeys::from_environment(environment)?,
            clock,
        })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        Ok(exchange(&request, NAME, self.answer(&request)).await)
    }

    async fn answer(&self, request: &Request) -> Outcome {
        if base_path(request, PAGE_PATH).is_none() {
            return self
                .page
                .answer(request, State::NotFound, &Posted::default());
        }
        match *request.method() {
            Method::GET | Method::HEAD | Method::POST if !self.origin.admits(request) => self
                .page
                .answer(request, State::NotReachable, &Posted::default()),
            Method::GET | Method::HEAD => {
                let state = State::opened(request.uri().query(), request.headers());
                self.page.answer(request, state, &Posted::default())
            }
            Method::POST => match Posted::read(request) {
                Ok(posted) => {
                    let state = self.confirm(request, &posted).await;
                    self.page.answer(request, state, &posted)
                }
                Err(misfit) => self.page.answer(request, misfit, &Posted::default()),
            },
            _ => self
                .page
                .answer(request, State::MethodNotAllowed, &Posted::default()),
        }
    }

    async fn confirm(&self, request: &Request, posted: &Posted) -> State {
        let now = self.clock.now();
        let proof = match posted.proof() {
            Ok(proof) => proof,
            Err(state) => {
                if state == State::Invalid {
                    telemetry::count(Metric::Wrong);
                }
                return state;
            }
        };
        let state = match proof {
            Proof::Link { claim, token } => {
                telemetry::record_user(&claim.user);
                let verdict = confirm_by_link(&self.store, &claim, &token, Door::Page, now).await;
                verdict.map(|verdict| State::of_link(&verdict))
            }
            Proof::Code { claim, code } => {
                telemetry::record_user(&claim.user);
                self.confirm_code(request, &claim, &code, now).await
            }
        };
        state.unwrap_or_else(|error| State::Unavailable {
            trying_again_helps: !matches!(error, StoreError::Malformed(_)),
            internal: error.to_string(),
        })
    }

    /// Anybody may post here, so a client is counted, too: or else it could try one code on many users.
    async fn confirm_code(
        &self,
        request: &Request,
        claim: &Claim,
        code: &Code,
        now: Timestamp,
    ) -> Result<State, StoreError> {
        let id = match random_bytes() {
            Ok(bytes) => AttemptId::from_random(bytes),
            Err(error) => {
                return Ok(State::Unavailable {
                    trying_again_helps: false,
                    internal: error.to_string(),
                });
            }
        };
        let client = self.origin.client_of(request);
        if let Some(retry_after) = self.store.count_client(&client, id, now).await? {
            telemetry::count(Metric::Throttled);
            return Ok(State::TooManyAttempts { retry_after });
        }
        let attempt = Attempt {
            door: Door::Page,
            id,
        };
        let verdict: Verdict =
            confirm_by_code(&self.store, &self.keys, claim, code, attempt, now).await?;
        Ok(State::of_code(&verdict))
    }
}
