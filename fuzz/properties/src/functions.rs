//! The functions that answer requests, started with [`Network`].

use std::convert::Infallible;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use email_verification_status::EmailVerificationStatus;
use lambda_http::request::LambdaRequest;
use lambda_http::{Body, Context, LambdaEvent, Request, Response, Service};
use mail::Ses;
use request_email_verification::RequestEmailVerification;
use serde_json::Value;
use shared::api::events;
use shared::domain::clock::{Clock, Timestamp};
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;
use tokio::runtime::{Builder, Runtime};
use verification_page::VerificationPage;
use verify_email::VerifyEmail;

use crate::network::Network;

pub(crate) const APP_URL: &str = "https://app.example.com/welcome";
pub(crate) const RETURN_ORIGIN: &str = "https://shop.example.com";

const SETTINGS: [(&str, &str); 13] = [
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "none"),
    ("AWS_SECRET_ACCESS_KEY", "none"),
    ("TABLE_NAME", "mailproof"),
    ("CODE_KEYS", "key-of-codes-0123456789-0123456789"),
    ("SENDER", "Acme <no-reply@acme.example>"),
    ("STAGE", "fuzz"),
    ("PRODUCT_NAME", "Acme"),
    ("SUPPORT_ADDRESS", "help@acme.example"),
    ("POSTAL_LINE", "Acme Inc., 1 Example Street, Springfield"),
    ("PUBLIC_URL", "https://verify.acme.example"),
    ("APP_URL", APP_URL),
    ("RETURN_ORIGINS", RETURN_ORIGIN),
];

/// Nothing waits, so no timeout may pass, however slow the machine is.
const TIMEOUT_FACTOR: f64 = 1_000.0;

/// The functions that answer requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Request,
    Verify,
    Status,
    Page,
}

struct Functions {
    runtime: Runtime,
    request: RequestEmailVerification,
    verify: VerifyEmail,
    status: EmailVerificationStatus,
    page: VerificationPage,
}

thread_local! {
    static FUNCTIONS: Functions = Functions::start();
}

impl Functions {
    fn start() -> Self {
        let environment = Environment::from_pairs(&SETTINGS);
        let network = SharedHttpConnector::new(Network);
        let aws = Aws::with_connector(&environment, network).unwrap();
        let aws = aws.with_timeouts_times(TIMEOUT_FACTOR);
        let ses = Ses::with_idle_timeout(&aws, &environment, Duration::MAX);
        // It stands still, so the key that was found once stays cached.
        let clock = || Clock::from_fn(|| Timestamp::from_unix_seconds(1_795_435_200));
        Self {
            runtime: Builder::new_current_thread().enable_time().build().unwrap(),
            request: RequestEmailVerification::from_environment(&environment, &aws, &ses, clock())
                .unwrap(),
            verify: VerifyEmail::from_environment(&environment, &aws, clock()).unwrap(),
            status: EmailVerificationStatus::from_environment(&environment, &aws, clock()).unwrap(),
            page: VerificationPage::from_environment(&environment, &aws, clock()).unwrap(),
        }
    }

    /// The answer as Lambda's runtime would send it.
    fn answer(&self, function: Function, event: LambdaRequest) -> Value {
        let mut service = events(|request| self.handle(function, request));
        let event = LambdaEvent::new(event, Context::default());
        let answered: Result<_, Infallible> = self.runtime.block_on(service.call(event));
        let answer = answered.unwrap();
        serde_json::to_value(answer).unwrap()
    }

    async fn handle(
        &self,
        function: Function,
        request: Request,
    ) -> Result<Response<Body>, Infallible> {
        match function {
            Function::Request => self.request.handle(request).await,
            Function::Verify => self.verify.handle(request).await,
            Function::Status => self.status.handle(request).await,
            Function::Page => self.page.handle(request).await,
        }
    }
}

/// `None`: it is no event of API Gateway.
pub(crate) fn invoke(function: Function, event: &str) -> Option<Value> {
    let event = serde_json::from_str(event).ok()?;
    Some(FUNCTIONS.with(|functions| functions.answer(function, event)))
}
