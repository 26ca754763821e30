//! Requests a verification as a backend does, and waits for what SES reports of the mail.

mod api;

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use shared::domain::delivery::DeliveryState;
use shared::domain::email_address::EmailAddress;
use shared::runtime::settings::Environment;

use crate::arguments::SendTest;
use crate::context::Context;
use crate::error::AdminError;
use crate::output::Console;
use crate::subject;

use api::{Answer, Api};

const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

pub(crate) async fn run(
    wanted: &SendTest,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let test = NewTest::parse(wanted, context.environment)?;
    test.run(context.console).await
}

#[derive(Debug)]
struct NewTest {
    api: Api,
    address: EmailAddress,
    longest_wait: Duration,
}

#[derive(Debug, Serialize)]
struct Report {
    email: String,
    /// The delivery status, as the API has it.
    state: String,
    at: Option<String>,
}

impl Report {
    /// `None`: the API answered with a word that this release does not know, or with none.
    fn delivery(&self) -> Option<DeliveryState> {
        DeliveryState::parse(&self.state)
    }

    fn is_delivered(&self) -> bool {
        self.delivery() == Some(DeliveryState::Delivered)
    }

    /// Why the mail will not be delivered.
    fn problem(&self) -> Option<&'static str> {
        match self.delivery()? {
            DeliveryState::Bounced => Some("bounced. The address gets no more mail"),
            DeliveryState::Complained | DeliveryState::Reported => {
                Some("its reader, or the reader's server, complained")
            }
            DeliveryState::Rejected => Some("SES rejected the mail for its content"),
            DeliveryState::Sent
            | DeliveryState::Delayed
            | DeliveryState::SoftBounced
            | DeliveryState::Delivered => None,
        }
    }
}

impl NewTest {
    pub(crate) fn parse(wanted: &SendTest, environment: &Environment) -> Result<Self, AdminError> {
        Ok(Self {
            address: subject::new_address(&wanted.email)?,
            api: Api::from_environment(environment)?,
            longest_wait: Duration::from_secs(wanted.wait),
        })
    }

    pub(crate) async fn run(&self, console: &mut Console<'_>) -> Result<(), AdminError> {
        let email = self.address.deliverable();
        let answer = self.api.request(&json!({ "email": email })).await?;
        if answer.status != 200 {
            return Err(refused(&answer));
        }
        let report = self.wait(console).await?;
        if report.is_delivered() {
            let at = report.at.as_deref().unwrap_or_default();
            return console.answer(&report, || format!("{email}: delivered, at {at}"));
        }
        console.answer_script(&report)?;
        Err(match report.problem() {
            Some(problem) => AdminError::failed(format!("{email}: {problem}")),
            None => AdminError::failed(format!(
                "{email}: {}, and SES reported nothing more in {} seconds",
                report.state,
                self.longest_wait.as_secs()
            )),
        }
        .advise(format!("See what is on record with `admin status {email}`")))
    }

    /// The first final status, else the last one.
    async fn wait(&self, console: &mut Console<'_>) -> Result<Report, AdminError> {
        let (mut backoff, mut waited) = (FIRST_BACKOFF, Duration::ZERO);
        loop {
            let report = self.status().await?;
            let is_final = report.is_delivered() || report.problem().is_some();
            if is_final || waited >= self.longest_wait {
                console.progress("");
                return Ok(report);
            }
            console.progress(&format!("{}. Waiting for SES's report", report.state));
            let wait = backoff.min(self.longest_wait.saturating_sub(waited));
            tokio::time::sleep(wait).await;
            waited += wait;
            backoff = (backoff * 2).min(LONGEST_BACKOFF);
        }
    }

    async fn status(&self) -> Result<Report, AdminError> {
        let email = self.address.deliverable();
        let answer = self.api.status(email).await?;
        if answer.status != 200 {
            return Err(refused(&answer));
        }
        let text = |name| answer.body.pointer(name).and_then(Value::as_str);
        Ok(Report {
            email: email.to_owned(),
            state: text("/delivery/state").unwrap_or("unknown").to_owned(),
            at: text("/delivery/at").map(str::to_owned),
        })
    }
}

fn refused(answer: &Answer) -> AdminError {
    let Answer { status, body } = answer;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (code, detail) = (text("code"), text("detail"));
    let detail = detail.trim_end_matches('.');
    let problem = format!("the API answers {status} {code}: {detail}");
    let advice = match (status, code) {
        (_, "already_verified") => {
            "Give an address that nobody verified, such as success+2@simulator.amazonses.com"
        }
        (_, "email_address_suppressed") => {
            "Allow mail to it again with `unsuppress`, or give another address"
        }
        (_, "email_domain_not_allowed") => {
            "Give an address of another domain: the stack's parameters AllowedDomains and \
             DeniedDomains say which it accepts"
        }
        (_, "throttled") => "Give another address",
        (401, _) => {
            "Set MAILPROOF_KEY to a key of this stack that works: `keys list` shows all, and \
             `keys create` makes one"
        }
        (403, _) if detail.contains("scope") => {
            "Set MAILPROOF_KEY to a key with the scope user:write: `keys list` shows the scopes"
        }
        (403, _) => "Set MAILPROOF_URL to the public URL of the proxy in front of the API",
        (404 | 405, _) => "Check MAILPROOF_URL: it is the stack's output ApiUrl",
        (500.., _) => "Look for the reason in the log of request_email_verification",
        _ => "Check MAILPROOF_URL and the address",
    };
    AdminError::failed(problem.trim_end_matches([' ', ':'])).advise(advice)
}
