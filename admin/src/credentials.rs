//! The operator's credentials.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use shared::runtime::settings::Environment;

use crate::error::AdminError;

/// A credential process may wait for a person to touch a security key.
const TIMEOUT: Duration = Duration::from_mins(1);

const SIGN_IN: &str = "Sign in, for example with `aws sso login`, or name a profile with --profile";
pub(crate) const CHECK_PROFILE: &str =
    "Check --profile: `aws configure list-profiles` shows all profiles";

/// The credentials of the profile that was named, else those of the environment, else the first
/// that every AWS tool would find.
pub(crate) async fn find(
    profile: Option<&str>,
    environment: &Environment,
    config: &SdkConfig,
) -> Result<Credentials, AdminError> {
    if profile.is_none()
        && let Some(credentials) = of_environment(environment)
    {
        return Ok(credentials);
    }
    let provider = match profile {
        Some(profile) => Some(of_profile(profile, config)),
        None => config.credentials_provider(),
    };
    let sign_in = |error: AdminError| match profile {
        None => error.advise(SIGN_IN),
        Some(profile) => error.advise(CHECK_PROFILE).advise(format!(
            "Sign in, for example with `aws sso login --profile {profile}`"
        )),
    };
    let not_found = || {
        AdminError::failed(match profile {
            None => "no AWS credentials were found".to_owned(),
            Some(profile) => format!("no AWS credentials were found in the profile '{profile}'"),
        })
    };
    let Some(provider) = provider else {
        return Err(sign_in(not_found()));
    };
    let timed_out = |_| {
        let seconds = TIMEOUT.as_secs();
        let problem = format!("no AWS credentials were found within {seconds} seconds");
        AdminError::failed(problem).advise("Try again")
    };
    let providing = tokio::time::timeout(TIMEOUT, provider.provide_credentials());
    providing
        .await
        .map_err(timed_out)?
        .map_err(|error| match error {
            // Its text lists every provider that was tried, which helps nobody.
            CredentialsError::CredentialsNotLoaded(_) => sign_in(not_found()),
            error => sign_in(AdminError::caused_by("no AWS credentials", error)),
        })
}

fn of_environment(environment: &Environment) -> Option<Credentials> {
    Some(Credentials::new(
        environment.optional("AWS_ACCESS_KEY_ID")?,
        environment.optional("AWS_SECRET_ACCESS_KEY")?,
        environment.optional("AWS_SESSION_TOKEN"),
        None,
        "environment",
    ))
}

fn of_profile(profile: &str, config: &SdkConfig) -> SharedCredentialsProvider {
    let mut provider = ProviderConfig::without_region().with_region(config.region().cloned());
    if let Some(http_client) = config.http_client() {
        provider = provider.with_http_client(http_client);
    }
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&provider)
        .profile_name(profile)
        .build();
    SharedCredentialsProvider::new(provider)
}
