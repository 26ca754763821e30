//! How a connection to AWS is made: TLS with ring, and Amazon's roots alone.

use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};

use crate::domain::invalid_setting::InvalidSetting;
use crate::runtime::settings::{Environment, SettingError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The roots of AWS's endpoints, as Amazon Trust Services publishes them. A start parses only these
/// certificates instead of all that a system trusts.
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("../../certificates/amazon-trust-services.pem");

/// For programs that are not a function, with the same TLS and trusted roots. Callers set their own
/// timeouts.
pub fn http_client(environment: &Environment) -> Result<SharedHttpClient, SettingError> {
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls(environment)?)
        .build_https())
}

/// A connector for calls without the SDK.
pub fn connector(
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
    const ROOTS: &str = "SSL_CERT_FILE";
    let roots = match environment.optional(ROOTS) {
        None => AMAZON_TRUST_SERVICES.to_vec(),
        Some(path) => std::fs::read(&path).map_err(|error| {
            let problem = format!("{path} cannot be read");
            SettingError::new(ROOTS, InvalidSetting::caused_by(problem, error))
        })?,
    };
    TlsContext::builder()
        .with_trust_store(TrustStore::empty().with_pem_certificate(roots))
        .build()
        .map_err(|error| {
            let invalid = InvalidSetting::caused_by("must contain certificates", error);
            SettingError::new(ROOTS, invalid)
        })
}
