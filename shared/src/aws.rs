//! Clients of AWS that start fast and never wait for long.
//!
//! On Lambda, region and credentials are in the environment and do not change while a sandbox
//! lives, so no provider chain is asked for them. One connector serves every client, and its
//! connections are opened while Lambda initialises the function, when it gives it a full CPU: the
//! first TLS handshake costs a 128 MB function most of a second if it comes later.
//!
//! Every call has a timeout. The longest way through a function ends before Lambda's own timeout,
//! so that a caller is always told what happened: see [`LONGEST_REQUEST`].

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::{BehaviorVersion, IdentityCache};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::settings::{Environment, SettingError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const READ_TIMEOUT: Duration = Duration::from_secs(3);
/// Opening a connection ahead of time is given up after this long.
const WARMING_TIMEOUT: Duration = Duration::from_secs(2);

/// One try of a DynamoDB call; a healthy one takes milliseconds.
const DYNAMODB_ATTEMPT: Duration = Duration::from_secs(1);
/// A DynamoDB call with its retries.
pub const DYNAMODB_OPERATION: Duration = Duration::from_millis(3_300);
/// One try of an SES call.
#[cfg(feature = "ses")]
const SES_ATTEMPT: Duration = Duration::from_secs(3);
/// An SES call with its retries.
pub const SES_OPERATION: Duration = Duration::from_secs(5);

/// How many times longer emulators may take. Which machine they run on, and what else it does, says nothing of
/// the service.
const PATIENCE_WITH_EMULATORS: u32 = 20;

/// The longest that a request can take with AWS at its slowest: look the key up (one operation),
/// store the proof (as long as two, however many rounds), fail to send, give back (one).
pub const LONGEST_REQUEST: Duration = DYNAMODB_OPERATION
    .saturating_mul(4)
    .saturating_add(SES_OPERATION);

/// The roots that AWS's endpoints chain to, as Amazon Trust Services publishes them. Five
/// certificates are parsed at each start instead of all that a system trusts.
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("../certificates/amazon-trust-services.pem");

/// Where AWS is and who is calling. Makes the clients.
#[derive(Clone, Debug)]
pub struct Aws {
    connector: SharedHttpConnector,
    patience: u32,
    credentials: SharedCredentialsProvider,
    region: String,
    dynamodb_endpoint: Option<String>,
    #[cfg_attr(
        not(feature = "ses"),
        expect(dead_code, reason = "read by the SES client alone")
    )]
    ses_endpoint: Option<String>,
}

impl Aws {
    /// Reads region, credentials and endpoints from the variables that every AWS SDK reads.
    /// `SSL_CERT_FILE` (a PEM file) replaces the trusted roots, for a TLS proxy or a private CA.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingError> {
        Self::with_patience(environment, 1)
    }

    /// The same for emulators on a machine that is busy with other things: all waits are longer.
    pub fn of_emulators(environment: &Environment) -> Result<Self, SettingError> {
        Self::with_patience(environment, PATIENCE_WITH_EMULATORS)
    }

    fn with_patience(environment: &Environment, patience: u32) -> Result<Self, SettingError> {
        let endpoint = |service: &str| {
            environment
                .optional(service)
                .or_else(|| environment.optional("AWS_ENDPOINT_URL"))
        };
        let credentials = Credentials::new(
            environment.required("AWS_ACCESS_KEY_ID")?,
            environment.required("AWS_SECRET_ACCESS_KEY")?,
            environment.optional("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        Ok(Self {
            connector: connector(environment, READ_TIMEOUT * patience)?,
            patience,
            credentials: SharedCredentialsProvider::new(credentials),
            region: environment
                .required("AWS_REGION")
                .or_else(|error| environment.optional("AWS_DEFAULT_REGION").ok_or(error))?,
            dynamodb_endpoint: endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
            ses_endpoint: endpoint("AWS_ENDPOINT_URL_SESV2"),
        })
    }

    /// How long a DynamoDB call takes at most, with its retries.
    #[must_use]
    pub fn dynamodb_timeout(&self) -> Duration {
        DYNAMODB_OPERATION * self.patience
    }

    /// A DynamoDB client: three tries of a second each. The tokens that the SDK puts into
    /// transactions make their retries safe, and every other write has a condition.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(DYNAMODB_ATTEMPT * self.patience)
            .operation_timeout(self.dynamodb_timeout())
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(3)
            .with_initial_backoff(Duration::from_millis(30));
        let config = self.config(self.dynamodb_endpoint.as_deref(), timeouts, retries);
        let config = aws_sdk_dynamodb::config::Builder::from(&config)
            .retry_classifier(crate::store::RetryConflicts);
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// An SES client. `SendEmail` has no idempotency token, so a try is repeated only when the one
    /// before surely sent nothing: see [`RetryUnsent`](crate::mail::RetryUnsent).
    #[cfg(feature = "ses")]
    #[must_use]
    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(SES_ATTEMPT * self.patience)
            .operation_timeout(SES_OPERATION * self.patience)
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(3)
            .with_initial_backoff(Duration::from_millis(100));
        let config = self.config(self.ses_endpoint.as_deref(), timeouts, retries);
        let config = aws_sdk_sesv2::config::Builder::from(&config)
            .retry_classifier(crate::mail::RetryUnsent);
        aws_sdk_sesv2::Client::from_conf(config.build())
    }

    /// Opens a connection to DynamoDB ahead of the first request. Needs no permission; a failure
    /// only means that the first request opens its own.
    pub async fn open_dynamodb_connection(&self) {
        self.open_connection(self.dynamodb_endpoint.as_deref(), "dynamodb")
            .await;
    }

    /// Opens a connection to SES ahead of the first mail, like
    /// [`open_dynamodb_connection`](Self::open_dynamodb_connection).
    #[cfg(feature = "ses")]
    pub async fn open_ses_connection(&self) {
        self.open_connection(self.ses_endpoint.as_deref(), "email")
            .await;
    }

    async fn open_connection(&self, endpoint: Option<&str>, service: &str) {
        let suffix = if self.region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let url = endpoint.map_or_else(
            || format!("https://{service}.{}.{suffix}/", self.region),
            str::to_owned,
        );
        let Ok(request) = Request::get(url) else {
            return;
        };
        let answer = async {
            let mut answer = self.connector.call(request).await.ok()?;
            // Only a connection whose answer was read to its end goes back to the pool.
            let body =
                std::mem::replace(answer.body_mut(), aws_smithy_types::body::SdkBody::taken());
            aws_smithy_types::byte_stream::ByteStream::new(body)
                .collect()
                .await
                .ok()
        };
        if tokio::time::timeout(WARMING_TIMEOUT, answer)
            .await
            .ok()
            .flatten()
            .is_none()
        {
            tracing::debug!(
                service,
                "no connection could be opened ahead of the first request"
            );
        }
    }

    fn config(
        &self,
        endpoint: Option<&str>,
        timeouts: TimeoutConfig,
        retries: RetryConfig,
    ) -> SdkConfig {
        let connector = self.connector.clone();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.credentials.clone())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            // Credentials from the environment need no cache in front of them.
            .identity_cache(IdentityCache::no_cache())
            .timeout_config(timeouts)
            .retry_config(retries);
        config.set_endpoint_url(endpoint.map(str::to_owned));
        config.build()
    }
}

/// A client for programs that are no function, with the same TLS and the same trusted roots. Its
/// timeouts are those of whoever uses it.
pub fn http_client(environment: &Environment) -> Result<SharedHttpClient, SettingError> {
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls(environment)?)
        .build_https())
}

fn connector(
    environment: &Environment,
    read_timeout: Duration,
) -> Result<SharedHttpConnector, SettingError> {
    let settings = HttpConnectorSettings::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(read_timeout)
        .build();
    let connector = Connector::builder()
        .connector_settings(settings)
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls(environment)?)
        .build();
    Ok(SharedHttpConnector::new(connector))
}

fn tls(environment: &Environment) -> Result<TlsContext, SettingError> {
    let roots = match environment.optional("SSL_CERT_FILE") {
        None => AMAZON_TRUST_SERVICES.to_vec(),
        Some(path) => std::fs::read(&path).map_err(|error| {
            SettingError::new("SSL_CERT_FILE", format!("{path} cannot be read: {error}"))
        })?,
    };
    TlsContext::builder()
        .with_trust_store(TrustStore::empty().with_pem_certificate(roots))
        .build()
        .map_err(|error| SettingError::new("SSL_CERT_FILE", error.to_string()))
}
