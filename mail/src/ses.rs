//! SES's client and its connections.
//!
//! `SendEmail` has no idempotency token, so it is retried only after an attempt that certainly sent
//! nothing (`retry`), and never sent on an idle connection (`idle_connections`).

use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_types::SdkConfig;
use shared::open_connection;
use shared::runtime::aws::{Aws, Service};
use shared::runtime::settings::Environment;

use crate::idle_connections::IdleConnections;
use crate::retry::RetryUnsent;

/// A call to SES with its retries.
pub const SES_OPERATION: Duration = Duration::from_secs(5);
/// One attempt of it.
pub const SES_ATTEMPT: Duration = Duration::from_secs(3);

const SES: Service = Service {
    endpoint_variable: "AWS_ENDPOINT_URL_SESV2",
    attempt: SES_ATTEMPT,
    operation: SES_OPERATION,
};

/// A connection that idled for this long is replaced. Nothing on the way closes one sooner: a NAT
/// gateway forgets it after 350 seconds. But Lambda may freeze the instance meanwhile, for any
/// time.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3);

/// SES, ready to be called. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Ses {
    config: SdkConfig,
    connections: IdleConnections,
}

impl Ses {
    #[must_use]
    pub fn new(aws: &Aws, environment: &Environment) -> Self {
        Self::with_idle_timeout(aws, environment, IDLE_TIMEOUT)
    }

    /// With another idle timeout than the functions have, so that a test need not wait.
    #[must_use]
    pub fn with_idle_timeout(aws: &Aws, environment: &Environment, idle_timeout: Duration) -> Self {
        let connections = IdleConnections::new(aws.connector(), idle_timeout);
        let connector = SharedHttpConnector::new(connections.clone());
        Self {
            config: aws.service_config(&SES, environment, Some(connector)),
            connections,
        }
    }

    #[must_use]
    pub fn client(&self) -> Client {
        let config = aws_sdk_sesv2::config::Builder::from(&self.config);
        Client::from_conf(config.retry_classifier(RetryUnsent).build())
    }

    /// Opens a connection ahead of the first mail. A failure only means that sending opens its own.
    pub async fn open_connection(&self) {
        open_connection!(aws_sdk_sesv2, &self.config, &self.connections);
    }

    /// Drops idle connections, and opens a new one if no other is left. Run it beside other work.
    pub async fn refresh_connection(&self) {
        if !self.connections.drop_idle() {
            self.open_connection().await;
        }
    }
}
