//! The functions and what invokes each. The gateway, the stack and the tests read it here;
//! `tests/it/ops/registry.rs` compares it with `template.yaml`, the folders and `Cargo.toml`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use email_verification_status::EmailVerificationStatus;
use mail::Ses;
use notify_previous_address::NotifyPreviousAddress;
use publish_events::{EVENTBRIDGE_OPERATION, PublishEvents};
use record_mail_events::RecordMailEvents;
use request_email_verification::RequestEmailVerification;
use shared::api::Endpoint;
use shared::brand::public_url::{NEW_MAIL_PATH, PAGE_PATH};
use shared::domain::clock::Clock;
use shared::runtime::aws::Aws;
use shared::runtime::settings::network::without_page;
use shared::runtime::settings::{Environment, SettingError};
use verification_page::VerificationPage;
use verify_email::VerifyEmail;

use crate::lambda::Function;

/// A function as it is deployed.
#[derive(Debug)]
pub struct Definition {
    /// Of its folder in `functions/`, its program, and its events in `events/`.
    pub name: &'static str,
    pub trigger: Trigger,
    /// Paths beside that of the trigger.
    more_paths: &'static [&'static str],
    /// With every call to AWS at its timeout. It ends before the `Timeout` in `template.yaml`.
    pub longest_run: Duration,
    start: Start,
}

/// What invokes a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Requests to the path of this endpoint of the API, with and without a trailing slash.
    Endpoint(&'static Endpoint),
    /// Requests to this path, and to all paths that no other function has.
    PathAndAnyOther(&'static str),
    /// SES's events.
    MailEvents,
    /// Changes in the table.
    TableStream,
}

/// What a function is started with.
#[derive(Debug)]
pub struct Dependencies<'a> {
    pub environment: &'a Environment,
    pub aws: &'a Aws,
    pub ses: &'a Ses,
    pub clock: &'a Clock,
}

type Start = fn(&Dependencies<'_>) -> Result<Function, SettingError>;

/// Started functions, by name.
pub type Functions = BTreeMap<&'static str, Function>;

/// Starts a function of this type with the environment, AWS's clients and these other dependencies.
macro_rules! start {
    ($of:ident, $function:ty, $with:ident $(, $dependency:expr)*) => {{
        let function = Arc::new(<$function>::from_environment(
            $with.environment,
            $with.aws
            $(, $dependency)*
        )?);
        Ok(Function::$of(move |event| {
            let function = Arc::clone(&function);
            async move { function.handle(event).await }
        }))
    }};
}

pub const FUNCTIONS: &[Definition] = &[
    Definition {
        more_paths: &[NEW_MAIL_PATH],
        ..Definition::of_endpoint(
            &request_email_verification::ENDPOINT,
            request_email_verification::LONGEST_RUN,
            |with| {
                start!(
                    of_requests,
                    RequestEmailVerification,
                    with,
                    with.ses,
                    with.clock.clone()
                )
            },
        )
    },
    Definition::of_endpoint(&verify_email::ENDPOINT, verify_email::LONGEST_RUN, |with| {
        start!(of_requests, VerifyEmail, with, with.clock.clone())
    }),
    Definition::of_endpoint(
        &email_verification_status::ENDPOINT,
        email_verification_status::LONGEST_RUN,
        |with| {
            start!(
                of_requests,
                EmailVerificationStatus,
                with,
                with.clock.clone()
            )
        },
    ),
    Definition {
        name: verification_page::NAME,
        trigger: Trigger::PathAndAnyOther(PAGE_PATH),
        more_paths: &[],
        longest_run: verification_page::LONGEST_RUN,
        start: |with| start!(of_requests, VerificationPage, with, with.clock.clone()),
    },
    Definition {
        name: "record_mail_events",
        trigger: Trigger::MailEvents,
        more_paths: &[],
        longest_run: record_mail_events::LONGEST_RUN,
        start: |with| start!(of_events, RecordMailEvents, with),
    },
    Definition {
        name: "publish_events",
        trigger: Trigger::TableStream,
        more_paths: &[],
        longest_run: EVENTBRIDGE_OPERATION,
        start: |with| start!(of_events, PublishEvents, with),
    },
    Definition {
        name: "notify_previous_address",
        trigger: Trigger::TableStream,
        more_paths: &[],
        longest_run: notify_previous_address::LONGEST_RUN,
        start: |with| {
            start!(
                of_events,
                NotifyPreviousAddress,
                with,
                with.ses,
                with.clock.clone()
            )
        },
    },
];

impl Definition {
    const fn of_endpoint(endpoint: &'static Endpoint, longest_run: Duration, start: Start) -> Self {
        Self {
            name: endpoint.name,
            trigger: Trigger::Endpoint(endpoint),
            more_paths: &[],
            longest_run,
            start,
        }
    }

    /// The endpoint of the API. `None`: the page, or another service invokes the function.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'static Endpoint> {
        match self.trigger {
            Trigger::Endpoint(endpoint) => Some(endpoint),
            _ => None,
        }
    }

    /// The paths in the gateway. None if another service invokes the function.
    #[must_use]
    pub fn paths(&self) -> Vec<&'static str> {
        let path = match self.trigger {
            Trigger::Endpoint(endpoint) => Some(endpoint.path),
            Trigger::PathAndAnyOther(path) => Some(path),
            Trigger::MailEvents | Trigger::TableStream => None,
        };
        path.into_iter()
            .chain(self.more_paths.iter().copied())
            .collect()
    }

    /// # Errors
    ///
    /// A setting is wrong.
    pub fn start(&self, with: &Dependencies<'_>) -> Result<Function, SettingError> {
        (self.start)(with)
    }
}

/// Starts the functions that a stack with these settings has.
///
/// # Errors
///
/// A setting is wrong.
pub fn start_all(with: &Dependencies<'_>) -> Result<Functions, SettingError> {
    let has_page = without_page(with.environment)?.is_none();
    let started = FUNCTIONS
        .iter()
        .filter(|definition| has_page || definition.name != verification_page::NAME)
        .map(|definition| Ok((definition.name, definition.start(with)?)));
    started.collect()
}

/// Functions and their names.
pub fn invoked_by(
    functions: &Functions,
    trigger: Trigger,
) -> impl Iterator<Item = (&'static str, &Function)> {
    let definitions = FUNCTIONS.iter();
    let invoked = definitions.filter(move |definition| definition.trigger == trigger);
    invoked.filter_map(|definition| Some((definition.name, functions.get(definition.name)?)))
}
