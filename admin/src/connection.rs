//! Clients of AWS's services, with the operator's credentials.

use std::time::Duration;

use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::IdentityCache;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use shared::runtime::connector::http_client;
use shared::runtime::settings::Environment;
use shared::store::RetryConflicts;

use crate::arguments::{Connection, Ses};
use crate::credentials::{self, CHECK_PROFILE};
use crate::doctor::{CheckError, Clients};
use crate::error::AdminError;
use crate::publisher::Publisher;
use crate::suppression_list::SuppressionList;
use crate::table::Table;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Of one attempt. For a page of a scan DynamoDB reads up to a megabyte.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(30);
/// The function that publishes events has 30 seconds.
const INVOCATION_TIMEOUT: Duration = Duration::from_secs(35);
const ATTEMPTS: u32 = 3;
const INITIAL_BACKOFF: Duration = Duration::from_millis(100);
/// SES allows one call a second to its settings.
const INITIAL_BACKOFF_OF_SES: Duration = Duration::from_secs(1);

/// A client of a service. Each crate has types of its own.
macro_rules! client {
    ($service:ident, $session:expr, $endpoint:expr) => {{
        let mut config = $service::config::Builder::from(&$session.config)
            .credentials_provider($session.credentials.clone())
            .identity_cache(IdentityCache::no_cache());
        config.set_endpoint_url($endpoint);
        $service::Client::from_conf(config.build())
    }};
}

/// Finds the table, its region and the credentials. If one is missing, the error names it.
pub(crate) async fn open(
    flags: &Connection,
    environment: &Environment,
) -> Result<Table, AdminError> {
    let place = TablePlace::find(flags, environment)?;
    let session = Session::start(flags, environment).await?;
    Ok(session.table(place))
}

/// The same for the table and for SES. With another endpoint of DynamoDB, that of SES has to be
/// named too: a command on a local table must not change the list of a real account.
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
    place
        .require("SES", ses_endpoint.as_ref())
        .map_err(|error| {
            error.advise("Give --ses-endpoint-url or AWS_ENDPOINT_URL_SESV2 as well")
        })?;
    let session = Session::start(flags, environment).await?;
    let list = session.suppression_list(ses_endpoint);
    Ok((session.table(place), list))
}

/// The same for the table and the function that publishes events.
pub(crate) async fn open_with_publisher(
    flags: &Connection,
    function: &str,
    environment: &Environment,
) -> Result<(Table, Publisher), AdminError> {
    let place = TablePlace::find(flags, environment)?;
    let lambda_endpoint = endpoint(
        environment,
        None,
        &["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"],
    )?;
    place
        .require("Lambda", lambda_endpoint.as_ref())
        .map_err(|error| error.advise("Give AWS_ENDPOINT_URL_LAMBDA as well"))?;
    let session = Session::start(flags, environment).await?;
    let publisher = session.publisher(function, lambda_endpoint);
    Ok((session.table(place), publisher))
}

/// The clients of every service that `doctor` calls. With another endpoint of DynamoDB, a service
/// without one of its own is not called: it would be that of a real account.
pub(crate) async fn open_all(
    flags: &Connection,
    ses: &Ses,
    environment: &Environment,
) -> Result<Clients, AdminError> {
    let place = TablePlace::find(flags, environment)?;
    let is_local = place.endpoint.is_some();
    let of_service = |service: &'static str, flag: Option<&str>, variable: &str| {
        let found = endpoint(environment, flag, &[variable, "AWS_ENDPOINT_URL"])?;
        Ok::<_, AdminError>(match found {
            None if is_local => Err(CheckError::NoEndpoint(service)),
            found => Ok(found),
        })
    };
    let ses = ses.ses_endpoint_url.as_deref();
    let ses = of_service("SES", ses, "AWS_ENDPOINT_URL_SESV2")?;
    let sts = of_service("STS", None, "AWS_ENDPOINT_URL_STS")?;
    let stacks = of_service("CloudFormation", None, "AWS_ENDPOINT_URL_CLOUDFORMATION")?;
    let alarms = of_service("CloudWatch", None, "AWS_ENDPOINT_URL_CLOUDWATCH")?;
    let lambda = of_service("Lambda", None, "AWS_ENDPOINT_URL_LAMBDA")?;
    let sns = of_service("SNS", None, "AWS_ENDPOINT_URL_SNS")?;
    let session = Session::start(flags, environment).await?;
    Ok(Clients {
        table: place.name,
        region: session.region.clone(),
        dynamodb: client!(aws_sdk_dynamodb, session, place.endpoint),
        ses: ses.map(|endpoint| session.ses(endpoint)),
        sts: sts.map(|endpoint| client!(aws_sdk_sts, session, endpoint)),
        cloudformation: stacks.map(|endpoint| client!(aws_sdk_cloudformation, session, endpoint)),
        cloudwatch: alarms.map(|endpoint| client!(aws_sdk_cloudwatch, session, endpoint)),
        lambda: lambda.map(|endpoint| client!(aws_sdk_lambda, session, endpoint)),
        sns: sns.map(|endpoint| client!(aws_sdk_sns, session, endpoint)),
    })
}

/// The name of the table, and its endpoint if that is not the region's.
struct TablePlace {
    name: String,
    endpoint: Option<String>,
}

impl TablePlace {
    fn find(flags: &Connection, environment: &Environment) -> Result<Self, AdminError> {
        let name = given(environment, flags.table.as_deref(), &["TABLE_NAME"]);
        Ok(Self {
            name: name.ok_or_else(|| {
                AdminError::usage("no table")
                    .advise("Give --table or TABLE_NAME: the stack's output TableName")
            })?,
            endpoint: endpoint(
                environment,
                flags.endpoint_url.as_deref(),
                &["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"],
            )?,
        })
    }

    /// Refuses another endpoint of DynamoDB alone.
    fn require(&self, service: &str, endpoint: Option<&String>) -> Result<(), AdminError> {
        if self.endpoint.is_some() && endpoint.is_none() {
            return Err(AdminError::usage(format!(
                "a table at an endpoint of its own would be used with the {service} of an account"
            )));
        }
        Ok(())
    }
}

/// The value of the flag, else that of the first variable that is set.
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
        Some(url) if !(url.starts_with("http://") || url.starts_with("https://")) => {
            Err(AdminError::usage(format!("'{url}' is not an endpoint"))
                .advise("Give a URL such as http://127.0.0.1:8000"))
        }
        endpoint => Ok(endpoint),
    }
}

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
        let region = config.region().ok_or_else(|| no_region(flags))?.to_string();
        let credentials = credentials::find(flags.profile.as_deref(), environment, &config).await?;
        Ok(Self {
            credentials: SharedCredentialsProvider::new(credentials),
            region,
            config,
        })
    }

    fn table(&self, TablePlace { name, endpoint }: TablePlace) -> Table {
        let place = endpoint.clone().unwrap_or_else(|| self.region.clone());
        let client = client!(aws_sdk_dynamodb, self, endpoint);
        let config = client.config().to_builder();
        let config = config.retry_classifier(RetryConflicts).build();
        Table::new(aws_sdk_dynamodb::Client::from_conf(config), name, place)
    }

    fn suppression_list(&self, endpoint: Option<String>) -> SuppressionList {
        let place = endpoint.clone().unwrap_or_else(|| self.region.clone());
        SuppressionList::new(self.ses(endpoint), place)
    }

    fn publisher(&self, function: &str, endpoint: Option<String>) -> Publisher {
        let place = endpoint.clone().unwrap_or_else(|| self.region.clone());
        let client = client!(aws_sdk_lambda, self, endpoint);
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(INVOCATION_TIMEOUT)
            .operation_timeout(INVOCATION_TIMEOUT * ATTEMPTS)
            .build();
        let config = client.config().to_builder().timeout_config(timeouts);
        Publisher::new(
            aws_sdk_lambda::Client::from_conf(config.build()),
            function,
            place,
        )
    }

    fn ses(&self, endpoint: Option<String>) -> aws_sdk_sesv2::Client {
        let mut config = aws_sdk_sesv2::config::Builder::from(&self.config)
            .credentials_provider(self.credentials.clone())
            .identity_cache(IdentityCache::no_cache());
        config.set_endpoint_url(endpoint);
        config.set_retry_config(Some(retries(INITIAL_BACKOFF_OF_SES)));
        aws_sdk_sesv2::Client::from_conf(config.build())
    }
}

fn no_region(flags: &Connection) -> AdminError {
    match &flags.profile {
        None => AdminError::usage("no region")
            .advise("Give --region, or a profile that has one with --profile"),
        Some(profile) => AdminError::usage(format!(
            "no region: there is no profile '{profile}', or it has none"
        ))
        .advise(format!(
            "{CHECK_PROFILE}. If it has no region, give --region"
        )),
    }
}

/// What flags and environment do not say comes from the files in `~/.aws`.
async fn load(
    profile: Option<&str>,
    region: Option<String>,
    environment: &Environment,
) -> Result<SdkConfig, AdminError> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let mut loader: ConfigLoader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client(environment)?)
        .timeout_config(timeouts)
        .retry_config(retries(INITIAL_BACKOFF));
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    Ok(loader.load().await)
}

fn retries(initial_backoff: Duration) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(initial_backoff)
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

    const CREDENTIALS: [(&str, &str); 2] = [
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ];

    #[tokio::test]
    async fn a_flag_overrides_the_environment() {
        let others = [
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:2"),
            ("TABLE_NAME", "other"),
        ];
        let environment = Environment::from_pairs(&[&CREDENTIALS[..], &others].concat());
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
    async fn a_missing_table_or_bad_url_is_named() {
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
                "Give --table or TABLE_NAME: the stack's output TableName.\nProblem: no table",
            ),
            (
                no_url,
                "Give a URL such as http://127.0.0.1:8000.\n\
                 Problem: '127.0.0.1:8000' is not an endpoint",
            ),
        ] {
            let error = open(&flags, &Environment::from_pairs(&CREDENTIALS))
                .await
                .unwrap_err();
            assert_eq!((error.exit_code(), error.text().as_str()), (2, text));
        }
    }

    #[tokio::test]
    async fn a_missing_profile_is_named() {
        let without_region = Connection {
            profile: Some("no-such-profile".to_owned()),
            region: None,
            ..flags()
        };
        let with_region = Connection {
            profile: Some("no-such-profile".to_owned()),
            ..flags()
        };
        for (flags, exit_code, problem) in [
            (
                without_region,
                2,
                "no region: there is no profile 'no-such-profile'",
            ),
            (
                with_region,
                1,
                "no AWS credentials were found in the profile 'no-such-profile'",
            ),
        ] {
            let environment = Environment::from_pairs(&CREDENTIALS);
            let error = open(&flags, &environment).await.unwrap_err();
            let text = error.text();
            assert_eq!(error.exit_code(), exit_code);
            assert!(text.starts_with(CHECK_PROFILE), "{text}");
            assert!(text.contains(problem), "{text}");
        }
    }

    #[tokio::test]
    async fn a_wrong_setting_is_a_usage_error() {
        let setting = [("SSL_CERT_FILE", "/nowhere.pem")];
        let environment = Environment::from_pairs(&[&CREDENTIALS[..], &setting].concat());
        let error = open(&flags(), &environment).await.unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(
            error
                .text()
                .starts_with("Correct the setting SSL_CERT_FILE.\nProblem: setting "),
            "{error}"
        );
    }
}
