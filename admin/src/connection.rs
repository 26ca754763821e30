//! The table and SES, reached with the operator's credentials.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::config::IdentityCache;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use shared::runtime::aws::http_client;
use shared::runtime::settings::Environment;
use shared::store::{OperatorStore, Store, StoreError};
use shared::telemetry::chain;

use crate::arguments::{Connection, Ses};
use crate::error::AdminError;
use crate::suppression_list::SuppressionList;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// One try of a call. A page of a scan is up to a megabyte that DynamoDB reads.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Before the second try; twice as long before the third.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// SES takes one call a second about its settings.
const FIRST_PAUSE_OF_SES: Duration = Duration::from_secs(1);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(30);
/// A credential process may wait for a person's finger on a key.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_mins(1);

/// The table, and the words for where it is.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) store: OperatorStore,
    pub(crate) name: String,
    place: String,
}

/// Finds credentials, region and endpoint of the table, and says which of them is missing.
pub(crate) async fn open(
    flags: &Connection,
    environment: &Environment,
) -> Result<Table, AdminError> {
    let place = TablePlace::find(flags, environment)?;
    let session = Session::start(flags, environment).await?;
    Ok(session.table(place))
}

/// The same for the table and for SES. Whoever names another DynamoDB by flag has to name its SES
/// as well: a table on this machine must not meet the list of a real account.
pub(crate) async fn open_with_ses(
    flags: &Connection,
    ses: &Ses,
    environment: &Environment,
) -> Result<(Table, SuppressionList), AdminError> {
    let place = TablePlace::find(flags, environment)?;
    let ses_endpoint = endpoint(
        environment,
        ses.ses_endpoint_url.as_deref(),
        &["AWS_ENDPOINT_URL_SESV2", "AWS_ENDPOINT_URL"],
    )?;
    if flags.endpoint_url.is_some() && ses_endpoint.is_none() {
        return Err(usage(
            "which SES? --endpoint-url names another DynamoDB; name the SES that belongs to it with \
             --ses-endpoint-url",
        ));
    }
    let session = Session::start(flags, environment).await?;
    let list = session.suppression_list(ses_endpoint);
    Ok((session.table(place), list))
}

/// Which table, and where if not at AWS.
struct TablePlace {
    name: String,
    endpoint: Option<String>,
}

impl TablePlace {
    fn find(flags: &Connection, environment: &Environment) -> Result<Self, AdminError> {
        let name = given(environment, flags.table.as_deref(), &["TABLE_NAME"]);
        Ok(Self {
            name: name.ok_or_else(|| {
                usage("which table? Give --table with TableName from the outputs of the stack")
            })?,
            endpoint: endpoint(
                environment,
                flags.endpoint_url.as_deref(),
                &["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"],
            )?,
        })
    }
}

/// What a flag says, or else the first of these variables that is set.
fn given(environment: &Environment, flag: Option<&str>, variables: &[&str]) -> Option<String> {
    let mut variables = variables
        .iter()
        .filter_map(|name| environment.optional(name));
    flag.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .or_else(|| variables.next())
}

fn endpoint(
    environment: &Environment,
    flag: Option<&str>,
    variables: &[&str],
) -> Result<Option<String>, AdminError> {
    let endpoint = given(environment, flag, variables);
    match endpoint {
        Some(url) if !(url.starts_with("http://") || url.starts_with("https://")) => Err(usage(
            &format!("'{url}' is no endpoint; give a URL such as http://127.0.0.1:8000"),
        )),
        endpoint => Ok(endpoint),
    }
}

/// Who is calling, and in which region.
struct Session {
    config: SdkConfig,
    credentials: SharedCredentialsProvider,
    region: String,
}

impl Session {
    async fn start(flags: &Connection, environment: &Environment) -> Result<Self, AdminError> {
        let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
        let region = given(environment, flags.region.as_deref(), &variables);
        let config = load(flags.profile.as_deref(), region, environment).await?;
        let region = config.region().ok_or_else(|| match &flags.profile {
        None => usage("which region? Give --region, or a profile that has one with --profile"),
        Some(profile) => usage(&format!(
            "which region? There is no profile '{profile}', or it has none. Give --region as well"
        )),
    })?;
        let region = region.to_string();
        let credentials = credentials(flags.profile.as_deref(), environment, &config).await?;
        Ok(Self {
            credentials: SharedCredentialsProvider::new(credentials),
            region,
            config,
        })
    }

    fn table(&self, TablePlace { name, endpoint }: TablePlace) -> Table {
        let place = endpoint.clone().unwrap_or_else(|| self.region.clone());
        let mut config = aws_sdk_dynamodb::config::Builder::from(&self.config)
            .credentials_provider(self.credentials.clone())
            .identity_cache(IdentityCache::no_cache());
        config.set_endpoint_url(endpoint);
        let client = aws_sdk_dynamodb::Client::from_conf(config.build());
        Table {
            store: OperatorStore::new(Store::new(client, &name)),
            name,
            place,
        }
    }

    fn suppression_list(&self, endpoint: Option<String>) -> SuppressionList {
        let place = endpoint.clone().unwrap_or_else(|| self.region.clone());
        let mut config = aws_sdk_sesv2::config::Builder::from(&self.config)
            .credentials_provider(self.credentials.clone())
            .identity_cache(IdentityCache::no_cache());
        config.set_endpoint_url(endpoint);
        config.set_retry_config(Some(retries_after(FIRST_PAUSE_OF_SES)));
        SuppressionList::new(aws_sdk_sesv2::Client::from_conf(config.build()), place)
    }
}

/// What the flags and the environment leave open, the files in `~/.aws` say.
async fn load(
    profile: Option<&str>,
    region: Option<String>,
    environment: &Environment,
) -> Result<SdkConfig, AdminError> {
    let http_client = http_client(environment).map_err(|error| usage(&error.to_string()))?;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let mut loader: ConfigLoader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client)
        .timeout_config(timeouts)
        .retry_config(retries_after(FIRST_PAUSE));
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    Ok(loader.load().await)
}

/// Three attempts, the second after this pause at the most.
fn retries_after(first_pause: Duration) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(first_pause)
}

/// A profile that was asked for by name, or else the credentials of the environment, or else the
/// first that every AWS tool would find.
async fn credentials(
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
    let Some(provider) = provider else {
        return Err(no_credentials(None));
    };
    match tokio::time::timeout(CREDENTIALS_TIMEOUT, provider.provide_credentials()).await {
        Ok(Ok(credentials)) => Ok(credentials),
        Ok(Err(error)) => Err(no_credentials(Some(&error))),
        Err(_) => Err(AdminError::Failed(
            "the AWS credentials did not come within a minute; try again".to_owned(),
        )),
    }
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
    let mut like = ProviderConfig::without_region().with_region(config.region().cloned());
    if let Some(http_client) = config.http_client() {
        like = like.with_http_client(http_client);
    }
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&like)
        .profile_name(profile)
        .build();
    SharedCredentialsProvider::new(provider)
}

fn no_credentials(error: Option<&CredentialsError>) -> AdminError {
    const NEXT: &str = "Sign in first, as with `aws sso login`, or name a profile with --profile";
    AdminError::Failed(match error {
        None | Some(CredentialsError::CredentialsNotLoaded(_)) => {
            format!("no AWS credentials were found. {NEXT}")
        }
        Some(error) => format!("no AWS credentials: {}. {NEXT}", first_cause(error)),
    })
}

/// What all the other errors came from, without the full stop that some end with.
fn first_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let first = chain.last().map(ToString::to_string).unwrap_or_default();
    let stripped = first.trim_end().trim_end_matches('.');
    stripped.to_owned()
}

fn usage(text: &str) -> AdminError {
    AdminError::Usage(text.to_owned())
}

impl Table {
    /// What the operator can do about an error of the store.
    pub(crate) fn explain(&self, error: StoreError) -> AdminError {
        let Self { name, place, .. } = self;
        AdminError::Failed(match error {
            StoreError::Malformed(_) => {
                format!("{}; another version may have written it", chain(&error))
            }
            StoreError::Unavailable(reason) => format!(
                "DynamoDB at {place} does not answer: {}. Check the network, --region and \
                 --endpoint-url",
                chain(&*reason)
            ),
            StoreError::Refused { code, message } => match code.as_str() {
                "ResourceNotFoundException" => format!(
                    "there is no table '{name}' at {place}. Check --table, --region and --profile"
                ),
                "ProvisionedThroughputExceededException"
                | "ThrottlingException"
                | "RequestLimitExceeded" => {
                    format!("DynamoDB is busy ({code}). Try again in a moment")
                }
                _ => refusal_of_credentials(&code, &message, place)
                    .unwrap_or_else(|| format!("DynamoDB at {place} refuses: {code}: {message}")),
            },
        })
    }
}

/// What every AWS service says when it does not like who is asking. `None`: this is about something
/// else.
pub(crate) fn refusal_of_credentials(code: &str, message: &str, place: &str) -> Option<String> {
    Some(match code {
        "AccessDeniedException" => {
            format!("AWS does not allow it: {message}. README.md lists what this command needs")
        }
        "ExpiredTokenException" | "ExpiredToken" => {
            "the AWS credentials have expired. Sign in again, as with `aws sso login`".to_owned()
        }
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignatureException"
        | "InvalidClientTokenId"
        | "MissingAuthenticationTokenException" => format!(
            "AWS does not take these credentials at {place}: {message}. \
             `aws sts get-caller-identity` says whose they are"
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> Connection {
        Connection {
            table: Some("mailproof".to_owned()),
            region: Some("eu-central-1".to_owned()),
            profile: None,
            endpoint_url: None,
        }
    }

    fn environment(values: &'static [(&str, &str)]) -> Environment {
        Environment::from_fn(|name| {
            let found = values.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const CREDENTIALS: &[(&str, &str)] = &[
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ];

    #[tokio::test]
    async fn a_flag_goes_before_the_environment() {
        let environment = environment(&[
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:2"),
            ("TABLE_NAME", "other"),
        ]);
        let of_flags = Connection {
            endpoint_url: Some("http://127.0.0.1:3".to_owned()),
            ..flags()
        };
        let table = open(&of_flags, &environment).await.unwrap();
        assert_eq!(
            (table.name.as_str(), table.place.as_str()),
            ("mailproof", "http://127.0.0.1:3")
        );
        let of_environment = Connection {
            table: None,
            region: None,
            ..flags()
        };
        let table = open(&of_environment, &environment).await.unwrap();
        assert_eq!(
            (table.name.as_str(), table.place.as_str()),
            ("other", "http://127.0.0.1:2")
        );
    }

    #[tokio::test]
    async fn what_is_missing_or_wrong_is_named_before_aws_is_asked() {
        let no_table = Connection {
            table: None,
            ..flags()
        };
        let no_url = Connection {
            endpoint_url: Some("127.0.0.1:8000".to_owned()),
            ..flags()
        };
        for (flags, text) in [
            (
                no_table,
                "which table? Give --table with TableName from the outputs of the stack",
            ),
            (
                no_url,
                "'127.0.0.1:8000' is no endpoint; give a URL such as http://127.0.0.1:8000",
            ),
        ] {
            let error = open(&flags, &environment(CREDENTIALS)).await.unwrap_err();
            assert_eq!((error.exit_code(), error.to_string().as_str()), (2, text));
        }
    }

    #[tokio::test]
    async fn what_aws_refuses_is_one_line_that_says_what_to_do() {
        let table = open(&flags(), &environment(CREDENTIALS)).await.unwrap();
        let explain = |code: &str| {
            let (code, message) = (code.to_owned(), "told\nso".to_owned());
            table
                .explain(StoreError::Refused { code, message })
                .to_string()
        };
        for (code, text) in [
            (
                "ResourceNotFoundException",
                "there is no table 'mailproof' at eu-central-1. Check --table, --region and --profile",
            ),
            (
                "AccessDeniedException",
                r"AWS does not allow it: told\nso. README.md lists what this command needs",
            ),
            (
                "ExpiredTokenException",
                "the AWS credentials have expired. Sign in again, as with `aws sso login`",
            ),
            (
                "UnrecognizedClientException",
                r"AWS does not take these credentials at eu-central-1: told\nso. `aws sts get-caller-identity` says whose they are",
            ),
            (
                "Other",
                r"DynamoDB at eu-central-1 refuses: Other: told\nso",
            ),
        ] {
            assert_eq!(explain(code), text);
        }
    }
}
