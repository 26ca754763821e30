//! Clients of AWS that start fast, with a timeout on every call.
//!
//! On Lambda, region and credentials are in the environment and do not change during the lifetime
//! of an instance, so there is no provider chain. All clients share one connector. Where a caller
//! waits, its connections are opened while Lambda initialises the function with a whole CPU.
//!
//! The timeouts of a function's calls together end before Lambda's own.
//!
//! Clients of SES and EventBridge are made where they are linked, from [`Aws::service_config`].

use std::error::Error;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{BehaviorVersion, IdentityCache, StalledStreamProtectionConfig};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;

use crate::runtime::connector::connector;
use crate::runtime::settings::{Environment, SettingError};
use crate::store::{MarkRepeats, RetryConflicts, Store};
use crate::telemetry;

pub use aws_types::SdkConfig;

const READ_TIMEOUT: Duration = Duration::from_secs(3);
/// For opening a connection ahead.
pub const WARMING_TIMEOUT: Duration = Duration::from_secs(2);

/// One attempt of a DynamoDB call; a healthy one takes milliseconds.
const DYNAMODB_ATTEMPT: Duration = Duration::from_secs(1);
/// A DynamoDB call with its retries.
pub const DYNAMODB_OPERATION: Duration = Duration::from_millis(3_300);
/// Attempts of any call.
pub const MAX_ATTEMPTS: u32 = 3;
/// The longest wait before the second attempt at a service other than DynamoDB. It doubles.
pub const SERVICE_BACKOFF: Duration = Duration::from_millis(100);
/// Emulators may run on a slow or busy machine.
const EMULATOR_TIMEOUT_FACTOR: f64 = 20.0;

/// Region, credentials and endpoints. Creates the clients.
#[derive(Clone, Debug)]
pub struct Aws {
    connector: SharedHttpConnector,
    timeout_factor: f64,
    credentials: SharedCredentialsProvider,
    region: String,
    /// `AWS_USE_FIPS_ENDPOINT`.
    use_fips: bool,
    /// `AWS_USE_DUALSTACK_ENDPOINT`.
    use_dual_stack: bool,
    dynamodb_endpoint: Option<String>,
}

impl Aws {
    /// Reads region, credentials and endpoints from the variables that every AWS SDK reads.
    /// `SSL_CERT_FILE` (a PEM file) replaces the trusted roots, for a TLS proxy or a private CA.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        Self::with_timeout_factor(environment, 1.0)
    }

    /// With longer timeouts, for emulators.
    pub fn of_emulators(environment: &Environment) -> Result<Self, SettingError> {
        Self::with_timeout_factor(environment, EMULATOR_TIMEOUT_FACTOR)
    }

    fn with_timeout_factor(environment: &Environment, factor: f64) -> Result<Self, SettingError> {
        let connector = connector(environment, READ_TIMEOUT.mul_f64(factor))?;
        let aws = Self::with_connector(environment, connector)?;
        Ok(aws.with_timeouts_times(factor))
    }

    pub fn with_connector(
        environment: &Environment,
        connector: SharedHttpConnector,
    ) -> Result<Self, SettingError> {
        let credentials = Credentials::new(
            environment.required("AWS_ACCESS_KEY_ID")?,
            environment.required("AWS_SECRET_ACCESS_KEY")?,
            environment.optional("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        Ok(Self {
            connector,
            timeout_factor: 1.0,
            credentials: SharedCredentialsProvider::new(credentials),
            region: environment
                .required("AWS_REGION")
                .or_else(|error| environment.optional("AWS_DEFAULT_REGION").ok_or(error))?,
            use_fips: flag(environment, "AWS_USE_FIPS_ENDPOINT")?,
            use_dual_stack: flag(environment, "AWS_USE_DUALSTACK_ENDPOINT")?,
            dynamodb_endpoint: endpoint(environment, "AWS_ENDPOINT_URL_DYNAMODB"),
        })
    }

    /// Each timeout multiplied by `factor`: more for emulators, less for a test that would wait.
    #[must_use]
    pub fn with_timeouts_times(mut self, factor: f64) -> Self {
        self.timeout_factor *= factor;
        self
    }

    /// The timeout of that many DynamoDB calls together, with their retries.
    #[must_use]
    pub fn dynamodb_timeout(&self, calls: u32) -> Duration {
        self.timeout(DYNAMODB_OPERATION.saturating_mul(calls))
    }

    /// A client with three attempts of a second each. Retries are safe: the SDK gives a transaction
    /// a token, and every other write has a condition.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(self.timeout(DYNAMODB_ATTEMPT))
            .operation_timeout(self.dynamodb_timeout(1))
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(MAX_ATTEMPTS)
            .with_initial_backoff(Duration::from_millis(30));
        let config = self
            .config(self.connector.clone(), self.dynamodb_endpoint.as_deref())
            .timeout_config(timeouts)
            .retry_config(retries)
            .build();
        let config = aws_sdk_dynamodb::config::Builder::from(&config)
            .retry_classifier(RetryConflicts)
            // Where functions share a process, each has a quota of its own, as on Lambda.
            .retry_partition(RetryPartition::custom("store").build())
            .interceptor(MarkRepeats);
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// `TABLE_NAME`: the table of this stack.
    pub fn store(&self, environment: &Environment) -> Result<Store, SettingError> {
        Ok(Store::new(
            self.dynamodb(),
            environment.required("TABLE_NAME")?,
        ))
    }

    /// The configuration of another service's client, with its own connector or the shared one.
    #[must_use]
    pub fn service_config(
        &self,
        service: &Service,
        environment: &Environment,
        connector: Option<SharedHttpConnector>,
    ) -> SdkConfig {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(self.timeout(service.attempt))
            .operation_timeout(self.timeout(service.operation))
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(MAX_ATTEMPTS)
            .with_initial_backoff(SERVICE_BACKOFF);
        self.config(
            connector.unwrap_or_else(|| self.connector.clone()),
            endpoint(environment, service.endpoint_variable).as_deref(),
        )
        .timeout_config(timeouts)
        .retry_config(retries)
        .build()
    }

    #[must_use]
    pub fn connector(&self) -> SharedHttpConnector {
        self.connector.clone()
    }

    /// A timeout of a function, multiplied for emulators.
    #[must_use]
    pub fn timeout(&self, of_function: Duration) -> Duration {
        of_function.mul_f64(self.timeout_factor)
    }

    /// See [`open_connection`](crate::open_connection).
    pub async fn open_dynamodb_connection(&self) {
        let endpoint = self.dynamodb_endpoint.as_deref();
        let config = self.config(self.connector.clone(), endpoint).build();
        crate::open_connection!(aws_sdk_dynamodb, &config, &self.connector);
    }

    fn config(
        &self,
        connector: SharedHttpConnector,
        endpoint: Option<&str>,
    ) -> aws_types::sdk_config::Builder {
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .use_fips(self.use_fips)
            .use_dual_stack(self.use_dual_stack)
            .credentials_provider(self.credentials.clone())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            // Credentials from the environment need no cache.
            .identity_cache(IdentityCache::no_cache())
            // The timeouts end a stalled answer.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(endpoint.map(str::to_owned));
        config
    }
}

/// An AWS service other than DynamoDB.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The variable that names its endpoint, such as `AWS_ENDPOINT_URL_SESV2`.
    pub endpoint_variable: &'static str,
    /// The timeout of one attempt.
    pub attempt: Duration,
    /// The timeout of a call with its retries.
    pub operation: Duration,
}

fn endpoint(environment: &Environment, of_service: &str) -> Option<String> {
    environment
        .optional(of_service)
        .or_else(|| environment.optional("AWS_ENDPOINT_URL"))
}

/// Opens a connection ahead of the first call, to the endpoint that calls with `$config` go to. A
/// failure only means that the first call opens its own.
///
/// A macro, as each SDK crate has its own types for the parameters of an endpoint.
#[macro_export]
macro_rules! open_connection {
    ($sdk:ident, $config:expr, $connector:expr) => {{
        use $sdk::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};

        let config: &$crate::runtime::aws::SdkConfig = $config;
        let params = Params::builder()
            .set_region(config.region().map(ToString::to_string))
            .set_use_fips(config.use_fips())
            .set_use_dual_stack(config.use_dual_stack())
            .set_endpoint(config.endpoint_url().map(str::to_owned))
            .build();
        // Without an endpoint, the first call reports the error.
        if let Ok(params) = params
            && let Ok(endpoint) = DefaultResolver::new().resolve_endpoint(&params).await
        {
            $crate::runtime::aws::open_connection($connector, endpoint.url()).await;
        }
    }};
}

/// Sends a request that needs no permission. Its connection stays in the pool.
pub async fn open_connection(connector: &impl HttpConnector, url: &str) {
    let Ok(request) = Request::get(url) else {
        return;
    };
    let answer = async {
        let mut answer = connector
            .call(request)
            .await
            .map_err(Box::<dyn Error + Send + Sync>::from)?;
        // Only a connection whose answer was read to its end returns to the pool.
        let body = std::mem::replace(answer.body_mut(), aws_smithy_types::body::SdkBody::taken());
        aws_smithy_types::byte_stream::ByteStream::new(body)
            .collect()
            .await?;
        // It returns once the pool's own task has run. A call before that would open another.
        tokio::task::yield_now().await;
        Ok::<_, Box<dyn Error + Send + Sync>>(())
    };
    let opened = tokio::time::timeout(WARMING_TIMEOUT, answer).await;
    if let Err(error) = opened.unwrap_or_else(|elapsed| Err(elapsed.into())) {
        let error = telemetry::chain(&*error);
        tracing::info!(url, error, "no connection could be opened ahead of a call");
    }
}

/// A setting that AWS's SDKs read as `true` or `false` in any case.
fn flag(environment: &Environment, name: &'static str) -> Result<bool, SettingError> {
    match environment.optional(name) {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(_) => Err(SettingError::new(name, "must be true or false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDED: [(&str, &str); 3] = [
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_REGION", "us-east-1"),
    ];

    #[test]
    fn timeouts_are_longer_for_emulators() {
        let environment = Environment::from_pairs(&NEEDED);
        let of_functions = Aws::from_environment(&environment).unwrap();
        assert_eq!(of_functions.dynamodb_timeout(1), DYNAMODB_OPERATION);
        assert_eq!(
            of_functions.dynamodb_timeout(3),
            Duration::from_millis(9_900)
        );
        let longer = Aws::of_emulators(&environment).unwrap();
        assert_eq!(longer.dynamodb_timeout(1), Duration::from_secs(66));
        let shorter = longer.with_timeouts_times(0.5);
        assert_eq!(shorter.dynamodb_timeout(1), Duration::from_secs(33));
    }

    #[test]
    fn endpoint_kinds_are_true_or_false() {
        let started = |fips, dual| {
            let kinds = [
                ("AWS_USE_FIPS_ENDPOINT", fips),
                ("AWS_USE_DUALSTACK_ENDPOINT", dual),
            ];
            let environment = Environment::from_pairs(&[&NEEDED[..], &kinds].concat());
            Aws::from_environment(&environment)
                .map(|aws| (aws.use_fips, aws.use_dual_stack))
                .map_err(|error| error.to_string())
        };
        assert_eq!(started("", " "), Ok((false, false)));
        assert_eq!(started("TRUE", "false"), Ok((true, false)));
        assert_eq!(started("False", "true"), Ok((false, true)));
        assert_eq!(
            started("1", "true"),
            Err("setting AWS_USE_FIPS_ENDPOINT: must be true or false".to_owned())
        );
        assert_eq!(
            started("", "yes"),
            Err("setting AWS_USE_DUALSTACK_ENDPOINT: must be true or false".to_owned())
        );
    }
}
